/**
 * The examples of each construct's README compile, and its first one, a whole program, is run: its templates are the
 * one whole-template snapshot that a construct has. (README.md and docstrings are compiled by jsii-rosetta.)
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';
import { testApp } from './support/app';

const REPOSITORY = resolve(__dirname, '..');
const SRC = join(REPOSITORY, 'src');
const FIXTURE = readFileSync(join(REPOSITORY, 'rosetta/default.ts-fixture'), 'utf8');
const CONSTRUCTS = readdirSync(SRC).filter(name => existsSync(join(SRC, name, 'README.md')));

/** The TypeScript blocks of a page. */
function examplesOf(construct: string): string[] {
  return [...readFileSync(join(SRC, construct, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1]);
}

/** A block that imports is a program; any other stands in the fixture. */
function sourceOf(example: string): string {
  return /^import /m.test(example) ? example : FIXTURE.replace('/// here', () => example);
}

/** What the compiler says of these sources, compiled in one program as a team would compile them. */
function problemsOf(sources: string[]): string[] {
  const files = new Map(sources.map((source, index) => [join(REPOSITORY, `example-${index}.ts`), source]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { 'cdk-resilience': [join(SRC, 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = file => files.has(file) || fileExists(file);
  host.readFile = file => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...more) =>
    files.has(file) ? ts.createSourceFile(file, files.get(file)!, version) : getSourceFile(file, version, ...more);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map(file => program.getSourceFile(file))
    .flatMap(file => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(diagnostic => `${diagnostic.file?.fileName.slice(REPOSITORY.length + 1)}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`);
}

test('every example compiles, and one that is wrong would not', () => {
  const good = CONSTRUCTS.flatMap(examplesOf).map(sourceOf);
  const wrong = [sourceOf('new TaggedBackupPlan(this, \'Backups\', { tires: [BackupTier.low()] });'), sourceOf('backups.protect(database);')];
  expect(good.length).toBeGreaterThan(0);
  expect(problemsOf([...good, ...wrong])).toEqual([
    expect.stringContaining(`example-${good.length}.ts: Object literal may only specify known properties`),
    expect.stringContaining(`example-${good.length + 1}.ts: Expected 2 arguments, but got 1.`),
  ]);
}, 60_000);

/** A template, without the hashes of handlers: they change with every bundle, and handlers have tests of their own. */
function templateIn(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'), (_, value) => typeof value === 'string' ? value.replace(/^[0-9a-f]{64}\.zip$/, '<hash>.zip') : value);
}

test.each(CONSTRUCTS)('the program of %s gives the templates that it gave', construct => {
  const { outdir } = testApp();
  const environment = { ...process.env };
  process.env.CDK_OUTDIR = outdir;
  try {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(examplesOf(construct)[0], { compilerOptions });
    const load = (name: string) => jest.requireActual(name === 'cdk-resilience' ? '../src' : name);
    new Function('require', 'exports', outputText)(load, {});
  } finally {
    process.env = environment;
  }
  const templates = readdirSync(outdir).filter(file => file.endsWith('.template.json')).sort();
  expect(Object.fromEntries(templates.map(file => [file, templateIn(join(outdir, file))]))).toMatchSnapshot();
});
