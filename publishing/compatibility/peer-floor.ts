/** The lowest version of a range as our peers write it: a caret and a whole version. */
export function lowestOf(range: string): string {
  const lowest = /^\^(\d+\.\d+\.\d+)$/.exec(range)?.[1];
  if (!lowest) {
    throw new Error(`a peer range must be a caret and a whole version, got: '${range}'`);
  }
  return lowest;
}

/** Jest's module map and the compiler's paths that put the packages of one folder in the place of those beside us. */
export function peersFrom(modules: string, names: string[]): { moduleNameMapper: Record<string, string>; paths: Record<string, string[]> } {
  const moduleNameMapper: Record<string, string> = {};
  const paths: Record<string, string[]> = {};
  for (const name of names) {
    moduleNameMapper[`^${name}$`] = `${modules}/${name}`;
    moduleNameMapper[`^${name}/(.*)$`] = `${modules}/${name}/$1`;
    paths[name] = [`${modules}/${name}`];
    paths[`${name}/*`] = [`${modules}/${name}/*`];
  }
  return { moduleNameMapper, paths };
}
