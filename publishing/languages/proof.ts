/** What the proofs of all languages have in common: a package, a program that uses it, and what must come of that. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'aws-cdk-lib';
import type { Language } from './packages';
import { CACHE, generatePackages } from './packages';
import { addMistakes, addShop } from './shop';
import { differences, templatesIn } from './templates';
import type { Tool } from './tools';
import { requireTools } from './tools';
import { findPython } from '../../integ/emulator/python-environment';
import { runSupervised, Supervised } from '../../integ/emulator/supervised';

const STILL_MS = 20_000;

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly seconds?: number;
}

/** Where one proof works; all of it goes when the proof ends. */
export class Proof {
  /** The generated package. */
  public readonly package: string;
  /** The templates that the program writes. */
  public readonly templates: string;
  private readonly python = findPython().program;

  constructor(public readonly language: Language, public readonly folder: string) {
    this.package = join(folder, 'packages', language);
    this.templates = join(folder, 'templates');
    mkdirSync(join(folder, 'tmp'));
  }

  /** Runs a command that ends when we do, and says what it printed. What takes long is said to go on. */
  public async run(what: string, command: string[], { cwd = this.folder, env, seconds = 900 }: CommandOptions = {}): Promise<string> {
    const started = Date.now();
    const passed = () => `${Math.round((Date.now() - started) / 1000)} s`;
    const still = setInterval(() => console.log(`  ... still ${what}, ${passed()}`), STILL_MS);
    try {
      const all = { ...process.env, ...this.environment(), ...env };
      const output = await runSupervised(what, seconds, { python: this.python, command, cwd, env: all });
      console.log(`  ${what}: ${passed()}`);
      return output;
    } finally {
      clearInterval(still);
    }
  }

  /** One line for each thing that differs from the program in TypeScript: templates, and the error of its mistakes. */
  public judge(output: string): string[] {
    const typescript = join(this.folder, 'typescript');
    const app = new App({ outdir: typescript });
    addShop(app);
    app.synth();
    const problems = [
      ...differences(templatesIn(typescript), templatesIn(this.templates)),
      ...output.includes(messageOfMistakes()) ? [] : [`the error of a program with mistakes is not what it is in TypeScript, got:\n${output.slice(-2000)}`],
    ];
    return problems.length === 0 ? [] : [...problems, `the program in ${this.language}/ must say what shop.ts says: mend it, or the package is at fault`];
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      CDK_OUTDIR: this.templates,
      TMPDIR: join(this.folder, 'tmp'),
      JSII_RUNTIME_PACKAGE_CACHE_ROOT: join(CACHE, 'jsii'),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      NODE_NO_WARNINGS: '1', // one app after another in a process is many listeners
    };
  }
}

/** Generates the package of a language and lets `prove` find what is wrong with it; ends the process. */
export function main(language: Language, prove: (proof: Proof) => Promise<string[]>, tools: Tool[] = []): void {
  const started = Date.now();
  const work = async (folder: string) => {
    console.log(`${language}: generating the package`);
    const proof = new Proof(language, folder);
    await generatePackages({ languages: [language], folder: join(folder, 'packages') });
    const problems = await prove(proof);
    problems.forEach(problem => console.error(problem));
    console.log(`${language}: ${problems.length} problems, ${Math.round((Date.now() - started) / 1000)} s`);
    return problems.length === 0 ? 0 : 1;
  };
  const checked = async () => {
    console.log(`${language}: with ${[`Node ${process.versions.node}`, ...requireTools(tools)].join(', ')}`);
    return inFolder(join(tmpdir(), `cdk-resilience-${language}-${randomUUID()}`), work);
  };
  checked().catch(error => {
    console.error((error as Error).message);
    return 1;
  }).then(code => process.exit(code), error => { throw error; });
}

/** Works in a folder that goes when the work ends, and when we are killed: a process on a leash removes it. */
async function inFolder<T>(folder: string, work: (folder: string) => Promise<T>): Promise<T> {
  const python = findPython().program;
  const keeper = new Supervised({ python, command: [python, '-c', 'import signal; signal.pause()'], folder });
  while (!existsSync(folder)) {
    await sleep(20);
  }
  try {
    return await work(folder);
  } finally {
    await keeper.end();
  }
}

function messageOfMistakes(): string {
  try {
    addMistakes(new App());
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('shop.ts: addMistakes must fail, and builds: it proves nothing');
}
