import type { awscdk } from 'projen';
import { javascript } from 'projen';

const SINGLE_REGION = ['tagged-backup-plan', 'fargate-efs-access-point', 'flow-logs-to-athena', 'abac-cross-account-role'];
/** The multi-Region part, from the ground up: a folder may import only what stands before it. */
const MULTI_REGION = [
  ['region-pair'],
  ['replicated-stores', 'failover-routing'],
  ['recovery-orchestration'],
  ['pilot-light-stack', 'warm-standby', 'active-active'],
];

/** A prop of an interface that is handed around: all of the public API, and what files tell each other. */
const PROP = 'ExportNamedDeclaration > TSInterfaceDeclaration > TSInterfaceBody > TSPropertySignature';

/**
 * The lint that holds the house. Each rule here is shown to fail once in test/house-rules.test.ts.
 */
export function defineHouseRules(project: awscdk.AwsCdkConstructLibrary): void {
  const eslint = javascript.Eslint.of(project)!;
  eslint.addPlugins('jsdoc');

  eslint.addRules({ '@typescript-eslint/member-ordering': 'off' });
  // Only where the house stands: over apps and tests it would read all of the AWS SDK.
  eslint.addOverride({ files: ['src/**/*.ts'], rules: { 'import/no-cycle': ['error', { ignoreExternal: true }] } });
  eslint.addRules({
    'import/no-restricted-paths': ['error', { zones: importZones() }],
  });

  // What `lint:fix` writes where a comment is missing says nothing, and would pass.
  eslint.addRules({ 'jsdoc/no-blank-blocks': 'error' });

  // Every optional prop of the public API says what happens when it is left out.
  eslint.addOverride({
    files: ['src/**/*.ts'],
    excludedFiles: ['src/private/**', '*.lambda.ts', 'src/**/*-function.ts'],
    rules: {
      'jsdoc/require-jsdoc': ['error', {
        require: { FunctionDeclaration: false },
        contexts: [PROP, 'ExportNamedDeclaration > TSInterfaceDeclaration', 'ExportNamedDeclaration > ClassDeclaration'],
        checkConstructors: false,
      }],
      'jsdoc/no-restricted-syntax': ['error', {
        contexts: [{
          context: 'TSPropertySignature[optional=true]', // longer selectors match nothing here
          comment: 'JsdocBlock:not(*:has(JsdocTag[tag=default]))',
          message: 'an optional prop needs `@default` and what happens when it is left out',
        }],
      }],
    },
  } as javascript.EslintOverride);

  // jsii takes half the time and memory when the barrel is not loaded; constructs never call AWS at synth.
  const barrel = { name: 'aws-cdk-lib', message: 'import from aws-cdk-lib/core or a submodule' };
  eslint.addOverride({
    files: ['src/**/*.ts'],
    excludedFiles: ['*.lambda.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', {
        paths: [barrel],
        patterns: [{ group: ['@aws-sdk/*'], message: 'constructs never call AWS: only *.lambda.ts may use the AWS SDK' }],
      }],
    },
  });
  // Code that runs in Lambda carries no CDK.
  eslint.addOverride({
    files: ['src/**/*.lambda.ts', 'src/private/runtime/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', {
        paths: [{ name: 'aws-cdk-lib', message: 'Lambda code never imports aws-cdk-lib' }, { name: 'constructs', message: 'Lambda code never imports constructs' }],
        patterns: [{ group: ['aws-cdk-lib/*'], message: 'Lambda code never imports aws-cdk-lib' }],
      }],
      'import/no-extraneous-dependencies': ['error', { devDependencies: true }],
    },
  });

  // What stands in private/ is not API, and no other file passes it on to an index.
  const exportsByName = [
    { selector: 'ExportNamedDeclaration[source.value=/private/]', message: 'private/ is not exported' },
    { selector: 'ExportAllDeclaration', message: 'export names, one by one: what is exported is API' },
  ];
  const onlyExports = { selector: 'ImportDeclaration', message: 'an index only exports: name what it exports and the file it is from' };
  eslint.addOverride({ files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...exportsByName] } });
  eslint.addOverride({ files: ['src/**/index.ts'], rules: { 'no-restricted-syntax': ['error', ...exportsByName, onlyExports] } });
}

/** Arrows point down: patterns, orchestration, routing and stores, the pair; single-Region constructs know nothing of them. */
function importZones(): object[] {
  const folder = (name: string) => `./src/${name}`;
  const all = MULTI_REGION.flat();
  const zones: object[] = [{
    target: SINGLE_REGION.map(folder),
    from: all.map(folder),
    message: 'a single-Region construct imports nothing of the multi-Region part',
  }];
  MULTI_REGION.forEach((floor, index) => {
    const above = MULTI_REGION.slice(index + 1).flat();
    for (const name of floor) {
      const forbidden = [...above, ...floor.filter(other => other !== name)];
      if (forbidden.length > 0) {
        zones.push({ target: folder(name), from: forbidden.map(folder), message: 'imports point down the house: see ARCHITECTURE.md' });
      }
    }
  });
  return zones;
}
