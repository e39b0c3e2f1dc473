import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '..');
/** Where the table is written, which is no change of what is measured. */
export const BENCHMARKS = 'docs/benchmarks.md';

/** What the numbers depend on: no names of machines or people. */
export function describeMachine(): string {
  return [
    `* Machine: ${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${platform()} ${arch()}.`,
    `* Versions: Node ${process.versions.node}, ${['aws-cdk-lib', 'constructs', 'jsii'].map(name => `${name} ${versionOf(name)}`).join(', ')}.`,
    `* Commit: ${commit()}.`,
  ].join('\n');
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function commit(): string {
  try {
    const changes = git('status', '--porcelain', '--', '.', `:(exclude)${BENCHMARKS}`);
    return `${git('rev-parse', '--short=12', 'HEAD')}${changes ? ', with changes' : ''}`;
  } catch {
    return 'not known';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
