import { importsUsed, renderPage, tidyImports } from '../../../publishing/languages/python-page';

describe('imports', () => {
  test('one line a module, each name once', () => {
    expect(tidyImports([
      'from cdk_resilience import RestoreTestOverride, RestoreTestOverride',
      'from aws_cdk import Environment',
      'from aws_cdk import App, Stack',
      'app = App()',
    ].join('\n'))).toBe([
      'from aws_cdk import App, Environment, Stack',
      'from cdk_resilience import RestoreTestOverride',
      '',
      'app = App()',
    ].join('\n'));
  });

  test('code without imports stays as it is', () => {
    expect(tidyImports('page = backups.restore_runbook()\n')).toBe('page = backups.restore_runbook()');
  });

  test('nothing but imports has no empty line', () => {
    expect(tidyImports('from a import C\nfrom a import B\n')).toBe('from a import B, C');
  });

  test('only what the code says, and whole words of it', () => {
    expect(importsUsed('from a import Backup, BackupTier\nfrom b import Duration', 'BackupTier.low()')).toBe('from a import BackupTier');
  });
});

const README = { file: 'src/shop/README.md', title: 'Shop', page: 'docs/python/shop.md' };

test('a page has its examples under the headings of the README', () => {
  const page = renderPage(README, 'from shop import Shop, Till', [
    { heading: '', python: 'from aws_cdk import App\n\nApp().synth()' },
    { heading: 'Who\'s told?', python: 'Shop(self)' },
    { heading: 'Who\'s told?', python: 'Shop(self, 2)' },
  ]);
  expect(page).toBe(`<!-- Made of src/shop/README.md by \`npm run languages:examples\`: change that, and run it. -->

# Shop in Python

Translated by jsii-rosetta from [its README](../../src/shop/README.md), where they are explained.
The proof of the Python package runs each of them.

What imports nothing stands inside a stack (\`self\`), after these:

\`\`\`python
from shop import Shop
\`\`\`

## [A whole program](../../src/shop/README.md)

\`\`\`python
from aws_cdk import App

App().synth()
\`\`\`

## [Who's told?](../../src/shop/README.md#whos-told)

\`\`\`python
Shop(self)
\`\`\`

\`\`\`python
Shop(self, 2)
\`\`\`
`);
});

test('a page of programs alone says nothing of imports', () => {
  expect(renderPage(README, 'from shop import Shop', [{ heading: '', python: 'from aws_cdk import App\n\nApp()' }])).not.toContain('inside a stack');
});
