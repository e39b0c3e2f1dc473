import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runSupervised } from '../../integ/emulator/supervised';

/** What a package-lock.json says of an installed package, by its folder. */
export type Lock = Record<string, {
  readonly version?: string;
  readonly inBundle?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}>;

/** A package of somebody else that apps need. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** Where it is installed, from the root of the repository. */
  readonly folder: string;
}

/** These packages and all that they need, as they are installed; what a package carries in itself is not named. */
export function packagesNeeded(roots: string[], lock: Lock): ThirdParty[] {
  const found = new Map<string, ThirdParty>();
  const visit = (name: string, from: string) => {
    const folder = [`${from}/node_modules/${name}`, `node_modules/${name}`].find(each => lock[each]);
    if (folder === undefined) {
      throw new Error(`'${name}' is not installed: run \`npm ci\``);
    }
    const { version, inBundle, dependencies, peerDependencies } = lock[folder];
    if (!inBundle && !found.has(folder)) {
      found.set(folder, { name, version: version!, folder });
      Object.keys({ ...dependencies, ...peerDependencies }).forEach(each => visit(each, folder));
    }
  };
  roots.forEach(root => visit(root, ''));
  return [...found.values()];
}

/**
 * Puts packages into the storage of a registry that is not running yet, as a mirror of a company would hold them. They come
 * from the cache of npm, as they were published; what it has not is packed from node_modules. (Published one by one,
 * aws-cdk-lib alone took 15 seconds.)
 */
export async function storeThirdParty(packages: ThirdParty[], repository: string, storage: string, folder: string, python: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pack = async (specs: string[], more: string[]) => JSON.parse(await runSupervised('npm pack', 180, {
    python, cwd: folder, env: process.env, command: ['npm', 'pack', '--ignore-scripts', '--json', '--silent', ...more, ...specs],
  })) as Packed[];
  const packed = await pack(packages.map(({ name, version }) => `${name}@${version}`), ['--offline'])
    .catch(async () => pack(packages.map(each => join(repository, each.folder)), []));
  for (const { name, version, folder: installed } of packages) {
    const { filename, shasum, integrity } = packed.find(each => each.name === name && each.version === version)!;
    const manifest = JSON.parse(readFileSync(join(repository, installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    const file = `${basename(name)}-${version}.tgz`;
    mkdirSync(join(storage, name), { recursive: true });
    copyFileSync(join(folder, filename), join(storage, name, file));
    const bundleDependencies = manifest.bundleDependencies ?? manifest.bundledDependencies;
    const dist = { shasum, integrity, tarball: `http://127.0.0.1/${name}/-/${file}` };
    const time = new Date().toISOString();
    writeFileSync(join(storage, name, 'package.json'), JSON.stringify({
      'name': name,
      'versions': { [version]: { ...manifest, bundleDependencies, _id: `${name}@${version}`, dist } },
      'time': { created: time, modified: time, [version]: time },
      'dist-tags': { latest: version },
      '_attachments': { [file]: { shasum, version } },
      '_distfiles': {},
      '_uplinks': {},
      '_rev': '1-0',
      'users': {},
      'readme': '',
    }));
  }
}

/** What npm tells of a package that it packed. */
interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly shasum: string;
  readonly integrity: string;
}
