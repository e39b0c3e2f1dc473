import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './packages';

/** A README and its page of examples in Python. */
export interface Readme {
  /** From the root of the repository. */
  readonly file: string;
  readonly title: string;
  /** From the root of the repository. */
  readonly page: string;
}

/** An example of a README, and the heading that it stands under. */
export interface Example {
  readonly heading: string;
  readonly source: string;
}

/** The README of the repository first, then that of each construct. */
export function readmes(): Readme[] {
  const constructs = readdirSync(join(REPOSITORY, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => /^[^/]+\/README\.md$/.test(file)).map(file => file.split('/')[0]).sort();
  return [
    { file: 'README.md', title: 'cdk-resilience', page: 'docs/python/README.md' },
    ...constructs.map(name => ({ file: `src/${name}/README.md`, title: titleOf(`src/${name}/README.md`), page: `docs/python/${name}.md` })),
  ];
}

export function examplesOf({ file }: Readme): Example[] {
  return examplesIn(readFileSync(join(REPOSITORY, file), 'utf8'));
}

/** The blocks of this language in a page. */
export function examplesIn(markdown: string, language = 'ts'): Example[] {
  const examples: Example[] = [];
  let heading = '';
  let block: string[] | undefined;
  let fence = '';
  for (const line of markdown.split('\n')) {
    if (block) {
      if (line === '```') {
        examples.push(...(fence === language ? [{ heading, source: block.join('\n') }] : []));
        block = undefined;
      } else {
        block.push(line);
      }
    } else if (line.startsWith('```')) {
      [block, fence] = [[], line.slice(3)];
    } else if (/^##+ /.test(line)) {
      heading = line.replace(/^#+ /, '');
    }
  }
  return examples;
}

/** A block that imports is a whole program; any other stands in the fixture, inside a stack. */
export function isProgram({ source }: Example): boolean {
  return /^import /m.test(source);
}

function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(join(REPOSITORY, file), 'utf8'))![1];
}
