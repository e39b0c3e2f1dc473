/** What a consumer gets beside lib and assets. */
const FIXED = ['.jsii', 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
/** Installed into every app, again and again: the package stays small. */
const MOST_BYTES = 2_000_000;

/** Every file that the package holds, when `sources` are the files below src: these, no more and no less. */
export function packageFiles(sources: string[]): string[] {
  const files = sources.flatMap(source => {
    const [, name] = /^(.+?)(?:\.d)?\.ts$/.exec(source) ?? [];
    if (name === undefined || name.startsWith('private/runtime/')) {
      return []; // prose, and what only functions use: it is bundled into each of them
    }
    return name.endsWith('.lambda') ? [`assets/${name}/index.js`] : [`lib/${name}.d.ts`, `lib/${name}.js`];
  });
  return [...FIXED, ...files].sort();
}

/** What is wrong with a package of these files, when `sources` are the files below src; nothing when it is empty. */
export function packageProblems(files: string[], sources: string[], unpackedSize: number): string[] {
  const wanted = packageFiles(sources);
  return [
    ...files.filter(file => !wanted.includes(file)).map(file => `${file} does not belong into the package: ${howToRemove(file)}`),
    ...wanted.filter(file => !files.includes(file)).map(file => `${file} is missing: ${howToMake(file)}`),
    ...unpackedSize < MOST_BYTES ? [] : [`the package must unpack to less than ${MOST_BYTES} bytes, got: ${unpackedSize}; see what is large with \`npm pack --dry-run\``],
  ];
}

function howToRemove(file: string): string {
  return /^lib\/(?!.+\.lambda\.|private\/runtime\/)/.test(file)
    ? 'nothing in src makes it any more; remove lib and run `npx projen compile`'
    : 'name it in projenrc/package-contents.ts';
}

function howToMake(file: string): string {
  return file.startsWith('assets/') ? 'run `npx projen bundle`' : 'run `npx projen compile`, or see whether .npmignore keeps it out';
}
