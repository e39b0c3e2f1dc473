/** Writes the packages for Python, Java, Go and .NET, as sources, into dist. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './packages';
import { generatePackages, REPOSITORY, translateExamples } from './packages';

/** What each package is for, and how far that is proved. */
const LANGUAGES: Record<Language, string> = {
  python: 'proved by `npm run languages:python`',
  java: 'proved by `npm run languages:java`',
  go: 'proved by `npm run languages:go`',
  dotnet: 'generated only: never compiled here, for want of a .NET SDK',
};
const DIST = join(REPOSITORY, 'dist');

async function main(): Promise<void> {
  const languages = Object.keys(LANGUAGES) as Language[];
  languages.forEach(language => rmSync(join(DIST, language), { recursive: true, force: true }));
  console.log('translating the examples (about 10 seconds the first time)');
  const tablet = await translateExamples();
  console.log('generating the packages (about 10 seconds)');
  await generatePackages({ languages, folder: DIST, tablet });
  if (/^```ts$/m.test(readFileSync(join(DIST, 'python/README.md'), 'utf8'))) {
    throw new Error('examples of README.md are still TypeScript in the package for Python: remove .jsii.tabl.json and try again');
  }
  for (const language of languages) {
    const files = readdirSync(join(DIST, language), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    console.log(`dist/${language}: ${files.length} files; ${LANGUAGES[language]}`);
  }
}

main().catch(error => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
