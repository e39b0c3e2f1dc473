/** Python: the package is built, installed and used; the examples of docs/python run. Needs the package index once. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as ts from 'typescript';
import { REPOSITORY } from './packages';
import type { Proof } from './proof';
import { main } from './proof';
import type { Readme } from './readme-examples';
import { examplesOf, isProgram, readmes } from './readme-examples';
import { differences, templatesIn } from './templates';
import { pythonEnvironment } from '../../integ/emulator/python-environment';

const HERE = join(__dirname, 'python');

/** A virtual environment with our package; what that needs is taken from another, which is kept. */
async function install(proof: Proof): Promise<string> {
  const kept = await pythonEnvironment({ requirements: join(HERE, 'requirements.txt'), progress: line => console.log(`  ${line}`) });
  const wheels = join(proof.folder, 'wheels');
  const fresh = join(proof.folder, 'venv');
  const python = join(fresh, 'bin/python');
  await proof.run('building the wheel', [
    kept, '-m', 'pip', 'wheel', '--quiet', '--no-index', '--no-deps', '--no-build-isolation', '--wheel-dir', wheels, proof.package,
  ]);
  await proof.run('making a virtual environment', [kept, '-m', 'venv', '--without-pip', fresh]);
  writeFileSync(join(packagesOf(python), 'kept.pth'), `${packagesOf(kept)}\n`);
  const [wheel] = readdirSync(wheels);
  await proof.run('installing the wheel, compiling it', [
    kept, '-m', 'pip', '--python', python, 'install', '--quiet', '--no-index', '--no-deps', '--compile', join(wheels, wheel),
  ]);
  await proof.run('checking that the versions it asks for are there', [kept, '-m', 'pip', '--python', python, 'check']);
  return python;
}

/** Where the packages are of the virtual environment of this Python. */
function packagesOf(python: string): string {
  const lib = join(python, '../../lib');
  return join(lib, readdirSync(lib).find(name => name.startsWith('python'))!, 'site-packages');
}

/** Programs of a README in both languages give the same templates. */
function compareExamples(readme: Readme, folder: string): string[] {
  return examplesOf(readme).flatMap((example, number) => {
    if (!isProgram(example)) {
      return [];
    }
    const name = `${basename(readme.page, '.md')}-${number}`;
    const typescript = join(folder, `typescript-${name}`);
    runTypeScript(example.source, typescript);
    return differences(templatesIn(typescript), templatesIn(join(folder, name))).map(difference => `${readme.file}, example ${number}: ${difference}`);
  });
}

function runTypeScript(source: string, outdir: string): void {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  process.env.CDK_OUTDIR = outdir;
  new Function('require', 'exports', outputText)(require, {});
  delete process.env.CDK_OUTDIR;
}

async function prove(proof: Proof): Promise<string[]> {
  const python = await install(proof);
  const output = await proof.run('running the program', [python, join(HERE, 'app.py')]);
  const examples = join(proof.folder, 'examples');
  mkdirSync(examples);
  const pages = readmes().map(({ page }) => join(REPOSITORY, page));
  console.log(await proof.run('running the examples of docs/python', [python, join(HERE, 'examples.py'), examples, ...pages], {
    env: { CDK_VALIDATION: 'false' },
  }));
  return [...proof.judge(output), ...readmes().flatMap(readme => compareExamples(readme, examples))];
}

main('python', prove);
