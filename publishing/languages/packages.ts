/** The packages for other languages, generated with jsii-pacmak of what stands in lib/, assets/ and .jsii. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { requireOldest } from './go-module';
import { findPython } from '../../integ/emulator/python-environment';
import { runSupervised } from '../../integ/emulator/supervised';

export const REPOSITORY = resolve(__dirname, '../..');
/** What is fetched once, and stays until node_modules goes. */
export const CACHE = join(REPOSITORY, 'node_modules/.cache/cdk-resilience');
const SECONDS = 300;
const QUIET = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

/** Languages that packages are generated for. */
export type Language = 'python' | 'java' | 'go' | 'dotnet';

/** How packages are generated. */
export interface GenerateOptions {
  readonly languages: Language[];
  /** Gets a folder for each language. */
  readonly folder: string;
  /**
   * The examples of the documentation in each language, made by `translateExamples`.
   *
   * @default - examples stay as they are
   */
  readonly tablet?: string;
}

/** Writes the sources of the packages; compiles nothing. */
export async function generatePackages({ languages, folder, tablet }: GenerateOptions): Promise<void> {
  if (!existsSync(join(REPOSITORY, '.jsii'))) {
    throw new Error('there is nothing to make packages of: run `npx projen compile` first');
  }
  // Verbatim is for examples of CDK's own that classes inherit; ours are all in the tablet, or generate.ts finds them.
  const examples = ['--rosetta-unknown-snippets', 'verbatim', ...(tablet ? ['--rosetta-tablet', tablet] : [])];
  // Forced: without it what was generated before counts as current, though a Lambda function has changed.
  await node('jsii-pacmak/bin/jsii-pacmak', ['--code-only', '--force', '--no-npmignore', ...examples, '--outdir', folder, '--targets', ...languages]);
  if (languages.includes('go')) {
    const goMod = join(folder, 'go/cdkresilience/go.mod');
    writeFileSync(goMod, requireOldest(readFileSync(goMod, 'utf8'), peers()));
  }
}

/** Translates the examples of README.md and docstrings; fails at one that does not compile. The tablet's file. */
export async function translateExamples(): Promise<string> {
  const tablet = join(REPOSITORY, '.jsii.tabl.json');
  await node('jsii-rosetta/bin/jsii-rosetta', ['extract', '--strict', '--cache', tablet, '.jsii']);
  return tablet;
}

function peers(): Record<string, string> {
  return JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).peerDependencies;
}

async function node(program: string, args: string[]): Promise<void> {
  await runSupervised(program.split('/')[0], SECONDS, {
    python: findPython().program,
    command: [process.execPath, join(REPOSITORY, 'node_modules', program), ...args],
    cwd: REPOSITORY,
    env: { ...process.env, ...QUIET },
  });
}
