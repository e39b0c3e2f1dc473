import { nextVersion } from '../../publishing/next-version';

test.each([
  ['0.0.0', 'none', '0.1.0'],
  ['0.0.0', 'major', '0.1.0'],
  ['0.4.1', 'major', 'minor'],
  ['0.4.1', 'minor', 'patch'],
  ['0.4.1', 'patch', 'patch'],
  ['0.4.1', 'none', 'none'],
  ['1.2.0', 'major', 'major'],
  ['1.2.0', 'minor', 'minor'],
])('after %s, commits that ask for %s give %s', (current, suggested, next) => {
  expect(nextVersion(current, suggested)).toBe(next);
});
