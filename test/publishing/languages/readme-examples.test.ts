import { examplesIn, isProgram, readmes } from '../../../publishing/languages/readme-examples';

test('examples are found with their headings, and no other blocks', () => {
  const markdown = ['# Shop', '```ts', 'first();', '```', '## One', '```', '## no heading', '```', '```json', '{}', '```', '```ts', 'a();', '', 'b();', '```'].join('\n');
  expect(examplesIn(markdown)).toEqual([{ heading: '', source: 'first();' }, { heading: 'One', source: 'a();\n\nb();' }]);
});

test('what imports is a program', () => {
  expect(isProgram({ heading: '', source: 'import { App } from \'aws-cdk-lib\';\nnew App();' })).toBe(true);
  expect(isProgram({ heading: '', source: 'backups.protect(important);' })).toBe(false);
});

test('every construct with a README has a page', () => {
  expect(readmes()).toEqual(expect.arrayContaining([
    { file: 'README.md', title: 'cdk-resilience', page: 'docs/python/README.md' },
    { file: 'src/tagged-backup-plan/README.md', title: 'TaggedBackupPlan', page: 'docs/python/tagged-backup-plan.md' },
  ]));
});
