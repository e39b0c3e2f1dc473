import { staleness } from '../../scripts/generated-file';

const PAGE = { name: 'PAGE.md', command: 'npm run page' };

test('a file that says what the code says', () => {
  expect(staleness(PAGE, 'a\nb\n', 'a\nb\n')).toBeUndefined();
});

test.each([
  ['a stale one', 'a\nold\nc', 'a\nnew\nc', 2, 'old', 'new'],
  ['a missing one', '', 'a\n', 1, '', 'a'],
  ['one that is too short', 'a', 'a\nb', 2, '(nothing)', 'b'],
  ['one that is too long', 'a\nb', 'a', 2, 'b', '(nothing)'],
])('%s fails, with the place and the way out', (_, committed, fresh, line, has, should) => {
  expect(staleness(PAGE, committed, fresh)).toBe([
    'PAGE.md is not what the code says: run `npm run page` and commit it.',
    `First difference, line ${line}:`,
    `  committed: ${has}`,
    `  the code:  ${should}`,
  ].join('\n'));
});
