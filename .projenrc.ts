import { awscdk, javascript, release } from 'projen';
import { defineHouseRules } from './projenrc/house-rules';
import { definePackageContents } from './projenrc/package-contents';
import { definePublishingTasks } from './projenrc/publishing-tasks';
import { defineTasks } from './projenrc/tasks';

const CDK_VERSION = '2.276.0';
const CONSTRUCTS_VERSION = '10.5.1';
/** The oldest that a consumer may bring; see docs/decisions/0004-peer-range.md. */
const CDK_FLOOR = '^2.263.0';
const CONSTRUCTS_FLOOR = '^10.5.0';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-resilience',
  description: 'AWS CDK constructs for resilient architectures: state what you promise, deploy what keeps it, with the proof beside it',
  author: 'The CDK Resilience authors',
  authorAddress: 'authors@example.com',
  authorOrganization: true,
  repositoryUrl: 'https://example.com/cdk-resilience.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The CDK Resilience authors',
  keywords: ['aws', 'aws-cdk', 'resilience', 'disaster-recovery', 'backup', 'rto', 'rpo'],
  stability: 'experimental',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenDevDependency: false,
  minNodeVersion: '20.9.0',

  cdkVersion: CDK_VERSION,
  constructsVersion: CONSTRUCTS_VERSION,
  // The peer range is wider than the one version that the library is developed with.
  peerDependencyOptions: { pinnedDevDependency: false },
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  devDeps: [
    `aws-cdk-lib@${CDK_VERSION}`,
    `constructs@${CONSTRUCTS_VERSION}`,
    // Pinned: the dist-tag `latest` of the CLI is older and cannot read what this aws-cdk-lib writes.
    'aws-cdk@2.1148.1',
    '@aws-cdk/integ-runner@2.197.10',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    'cdk-nag@3.0.2',
    'projen@0.103.25',
    'jsii-docgen@10.12.6',
    'jsii-rosetta@6.0.17',
    'eslint@^9.39.5',
    'eslint-plugin-jsdoc@^61',
    'fast-check@^4.10.2',
    'jest@30.5.2',
    'ts-jest@29.4.15',
    'tsx@^4.23.15',
    '@types/node@^20',
    '@aws-sdk/client-athena@^3',
    '@aws-sdk/client-backup@^3',
    '@aws-sdk/client-cloudformation@^3',
    '@aws-sdk/client-cloudwatch@^3',
    '@aws-sdk/client-dynamodb@^3',
    '@aws-sdk/client-ec2@^3',
    '@aws-sdk/client-ecs@^3',
    '@aws-sdk/client-efs@^3',
    '@aws-sdk/client-eventbridge@^3',
    '@aws-sdk/client-fsx@^3',
    '@aws-sdk/client-glue@^3',
    '@aws-sdk/client-iam@^3',
    '@aws-sdk/client-cloudwatch-logs@^3',
    '@aws-sdk/client-kms@^3',
    '@aws-sdk/client-lambda@^3',
    '@aws-sdk/client-rds@^3',
    '@aws-sdk/client-scheduler@^3',
    '@aws-sdk/client-sfn@^3',
    '@aws-sdk/client-resource-groups-tagging-api@^3',
    '@aws-sdk/client-s3@^3',
    '@aws-sdk/client-sns@^3',
    '@aws-sdk/client-sqs@^3',
    '@aws-sdk/client-ssm@^3',
    'aws-sdk-client-mock@^4',
    // Flow-log queries run over Parquet files, and are read by the grammar of Trino.
    '@duckdb/node-api@1.5.6-r.1',
    'dt-sql-parser@4.5.1',
    // AGPL: it judges policies in tests and is never shipped.
    '@cloud-copilot/iam-simulate@0.1.173',
  ],

  // `projen release` builds what is published, and a person publishes it: docs/publishing.md.
  github: false,
  release: true,
  releaseTrigger: release.ReleaseTrigger.manual({ changelog: false }),
  nextVersionCommand: 'tsx publishing/next-version.ts',
  depsUpgrade: false,

  // One committed tsconfig for editors, jest and ESLint; jsii generates its own under another name.
  disableTsconfig: true,
  tsconfigDevFile: 'tsconfig.json',
  tsconfigDev: {
    compilerOptions: {
      rootDir: '.',
      target: 'ES2022',
      lib: ['es2022'],
      module: 'node16',
      moduleResolution: javascript.TypeScriptModuleResolution.NODE16,
      resolveJsonModule: true,
      skipLibCheck: true,
      isolatedModules: true,
      types: ['node', 'jest'],
      // A folder of examples/ with a package.json of its own can not import us by our name otherwise.
      paths: { 'cdk-resilience': ['./lib/index'] },
    },
    include: ['integ/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'publishing/**/*.ts', 'scripts/**/*.ts', 'sql-engine/**/*.ts', 'projenrc/**/*.ts'],
    exclude: ['node_modules', '**/*.snapshot', 'cdk.out'],
  },

  // Pinned: asset hashes follow what esbuild writes.
  bundlerOptions: { esbuildVersion: '0.28.2' },
  lambdaOptions: { runtime: awscdk.LambdaRuntime.NODEJS_24_X, awsSdkConnectionReuse: false },
  // projen's own integration tests are bound to test/ and know nothing of IntegTest assertions.
  integrationTestAutoDiscover: false,

  jestOptions: {
    configFilePath: 'jest.config.json',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      collectCoverage: false, // doubles the time; test:coverage has it
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/integ/**/*.test.ts'],
      roots: ['<rootDir>/test', '<rootDir>/integ/emulator'],
      // Random programs take half a minute a construct: test:properties has them.
      testPathIgnorePatterns: ['/node_modules/', '\\.deploy\\.test\\.ts$', '/properties\\.test\\.ts$'],
      setupFiles: ['<rootDir>/test/setup.ts'],
      moduleNameMapper: { '^cdk-resilience$': '<rootDir>/src/index.ts' },
      maxWorkers: 2,
      watchPlugins: [],
    },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'integ', 'examples', 'bench', 'publishing', 'scripts', 'sql-engine', 'projenrc'],
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0'] },
  },
});

project.addDevDeps(`constructs@${CONSTRUCTS_VERSION}`, `aws-cdk-lib@${CDK_VERSION}`);
project.addPeerDeps(`aws-cdk-lib@${CDK_FLOOR}`, `constructs@${CONSTRUCTS_FLOOR}`);
// Version 1.13 names platform packages that are not in every registry, and `npm ci` then finds the lock file out of step.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

defineHouseRules(project);
definePackageContents(project);
definePublishingTasks(project);
defineTasks(project);

project.synth();
