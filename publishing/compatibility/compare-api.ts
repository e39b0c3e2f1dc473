/**
 * Compares the public API with the last release: the newest release tag, compiled beside us. Or with what is named:
 * a folder that holds an assembly, or `npm:NAME@VERSION` of the registry in npm's configuration.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareApis, REPOSITORY } from './api-comparison';

function lastReleaseTag(): string | undefined {
  const tags = execFileSync('git', ['tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-v:refname'], { cwd: REPOSITORY, encoding: 'utf8' });
  return tags.split('\n').find(tag => /^v\d+\.\d+\.\d+$/.test(tag));
}

/** The assembly of a tag, compiled in a folder of its own with the tools of this checkout. */
function compile(tag: string, folder: string): void {
  console.log(`compiling ${tag}`);
  const archive = execFileSync('git', ['archive', tag, 'package.json', 'src', 'README.md', 'LICENSE'], { cwd: REPOSITORY, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/jsii/bin/jsii'), '--silence-warnings=reserved-word'], {
    cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
}

function main(named: string | undefined): number {
  if (!existsSync(join(REPOSITORY, '.jsii'))) {
    throw new Error('there is nothing to compare yet: run `npx projen compile` first');
  }
  const tag = named ?? lastReleaseTag();
  if (!tag) {
    console.log('no release yet: nothing to compare with');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'released-'));
  try {
    if (!named) {
      compile(tag, folder);
    }
    const { breaks, report } = compareApis(named ?? folder, REPOSITORY);
    console.log(report);
    console.log(breaks
      ? `the API breaks programs that use ${tag}. If it is meant: commit it as a BREAKING CHANGE, say in CHANGELOG.md what users do, and put the keys in brackets above into .compatignore`
      : `every program that compiles with ${tag} compiles with this`);
    return breaks ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = main(process.argv[2]);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
