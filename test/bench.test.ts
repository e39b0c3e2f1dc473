/** A benchmark is fair while both of its programs make the same resources. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { shopStack } from './support/app';

const ROWS = resolve(__dirname, '../bench/rows');

/** How many resources of each type the program makes. */
function resourcesOf(program: (stack: Stack, id: string) => void): Record<string, number> {
  const stack = shopStack();
  program(stack, 'Thing');
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values<{ Type: string }>(Template.fromStack(stack).toJSON().Resources)) {
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

test.each(readdirSync(ROWS))('%s: by hand the same resources as by the library', file => {
  const { library, byHand } = jest.requireActual(join(ROWS, file));
  const ours = resourcesOf(library);
  expect(Object.keys(ours).length).toBeGreaterThan(0);
  expect(resourcesOf(byHand)).toEqual(ours);
});
