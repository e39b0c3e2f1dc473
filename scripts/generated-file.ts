/** A committed file that a command writes. */
export interface GeneratedFile {
  readonly name: string;
  /** What writes it. */
  readonly command: string;
}

/** What to do about a generated file that is not what it is generated from says; undefined when it is. */
export function staleness({ name, command }: GeneratedFile, committed: string, fresh: string): string | undefined {
  if (committed === fresh) {
    return undefined;
  }
  const [has, should] = [committed.split('\n'), fresh.split('\n')];
  const line = should.findIndex((text, index) => text !== has[index]);
  const at = line === -1 ? should.length : line;
  return [
    `${name} is not what the code says: run \`${command}\` and commit it.`,
    `First difference, line ${at + 1}:`,
    `  committed: ${has[at] ?? '(nothing)'}`,
    `  the code:  ${should[at] ?? '(nothing)'}`,
  ].join('\n');
}
