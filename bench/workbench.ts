/** A folder in which programs are built and run as a consumer's would be: compiled, and with the library from `lib/`. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Plugin } from 'esbuild';
import { build } from 'esbuild';

const REPOSITORY = resolve(__dirname, '..');
const TIMEOUT_MS = 120_000;

/** What is loaded as it is. Nothing is imported for its effects: what a program does not use of it is left out. */
const INSTALLED: Plugin = {
  name: 'installed packages',
  setup: ({ onResolve }) => onResolve({ filter: /^(aws-cdk-lib|constructs|cdk-resilience)(\/|$)/ }, ({ path }) => ({ path, external: true, sideEffects: false })),
};

/** How long a process took from its start to its end, and what it printed. */
export interface Outcome<T> {
  readonly milliseconds: number;
  readonly answer: T;
}

/** Builds programs and runs each in a process of its own, one at a time. */
export class Workbench {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-'));
  private running?: ChildProcess;

  constructor() {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(modules);
    for (const name of ['aws-cdk-lib', 'constructs']) {
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
    }
    symlinkSync(REPOSITORY, join(modules, 'cdk-resilience'));
  }

  /** Bundles the program, whose imports are relative to `bench/`. */
  public async build(name: string, contents: string): Promise<string> {
    const outfile = join(this.folder, `${name}.js`);
    await build({
      stdin: { contents, resolveDir: __dirname, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      plugins: [INSTALLED],
      logLevel: 'error',
    });
    return outfile;
  }

  /** Runs a program and waits for its end. */
  public async run<T>(program: string, args: string[] = [], env: Record<string, string> = {}): Promise<Outcome<T>> {
    const started = performance.now();
    const child = spawn(process.execPath, [program, ...args], {
      cwd: REPOSITORY, env: { ...process.env, NODE_OPTIONS: '', ...env }, timeout: TIMEOUT_MS, killSignal: 'SIGKILL',
    });
    this.running = child;
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', chunk => printed.push(chunk));
    child.stderr.on('data', chunk => complaints.push(chunk));
    let milliseconds = 0;
    child.once('exit', () => { milliseconds = performance.now() - started; });
    const [code, signal] = await once(child, 'close');
    if (code !== 0) {
      throw new Error(`${program} ended with ${code ?? signal}:\n${Buffer.concat(complaints).toString()}`);
    }
    return { milliseconds, answer: JSON.parse(Buffer.concat(printed).toString()) };
  }

  /** Runs a program in a new folder, whose templates it returns, too. */
  public async synthesize<T>(program: string, instances: number, env: Record<string, string>): Promise<Outcome<T> & { templates: string[] }> {
    const outdir = join(this.folder, 'cdk.out');
    try {
      const outcome = await this.run<T>(program, [String(instances), outdir], env);
      const templates = readdirSync(outdir).filter(file => file.endsWith('.template.json')).map(file => readFileSync(join(outdir, file), 'utf8'));
      return { ...outcome, templates };
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** Ends what runs and takes the folder away. */
  public close(): void {
    this.running?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
