import { App, Stack } from 'aws-cdk-lib/core';
import type { Program } from '../row';

/** A stack holds 500 resources, and no construct is to make more than 50. */
const INSTANCES_PER_STACK = 10;

/** What a measured process does: an app of so many instances, in as many stacks as they need, synthesized. */
export function synthesize(program: Program): void {
  const [instances, outdir] = process.argv.slice(2);
  const app = new App({ outdir, analyticsReporting: false });
  let stack: Stack;
  for (let i = 0; i < Number(instances); i++) {
    if (i % INSTANCES_PER_STACK === 0) {
      stack = new Stack(app, `Bench${i / INSTANCES_PER_STACK}`, { env: { account: '111111111111', region: 'eu-west-1' } });
    }
    program(stack!, `Thing${i}`);
  }
  app.synth();
  process.stdout.write(JSON.stringify({ peakKilobytes: process.resourceUsage().maxRSS }));
}
