import { wordsOf } from './names';

/** The library under another name, as a platform team asks for it. */
export interface Renaming {
  /** The new name, as npm has it. */
  readonly name: string;
  /** Where the source of the renamed package is. */
  readonly repository: string;
  /**
   * The version of the renamed package.
   *
   * @default - the version that the library has
   */
  readonly version?: string;
  /**
   * The registry that the package goes to, and no other: it becomes `publishConfig.registry`.
   *
   * @default - none; whoever publishes names it
   */
  readonly registry?: string;
}

const NPM_NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const NPM_NAME_LENGTH = 214;
/** As on semver.org, without the groups. */
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(\+[\da-zA-Z-]+(\.[\da-zA-Z-]+)*)?$/;

/** What a caller wrote, which may be anything. */
export type Asked = { readonly [option in keyof Renaming]?: string };

/** The renaming that was asked for; one error that tells all that is wrong with it. */
export function validRenaming(asked: Asked, oldName: string): Renaming {
  const problems = [
    ...nameProblems(asked.name, oldName),
    ...isUrl(asked.repository, ['https:', 'http:', 'ssh:', 'git+https:', 'git+ssh:']) ? []
      : [`'--repository' must be the URL of a repository, got: ${shown(asked.repository)}; pass one such as https://git.example.com/acme/resilience.git`],
    ...asked.version === undefined || SEMVER.test(asked.version) ? []
      : [`'--version' must be a semantic version, got: ${shown(asked.version)}; pass one such as 0.1.0, or leave it out for the version that the library has`],
    ...asked.registry === undefined || isUrl(asked.registry, ['https:', 'http:']) ? []
      : [`'--registry' must be the URL of a registry, got: ${shown(asked.registry)}; pass one such as https://npm.example.com/, or leave it out`],
  ];
  if (problems.length > 0) {
    throw new Error(`the library can not be renamed:\n${problems.map(problem => `  - ${problem}`).join('\n')}`);
  }
  return { ...asked, name: asked.name!, repository: asked.repository! };
}

function nameProblems(name: string | undefined, oldName: string): string[] {
  if (name === undefined || !NPM_NAME.test(name)) {
    return [`'--name' must be a name that npm takes, got: ${shown(name)}; pass one in lower case, such as @acme/resilience`];
  }
  return [
    ...name.length <= NPM_NAME_LENGTH ? [] : [`'--name' must have ${NPM_NAME_LENGTH} characters at most, got: ${name.length}; shorten it`],
    ...wordsOf(name).join('-') !== wordsOf(oldName).join('-') ? [] : [`'--name' must be another than the library's own, got: ${shown(name)}; add a scope, such as @acme/${wordsOf(oldName).join('-')}`],
    ...!/^\d/.test(wordsOf(name)[0]) ? [] : [`'--name' must begin with a letter, got: ${shown(name)}; it becomes a name in languages that know no other`],
  ];
}

function isUrl(text: string | undefined, protocols: string[]): boolean {
  return text !== undefined && URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

function shown(value: string | undefined): string {
  return value === undefined ? 'nothing' : `'${value}'`;
}
