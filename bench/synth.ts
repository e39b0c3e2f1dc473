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

process.env.CDK_VALIDATION = 'false'; // the same for both, and most of the time
for (const file of readdirSync(join(__dirname, 'rows'))) {
  const { name, library, byHand } = require(join(__dirname, 'rows', file)) as { name: string; library: Program; byHand: Program };
  [library, byHand].forEach(milliseconds); // warm
  const ratios = Array.from({ length: ROUNDS }, (_, round) => {
    // Who goes first changes, so that neither always finds a warm cache.
    const [first, second] = round % 2 ? [byHand, library] : [library, byHand];
    const [a, b] = [milliseconds(first), milliseconds(second)];
    return round % 2 ? b / a : a / b;
  }).sort((a, b) => a - b);
  const at = (share: number) => ratios[Math.floor(share * (ROUNDS - 1))].toFixed(2);
  console.log(`${name}, ${INSTANCES} instances: ${at(0.5)} times the synth time of the same by hand (${at(0.1)} to ${at(0.9)} in ${ROUNDS} rounds)`);
}
