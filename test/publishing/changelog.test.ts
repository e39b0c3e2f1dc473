import { notesOf, released } from '../../publishing/changelog';

const CHANGELOG = [
  '# Changes', '', 'What a user notices.', '', '## Unreleased', '', '* `Thing`: does it.', '* and more', '', '## 0.1.0 (2026-01-02)', '', '* The first.', '',
].join('\n');

test('a release takes what is unreleased under its version and day', () => {
  const changelog = released(CHANGELOG, '0.2.0', '2026-02-03');
  expect(changelog.split('\n').filter(line => line.startsWith('## '))).toEqual(['## 0.2.0 (2026-02-03)', '## 0.1.0 (2026-01-02)']);
  expect(notesOf(changelog, '0.2.0')).toBe('* `Thing`: does it.\n* and more');
});

test('the last section ends with the file; a version that is the beginning of another is not it', () => {
  expect(notesOf(CHANGELOG, '0.1.0')).toBe('* The first.');
  expect(notesOf(CHANGELOG.replace('0.1.0', '0.1.01'), '0.1.0')).toBe('');
});

test.each([
  ['no section', CHANGELOG.replace('## Unreleased', '## Later')],
  ['an empty section', '# Changes\n\n## Unreleased\n\n## 0.1.0 (2026-01-02)\n'],
])('a release that says nothing to its users is refused: %s', (_, changelog) => {
  expect(() => released(changelog, '0.2.0', '2026-02-03')).toThrow(
    'CHANGELOG.md must say under \'## Unreleased\' what changes for users, got: nothing; write it, then release');
});
