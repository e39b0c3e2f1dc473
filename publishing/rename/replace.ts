import type { PackageNames } from './names';
import { namesOf, targetsOf, wordsOf } from './names';
import type { Renaming } from './renaming';

/** What of a package.json is changed. */
interface Manifest {
  name: string;
  version: string;
  author?: unknown;
  repository?: unknown;
  publishConfig?: unknown;
  jsii: { targets: unknown };
}

/**
 * The text under the new name. The name of the package stands where npm's would (imports, headings, FQNs); in ids such as
 * `cdk-resilience:missedObjective` and in paths there is no scope. All in one pass, so that a new name may hold the old.
 */
export function replaceName(text: string, from: PackageNames, to: PackageNames): string {
  // The name of npm last: without a scope it is its own slug, and stands for the package.
  const shapes = new Map([[from.slug, to.slug], [from.snake, to.snake], [from.flat, to.flat], [from.pascal, to.pascal], [from.npm, to.npm]]);
  const pattern = new RegExp([...shapes.keys()].map(escaped).join('|'), 'g');
  return text.replace(pattern, (found, offset: number) => {
    const isPartOfId = found === from.npm && (text[offset + found.length] === ':' || text[offset - 1] === '/');
    return isPartOfId ? to.slug : shapes.get(found)!;
  });
}

/** The package.json of the renamed package. Its author stays: who wrote it does not change with the name. */
export function renameManifest(text: string, renaming: Renaming): string {
  const manifest = JSON.parse(text) as Manifest;
  const names = namesOf(renaming.name);
  const renamed: Manifest = {
    ...manifest,
    name: renaming.name,
    version: renaming.version ?? manifest.version,
    repository: { type: 'git', url: renaming.repository },
    // What is published inside a company is not public by accident.
    publishConfig: renaming.registry ? { registry: renaming.registry } : undefined,
    jsii: { ...manifest.jsii, targets: targetsOf(names, renaming.repository) },
  };
  return JSON.stringify(renamed, undefined, 2) + '\n';
}

/** Every place in a file that still says the old name, however it is spelled; in source maps inside the file, too. */
export function findOldName(file: string, text: string, oldName: string, newName: string, author?: string): string[] {
  const maps = [...text.matchAll(/sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)/g)].map(([, map]) => Buffer.from(map, 'base64').toString());
  return [
    ...findIn(withoutAuthor(file, text, author), oldName, newName).map(found => `${file} says '${found}'`),
    ...maps.flatMap(map => findIn(map, oldName, newName).map(found => `${file} says '${found}' in its source map`)),
  ];
}

function findIn(text: string, oldName: string, newName: string): string[] {
  // A new name may hold the old one, as @acme/cdk-resilience does: where it stands is no mistake.
  const others = Object.values(namesOf(newName)).sort((a, b) => b.length - a.length).reduce((rest, shape) => rest.replaceAll(shape, ''), text);
  const spellings = new RegExp(wordsOf(oldName).map(escaped).join('[-_. ]?'), 'gi');
  return [...new Set([...others.matchAll(spellings)].map(([found]) => found))];
}

/** The one exception: the name of the authors, which is theirs, in the two files that say who they are. */
function withoutAuthor(file: string, text: string, author: string | undefined): string {
  if (author === undefined || !['package.json', '.jsii'].includes(file)) {
    return text;
  }
  const parsed = JSON.parse(text) as { author?: { name?: string } };
  return parsed.author?.name === author ? JSON.stringify({ ...parsed, author: undefined }) : text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
