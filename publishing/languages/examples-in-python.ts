/** Writes docs/python, the examples of each README in Python; with --check fails where it is stale, and writes nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY } from './packages';
import type { PythonExample } from './python-page';
import { renderPage } from './python-page';
import type { Readme } from './readme-examples';
import { examplesOf, readmes } from './readme-examples';
import { translateToPython } from './translate';
import { staleness } from '../../scripts/generated-file';

const COMMAND = 'npm run languages:examples';
const FOLDER = 'docs/python';

/** The pages by their file. */
function pages(): Record<string, string> {
  const all = readmes();
  const examples = all.flatMap(readme => examplesOf(readme).map(example => ({ readme, ...example })));
  const translated = translateToPython(examples);
  const of = (readme: Readme): PythonExample[] => examples
    .map((example, index) => ({ ...example, python: translated.examples[index] })).filter(example => example.readme === readme);
  const contents = all.slice(1).map(({ title, page }) => `* [${title}](${page.slice(FOLDER.length + 1)})`);
  return Object.fromEntries(all.map((readme, index) =>
    [readme.page, renderPage(readme, translated.imports, of(readme), index === 0 ? contents : [])]));
}

function main(check: boolean): number {
  const fresh = pages();
  const committed = existsSync(join(REPOSITORY, FOLDER)) ? readdirSync(join(REPOSITORY, FOLDER)).map(file => `${FOLDER}/${file}`) : [];
  const gone = committed.filter(file => !(file in fresh));
  if (!check) {
    gone.forEach(file => rmSync(join(REPOSITORY, file)));
    for (const [file, text] of Object.entries(fresh)) {
      mkdirSync(dirname(join(REPOSITORY, file)), { recursive: true });
      writeFileSync(join(REPOSITORY, file), text);
    }
    console.log(`wrote ${Object.keys(fresh).join(', ')}`);
    return 0;
  }
  const problems = [
    ...gone.map(file => `${file} belongs to no README any more: run \`${COMMAND}\` and commit that it is gone.`),
    ...Object.entries(fresh).map(([file, text]) =>
      staleness({ name: file, command: COMMAND }, committed.includes(file) ? readFileSync(join(REPOSITORY, file), 'utf8') : '', text)),
  ].filter(problem => problem !== undefined);
  problems.forEach(problem => console.error(problem));
  if (problems.length === 0) {
    console.log(`${FOLDER} says in Python what the READMEs say`);
  }
  return problems.length === 0 ? 0 : 1;
}

process.exit(main(process.argv.includes('--check')));
