import type { Measured, Measurements } from '../bench/measure';
import { renderSection } from '../bench/table';

const template = (...types: string[]) => JSON.stringify({ Resources: Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type }])) });

/** A side that takes so long to start and for each instance, in two rounds. */
function side({ start = 400, each = 20, load = 10, resources = template('A', 'B') } = {}): Measured {
  const twice = (value: number) => [value, 2 * value];
  const by = (value: (instances: number) => number) => Object.fromEntries([1, 10, 50, 100].map(instances => [instances, twice(value(instances))]));
  return {
    milliseconds: by(instances => start + each * instances),
    peakMegabytes: by(instances => 100 + instances),
    validatedMilliseconds: twice(3000),
    loadMilliseconds: twice(load),
    template: resources,
  };
}

function lines(measured: Measurements): string[] {
  return renderSection({ construct: 'Thing' }, measured).split('\n');
}
const verdicts = (measured: Measurements) => lines(measured).filter(line => line.startsWith('| ')).map(line => line.split(' | ')).slice(1)
  .filter(cells => cells[4] !== '').map(cells => [cells[0].slice(2), cells[3].split(' ')[0], cells[4], cells[5].replace(' |', '')]);

test('two sides that are alike', () => {
  expect(lines({ library: side(), byHand: side() })).toEqual([
    '## Thing',
    '',
    '| | Library | By hand | Ratio (10th to 90th percentile) | Limit | |',
    '|---|---|---|---|---|---|',
    '| Whole process, 1 instance | 630 ms | 630 ms | 1.00 (1.00 to 1.00) | 1.05 | kept |',
    '| Whole process, 10 instances | 900 ms | 900 ms | 1.00 (1.00 to 1.00) |  |  |',
    '| Whole process, 50 instances | 2100 ms | 2100 ms | 1.00 (1.00 to 1.00) | 1.05 | kept |',
    '| Whole process, 100 instances | 3600 ms | 3600 ms | 1.00 (1.00 to 1.00) |  |  |',
    '| Whole process, 1 instance, templates validated | 4500 ms | 4500 ms | 1.00 (1.00 to 1.00) |  |  |',
    '| One instance of 100 against one of 10, library |  |  | 1.00 (1.00 to 1.00) | 1.10 | kept |',
    '| One instance of 100 against one of 10, by hand |  |  | 1.00 (1.00 to 1.00) |  |  |',
    '| `require` of the class; by hand, of the modules of aws-cdk-lib that it uses | 15.0 ms | 15.0 ms | 1.00 (1.00 to 1.00) | 1.10 | kept |',
    '| Peak memory, 50 instances | 225 MB | 225 MB | 1.00 (1.00 to 1.00) |  |  |',
    '',
    'Template of one instance: 2 resources of the same types on both sides; 51 bytes, by hand 51. 2 rounds.',
  ]);
});

test('a limit that is missed is shown', () => {
  expect(verdicts({ library: side({ each: 24, load: 12 }), byHand: side() })).toEqual([
    ['Whole process, 1 instance', '1.01', '1.05', 'kept'],
    ['Whole process, 50 instances', '1.14', '1.05', '**missed**'],
    ['One instance of 100 against one of 10, library', '1.00', '1.10', 'kept'],
    ['`require` of the class; by hand, of the modules of aws-cdk-lib that it uses', '1.20', '1.10', '**missed**'],
  ]);
});

test('what is shown is what is judged', () => {
  expect(verdicts({ library: side({ start: 421 }), byHand: side() })[0]).toEqual(['Whole process, 1 instance', '1.05', '1.05', 'kept']);
  expect(verdicts({ library: side({ start: 424 }), byHand: side() })[0]).toEqual(['Whole process, 1 instance', '1.06', '1.05', '**missed**']);
});

test('instances that get dearer the more there are', () => {
  const library = side();
  library.milliseconds[100] = library.milliseconds[100].map(whole => whole * 1.5);
  expect(verdicts({ library, byHand: side() })[2]).toEqual(['One instance of 100 against one of 10, library', '1.61', '1.10', '**missed**']);
});

test('programs that make other resources', () => {
  expect(lines({ library: side(), byHand: side({ resources: template('A') }) }).join()).toContain('**2 resources against 1 by hand, or of other types**');
});

test('a remark follows the table', () => {
  expect(renderSection({ construct: 'Thing', remark: 'Why.' }, { library: side(), byHand: side() })).toMatch(/2 rounds\.\n\nWhy\.$/);
});
