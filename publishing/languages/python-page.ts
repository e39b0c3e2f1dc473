import type { Readme } from './readme-examples';

/** An example in Python. */
export interface PythonExample {
  readonly heading: string;
  readonly python: string;
}

/** The page of Markdown with the examples of a README in Python. */
export function renderPage({ file, title }: Readme, imports: string, examples: PythonExample[], more: string[] = []): string {
  const readme = `../../${file}`;
  const fragments = examples.map(example => example.python).filter(python => !isProgram(python));
  const lines = [
    `<!-- Made of ${file} by \`npm run languages:examples\`: change that, and run it. -->`,
    '',
    `# ${title} in Python`,
    '',
    `Translated by jsii-rosetta from [its README](${readme}), where they are explained.`,
    'The proof of the Python package runs each of them.',
    '',
    ...more.length ? [...more, ''] : [],
    ...fragments.length ? [
      'What imports nothing stands inside a stack (`self`), after these:', '',
      ...block(importsUsed(imports, fragments.join('\n'))),
    ] : [],
  ];
  let heading: string | undefined;
  for (const example of examples) {
    if (example.heading !== heading) {
      heading = example.heading;
      lines.push(heading ? `## [${heading}](${readme}#${anchor(heading)})` : `## [A whole program](${readme})`, '');
    }
    lines.push(...block(example.python));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Puts what jsii-rosetta imports in several lines, and sometimes twice, into one line a module. */
export function tidyImports(python: string): string {
  const modules = new Map<string, Set<string>>();
  const lines = python.trimEnd().split('\n');
  const end = lines.findIndex(line => !/^(from \S+ import .+|\s*)$/.test(line));
  const head = lines.slice(0, end === -1 ? lines.length : end).filter(line => line.trim() !== '');
  for (const line of head) {
    const [, module, names] = /^from (\S+) import (.+)$/.exec(line)!;
    modules.set(module, new Set([...modules.get(module) ?? [], ...names.split(', ')]));
  }
  const imports = [...modules].map(([module, names]) => `from ${module} import ${[...names].sort().join(', ')}`).sort();
  const body = end === -1 ? [] : lines.slice(end);
  return [...imports, ...imports.length && body.length ? [''] : [], ...body].join('\n');
}

/** Of these imports, those of names that the code says. */
export function importsUsed(imports: string, code: string): string {
  return imports.split('\n').map(line => {
    const [, module, names] = /^from (\S+) import (.+)$/.exec(line)!;
    const used = names.split(', ').filter(name => new RegExp(`\\b${name}\\b`).test(code));
    return used.length ? `from ${module} import ${used.join(', ')}` : undefined;
  }).filter(line => line !== undefined).join('\n');
}

function isProgram(python: string): boolean {
  return /^from \S+ import .*\bApp\b/m.test(python);
}

function block(python: string): string[] {
  return ['```python', python, '```', ''];
}

/** How a heading is linked to. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-');
}
