import { spawnSync } from 'node:child_process';

/** A program that must be there, and what to install when it is not. */
export interface Tool {
  readonly command: string[];
  /** Finds the version in what the command prints. */
  readonly version: RegExp;
  /** The oldest that works, as numbers of major and minor version. */
  readonly oldest: [number, number];
  readonly name: string;
  readonly install: string;
}

/** Fails with what to install when a tool is missing or too old; else says which versions are there. */
export function requireTools(tools: Tool[]): string[] {
  const problems: string[] = [];
  const found = tools.map(({ command: [program, ...args], version, oldest, name, install }) => {
    const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    const match = error ? undefined : version.exec(`${stdout}${stderr}`);
    if (!match) {
      problems.push(`${name} ${oldest.join('.')} or later is needed, and '${program}' does not start it: ${install}`);
    } else if (isOlder([Number(match[1]), Number(match[2] ?? 0)], oldest)) {
      problems.push(`${name} ${oldest.join('.')} or later is needed, found ${match[1]}.${match[2] ?? 0}: ${install}`);
    }
    return `${name} ${match?.[1]}.${match?.[2] ?? 0}`;
  });
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
  return found;
}

function isOlder([major, minor]: [number, number], [oldestMajor, oldestMinor]: [number, number]): boolean {
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
