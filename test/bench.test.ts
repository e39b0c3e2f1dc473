/** A benchmark is fair while both of its programs write the same template. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { shopStack } from './support/app';
import type { ByHand, Program, Row } from '../bench/row';

const BENCH = resolve(__dirname, '../bench');
/** Names and logical ids follow from paths, and may be a little longer on one side. */
const DIFFERENCE = 0.03;

/** The bytes that the program writes for resources of each type, without the logical ids, and how many there are. */
function resourcesOf(program: Program): Record<string, { count: number; bytes: number }> {
  const stack = shopStack();
  program(stack, 'Thing');
  const resources = Object.entries<{ Type: string }>(Template.fromStack(stack).toJSON().Resources);
  const ids = new RegExp(resources.map(([id]) => id).sort((a, b) => b.length - a.length).join('|'), 'g');
  const types: Record<string, { count: number; bytes: number }> = {};
  for (const [, resource] of resources) {
    const { count, bytes } = types[resource.Type] ?? { count: 0, bytes: 0 };
    types[resource.Type] = { count: count + 1, bytes: bytes + JSON.stringify(resource).replace(ids, '').length };
  }
  return types;
}

test.each(readdirSync(join(BENCH, 'rows')))('%s: by hand the same resources as by the library, as long', file => {
  const { library } = jest.requireActual<Row>(join(BENCH, 'rows', file));
  const { byHand } = jest.requireActual<ByHand>(join(BENCH, 'by-hand', file));
  const [ours, theirs] = [resourcesOf(library), resourcesOf(byHand)];
  expect(Object.keys(ours).length).toBeGreaterThan(0);
  const counts = (types: typeof ours) => Object.fromEntries(Object.entries(types).map(([type, { count }]) => [type, count]));
  expect(counts(theirs)).toEqual(counts(ours));
  const unlike = Object.keys(ours).filter(type => Math.abs(theirs[type].bytes / ours[type].bytes - 1) > DIFFERENCE);
  expect(unlike.map(type => `${type}: ${ours[type].bytes} bytes, by hand ${theirs[type].bytes}`)).toEqual([]);
});

test.each(readdirSync(join(BENCH, 'by-hand')))('%s: by hand without the library', file => {
  expect(readFileSync(join(BENCH, 'by-hand', file), 'utf8')).not.toMatch(/from '(cdk-resilience|\.\.\/(rows|src|\.\.))/);
});
