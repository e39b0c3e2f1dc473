/** What a consumer gets. Whatever else the package would carry is there by accident. */
const WANTED = [
  /^lib\/.+\.(js|d\.ts)$/,
  /^assets\/.+\.lambda\/index\.js$/,
  /^(\.jsii|package\.json|README\.md|API\.md|CHANGELOG\.md|LICENSE)$/,
];
const NEEDED = ['.jsii', 'package.json', 'lib/index.js', 'lib/index.d.ts', 'README.md', 'LICENSE'];

/** What is wrong with a package of these files, when `sources` are the files below src; nothing when it is empty. */
export function packageProblems(files: string[], sources: string[]): string[] {
  const source = (file: string) => file.replace(/^lib\//, '').replace(/(\.d\.ts|\.js)$/, '.ts');
  return [
    ...files.filter(file => !WANTED.some(wanted => wanted.test(file))).map(file => `${file} does not belong into the package: see projenrc/package-contents.ts`),
    ...NEEDED.filter(file => !files.includes(file)).map(file => `${file} is missing: run \`npx projen compile\``),
    ...files.filter(file => file.startsWith('lib/') && !sources.includes(source(file)))
      .map(file => `${file} has no source any more: remove lib and run \`npx projen compile\``),
  ];
}
