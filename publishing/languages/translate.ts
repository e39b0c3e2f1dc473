import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TypeScriptSnippet } from 'jsii-rosetta';
import { TargetLanguage, Translator } from 'jsii-rosetta';
import { REPOSITORY } from './packages';
import { tidyImports } from './python-page';
import type { Example } from './readme-examples';
import { isProgram } from './readme-examples';

/**
 * Examples in Python, and what those import that are no programs. All are compiled first, in one go, against the
 * library and CDK: only so are keyword arguments, structs and modules what they are called in Python.
 */
export function translateToPython(examples: Example[]): { imports: string; examples: string[] } {
  const fixture = readFileSync(join(REPOSITORY, 'rosetta/default.ts-fixture'), 'utf8');
  const imports: Example = { heading: '', source: fixture.match(/^import [^;]+;$/gm)!.join('\n') };
  const snippets = [imports, ...examples].map((example, index): TypeScriptSnippet => ({
    visibleSource: example.source,
    completeSource: withoutBarrel(isProgram(example) ? example.source : inFixture(example.source, fixture)),
    location: { api: { api: 'file', fileName: `example-${index}` } },
    strict: true,
  }));
  const translator = new Translator(true);
  const translated = translator.translateSnippets(snippets, [TargetLanguage.PYTHON]);
  const problems = translator.diagnostics.filter(diagnostic => diagnostic.isError).map(diagnostic => diagnostic.formattedMessage);
  if (problems.length > 0) {
    throw new Error(`examples of a README can not be translated, mend them there:\n${problems.join('')}`);
  }
  const [first, ...rest] = translated.map(each => tidyImports(each.get(TargetLanguage.PYTHON)!.source));
  return { imports: first, examples: rest };
}

function inFixture(source: string, fixture: string): string {
  return `/// !hide\n${fixture.replace('/// here', () => `/// !show\n${source}\n/// !hide`)}`;
}

/** The same names from a smaller module: all of CDK takes the compiler twice as long. */
function withoutBarrel(source: string): string {
  return source.replace(/^(import \{[^}]+\} from 'aws-cdk-lib)';$/gm, (all, start) => all.includes('aws_') ? all : `${start}/core';`);
}
