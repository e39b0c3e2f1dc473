import { peerDependencies } from '../../package.json';
import floor from '../../publishing/compatibility/floor/package.json';
import { lowestOf, peersFrom } from '../../publishing/compatibility/peer-floor';

test('the lowest of a caret range', () => {
  expect(lowestOf('^2.263.0')).toBe('2.263.0');
});

test.each(['2.263.0', '>=2.263.0', '^2', '^2.263.0 || ^3.0.0'])('%s is refused: what is tested would not be what it promises', range => {
  expect(() => lowestOf(range)).toThrow(`a peer range must be a caret and a whole version, got: '${range}'`);
});

test('what the floor tests install is the lowest of each peer', () => {
  expect(floor.dependencies).toEqual(Object.fromEntries(Object.entries(peerDependencies).map(([name, range]) => [name, lowestOf(range)])));
});

test('a package and each of its submodules come from the other folder', () => {
  expect(peersFrom('/peers', ['constructs'])).toEqual({
    moduleNameMapper: { '^constructs$': '/peers/constructs', '^constructs/(.*)$': '/peers/constructs/$1' },
    paths: { 'constructs': ['/peers/constructs'], 'constructs/*': ['/peers/constructs/*'] },
  });
});
