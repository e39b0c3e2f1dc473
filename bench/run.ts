/**
 * What the constructs cost at synth. `npm run bench` measures every row and writes docs/benchmarks.md;
 * `npm run bench -- --quick` runs one round and writes nothing; names of rows measure these rows only.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BENCHMARKS, describeMachine } from './machine';
import { measure } from './measure';
import type { Row } from './row';
import { renderSection } from './table';
import { Workbench } from './workbench';

const ROUNDS = 15;
const INTRODUCTION = `# What the constructs cost at synth

Written by \`npm run bench\`: each construct against the same thing written by hand, in one run. bench/README.md says how it
is measured. Every measurement is a Node process of its own; both sides take turns, and the ratio is that of neighbours.
A limit holds for the median. Templates are not validated (\`CDK_VALIDATION=false\`), except where it says so: it takes
seconds, on both sides alike.
`;

async function main(args: string[]): Promise<void> {
  const quick = args.includes('--quick');
  const wanted = args.filter(arg => !arg.startsWith('--'));
  const files = readdirSync(join(__dirname, 'rows')).map(file => file.replace(/\.ts$/, '')).filter(file => wanted.length === 0 || wanted.includes(file));
  if (files.length === 0) {
    throw new Error(`no such row, got: ${wanted.join(', ')}`);
  }
  const bench = new Workbench();
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    process.once(signal, () => {
      bench.close();
      process.exit(code);
    });
  }
  try {
    const sections: string[] = [];
    for (const file of files) {
      const row = await import(join(__dirname, 'rows', file)) as Row;
      sections.push(renderSection(row, await measure(bench, file, row, quick ? 1 : ROUNDS, text => console.error(text))));
    }
    const page = [INTRODUCTION, describeMachine(), '', sections.join('\n\n'), ''].join('\n');
    console.log(page);
    if (!quick && wanted.length === 0) {
      writeFileSync(resolve(__dirname, '..', BENCHMARKS), page);
    }
  } finally {
    bench.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
