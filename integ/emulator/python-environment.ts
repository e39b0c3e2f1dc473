import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorError } from './errors';
import { runSupervised } from './supervised';

const CACHE = resolve(__dirname, '../../node_modules/.cache/cdk-resilience');
const MINIMUM = [3, 11];
/** An installation that has not moved its lock for so long was killed. */
const STALE_LOCK_MS = 20_000;

/** What an installation may be told. */
export interface PythonEnvironmentOptions {
  /** The pinned packages, with hashes. */
  readonly requirements: string;
  readonly progress?: (line: string) => void;
  /** Programs to try, in this order. */
  readonly candidates?: string[];
  readonly cache?: string;
}

/**
 * The Python of a virtual environment that holds exactly these packages. Made on first use and kept beside
 * node_modules, one for each content of the requirements.
 */
export async function pythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const python = findPython(options.candidates);
  const requirements = readFileSync(options.requirements);
  const hash = createHash('sha256').update(requirements).update(python.version).digest('hex').slice(0, 12);
  const folder = join(options.cache ?? CACHE, `python-${hash}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) {
    return join(folder, 'bin', 'python');
  }
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(complete)) {
      await install(python.program, folder, options);
      writeFileSync(complete, '');
    }
  });
  return join(folder, 'bin', 'python');
}

/** The first Python that is new enough; one sentence when there is none. */
export function findPython(candidates: string[] = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']): { program: string; version: string } {
  const seen: string[] = [];
  for (const candidate of candidates) {
    const { stdout, status } = spawnSync(candidate, ['-c', 'import sys; print(sys.executable, *sys.version_info[:3])'], { encoding: 'utf8' });
    if (status !== 0) {
      continue;
    }
    const [program, ...version] = stdout.trim().split(' ');
    if (Number(version[0]) === MINIMUM[0] && Number(version[1]) >= MINIMUM[1]) {
      return { program, version: version.join('.') };
    }
    seen.push(version.join('.'));
  }
  throw new EmulatorError(`Python ${MINIMUM.join('.')} or later is needed, found ${seen.length ? seen.join(', ') : 'none'}: install it and see that 'python3' starts it`);
}

async function install(program: string, folder: string, { requirements, progress }: PythonEnvironmentOptions): Promise<void> {
  rmSync(folder, { recursive: true, force: true }); // what an installation left that was killed
  mkdirSync(folder, { recursive: true });
  progress?.('installing Python packages, once (about 10 seconds)');
  try {
    await runSupervised('venv', 120, { python: program, command: [program, '-m', 'venv', folder] });
  } catch {
    throw new EmulatorError(`'${program}' can not make a virtual environment: install its venv module (on Debian and Ubuntu the package python3-venv)`);
  }
  const python = join(folder, 'bin', 'python');
  try {
    await runSupervised('pip', 600, {
      python: program,
      command: [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary=:all:', '-r', requirements],
    });
  } catch (error) {
    const reason = /(ReadTimeout|NewConnection|ConnectionError|Temporary failure|Connection refused|ProxyError|No matching distribution)/.test(String(error))
      ? 'the package index can not be reached or lacks a package: check the network, or the index in pip\'s configuration, and try again'
      : (error as Error).message;
    throw new EmulatorError(`the Python packages of '${requirements}' could not be installed: ${reason}`);
  }
}

/** One installation at a time; the lock of one that was killed is taken over. */
export async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(resolve(lock, '..'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
      const moved = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      if (moved === undefined) {
        continue; // released this moment, perhaps to another
      }
      if (Date.now() - moved > STALE_LOCK_MS) {
        rmSync(lock, { recursive: true, force: true });
      } else {
        await sleep(200);
      }
    }
  }
  const alive = setInterval(() => utimesSync(lock, new Date(), new Date()), STALE_LOCK_MS / 4);
  try {
    await work();
  } finally {
    clearInterval(alive);
    rmSync(lock, { recursive: true, force: true });
  }
}
