/** Synth time of each construct against the same thing by hand: in turns, in one run, as a ratio with its spread. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { App, Stack } from 'aws-cdk-lib';

const ROUNDS = 15;
const INSTANCES = 10;

type Program = (stack: Stack, id: string) => void;

function milliseconds(program: Program): number {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const started = performance.now();
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Bench', { env: { account: '111111111111', region: 'eu-west-1' } });
    for (let i = 0; i < INSTANCES; i++) {
      program(stack, `Thing${i}`);
    }
    app.synth();
    return performance.now() - started;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  process.env.CDK_VALIDATION = 'false'; // the same for both, and most of the time
  for (const file of readdirSync(join(__dirname, 'rows'))) {
    const row = await import(join(__dirname, 'rows', file)) as { name: string; library: Program; byHand: Program };
    [row.library, row.byHand].forEach(milliseconds); // warm
    const ratios = Array.from({ length: ROUNDS }, (_, round) => ratioOf(row.library, row.byHand, round % 2 === 1)).sort((a, b) => a - b);
    const at = (share: number) => ratios[Math.floor(share * (ROUNDS - 1))].toFixed(2);
    console.log(`${row.name}, ${INSTANCES} instances: ${at(0.5)} times the synth time of the same by hand`
      + ` (${at(0.1)} to ${at(0.9)} in ${ROUNDS} rounds)`);
  }
}

/** Who goes first changes from round to round, so that neither always finds a warm cache. */
function ratioOf(library: Program, byHand: Program, handFirst: boolean): number {
  if (handFirst) {
    const hand = milliseconds(byHand);
    return milliseconds(library) / hand;
  }
  const ours = milliseconds(library);
  return ours / milliseconds(byHand);
}

void main();
