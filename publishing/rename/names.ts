/** One name of the package in all its shapes: every language spells it in its own way. Nothing here touches a file. */
export interface PackageNames {
  /** As npm has it, with its scope: `@acme/resilience`. */
  readonly npm: string;
  /** Where no scope may stand: `acme-resilience`. */
  readonly slug: string;
  /** A Python module: `acme_resilience`. */
  readonly snake: string;
  /** The last part of a Java package, and a Go package: `acmeresilience`. */
  readonly flat: string;
  /** A .NET namespace: `AcmeResilience`. */
  readonly pascal: string;
}

/** The shapes of a name. */
export function namesOf(npm: string): PackageNames {
  const words = wordsOf(npm);
  return {
    npm,
    slug: words.join('-'),
    snake: words.join('_'),
    flat: words.join(''),
    pascal: words.map(word => word[0].toUpperCase() + word.slice(1)).join(''),
  };
}

/** What is between the punctuation of a name. */
export function wordsOf(npm: string): string[] {
  return npm.split(/[^A-Za-z0-9]+/).filter(word => word !== '');
}

/** What jsii is told of the other languages, all from the new name and from where its source is. */
export function targetsOf(names: PackageNames, repository: string): Record<string, unknown> {
  const { hostname, pathname } = new URL(repository);
  const groupId = hostname.split('.').reverse().map(asJavaName).join('.');
  return {
    python: { distName: names.slug, module: names.snake },
    java: { package: `${groupId}.${names.flat}`, maven: { groupId, artifactId: names.slug } },
    go: { moduleName: `${hostname}${pathname.replace(/(\.git)?\/?$/, '')}-go`, packageName: names.flat },
    dotnet: { namespace: names.pascal, packageId: names.pascal },
  };
}

function asJavaName(label: string): string {
  const name = label.replace(/\W/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
