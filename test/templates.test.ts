/**
 * Every example and every integ app against the rules of the field: CDK's own validator, in strict mode, and cdk-nag's
 * AwsSolutions. A finding fails unless it is acknowledged, with a reason, on the resource that it is about.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import FLAGS from '@aws-cdk/integ-runner/lib/recommended-feature-flags.json';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { App } from 'aws-cdk-lib/core';
import { CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import {
  BackupAudit, BackupCopy, BackupResourceType, BackupTier, CentralFlowLogs, CentralFlowLogsBucket, FlowLogAccounts, FlowLogField, FlowLogFormat,
  FlowLogPartitions, FlowLogsToAthena, FlowLogsToCentralBucket, FlowLogSource, NamedQuery, QueryResults, RecoveryObjectives, RestoreTesting,
  TaggedBackupPlan, VaultLock,
} from '../src';
import { IRELAND, testApp } from './support/app';
import { acknowledgements, nagFindings, STRICT } from './support/rule-packs';
import { EXAMPLE_APPS } from './support/templates';

const REFERENCE = (app: App) => {
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  const objectives = RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) });
  new TaggedBackupPlan(stack, 'Backups', {
    tiers: [
      BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-central-1') }),
      BackupTier.medium(),
      BackupTier.low(),
      BackupTier.of('ledger', { objectives, keepFor: Duration.days(2190) }),
    ],
    restoreTesting: RestoreTesting.weekly(),
    optIn: [BackupResourceType.DYNAMODB],
    protection: { lock: VaultLock.governance({ minRetention: Duration.days(7) }), breakGlass: [] },
    audit: BackupAudit.reportsAndFramework(),
  });
};
const FLOW_LOGS = (app: App) => {
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  const source = FlowLogSource.vpc(Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'] }));
  const format = FlowLogFormat.all().with(FlowLogField.instanceTag('team'), FlowLogField.instanceTag('stage'));
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  new FlowLogsToAthena(stack, 'FlowLogs', { source }).addQueries(NamedQuery.pack());
  new FlowLogsToAthena(stack, 'Tagged', {
    source,
    format,
    storage: { prefix: 'flow', partitions: FlowLogPartitions.hiveHourly(), encryptionKey },
    queries: { results: QueryResults.inNewBucket({ encryptionKey }) },
  }).addQueries(NamedQuery.pack());
  new FlowLogsToAthena(stack, 'Gateway', {
    source: FlowLogSource.transitGateway('tgw-0123456789abcdef0'), queries: { results: QueryResults.managedByAthena() },
  }).addQueries(NamedQuery.pack());
};
const CENTRAL_FLOW_LOGS = (app: App) => {
  const bucket = CentralFlowLogsBucket.of({
    bucketName: 'acme-flow-logs', accounts: FlowLogAccounts.ofOrganization('o-a1b2c3d4e5', [IRELAND.account]), regions: ['eu-west-1'],
  });
  const shop = new Stack(app, 'Shop', { env: IRELAND });
  const vpc = Vpc.fromVpcAttributes(shop, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'] });
  new CentralFlowLogs(new Stack(app, 'Security', { env: { ...IRELAND, account: '999999999999' } }), 'FlowLogs', { bucket }).addQueries(NamedQuery.pack());
  new FlowLogsToCentralBucket(shop, 'FlowLogs', { bucket, source: FlowLogSource.vpc(vpc) });
};
const APPS: [string, (app: App) => void][] = [
  ['TaggedBackupPlan alone', REFERENCE], ['FlowLogsToAthena alone', FLOW_LOGS], ['CentralFlowLogs alone', CENTRAL_FLOW_LOGS], ...EXAMPLE_APPS,
];

beforeAll(() => { process.env.CDK_VALIDATION = 'true'; });
afterAll(() => { process.env.CDK_VALIDATION = 'false'; });

describe.each(APPS)('%s', (_, build) => {
  test('passes CDK\'s validator in strict mode', () => {
    const app = testApp(STRICT);
    build(app);
    expect(() => app.synth()).not.toThrow();
  });

  test('has no finding of cdk-nag AwsSolutions that is not acknowledged', () => {
    const app = testApp();
    build(app);
    expect(nagFindings(app)).toEqual([]);
  });
});

describe('both can fail', () => {
  test('strict validation', () => {
    const app = testApp(STRICT);
    new CfnResource(new Stack(app, 'Bad'), 'Bucket', { type: 'AWS::S3::Bucket', properties: { NoSuchProperty: 1 } });
    expect(() => app.synth()).toThrow();
  });

  test('cdk-nag', () => {
    const app = testApp();
    new CfnBucket(new Stack(app, 'Bad'), 'Bucket');
    expect(nagFindings(app)).not.toEqual([]);
  });
});

test('the construct acknowledges only what it causes itself, on the exact resource, with the full id', () => {
  const app = testApp();
  REFERENCE(app);
  const acknowledged = app.node.findAll().flatMap(construct =>
    acknowledgements(construct).map(id => `${construct.node.path}: ${id}`));
  const policy = (name: string) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
  const wildcard = (resource: string) => `AwsSolutions-IAM5[Resource::${resource}]`;
  const arn = (service: string, rest: string) => `arn:<AWS::Partition>:${service}:eu-west-1:${IRELAND.account}:${rest}`;
  const restored = 'awsbackup-restore-test-*';
  expect(acknowledged.sort()).toEqual([
    `Shop/Backups/Ages/Role/DefaultPolicy: ${wildcard('*')}`,
    `Shop/Backups/Ages/Role/DefaultPolicy: ${wildcard(arn('rds', 'db:*'))}`,
    'Shop/Backups/Evidence: AwsSolutions-S1',
    'Shop/Backups/FailedJobs/DeadLetterQueue: AwsSolutions-SQS3',
    'Shop/Backups/HandlerDeadLetterQueue: AwsSolutions-SQS3',
    `Shop/Backups/OptIn/Settings/Role/DefaultPolicy: ${wildcard('*')}`,
    `Shop/Backups/OptIn/Settings/Role/DefaultPolicy: ${wildcard(arn('ssm', 'parameter/resilience/backup-region-settings/*'))}`,
    `Shop/Backups/RestoreRole: ${policy('AWSBackupServiceRolePolicyForS3Restore')}`,
    `Shop/Backups/RestoreRole: ${policy('service-role/AWSBackupServiceRolePolicyForRestores')}`,
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard('*')}`,
    expect.stringMatching(/^Shop\/Backups\/RestoreTests\/Role\/DefaultPolicy: AwsSolutions-IAM5\[Resource::<BackupsEvidence\w+\.Arn>\/restore-tests\/\*\]$/),
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard(arn('dynamodb', `table/${restored}`))}`,
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard(arn('elasticfilesystem', 'file-system/*'))}`,
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard(arn('rds', `cluster:${restored}`))}`,
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard(arn('rds', `db:${restored}`))}`,
    `Shop/Backups/RestoreTests/Role/DefaultPolicy: ${wildcard(`arn:<AWS::Partition>:s3:::${restored}`)}`,
    `Shop/Backups/Role: ${policy('AWSBackupServiceRolePolicyForS3Backup')}`,
    `Shop/Backups/Role: ${policy('service-role/AWSBackupServiceRolePolicyForBackup')}`,
  ]);
});

test('flow logs acknowledge nothing but what they are: logs, and results that Athena keeps', () => {
  const app = testApp();
  FLOW_LOGS(app);
  const acknowledged = app.node.findAll().flatMap(construct => acknowledgements(construct).map(id => `${construct.node.path}: ${id}`))
    .filter(each => each.includes('AwsSolutions'));
  expect(acknowledged.sort()).toEqual([
    'Shop/FlowLogs/Bucket: AwsSolutions-S1',
    'Shop/FlowLogs/Catalog/Results: AwsSolutions-S1',
    'Shop/Gateway/Bucket: AwsSolutions-S1',
    'Shop/Gateway/Catalog/WorkGroup: AwsSolutions-ATH1',
    'Shop/Tagged/Bucket: AwsSolutions-S1',
    'Shop/Tagged/Catalog/Results: AwsSolutions-S1',
  ]);
});

// Integ apps synthesize themselves when they are loaded, from what the CDK CLI would put into the environment: the
// feature flags of integ-runner, which knows all partitions.
const CONTEXT = { ...FLAGS, '@aws-cdk/core:target-partitions': undefined, ...STRICT };
const INTEG = resolve(__dirname, '../integ');
describe.each(readdirSync(INTEG).filter(name => /^integ\..*\.ts$/.test(name)))('integ/%s', name => {
  const snapshot = join(INTEG, `${name}.snapshot`);
  const { outdir } = testApp();
  let app: App;

  beforeAll(() => {
    const environment = { ...process.env };
    Object.assign(process.env, { CDK_CONTEXT_JSON: JSON.stringify(CONTEXT), CDK_OUTDIR: outdir });
    try {
      app = jest.requireActual(join(INTEG, name)).app;
    } finally {
      process.env = environment;
    }
  });

  test('passes CDK\'s validator in strict mode, and cdk-nag', () => {
    expect(nagFindings(app)).toEqual([]);
  });

  // integ-runner compares the stacks of the test cases alone: neither those that a construct makes, nor the assertions.
  test('gives the templates of its snapshot; else see what changed and run `npm run integ:update`', () => {
    expect(templatesIn(outdir)).toEqual(templatesIn(snapshot));
  });

  test('has a snapshot that holds no path of a machine', () => {
    for (const file of readdirSync(snapshot)) {
      expect(readFileSync(join(snapshot, file), 'utf8')).not.toContain(resolve(__dirname, '..'));
    }
  });
});

/** The templates in a folder, without the salt that makes each assertion run anew at each deployment. */
function templatesIn(folder: string): Record<string, unknown> {
  const withoutSalt = (key: string, value: unknown) => key === 'salt' ? undefined : value;
  return Object.fromEntries(readdirSync(folder).filter(file => file.endsWith('.template.json'))
    .map(file => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'), withoutSalt)]));
}
