import { loadOnUse } from '../../scripts/modules-on-use';

/** Runs compiled code; what it exports, and what it has loaded so far. */
function run(compiled: string): { exported: any; loaded: string[] } {
  const loaded: string[] = [];
  const exported = {};
  const module = { twice: (value: number) => 2 * value, Thing: class { public constructor(public readonly name: string) {} }, inner: { Thing: Map } };
  new Function('exports', 'require', compiled)(exported, (request: string) => {
    loaded.push(request);
    return module;
  });
  return { exported, loaded };
}

const IMPORT = 'const x_1 = require("./x");\n';

test('a module is loaded when it is first used, and once', () => {
  const { exported, loaded } = run(loadOnUse(`${IMPORT}exports.twice = value => (0, x_1.twice)(value) + x_1.twice(value);`));
  expect(loaded).toEqual([]);
  expect(exported.twice(2)).toBe(8);
  expect(exported.twice(3)).toBe(12);
  expect(loaded).toEqual(['./x']);
});

test.each([
  ['a class of it', 'new x_1.Thing("a").name', 'a'],
  ['a class within it', 'new x_1.inner.Thing().size', 0],
  ['what it is given', 'new Array(x_1.twice(1)).length', 2],
  ['a class that extends one of it', 'new (class extends x_1.Thing {})("b").name', 'b'],
  ['the module itself', 'Object.keys(x_1).length', 3],
  ['a member of the same name', '({ x_1: 7 }).x_1', 7],
])('%s', (_, expression, value) => {
  expect(run(loadOnUse(`${IMPORT}exports.value = ${expression};`)).exported.value).toBe(value);
});

test('an index passes on what it has not loaded', () => {
  const { exported, loaded } = run(loadOnUse('var x_1 = require("./x");\nObject.defineProperty(exports, "Thing", { enumerable: true, get: function () { return x_1.Thing; } });'));
  expect(loaded).toEqual([]);
  expect(Object.keys(exported)).toEqual(['Thing']);
  expect(new exported.Thing('c').name).toBe('c');
});

test.each([
  ['is loaded for its effects', 'require("./x");'],
  ['is loaded in a function', 'exports.load = () => { const x_1 = require("./x"); return x_1.twice; };'],
  ['is loaded by a helper', 'const x = __importStar(require("./x"));'],
  ['has been rewritten', loadOnUse(`${IMPORT}exports.twice = x_1.twice;`)],
])('a module stays as it is that %s', (_, compiled) => {
  expect(loadOnUse(compiled)).toBe(compiled);
});

test('lines stay where they are', () => {
  expect(loadOnUse(`"use strict";\n${IMPORT}exports.twice = x_1.twice;\n`).split('\n')).toHaveLength(4);
});
