/** What to do about an API.md that is not what the code says; undefined when it is. */
export function apiDifference(committed: string, fresh: string): string | undefined {
  if (committed === fresh) {
    return undefined;
  }
  const [has, should] = [committed.split('\n'), fresh.split('\n')];
  const line = should.findIndex((text, index) => text !== has[index]);
  const at = line === -1 ? should.length : line;
  return [
    'API.md is not what the code says: run `npx projen docgen` and commit it.',
    `First difference, line ${at + 1}:`,
    `  committed: ${has[at] ?? '(nothing)'}`,
    `  the code:  ${should[at] ?? '(nothing)'}`,
  ].join('\n');
}
