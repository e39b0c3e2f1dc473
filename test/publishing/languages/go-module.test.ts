import { requireOldest } from '../../../publishing/languages/go-module';

const GENERATED = [
  'module example.com/cdk-resilience-go/cdkresilience',
  '',
  'require (',
  '\tgithub.com/aws/jsii-runtime-go v1.140.0',
  '\tgithub.com/aws/aws-cdk-go/awscdk/v2 v2.276.0',
  '\tgithub.com/aws/constructs-go/constructs/v10 v10.8.1',
  '\tgithub.com/cdklabs/cloud-assembly-schema-go/awscdkcloudassemblyschema/v55 v55.6.0 // indirect',
  ')',
].join('\n');

test('asks for the oldest of the peers, and leaves out what only the installed ones need', () => {
  expect(requireOldest(GENERATED, { 'aws-cdk-lib': '^2.263.0', 'constructs': '^10.5.1' })).toBe([
    'module example.com/cdk-resilience-go/cdkresilience',
    '',
    'require (',
    '\tgithub.com/aws/jsii-runtime-go v1.140.0',
    '\tgithub.com/aws/aws-cdk-go/awscdk/v2 v2.263.0',
    '\tgithub.com/aws/constructs-go/constructs/v10 v10.5.1',
    ')',
  ].join('\n'));
});

test.each([
  ['>=2.263.0 <3', '>=2.263.0 <3'],
  [undefined, 'undefined'],
])('fails for a range that it can not read: %s', (range, shown) => {
  expect(() => requireOldest(GENERATED, { 'aws-cdk-lib': range as string, 'constructs': '^10.5.1' }))
    .toThrow(`the range of the peer 'aws-cdk-lib' must be a caret and a version, got: '${shown}'; teach go-module.ts to read it`);
});
