/** Measures one row: all its processes in turns, round by round. */
import type { Row, Side } from './row';
import { SIDES } from './row';
import type { Workbench } from './workbench';

export const INSTANCES = [1, 10, 50, 100];
const FOLDERS: Record<Side, string> = { library: 'rows', byHand: 'by-hand' };
/** The first round finds cold caches of files. */
const WARM_UP_ROUNDS = 1;
/** aws-cdk-lib validates templates for seconds, on both sides alike: a few rounds tell. */
const VALIDATED_ROUNDS = 3;

/** What one side took, a value a round. */
export interface Measured {
  /** From the start of the process to its end, by the number of instances. */
  readonly milliseconds: Record<number, number[]>;
  /** The most memory that the process held, by the number of instances. */
  readonly peakMegabytes: Record<number, number[]>;
  /** One instance, with the validation of aws-cdk-lib switched on. */
  readonly validatedMilliseconds: number[];
  /** Library: the class. By hand: the modules of aws-cdk-lib that the class uses. */
  readonly loadMilliseconds: number[];
  /** The template of one instance. */
  template: string;
}

export type Measurements = Record<Side, Measured>;

/** Builds the programs of a row and runs them in turns. */
export async function measure(
  bench: Workbench, file: string, { construct }: Row, rounds: number, progress: (text: string) => void,
): Promise<Measurements> {
  const programs = await buildPrograms(bench, file, construct);
  const measured: Measurements = { library: nothing(), byHand: nothing() };
  const synthesize = async (side: Side, instances: number, CDK_VALIDATION: string) =>
    bench.synthesize<{ peakKilobytes: number }>(programs.synthesize[side], instances, { CDK_VALIDATION });

  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    progress(`${construct}: round ${round + 1} of ${rounds}`);
    for (const instances of INSTANCES) {
      for (const side of inTurns(round)) {
        const { milliseconds, answer, templates } = await synthesize(side, instances, 'false');
        if (round >= 0) {
          measured[side].milliseconds[instances].push(milliseconds);
          measured[side].peakMegabytes[instances].push(answer.peakKilobytes / 1024);
        }
        if (instances === 1) {
          measured[side].template = templates[0];
        }
      }
    }
    for (const side of inTurns(round)) {
      const { answer } = await bench.run<{ loadMilliseconds: number }>(programs.load[side]);
      if (round >= 0) {
        measured[side].loadMilliseconds.push(answer.loadMilliseconds);
      }
    }
  }
  for (let round = 0; round < Math.min(VALIDATED_ROUNDS, rounds); round++) {
    progress(`${construct}: round ${round + 1} with validation`);
    for (const side of inTurns(round)) {
      measured[side].validatedMilliseconds.push((await synthesize(side, 1, 'true')).milliseconds);
    }
  }
  return measured;
}

/** Who goes first changes from round to round, so that neither always finds what the other has warmed. */
function inTurns(round: number): Side[] {
  return round % 2 === 0 ? SIDES : [...SIDES].reverse();
}

async function buildPrograms(bench: Workbench, file: string, construct: string): Promise<Record<'synthesize' | 'load', Record<Side, string>>> {
  const synthesizing = async (side: Side) => bench.build(side,
    `import { synthesize } from './measured/synthesize'; import { ${side} } from './${FOLDERS[side]}/${file}'; synthesize(${side});`);
  const loading = async (name: string, load: string) => bench.build(name, `import { timeOf } from './measured/load'; timeOf(() => ${load});`);
  const using = await bench.build('modules-used',
    'import { listModulesUsed } from \'./measured/modules-used\'; import { App, Stack } from \'aws-cdk-lib/core\';'
    + `listModulesUsed(() => require('./rows/${file}').library(new Stack(new App({ outdir: process.argv[3] }), 'Bench'), 'Thing'));`);
  const { answer: modules } = await bench.synthesize<string[]>(using, 1, {});
  return {
    synthesize: { library: await synthesizing('library'), byHand: await synthesizing('byHand') },
    load: {
      library: await loading('load-class', `require('cdk-resilience').${construct}`),
      byHand: await loading('load-modules', `[${modules.map(name => `require('${name}')`).join(', ')}]`),
    },
  };
}

function nothing(): Measured {
  const lists = () => Object.fromEntries(INSTANCES.map(instances => [instances, [] as number[]]));
  return { milliseconds: lists(), peakMegabytes: lists(), validatedMilliseconds: [], loadMilliseconds: [], template: '' };
}
