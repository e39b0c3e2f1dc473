import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EmulatorError } from './errors';

/** How a command is run. */
export interface SupervisedOptions {
  /** The Python that supervises; any from 3.8 on. */
  readonly python: string;
  readonly command: string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Created before the command starts, removed when it has ended. */
  readonly folder?: string;
  /** Gets each line that the command prints. */
  readonly onLine?: (line: string) => void;
}

/** A command that ends when this process does, however it does: see supervise.py. */
export class Supervised {
  /** Settles when the command and all it started are gone. */
  public readonly ended: Promise<number>;
  private readonly child: ChildProcess;
  private readonly tail: string[] = [];

  constructor(options: SupervisedOptions) {
    const folder = options.folder ? ['--folder', options.folder] : [];
    // Detached: Ctrl-C in a terminal reaches us, and we end the command in our own time.
    this.child = spawn(options.python, [join(__dirname, 'supervise.py'), ...folder, ...options.command], {
      cwd: options.cwd, env: options.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin!.on('error', () => undefined); // it may be gone already
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on('line', line => {
        this.tail.push(line);
        this.tail.splice(0, Math.max(0, this.tail.length - 20));
        options.onLine?.(line);
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', code => resolve(code ?? 1));
    });
    this.ended.catch(() => undefined);
  }

  /** The last lines that the command printed. */
  public get lastLines(): string {
    return this.tail.join('\n');
  }

  /** Lets go of the leash and waits until nothing is left. */
  public async end(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
  }
}

/** Runs a command to its end; one error with its last lines when it fails or takes too long. */
export async function runSupervised(what: string, seconds: number, options: SupervisedOptions): Promise<string> {
  const lines: string[] = [];
  const run = new Supervised({ ...options, onLine: line => { lines.push(line); options.onLine?.(line); } });
  let overdue = false;
  const timer = setTimeout(() => { overdue = true; void run.end(); }, seconds * 1000);
  const code = await run.ended.finally(() => clearTimeout(timer));
  if (overdue) {
    throw new EmulatorError(`${what} was ended after ${seconds} seconds; its last lines tell where it hung:\n${run.lastLines}`);
  }
  if (code !== 0) {
    throw new EmulatorError(`${what} failed with exit code ${code}; its last lines tell why:\n${run.lastLines}`);
  }
  return lines.join('\n');
}
