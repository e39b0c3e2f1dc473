/** Kills a harness at five moments, twice at the worst one, and looks for what is left: no process, no folder. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulator } from './emulator';

const GRACE_SECONDS = 15;
const MOMENT_SECONDS = 120;

interface Moment {
  readonly name: string;
  readonly signal: NodeJS.Signals;
  /** The line after which the harness is killed, and how long after. */
  readonly line?: RegExp;
  readonly milliseconds?: number;
  /** A fresh cache, so that Python packages are installed. */
  readonly freshCache?: boolean;
}

const MOMENTS: Moment[] = [
  { name: 'while Python packages are installed', signal: 'SIGKILL', line: /^installing/, milliseconds: 2500, freshCache: true },
  { name: 'while the emulator starts', signal: 'SIGKILL', line: /^starting/, milliseconds: 50 },
  { name: 'while bootstrapping', signal: 'SIGKILL', line: /^bootstrapping/, milliseconds: 1500 },
  { name: 'while deploying', signal: 'SIGKILL', line: /^deploying/, milliseconds: 2500 },
  { name: 'while a custom resource hangs', signal: 'SIGKILL' },
  { name: 'while a custom resource hangs, by Ctrl-C', signal: 'SIGINT' },
];

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'kill-test-'));
  let failed = 0;
  try {
    for (const moment of MOMENTS) {
      const folder = mkdtempSync(join(scratch, 'tmp-'));
      const problem = await kill(moment, folder, moment.freshCache ? join(scratch, 'cache') : undefined)
        .then(() => leftovers(folder)).then(() => nextStart(moment.freshCache ? join(scratch, 'cache') : undefined))
        .then(() => undefined, error => (error as Error).message);
      failed += problem ? 1 : 0;
      console.log(`${problem ? 'FAIL' : 'ok  '} ${moment.name}${problem ? `: ${problem}` : ''}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`${MOMENTS.length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

/** Starts a harness whose every process carries the folder in its environment or command line, and kills it. */
async function kill(moment: Moment, folder: string, cache?: string): Promise<void> {
  const marker = join(folder, 'hanging');
  const victim = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'tests', 'kill-victim.ts'), ...(cache ? [cache] : [])], {
    cwd: resolve(__dirname, '../..'), env: { ...process.env, TMPDIR: folder, HANGING_MARKER: marker }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>(done => victim.once('close', () => done()));
  const seen: string[] = [];
  const reached = new Promise<void>((done, fail) => {
    for (const stream of [victim.stdout, victim.stderr]) {
      createInterface({ input: stream }).on('line', line => {
        seen.push(line);
        if (moment.line?.test(line)) {
          done();
        }
      });
    }
    void gone.then(() => fail(new Error(`the harness ended by itself: ${seen.slice(-5).join(' | ')}`)));
  });
  const timeUp = setTimeout(() => victim.kill('SIGKILL'), MOMENT_SECONDS * 1000);
  try {
    await (moment.line ? reached : Promise.race([reached, untilExists(marker)]));
    await sleep(moment.milliseconds ?? 0);
    if (processesWith(folder).length === 0) {
      throw new Error('nothing was running: this moment proves nothing');
    }
  } finally {
    clearTimeout(timeUp);
    victim.kill(moment.signal);
    await gone;
  }
}

async function untilExists(file: string): Promise<void> {
  while (!existsSync(file)) {
    await sleep(50);
  }
}

/** Waits until nothing is left; fails when something stays. */
async function leftovers(folder: string): Promise<void> {
  let left: string[] = [];
  for (let waited = 0; waited < GRACE_SECONDS * 10; waited++) {
    left = [...processesWith(folder), ...readdirSync(folder).filter(name => name.startsWith('cdk-resilience-'))];
    if (left.length === 0) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`left after ${GRACE_SECONDS} seconds: ${left.join(', ')}`);
}

/** Processes other than this one that carry the text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && name !== String(process.pid)).flatMap(id => {
    const read = (file: string) => { try { return readFileSync(`/proc/${id}/${file}`, 'utf8'); } catch { return ''; } };
    const command = read('cmdline').replace(/\0/g, ' ');
    return command.includes(text) || read('environ').includes(text) ? [`process ${id} (${command.slice(0, 120)})`] : [];
  });
}

async function nextStart(cache?: string): Promise<void> {
  const emulator = await Emulator.start({ cache });
  await emulator.stop();
}

void main();
