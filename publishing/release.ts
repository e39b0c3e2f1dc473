/**
 * Builds in dist/ everything a release publishes: version, changelog, tarball, and the packages of the other languages.
 * Publishes nothing, and leaves the checkout as it was.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { notesOf, released } from './changelog';

const REPOSITORY = resolve(__dirname, '..');
const CHANGELOG = join(REPOSITORY, 'CHANGELOG.md');
const DIST = join(REPOSITORY, 'dist');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' }).trim();
}

function task(name: string): void {
  const started = Date.now();
  console.log(`release: ${name}`);
  const { status } = spawnSync('npx', ['projen', name], { cwd: REPOSITORY, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    throw new Error(`task '${name}' failed, see above; nothing was published, and the checkout is as it was`);
  }
  console.log(`release: ${name}, ${Math.round((Date.now() - started) / 1000)} s`);
}

/** The tarball carries the changelog as its readers will see it: with the version, and the day of the last commit. */
function stampChangelog(): string {
  const version = readFileSync(join(DIST, 'version.txt'), 'utf8').trim();
  const changelog = released(readFileSync(CHANGELOG, 'utf8'), version, git('log', '-1', '--format=%cs'));
  writeFileSync(CHANGELOG, changelog);
  writeFileSync(join(DIST, 'changelog.md'), `${notesOf(changelog, version)}\n`);
  return version;
}

function main(): void {
  if (git('status', '--porcelain') !== '') {
    throw new Error('a release is built from what is committed: commit or stash what `git status` shows, then try again');
  }
  rmSync(DIST, { recursive: true, force: true });
  const changelog = readFileSync(CHANGELOG);
  try {
    task('bump');
    const version = stampChangelog();
    task('build');
    task('languages');
    console.log(`release ${version}:`);
    execFileSync('find', ['dist', '-maxdepth', '2', '-mindepth', '1'], { cwd: REPOSITORY, encoding: 'utf8' }).trim().split('\n').sort()
      .forEach(path => console.log(`  ${path}${statSync(join(REPOSITORY, path)).isFile() ? '' : '/'}`));
  } finally {
    writeFileSync(CHANGELOG, changelog);
    task('unbump');
  }
  if (git('status', '--porcelain') !== '') {
    throw new Error(`the build changed committed files, which must be committed first:\n${git('status', '--short')}`);
  }
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
