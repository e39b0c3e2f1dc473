import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { namesOf } from './rename/names';
import type { Renaming } from './rename/renaming';
import { findOldName, renameManifest, replaceName } from './rename/replace';
import { runSupervised } from '../integ/emulator/supervised';
import { packageProblems } from '../scripts/package-files';
import { filesBelow } from '../scripts/packed-files';

export const REPOSITORY = resolve(__dirname, '..');
/** What the package is made of. */
const PARTS = ['src', 'assets', 'package.json', 'README.md', 'API.md', 'CHANGELOG.md', 'LICENSE', '.npmignore'];
const MANIFEST = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { name: string; author?: { name?: string } };
/** The name of the library. */
export const OLD_NAME = MANIFEST.name;
/** Who wrote it; the name of nobody else's package. */
export const AUTHOR = MANIFEST.author?.name;

/** How a package is built. */
export interface BuildOptions {
  /** The Python that supervises. */
  readonly python: string;
  /** Where it is built; must not exist. It holds the compiled package afterwards. */
  readonly folder: string;
  /** Where the tarball goes. */
  readonly out: string;
  /**
   * What the package is called.
   *
   * @default - as the library is
   */
  readonly renaming?: Renaming;
}

/** A package that was built. */
export interface Built {
  /** Where it is. */
  readonly tarball: string;
  /** As `name@version`. */
  readonly spec: string;
  /** How large it is when it is unpacked, in bytes. */
  readonly unpackedSize: number;
}

/** What npm tells of a package that it packed. */
interface Packed {
  readonly id: string;
  readonly filename: string;
  readonly files: { path: string }[];
  readonly unpackedSize: number;
}

/** Bundles the handlers, with esbuild: assets/ is part of every package. */
export async function bundleHandlers(python: string): Promise<void> {
  const command = [process.execPath, join(REPOSITORY, 'node_modules/projen/bin/projen'), 'bundle'];
  await runSupervised('projen bundle', 120, { python, cwd: REPOSITORY, env: process.env, command });
}

/**
 * Builds the library in a folder of its own, from its sources, under its own name or another, and packs it. Nothing in the
 * repository is touched. Fails when the package holds a file too many or lacks one, or says its old name anywhere.
 */
export async function buildPackage({ python, folder, out, renaming }: BuildOptions): Promise<Built> {
  mkdirSync(folder, { recursive: true });
  mkdirSync(out, { recursive: true });
  for (const part of PARTS) {
    cpSync(join(REPOSITORY, part), join(folder, part), { recursive: true });
  }
  if (renaming) {
    rename(folder, renaming);
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await runSupervised('jsii', 300, {
    python,
    cwd: folder,
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
    command: [process.execPath, join(REPOSITORY, 'node_modules/jsii/bin/jsii'), '--silence-warnings=reserved-word', '--generate-tsconfig', 'tsconfig.jsii.json'],
  });
  await runSupervised('load-on-use', 60, {
    python, cwd: REPOSITORY, env: process.env, command: [process.execPath, '--import', 'tsx', join(REPOSITORY, 'scripts/load-on-use.ts'), join(folder, 'lib')],
  });
  const answer = await runSupervised('npm pack', 120, {
    python, cwd: folder, env: process.env, command: ['npm', 'pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', out],
  });
  const [{ id, filename, files, unpackedSize }] = JSON.parse(answer) as Packed[];
  const paths = files.map(file => file.path);
  const problems = [
    ...packageProblems(paths, filesBelow(join(folder, 'src')), unpackedSize),
    ...renaming ? paths.flatMap(path => findOldName(path, readFileSync(join(folder, path), 'utf8'), OLD_NAME, renaming.name, AUTHOR)) : [],
  ];
  if (problems.length > 0) {
    throw new Error(`${id} must not be published:\n${problems.map(problem => `  - ${problem}`).join('\n')}`);
  }
  return { tarball: join(out, filename), spec: id, unpackedSize };
}

function rename(folder: string, renaming: Renaming): void {
  const [from, to] = [namesOf(OLD_NAME), namesOf(renaming.name)];
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, renameManifest(readFileSync(manifest, 'utf8'), renaming));
  for (const file of filesBelow(folder).filter(each => each !== 'package.json')) {
    const text = readFileSync(join(folder, file), 'utf8');
    const renamed = replaceName(text, from, to);
    if (renamed !== text) {
      writeFileSync(join(folder, file), renamed);
    }
  }
}
