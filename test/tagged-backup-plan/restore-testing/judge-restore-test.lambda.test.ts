import { BackupClient, DescribeRestoreJobCommand, PutRestoreValidationResultCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../src/tagged-backup-plan/restore-testing/judge-restore-test.lambda';

const PLAN_ARN = 'arn:aws:backup:eu-west-1:111111111111:restore-testing-plan:Shop_critical-1';
const TABLE = 'arn:aws:dynamodb:eu-west-1:111111111111:table/awsbackup-restore-test-1';
const EVENT = { detail: { restoreJobId: 'job-1' } };
const backup = mockClient(BackupClient);
const cloudwatch = mockClient(CloudWatchClient);
const dynamodb = mockClient(DynamoDBClient);
const ec2 = mockClient(EC2Client);
const efs = mockClient(EFSClient);
const lambda = mockClient(LambdaClient);
const rds = mockClient(RDSClient);
const s3 = mockClient(S3Client);

function restored(job: object = {}): void {
  backup.on(DescribeRestoreJobCommand, { RestoreJobId: 'job-1' }).resolves({
    RestoreJobId: 'job-1',
    Status: 'COMPLETED',
    ResourceType: 'DynamoDB',
    CreatedResourceArn: TABLE,
    SourceResourceArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/Orders',
    RecoveryPointArn: 'arn:aws:backup:eu-west-1:111111111111:recovery-point:1',
    RecoveryPointCreationDate: new Date('2027-01-10T05:00:00Z'),
    CreationDate: new Date('2027-01-11T09:00:00Z'),
    CompletionDate: new Date('2027-01-11T09:20:00Z'),
    BackupSizeInBytes: 1000,
    CreatedBy: { RestoreTestingPlanArn: PLAN_ARN },
    ...job,
  });
}

beforeEach(() => {
  [backup, cloudwatch, dynamodb, ec2, efs, lambda, rds, s3].forEach(mock => mock.reset());
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
  dynamodb.on(ScanCommand).resolves({ Count: 1 });
  Object.assign(process.env, {
    METRIC_NAMESPACE: 'Resilience/Backup',
    PLAN: 'Shop-Backups',
    EVIDENCE_BUCKET: 'evidence',
    CHECKS: '{}',
    RESTORE_TESTING_PLANS: JSON.stringify({ [PLAN_ARN]: { tier: 'critical', rtoSeconds: 3600 } }),
  });
});

/** What AWS Backup was told. */
const judgements = () => backup.commandCalls(PutRestoreValidationResultCommand).map(call => call.args[0].input);
const evidence = () => s3.commandCalls(PutObjectCommand).map(call => call.args[0].input);
const metrics = () => cloudwatch.commandCalls(PutMetricDataCommand).flatMap(call => call.args[0].input.MetricData!)
  .map(({ MetricName, Value, Unit, Dimensions }) => [MetricName, Value, Unit, Dimensions!.map(each => each.Value).join()]);

test('a good restore is told, measured and written down', async () => {
  restored();
  await handler(EVENT);
  expect(judgements()).toEqual([{ RestoreJobId: 'job-1', ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: 'restored, \'ACTIVE\' and not empty' }]);
  expect(metrics()).toEqual([['RestoreTestFailed', 0, 'Count', 'Shop-Backups,critical'], ['RestoreDuration', 1200, 'Seconds', 'Shop-Backups,critical']]);
  expect(evidence()).toEqual([expect.objectContaining({ Bucket: 'evidence', Key: 'restore-tests/critical/2027/01/11/job-1.json', ContentType: 'application/json' })]);
  expect(JSON.parse(evidence()[0].Body as string)).toEqual({
    plan: 'Shop-Backups',
    tier: 'critical',
    restoreJobId: 'job-1',
    resourceType: 'DynamoDB',
    sourceResourceArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/Orders',
    recoveryPointArn: 'arn:aws:backup:eu-west-1:111111111111:recovery-point:1',
    recoveryPointCreatedAt: '2027-01-10T05:00:00.000Z',
    createdResourceArn: TABLE,
    startedAt: '2027-01-11T09:00:00.000Z',
    completedAt: '2027-01-11T09:20:00.000Z',
    durationSeconds: 1200,
    rtoSeconds: 3600,
    withinRto: true,
    validation: { status: 'SUCCESSFUL', message: 'restored, \'ACTIVE\' and not empty' },
  });
});

test('a restore that took longer than the RTO says so', async () => {
  restored({ CompletionDate: new Date('2027-01-11T10:00:01Z') });
  await handler(EVENT);
  expect(JSON.parse(evidence()[0].Body as string)).toMatchObject({ durationSeconds: 3601, withinRto: false });
});

test('a restore that took just as long as the RTO is within it', async () => {
  restored({ CompletionDate: new Date('2027-01-11T10:00:00Z') });
  await handler(EVENT);
  expect(JSON.parse(evidence()[0].Body as string)).toMatchObject({ durationSeconds: 3600, withinRto: true });
});

test('a tier that states no RTO is neither within it nor beyond', async () => {
  process.env.RESTORE_TESTING_PLANS = JSON.stringify({ [PLAN_ARN]: { tier: 'low' } });
  restored();
  await handler(EVENT);
  expect(JSON.parse(evidence()[0].Body as string)).toMatchObject({ tier: 'low', durationSeconds: 1200 });
  expect(JSON.parse(evidence()[0].Body as string)).not.toHaveProperty('withinRto');
});

describe('what is no good', () => {
  const cases: [string, () => void, object, string][] = [
    ['a table that is empty though the backup was not', () => dynamodb.on(ScanCommand).resolves({ Count: 0 }), {}, 'restored, but empty: the backup holds 1000 bytes'],
    ['a table that is not up', () => dynamodb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'CREATING' } }), {}, 'restored, but \'CREATING\' where \'ACTIVE\' was expected'],
    ['a table that is not there', () => dynamodb.on(DescribeTableCommand).rejects(Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' })), {}, `'${TABLE}' is not there: no such table`],
    ['a bucket that is empty', () => s3.on(ListObjectsV2Command).resolves({ KeyCount: 0 }), { ResourceType: 'S3', CreatedResourceArn: 'arn:aws:s3:::awsbackup-restore-test-1' }, 'restored, but empty: the backup holds 1000 bytes'],
    ['a bucket that is not there', () => s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('no such bucket'), { name: 'NoSuchBucket' })), { ResourceType: 'S3', CreatedResourceArn: 'arn:aws:s3:::awsbackup-restore-test-1' }, '\'arn:aws:s3:::awsbackup-restore-test-1\' is not there: no such bucket'],
    ['a database that is not up', () => rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ DBInstanceStatus: 'failed' }] }), { ResourceType: 'RDS' }, 'restored, but \'failed\' where \'available\' was expected'],
    ['a volume that is not listed', () => ec2.on(DescribeVolumesCommand).resolves({}), { ResourceType: 'EBS' }, 'restored, but \'undefined\' where \'available\' was expected'],
  ];
  test.each(cases)('%s', async (_, given, job, message) => {
    restored(job);
    given();
    await handler(EVENT);
    expect(judgements()).toEqual([{ RestoreJobId: 'job-1', ValidationStatus: 'FAILED', ValidationStatusMessage: message }]);
    expect(metrics()).toContainEqual(['RestoreTestFailed', 1, 'Count', 'Shop-Backups,critical']);
    expect(JSON.parse(evidence()[0].Body as string).validation).toEqual({ status: 'FAILED', message });
  });
});

test.each([
  ['S3', 'arn:aws:s3:::awsbackup-restore-test-1', () => s3.on(ListObjectsV2Command, { Bucket: 'awsbackup-restore-test-1', MaxKeys: 1 }).resolves({ KeyCount: 1 }), 'restored, \'present\' and not empty'],
  ['RDS', 'arn:aws:rds:eu-west-1:1:db:awsbackup-restore-test-1', () => rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'awsbackup-restore-test-1' }).resolves({ DBInstances: [{ DBInstanceStatus: 'available' }] }), 'restored and \'available\''],
  ...['Aurora', 'DocumentDB', 'Neptune'].map((type): [string, string, () => void, string] => [type, 'arn:aws:rds:eu-west-1:1:cluster:awsbackup-restore-test-1', () => rds.on(DescribeDBClustersCommand, { DBClusterIdentifier: 'awsbackup-restore-test-1' }).resolves({ DBClusters: [{ Status: 'available' }] }), 'restored and \'available\'']),
  ['EFS', 'arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1', () => efs.on(DescribeFileSystemsCommand, { FileSystemId: 'fs-1' }).resolves({ FileSystems: [{ LifeCycleState: 'available' } as never] }), 'restored and \'available\''],
  ['EBS', 'arn:aws:ec2:eu-west-1:1:volume/vol-1', () => ec2.on(DescribeVolumesCommand, { VolumeIds: ['vol-1'] }).resolves({ Volumes: [{ State: 'available' }] }), 'restored and \'available\''],
  ['EC2', 'arn:aws:ec2:eu-west-1:1:instance/i-1', () => ec2.on(DescribeInstancesCommand, { InstanceIds: ['i-1'] }).resolves({ Reservations: [{ Instances: [{ State: { Name: 'running' } }] }] }), 'restored and \'running\''],
  ['FSx', 'arn:aws:fsx:eu-west-1:1:file-system/fs-1', () => undefined, 'restored; what \'FSx\' holds was not checked, give it a check of your own'],
] as [string, string, () => void, string][])('%s is looked at by its own service', async (ResourceType, CreatedResourceArn, given, message) => {
  restored({ ResourceType, CreatedResourceArn });
  given();
  await handler(EVENT);
  expect(judgements()).toEqual([{ RestoreJobId: 'job-1', ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: message }]);
});

test.each([0, undefined])('an empty backup gives an empty table, and that is right: %p bytes', async BackupSizeInBytes => {
  restored({ BackupSizeInBytes });
  dynamodb.on(ScanCommand).resolves({ Count: 0 });
  await handler(EVENT);
  expect(judgements()[0]).toMatchObject({ ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: 'restored, \'ACTIVE\' and empty, as the backup is' });
});

test('a restore that failed is a failed test without a duration, and nothing is judged', async () => {
  restored({ Status: 'FAILED', StatusMessage: 'no subnet group', CompletionDate: undefined });
  await handler(EVENT);
  expect(judgements()).toEqual([]);
  expect(metrics()).toEqual([['RestoreTestFailed', 1, 'Count', 'Shop-Backups,critical']]);
  expect(JSON.parse(evidence()[0].Body as string)).toMatchObject({ validation: { status: 'FAILED', message: 'restore job ended FAILED: no subnet group' } });
  expect(JSON.parse(evidence()[0].Body as string)).not.toHaveProperty('withinRto');
});

test('a restore that was aborted is a failed test too, and nothing is looked at', async () => {
  restored({ Status: 'ABORTED' });
  await handler(EVENT);
  expect([judgements(), dynamodb.calls()]).toEqual([[], []]);
  expect(metrics()).toEqual([['RestoreTestFailed', 1, 'Count', 'Shop-Backups,critical']]);
  expect(JSON.parse(evidence()[0].Body as string).validation).toEqual({ status: 'FAILED', message: 'restore job ended ABORTED: no reason given' });
});

test('evidence is filed by the day on which the test began', async () => {
  restored({ CreationDate: new Date('2027-01-11T23:50:00Z'), CompletionDate: new Date('2027-01-12T00:10:00Z') });
  await handler(EVENT);
  expect(evidence()[0].Key).toBe('restore-tests/critical/2027/01/11/job-1.json');
});

test.each([['a restore in earnest', {}], ['a test of another plan', { RestoreTestingPlanArn: `${PLAN_ARN}2` }]])('%s is none of ours', async (_, CreatedBy) => {
  restored({ CreatedBy });
  await handler(EVENT);
  expect([judgements(), metrics(), evidence()]).toEqual([[], [], []]);
});

test('the same event twice writes the same evidence, and tells AWS Backup once', async () => {
  restored({ ValidationStatus: 'FAILED', ValidationStatusMessage: 'empty' });
  await handler(EVENT);
  expect(judgements()).toEqual([]);
  expect(JSON.parse(evidence()[0].Body as string).validation).toEqual({ status: 'FAILED', message: 'empty' });
  expect(metrics()).toContainEqual(['RestoreTestFailed', 1, 'Count', 'Shop-Backups,critical']);
});

describe('a check of the team\'s own', () => {
  beforeEach(() => {
    process.env.CHECKS = '{"DynamoDB":"arn:aws:lambda:eu-west-1:111111111111:function:check"}';
    restored();
  });
  const answers = (answer: unknown, more: object = {}) =>
    lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(answer)) as never, ...more });

  test('gets the facts and decides', async () => {
    answers({ valid: true, message: '42 orders' });
    await handler(EVENT);
    const { FunctionName, Payload, InvocationType } = lambda.commandCalls(InvokeCommand)[0].args[0].input;
    expect(InvocationType ?? 'RequestResponse').toBe('RequestResponse'); // an answer is waited for
    expect([FunctionName, JSON.parse(String(Payload))]).toEqual(['arn:aws:lambda:eu-west-1:111111111111:function:check', {
      restoreJobId: 'job-1',
      tier: 'critical',
      resourceType: 'DynamoDB',
      createdResourceArn: TABLE,
      sourceResourceArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/Orders',
      recoveryPointArn: 'arn:aws:backup:eu-west-1:111111111111:recovery-point:1',
    }]);
    expect(judgements()[0]).toMatchObject({ ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: '42 orders' });
    expect(dynamodb.calls()).toHaveLength(0);
  });

  test('of a long failure AWS Backup gets the beginning', async () => {
    answers({ errorMessage: 'x'.repeat(2000) }, { FunctionError: 'Unhandled' });
    await handler(EVENT);
    expect(judgements()[0].ValidationStatusMessage).toMatch(/^the check failed: {"errorMessage":"x+$/);
    expect(judgements()[0].ValidationStatusMessage).toHaveLength(1000);
  });

  test('an answer of nothing is no yes', async () => {
    lambda.on(InvokeCommand).resolves({});
    await handler(EVENT);
    expect(judgements()[0]).toMatchObject({ ValidationStatus: 'FAILED', ValidationStatusMessage: 'the check did not say that it is valid' });
  });

  test.each([
    [{ valid: true }, {}, 'SUCCESSFUL', 'the check is content'],
    [{ valid: false, message: 'no orders' }, {}, 'FAILED', 'no orders'],
    [{ valid: 'yes' }, {}, 'FAILED', 'the check did not say that it is valid'],
    [null, {}, 'FAILED', 'the check did not say that it is valid'],
    [{ errorMessage: 'boom' }, { FunctionError: 'Unhandled' }, 'FAILED', 'the check failed: {"errorMessage":"boom"}'],
  ])('%j %j: %s', async (answer, more, status, message) => {
    answers(answer, more);
    await handler(EVENT);
    expect(judgements()[0]).toMatchObject({ ValidationStatus: status, ValidationStatusMessage: message });
  });
});

describe('nothing is lost', () => {
  test('an event of a kind never seen fails, and so ends in the dead-letter queue', async () => {
    await expect(handler({})).rejects.toThrow('no restore job in the event: {}');
  });

  test.each([
    ['describing the job', () => backup.on(DescribeRestoreJobCommand).rejects(new Error('throttled'))],
    ['looking at the table', () => dynamodb.on(DescribeTableCommand).rejects(Object.assign(new Error('throttled'), { name: 'ThrottlingException' }))],
    ['telling AWS Backup', () => backup.on(PutRestoreValidationResultCommand).rejects(new Error('throttled'))],
    ['writing evidence', () => s3.on(PutObjectCommand).rejects(new Error('throttled'))],
    ['putting metrics', () => cloudwatch.on(PutMetricDataCommand).rejects(new Error('throttled'))],
  ])('a fault in %s fails the run, which is then repeated', async (_, fail) => {
    restored();
    fail();
    await expect(handler(EVENT)).rejects.toThrow('throttled');
  });
});
