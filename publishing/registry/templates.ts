import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Templates by the name of their file. */
export type Templates = Record<string, unknown>;

/** The templates of an assembly, without the resource in which CDK tells the versions of what they were made with. */
export function templatesIn(assembly: string): Templates {
  const files = readdirSync(assembly).filter(file => file.endsWith('.template.json')).sort();
  return Object.fromEntries(files.map(file => {
    const { Resources = {}, Conditions = {}, ...rest } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Record<string, Record<string, unknown>>;
    const { CDKMetadata, ...resources } = Resources;
    const { CDKMetadataAvailable, ...conditions } = Conditions;
    return [file, { ...rest, Resources: resources, Conditions: conditions }];
  }));
}

/** Where two values differ first, and how; undefined when they do not. */
export function firstDifference(left: unknown, right: unknown, path = ''): string | undefined {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return left === right ? undefined : `${path}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = firstDifference((left as Templates)[key], (right as Templates)[key], `${path}/${key}`);
    if (difference !== undefined) {
      return difference;
    }
  }
  return undefined;
}
