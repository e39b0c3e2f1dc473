import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Templates by the name of their file. */
export type Templates = Record<string, unknown>;

/**
 * The templates that an app wrote into this folder. The code of our own functions is named by its hash and compared;
 * that of CDK's own functions is not: it is another one in some versions of aws-cdk-lib, and the languages are not all
 * at the same.
 */
export function templatesIn(folder: string): Templates {
  const ours = (hash: string) => existsSync(join(folder, `asset.${hash}.lambda`));
  const code = (_: string, value: unknown) => {
    const hash = typeof value === 'string' && /^([0-9a-f]{64})\.zip$/.exec(value)?.[1];
    return !hash || ours(hash) ? value : '<code of CDK>';
  };
  const files = readdirSync(folder).filter(file => file.endsWith('.template.json')).sort();
  return Object.fromEntries(files.map(file => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'), code)]));
}

/** One line for each place where these differ, at most so many; none when they say the same. */
export function differences(expected: unknown, actual: unknown, limit = 10): string[] {
  const found: string[] = [];
  compare('', expected, actual, found);
  return found.length > limit ? [...found.slice(0, limit), `and ${found.length - limit} more`] : found;
}

function compare(path: string, expected: unknown, actual: unknown, found: string[]): void {
  if (isObject(expected) && isObject(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(path ? `${path}/${key}` : key, expected[key], actual[key], found);
    }
  } else if (expected !== actual) {
    found.push(`${path}: TypeScript has ${shown(expected)}, here is ${shown(actual)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
