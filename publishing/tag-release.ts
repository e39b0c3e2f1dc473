/** After a release was built and published: commits its changelog and tags it, so that the next one knows where to begin. Pushes nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { released } from './changelog';

const REPOSITORY = resolve(__dirname, '..');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' }).trim();
}

function main(): void {
  const [versionFile, tagFile, changelogFile] = ['dist/version.txt', 'dist/releasetag.txt', 'CHANGELOG.md'].map(file => join(REPOSITORY, file));
  if (!existsSync(versionFile)) {
    throw new Error('there is no release in dist: run `npm run release` first');
  }
  const version = readFileSync(versionFile, 'utf8').trim();
  const tag = readFileSync(tagFile, 'utf8').trim();
  writeFileSync(changelogFile, released(readFileSync(changelogFile, 'utf8'), version, git('log', '-1', '--format=%cs')));
  git('commit', '--quiet', '--message', `chore(release): ${version}`, '--', 'CHANGELOG.md');
  git('tag', '--annotate', tag, '--message', version);
  console.log(`tagged ${tag}: push it with \`git push --follow-tags\``);
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
