import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, templatesIn } from '../../../publishing/languages/templates';

describe('differences', () => {
  test('the same in another order is the same', () => {
    expect(differences({ a: [1, { b: null }], c: 'd' }, { c: 'd', a: [1, { b: null }] })).toEqual([]);
  });

  test.each([
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, 'a/b: TypeScript has 1, here is 2'],
    ['a missing key', { a: { b: 1 } }, { a: {} }, 'a/b: TypeScript has 1, here is nothing'],
    ['a key too many', {}, { a: 'x' }, 'a: TypeScript has nothing, here is "x"'],
    ['the order of a list', { a: [1, 2] }, { a: [1, 3] }, 'a/1: TypeScript has 2, here is 3'],
    ['a list for an object', { a: [] }, { a: {} }, 'a: TypeScript has [], here is {}'],
    ['a text for a number', { a: 1 }, { a: '1' }, 'a: TypeScript has 1, here is "1"'],
    ['nothing at all', { a: 1 }, undefined, ': TypeScript has {"a":1}, here is nothing'],
  ])('%s', (_, expected, actual, difference) => {
    expect(differences(expected, actual)).toEqual([difference]);
  });

  test('many are counted', () => {
    expect(differences([1, 2, 3, 4], [5, 6, 7, 8], 2)).toEqual(['0: TypeScript has 1, here is 5', '1: TypeScript has 2, here is 6', 'and 2 more']);
  });
});

test('the code of our functions counts, that of CDK does not', () => {
  const [ours, cdks] = ['a'.repeat(64), 'b'.repeat(64)];
  const folder = mkdtempSync(join(tmpdir(), 'templates-test-'));
  try {
    mkdirSync(join(folder, `asset.${ours}.lambda`));
    mkdirSync(join(folder, `asset.${cdks}`));
    writeFileSync(join(folder, 'Shop.template.json'), JSON.stringify({ ours: `${ours}.zip`, cdks: `${cdks}.zip` }));
    writeFileSync(join(folder, 'Shop.assets.json'), '{}');
    expect(templatesIn(folder)).toEqual({ 'Shop.template.json': { ours: `${ours}.zip`, cdks: '<code of CDK>' } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
