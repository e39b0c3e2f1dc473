import { namesOf } from '../../publishing/rename/names';
import { findOldName, renameManifest, replaceName } from '../../publishing/rename/replace';

const OLD = namesOf('cdk-resilience');
const NEW = namesOf('@acme/resilient-patterns');

test.each([
  ['an import', "from 'cdk-resilience';", "from '@acme/resilient-patterns';"],
  ['a heading', '# cdk-resilience\n', '# @acme/resilient-patterns\n'],
  ['an installation', 'npm install cdk-resilience', 'npm install @acme/resilient-patterns'],
  ['a name in API.md', '<a id="cdk-resilience.BackupTier">', '<a id="@acme/resilient-patterns.BackupTier">'],
  ['the id of an annotation', "'cdk-resilience:missedObjective'", "'acme-resilient-patterns:missedObjective'"],
  ['a path', "'/cdk-resilience/settings'", "'/acme-resilient-patterns/settings'"],
  ['other languages', 'cdk_resilience cdkresilience CdkResilience', 'acme_resilient_patterns acmeresilientpatterns AcmeResilientPatterns'],
  ['nothing else', 'aws-cdk-lib, resilience, Resilience/Backup', 'aws-cdk-lib, resilience, Resilience/Backup'],
])('%s', (_, before, after) => {
  expect(replaceName(before, OLD, NEW)).toBe(after);
});

test('a new name that holds the old one is put in once', () => {
  const longer = namesOf('@acme/cdk-resilience');
  expect(replaceName("'cdk-resilience' 'cdk-resilience:id' CdkResilience", OLD, longer)).toBe("'@acme/cdk-resilience' 'acme-cdk-resilience:id' AcmeCdkResilience");
  expect(findOldName('a.js', "'@acme/cdk-resilience' 'acme-cdk-resilience:id' AcmeCdkResilience", OLD.npm, longer.npm)).toEqual([]);
  expect(findOldName('a.js', "'cdk-resilience:id'", OLD.npm, longer.npm)).toEqual(["a.js says 'cdk-resilience'"]);
});

describe('package.json', () => {
  const before = JSON.stringify({
    name: 'cdk-resilience',
    version: '0.0.0',
    author: { name: 'The CDK Resilience authors' },
    license: 'Apache-2.0',
    repository: { type: 'git', url: 'https://example.com/cdk-resilience.git' },
    publishConfig: { access: 'public' },
    jsii: { outdir: 'dist', targets: { python: { distName: 'cdk-resilience' } }, tsc: { outDir: 'lib' } },
  });
  const rename = (more = {}) => JSON.parse(renameManifest(before, { name: NEW.npm, repository: 'https://git.example.com/acme/patterns.git', ...more }));

  test('gets the new name everywhere, is not public any more, and keeps who wrote it', () => {
    expect(rename()).toEqual({
      name: NEW.npm,
      version: '0.0.0',
      author: { name: 'The CDK Resilience authors' },
      license: 'Apache-2.0',
      repository: { type: 'git', url: 'https://git.example.com/acme/patterns.git' },
      jsii: { outdir: 'dist', targets: expect.objectContaining({ go: { moduleName: 'git.example.com/acme/patterns-go', packageName: 'acmeresilientpatterns' } }), tsc: { outDir: 'lib' } },
    });
  });

  test('with a version and a registry of its own', () => {
    expect(rename({ version: '0.2.0', registry: 'https://npm.example.com/' })).toMatchObject({ version: '0.2.0', publishConfig: { registry: 'https://npm.example.com/' } });
  });
});

describe('the old name is found', () => {
  const find = (file: string, text: string) => findOldName(file, text, OLD.npm, NEW.npm, 'The CDK Resilience authors');
  const map = (text: string) => `//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString('base64')}`;

  test.each([
    ['cdk-resilience'], ['cdk_resilience'], ['cdk.resilience'], ['cdkresilience'], ['CdkResilience'], ['CDK Resilience'], ['CDK-RESILIENCE'],
  ])('as %s', spelling => {
    expect(find('a.js', `x ${spelling} y`)).toEqual([`a.js says '${spelling}'`]);
  });

  test('in a source map that a file carries', () => {
    expect(find('a.js', `x\n${map('{"sourcesContent":["cdk-resilience"]}')}`)).toEqual(["a.js says 'cdk-resilience' in its source map"]);
    expect(find('a.js', map('{"sourcesContent":["resilient-patterns"]}'))).toEqual([]);
  });

  test('but the authors may be called as they are, where it is said who they are', () => {
    const author = '{ "author": { "name": "The CDK Resilience authors" } }';
    expect([find('package.json', author), find('.jsii', author)]).toEqual([[], []]);
    expect(find('lib/index.js', author)).toEqual(["lib/index.js says 'CDK Resilience'"]);
    expect(find('package.json', '{ "author": { "name": "The CDK Resilience authors" }, "homepage": "cdk-resilience" }')).toEqual(["package.json says 'cdk-resilience'"]);
    expect(find('package.json', '{ "author": { "name": "CDK Resilience" } }')).toEqual(["package.json says 'CDK Resilience'"]);
  });
});
