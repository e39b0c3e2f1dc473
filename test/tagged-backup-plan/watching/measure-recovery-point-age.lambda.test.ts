import { BackupClient, ListRecoveryPointsByBackupVaultCommand, ListRecoveryPointsByResourceCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../src/tagged-backup-plan/watching/measure-recovery-point-age.lambda';

const NOW = new Date('2027-01-10T12:00:00Z');
const TABLE = 'arn:aws:dynamodb:eu-west-1:111111111111:table/Orders';
const MEMBER = 'arn:aws:rds:eu-west-1:111111111111:db:writer';
const backup = mockClient(BackupClient);
const cloudwatch = mockClient(CloudWatchClient);
const rds = mockClient(RDSClient);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
let log: jest.SpyInstance;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  [backup, cloudwatch, rds, tagging].forEach(mock => mock.reset());
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({});
  backup.on(ListRecoveryPointsByResourceCommand).resolves({});
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{}] });
  log = jest.spyOn(console, 'log').mockImplementation();
  Object.assign(process.env, {
    METRIC_NAMESPACE: 'Resilience/Backup',
    PLAN: 'Shop-Backups',
    TAG_KEY: 'backup-tier',
    TIERS: '["critical","low"]',
    CONTINUOUS_TIERS: '["critical"]',
    RESOURCE_TYPES: '["dynamodb:table","rds:db"]',
    VAULT_NAME: 'vault',
    LOOKBACK_SECONDS: '3600',
  });
});

afterEach(() => {
  jest.useRealTimers();
  log.mockRestore();
});

function tagged(...resources: [arn: string, tier: string][]): void {
  tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: resources.map(([ResourceARN, Value]) => ({ ResourceARN, Tags: [{ Key: 'Name', Value: 'x' }, { Key: 'backup-tier', Value }] })) });
}

/** What was published: tier, metric, value. */
function published(): unknown[] {
  return cloudwatch.commandCalls(PutMetricDataCommand).flatMap(call => call.args[0].input.MetricData!)
    .map(({ Dimensions, MetricName, Value, Unit }) => [Dimensions!.map(({ Name, Value: value }) => `${Name}=${value}`).join(), MetricName, Value, Unit]);
}

test('asks for the resources of all tiers, and for what was backed up lately', async () => {
  tagged();
  await handler();
  expect(tagging.commandCalls(GetResourcesCommand)[0].args[0].input).toMatchObject({
    TagFilters: [{ Key: 'backup-tier', Values: ['critical', 'low'] }], ResourceTypeFilters: ['dynamodb:table', 'rds:db'],
  });
  expect(backup.commandCalls(ListRecoveryPointsByBackupVaultCommand)[0].args[0].input).toMatchObject({
    BackupVaultName: 'vault', ByCreatedAfter: new Date('2027-01-10T11:00:00Z'), MaxResults: 1000,
  });
});

test('publishes age, count and never backed up of each tier, with nothing there too', async () => {
  tagged([TABLE, 'critical']);
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({
    RecoveryPoints: [{ ResourceArn: TABLE, Status: 'COMPLETED', CreationDate: new Date('2027-01-10T11:50:00Z') }],
  });
  await handler();
  expect(cloudwatch.commandCalls(PutMetricDataCommand)[0].args[0].input).toMatchObject({ Namespace: 'Resilience/Backup' });
  expect(published()).toEqual([
    ['Plan=Shop-Backups,Tier=critical', 'OldestRecoveryPointAge', 600, 'Seconds'],
    ['Plan=Shop-Backups,Tier=critical', 'NeverBackedUp', 0, 'Count'],
    ['Plan=Shop-Backups,Tier=critical', 'TaggedResources', 1, 'Count'],
    ['Plan=Shop-Backups,Tier=low', 'OldestRecoveryPointAge', 0, 'Seconds'],
    ['Plan=Shop-Backups,Tier=low', 'NeverBackedUp', 0, 'Count'],
    ['Plan=Shop-Backups,Tier=low', 'TaggedResources', 0, 'Count'],
  ]);
  expect(backup.commandCalls(ListRecoveryPointsByResourceCommand)).toHaveLength(0);
});

test('looks one up that has nothing recent, over all pages', async () => {
  tagged([TABLE, 'low']);
  backup.on(ListRecoveryPointsByResourceCommand, { ResourceArn: TABLE }).resolves({ NextToken: 'more' })
    .on(ListRecoveryPointsByResourceCommand, { ResourceArn: TABLE, NextToken: 'more' }).resolves({
      RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: new Date('2027-01-09T12:00:00Z') }],
    });
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'OldestRecoveryPointAge', 86_400, 'Seconds']);
});

test('a bucket with a snapshot of last night has a continuous backup beside it, which is in no list of what is recent', async () => {
  const bucket = 'arn:aws:s3:::uploads';
  tagged([bucket, 'critical']);
  const snapshot = { ResourceArn: bucket, Status: 'COMPLETED' as const, CreationDate: new Date('2027-01-10T11:10:00Z') };
  const RecoveryPointArn = 'arn:aws:backup:eu-west-1:1:recovery-point:continuous:uploads-1';
  const continuous = { RecoveryPointArn, Status: 'AVAILABLE' as const, CreationDate: new Date('2026-12-01T00:00:00Z') };
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [snapshot] });
  backup.on(ListRecoveryPointsByResourceCommand, { ResourceArn: bucket }).resolves({ RecoveryPoints: [continuous] });
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=critical', 'OldestRecoveryPointAge', 0, 'Seconds']);
  process.env.CONTINUOUS_TIERS = '[]';
  cloudwatch.resetHistory();
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=critical', 'OldestRecoveryPointAge', 3000, 'Seconds']);
});

test('counts what was never backed up, and its log names it', async () => {
  tagged([TABLE, 'low']);
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'NeverBackedUp', 1, 'Count']);
  expect(JSON.parse(log.mock.calls[1][0])).toMatchObject({ tier: 'low', neverBackedUp: [TABLE], neverBackedUpCount: 1 });
});

test('an instance of a cluster is backed up with the cluster; one that stands alone is not', async () => {
  tagged([MEMBER, 'low']);
  rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'writer' }).resolves({ DBInstances: [{ DBClusterIdentifier: 'orders' }] });
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'TaggedResources', 0, 'Count']);
  cloudwatch.resetHistory();
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{}] });
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'NeverBackedUp', 1, 'Count']);
});

test('an instance that has a backup of its own counts, and nobody asks for its cluster', async () => {
  tagged([MEMBER, 'low']);
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [{ ResourceArn: MEMBER, Status: 'COMPLETED', CreationDate: new Date('2027-01-10T11:50:00Z') }] });
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ DBClusterIdentifier: 'orders' }] });
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'OldestRecoveryPointAge', 600, 'Seconds']);
  expect(rds.calls()).toHaveLength(0);
});

test('an instance that went away since it was listed is left out; any other fault fails the run', async () => {
  tagged([MEMBER, 'low']);
  rds.on(DescribeDBInstancesCommand).rejects(Object.assign(new Error('gone'), { name: 'DBInstanceNotFoundFault' }));
  await handler();
  expect(published()).toContainEqual(['Plan=Shop-Backups,Tier=low', 'TaggedResources', 0, 'Count']);
  rds.on(DescribeDBInstancesCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
  await expect(handler()).rejects.toThrow('denied');
});

test('thousands of recovery points, empty pages between them', async () => {
  const arns = Array.from({ length: 3000 }, (_, index) => `${TABLE}-${index}`);
  tagged(...arns.map((arn): [string, string] => [arn, 'critical']));
  const page = (from: number) => arns.slice(from, from + 1000).map(ResourceArn => ({ ResourceArn, Status: 'COMPLETED' as const, CreationDate: new Date('2027-01-10T11:30:00Z') }));
  const answers = [page(0), [], page(1000), [], page(2000)];
  let asked = 0;
  backup.on(ListRecoveryPointsByBackupVaultCommand).callsFake(() => {
    const RecoveryPoints = answers[asked++];
    return { RecoveryPoints, NextToken: asked < answers.length ? String(asked) : undefined };
  });
  await handler();
  expect(published().slice(0, 3)).toEqual([
    ['Plan=Shop-Backups,Tier=critical', 'OldestRecoveryPointAge', 1800, 'Seconds'],
    ['Plan=Shop-Backups,Tier=critical', 'NeverBackedUp', 0, 'Count'],
    ['Plan=Shop-Backups,Tier=critical', 'TaggedResources', 3000, 'Count'],
  ]);
});

test('resources are looked up a few at a time', async () => {
  tagged(...Array.from({ length: 40 }, (_, index): [string, string] => [`${TABLE}-${index}`, 'low']));
  let running = 0;
  let most = 0;
  backup.on(ListRecoveryPointsByResourceCommand).callsFake(async () => {
    most = Math.max(most, ++running);
    await new Promise(done => setImmediate(done));
    running--;
    return {};
  });
  await handler();
  expect([most, backup.commandCalls(ListRecoveryPointsByResourceCommand).length]).toEqual([5, 40]);
});

test.each([
  ['listing tags', () => tagging.on(GetResourcesCommand).rejects(new Error('throttled'))],
  ['listing recovery points', () => backup.on(ListRecoveryPointsByBackupVaultCommand).rejects(new Error('throttled'))],
  ['looking up a resource', () => backup.on(ListRecoveryPointsByResourceCommand).rejects(new Error('throttled'))],
  ['putting metrics', () => cloudwatch.on(PutMetricDataCommand).rejects(new Error('throttled'))],
])('a fault in %s fails the run: half a measurement is none', async (_, fail) => {
  tagged([TABLE, 'low']);
  fail();
  await expect(handler()).rejects.toThrow('throttled');
});

test('says which variable is missing', async () => {
  tagged();
  delete process.env.VAULT_NAME;
  await expect(handler()).rejects.toThrow('environment variable \'VAULT_NAME\' is missing');
});
