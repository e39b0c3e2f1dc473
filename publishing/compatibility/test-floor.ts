/**
 * Compiles src and runs the unit tests with the oldest peers that a consumer may bring, in place of those that the
 * library is developed with. Left out is test/templates.test.ts: it compares with what the newest aws-cdk-lib writes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lowestOf, peersFrom } from './peer-floor';

const REPOSITORY = resolve(__dirname, '../..');
const FLOOR = join(__dirname, 'floor');
/** What knows nothing of aws-cdk-lib, and what is bound to the newest. */
const LEFT_OUT = ['house-rules.test.ts', 'publishing', 'scripts', 'setup.ts', 'support', 'templates.test.ts', '__snapshots__', 'bench.test.ts'];

function json(file: string): any {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function run(what: string, program: string, args: string[], cwd = REPOSITORY): void {
  console.log(what);
  const { status } = spawnSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    throw new Error(`${what}: failed, see above`);
  }
}

/** The oldest peers, installed once for each content of their lock file. */
function install(): string {
  const hash = createHash('sha256').update(readFileSync(join(FLOOR, 'package-lock.json'))).digest('hex').slice(0, 12);
  const folder = join(REPOSITORY, `node_modules/.cache/cdk-resilience/peers-${hash}`);
  if (!existsSync(join(folder, 'complete'))) {
    rmSync(folder, { recursive: true, force: true }); // what an installation left that was killed
    mkdirSync(folder, { recursive: true });
    ['package.json', 'package-lock.json'].forEach(file => copyFileSync(join(FLOOR, file), join(folder, file)));
    run('installing the oldest peers, once (about 15 seconds)', 'npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
    writeFileSync(join(folder, 'complete'), '');
  }
  return folder;
}

function main(): void {
  const peers: Record<string, string> = json(join(REPOSITORY, 'package.json')).peerDependencies;
  const installed: Record<string, string> = json(join(FLOOR, 'package.json')).dependencies;
  for (const [name, range] of Object.entries(peers)) {
    if (installed[name] !== lowestOf(range)) {
      throw new Error(`floor/package.json must hold the lowest '${name}' of the peer range ${range}, got: ${installed[name]}; change it and its lock file`);
    }
  }
  const folder = install();
  const { moduleNameMapper, paths } = peersFrom(join(folder, 'node_modules'), Object.keys(peers));
  const versions = Object.entries(installed).map(each => each.join(' ')).join(', ');

  const tsconfig = join(folder, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({
    extends: join(REPOSITORY, 'tsconfig.json'),
    compilerOptions: { noEmit: true, rootDir: '/', typeRoots: [join(REPOSITORY, 'node_modules/@types')], paths },
    include: [join(REPOSITORY, 'src/**/*.ts')],
    exclude: [],
  }));
  run(`compiling src with ${versions}`, 'npx', ['tsc', '-p', tsconfig]);

  const jest = json(join(REPOSITORY, 'jest.config.json'));
  const tests = readdirSync(join(REPOSITORY, 'test')).filter(name => !LEFT_OUT.includes(name)).map(name => `<rootDir>/test/${name}`);
  const config = join(folder, 'jest.config.json');
  writeFileSync(config, JSON.stringify({
    ...jest,
    rootDir: REPOSITORY,
    roots: ['<rootDir>/test'],
    testMatch: tests.flatMap(path => path.endsWith('.ts') ? [path] : [`${path}/**/*.test.ts`]),
    cacheDirectory: join(folder, 'jest-cache'),
    moduleNameMapper: { ...jest.moduleNameMapper, ...moduleNameMapper },
  }));
  run(`unit tests with ${versions}`, 'npx', ['jest', '--ci', '--silent', '-c', config]);
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
