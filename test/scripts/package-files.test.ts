import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packageFiles, packageProblems } from '../../scripts/package-files';
import { filesBelow, packedFiles } from '../../scripts/packed-files';

const REPOSITORY = resolve(__dirname, '../..');
const SOURCES = ['index.ts', 'plan/plan.ts', 'plan/README.md', 'plan/verify.lambda.ts', 'private/runtime/retries.ts'];
const FILES = [
  '.jsii', 'CHANGELOG.md', 'LICENSE', 'README.md', 'assets/plan/verify.lambda/index.js',
  'lib/index.d.ts', 'lib/index.js', 'lib/plan/plan.d.ts', 'lib/plan/plan.js', 'package.json',
];

test('what is in the package follows from src', () => {
  expect(packageFiles(SOURCES)).toEqual(FILES);
});

test('a package that holds what it should', () => {
  expect(packageProblems(FILES, SOURCES, 1_999_999)).toEqual([]);
});

const without = (file: string) => FILES.filter(each => each !== file);

test.each([
  ['a file that strayed in', [...FILES, 'scripts/check-api.ts'], 1, 'scripts/check-api.ts does not belong into the package: name it in projenrc/package-contents.ts'],
  ['a handler that is bundled already', [...FILES, 'lib/plan/verify.lambda.js'], 1, 'lib/plan/verify.lambda.js does not belong into the package: name it in projenrc/package-contents.ts'],
  ['what an earlier compilation left', [...FILES, 'lib/gone.js'], 1, 'lib/gone.js does not belong into the package: nothing in src makes it any more; remove lib and run `npx projen compile`'],
  ['a compiled file that is missing', without('lib/plan/plan.js'), 1, 'lib/plan/plan.js is missing: run `npx projen compile`, or see whether .npmignore keeps it out'],
  ['a page that is missing', without('CHANGELOG.md'), 1, 'CHANGELOG.md is missing: run `npx projen compile`, or see whether .npmignore keeps it out'],
  ['a handler that was not bundled', without('assets/plan/verify.lambda/index.js'), 1, 'assets/plan/verify.lambda/index.js is missing: run `npx projen bundle`'],
  ['too much of it', FILES, 2_000_000, 'the package must unpack to less than 2000000 bytes, got: 2000000; see what is large with `npm pack --dry-run`'],
])('%s', (_, files, unpackedSize, problem) => {
  expect(packageProblems(files, SOURCES, unpackedSize)).toEqual([problem]);
});

/** No build is needed to see what npm would take: all that a build and tools leave here is stood in for by empty files. */
test('of all that can be in this folder, npm takes what a consumer needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-files-'));
  try {
    const tracked = execFileSync('git', ['ls-files'], { cwd: REPOSITORY, encoding: 'utf8' }).trim().split('\n');
    const sources = filesBelow(join(REPOSITORY, 'src'));
    const compiled = sources.filter(file => file.endsWith('.ts')).flatMap(file => ['.js', '.d.ts'].map(kind => `lib/${file.replace(/\.ts$/, kind)}`));
    const built = ['.jsii', '.jsii.tabl.json', 'tsconfig.jsii.json', 'lib/tsconfig.tsbuildinfo', 'tsconfig.tsbuildinfo'];
    const left = ['dist/js/a.tgz', 'dist/changelog.md', 'coverage/index.html', 'cdk.out/manifest.json', 'test-reports/junit.xml', '.idea/a.xml', '.vscode/a.json', 'a.log', 'cdk.context.json'];
    for (const file of [...tracked, ...compiled, ...packageFiles(sources), ...built, ...left]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    for (const file of ['package.json', '.npmignore']) {
      cpSync(join(REPOSITORY, file), join(folder, file));
    }
    expect(packedFiles(folder).files.sort()).toEqual(packageFiles(sources));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
