/** From measurements to Markdown. */
import type { Measurements } from './measure';
import { INSTANCES } from './measure';
import type { Row } from './row';
import type { Spread } from './statistics';
import { ratioOf, spreadOf } from './statistics';

/** How many times the time of the same by hand a process may take. */
const SYNTH_LIMIT = 1.05;
const LIMITED_INSTANCES = [1, 50];
/** How many times the time of loading the modules of aws-cdk-lib that it uses loading a class may take. */
const LOAD_LIMIT = 1.10;
/** How many times as long one instance of a hundred may take as one of ten. */
const GROWTH_LIMIT = 1.10;
const [ONE, TEN, FIFTY, HUNDRED] = INSTANCES;

/** One line of the table. */
interface Line {
  readonly what: string;
  readonly library: string;
  readonly byHand: string;
  readonly ratio: Spread;
  /** @default - the line is only shown */
  readonly limit?: number;
}

/** The section of one construct: the table, what the templates say, and what a reader must know. */
export function renderSection({ construct, remark }: Pick<Row, 'construct' | 'remark'>, measured: Measurements): string {
  return [
    `## ${construct}`, '',
    '| | Library | By hand | Ratio (10th to 90th percentile) | Limit | |',
    '|---|---|---|---|---|---|',
    ...linesOf(measured).map(renderLine), '',
    `${compareTemplates(measured)} ${measured.library.loadMilliseconds.length} rounds.`,
    ...remark ? ['', remark] : [],
  ].join('\n');
}

function linesOf({ library, byHand }: Measurements): Line[] {
  return [
    ...INSTANCES.map(instances => ({
      what: `Whole process, ${instances} ${instances === 1 ? 'instance' : 'instances'}`,
      ...compare(library.milliseconds[instances], byHand.milliseconds[instances], 'ms'),
      limit: LIMITED_INSTANCES.includes(instances) ? SYNTH_LIMIT : undefined,
    })),
    {
      what: 'Whole process, 1 instance, templates validated',
      ...compare(library.validatedMilliseconds, byHand.validatedMilliseconds, 'ms'),
    },
    ...[library, byHand].map((side, index) => ({
      what: `One instance of ${HUNDRED} against one of ${TEN}, ${index === 0 ? 'library' : 'by hand'}`,
      library: '',
      byHand: '',
      ratio: ratioOf(perInstance(side.milliseconds, HUNDRED), perInstance(side.milliseconds, TEN)),
      limit: index === 0 ? GROWTH_LIMIT : undefined,
    })),
    { what: '`require` of the class; by hand, of the modules of aws-cdk-lib that it uses', ...compare(library.loadMilliseconds, byHand.loadMilliseconds, 'ms', 1), limit: LOAD_LIMIT },
    { what: `Peak memory, ${FIFTY} instances`, ...compare(library.peakMegabytes[FIFTY], byHand.peakMegabytes[FIFTY], 'MB') },
  ];
}

/** What each further instance takes: the start of the process, loading and the first instance are in both and taken off. */
function perInstance(milliseconds: Record<number, number[]>, instances: number): number[] {
  return milliseconds[instances].map((whole, round) => (whole - milliseconds[ONE][round]) / (instances - ONE));
}

function compare(library: number[], byHand: number[], unit: string, digits = 0): Pick<Line, 'library' | 'byHand' | 'ratio'> {
  const shown = (values: number[]) => `${spreadOf(values).median.toFixed(digits)} ${unit}`;
  return { library: shown(library), byHand: shown(byHand), ratio: ratioOf(library, byHand) };
}

function renderLine({ what, library, byHand, ratio, limit }: Line): string {
  const [median, low, high] = [ratio.median, ratio.low, ratio.high].map(value => value.toFixed(2));
  const verdict = limit === undefined ? '' : Number(median) <= limit ? 'kept' : '**missed**';
  return `| ${[what, library, byHand, `${median} (${low} to ${high})`, limit?.toFixed(2) ?? '', verdict].join(' | ')} |`;
}

function compareTemplates({ library, byHand }: Measurements): string {
  const [ours, theirs] = [library.template, byHand.template];
  const [types, typesByHand] = [typesOf(ours), typesOf(theirs)];
  const equal = types.join() === typesByHand.join();
  const resources = equal ? `${types.length} resources of the same types on both sides` : `**${types.length} resources against ${typesByHand.length} by hand, or of other types**`;
  return `Template of one instance: ${resources}; ${Buffer.byteLength(ours)} bytes, by hand ${Buffer.byteLength(theirs)}.`;
}

function typesOf(template: string): string[] {
  return Object.values<{ Type: string }>(JSON.parse(template).Resources).map(resource => resource.Type).sort();
}
