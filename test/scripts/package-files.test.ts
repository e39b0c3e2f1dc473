import { packageProblems } from '../../scripts/package-files';

const FILES = ['.jsii', 'package.json', 'lib/index.js', 'lib/index.d.ts', 'README.md', 'LICENSE'];

test('a package that holds what it should', () => {
  expect(packageProblems([...FILES, 'lib/plan/plan.js', 'assets/plan/verify.lambda/index.js'], ['index.ts', 'plan/plan.ts'])).toEqual([]);
});

test.each([
  ['a file that strayed in', [...FILES, 'scripts/check-api.ts'], 'scripts/check-api.ts does not belong into the package: see projenrc/package-contents.ts'],
  ['a file that is missing', FILES.filter(file => file !== '.jsii'), '.jsii is missing: run `npx projen compile`'],
  ['what an earlier compilation left', [...FILES, 'lib/gone.js'], 'lib/gone.js has no source any more: remove lib and run `npx projen compile`'],
])('%s', (_, files, problem) => {
  expect(packageProblems(files, ['index.ts'])).toEqual([problem]);
});
