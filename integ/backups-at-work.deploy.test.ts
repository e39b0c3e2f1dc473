/**
 * The example app of TaggedBackupPlan at work on the local emulator, with IAM enforced: backups are taken by tag, copied,
 * measured, lost, restored and judged; alarms ring; nothing that fails is lost. The emulator's backup service is ours
 * (emulator/provisioners/backup*.py): it sends the events and keeps the states that AWS documents.
 */
import {
  BackupClient, DescribeRegionSettingsCommand, DescribeRestoreJobCommand, ListBackupPlansCommand,
  ListBackupVaultsCommand, ListRecoveryPointsByBackupVaultCommand, ListRestoreTestingPlansCommand, StartBackupJobCommand,
} from '@aws-sdk/client-backup';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteRolePolicyCommand, GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutBucketTaggingCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, FRANKFURT, IRELAND, OTHER_ACCOUNT } from './emulator/environments';
import { physicalId } from './emulator/physical-id';
import { subscriber } from './emulator/subscriber';

const APP = { app: 'examples/tagged-backup-plan/app.ts' };
const STACK = `Shop-${IRELAND}`;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let emulator: Emulator;
let cdk: CdkCli;
let settingsBefore: Record<string, boolean>;
let vault: string;
let table: string;
let now: number;

beforeAll(async () => {
  emulator = await Emulator.start();
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS);
  settingsBefore = await regionSettings();
  await cdk.deploy(ACCOUNT, IRELAND, APP);
  await emulator.enforceIam();
  vault = await deployed('AWS::Backup::BackupVault');
  table = await arnOf(await deployed('AWS::DynamoDB::GlobalTable', /^Orders/));
  now = Math.floor(Date.now() / 1000);
}, 300_000);

afterAll(() => emulator?.stop());

const config = (region = IRELAND, account = ACCOUNT) => emulator.clientConfig(account, region);
const backup = (region?: string, account?: string) => new BackupClient(config(region, account));
const deployed = (type: string, logicalId?: RegExp) => physicalId(emulator, IRELAND, STACK, type, logicalId);
const control = async (path: string, body: unknown) => emulator.control(ACCOUNT, IRELAND, path, body) as Promise<Record<string, any>>;
const subscribed = async (name: string) => subscriber(emulator, await deployed('AWS::SNS::Topic'), name);
const plant = (points: { resourceArn: string; age: number; status?: string; continuous?: boolean; resourceType?: string }[]) =>
  control('/_backup/recovery-points', points.map(({ age, ...point }) => ({ vault, resourceType: 'DynamoDB', createdAt: now - age, ...point })));

async function regionSettings(region?: string): Promise<Record<string, boolean>> {
  return (await backup(region).send(new DescribeRegionSettingsCommand({}))).ResourceTypeOptInPreference!;
}

async function arnOf(TableName: string): Promise<string> {
  return (await new DynamoDBClient(config()).send(new DescribeTableCommand({ TableName }))).Table!.TableArn!;
}

async function planIdOf(tier: string): Promise<string> {
  const { BackupPlansList = [] } = await backup().send(new ListBackupPlansCommand({}));
  return BackupPlansList.find(each => each.BackupPlanName!.endsWith(`-${tier}`))!.BackupPlanId!;
}

/** What the vault holds, by resource. */
async function pointsOf(resourceArn: string, BackupVaultName = vault, region?: string, account?: string) {
  const request = new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName, ByResourceArn: resourceArn });
  const { RecoveryPoints = [] } = await backup(region, account).send(request);
  return RecoveryPoints;
}

async function tag(ResourceArn: string, Value: string): Promise<void> {
  await new DynamoDBClient(config()).send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'backup-tier', Value }] }));
}

async function tagBucket(arn: string, Value: string): Promise<void> {
  const Tagging = { TagSet: [{ Key: 'backup-tier', Value }] };
  await new S3Client(config()).send(new PutBucketTaggingCommand({ Bucket: arn.split(':').pop(), Tagging }));
}

async function untag(ResourceArn: string): Promise<void> {
  await new DynamoDBClient(config()).send(new UntagResourceCommand({ ResourceArn, TagKeys: ['backup-tier'] }));
}

/** A new table in the critical tier. (What is in the vault can not be deleted to begin anew: the vault is locked.) */
async function newTable(TableName: string): Promise<string> {
  const { TableDescription } = await new DynamoDBClient(config()).send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    Tags: [{ Key: 'backup-tier', Value: 'critical' }],
  }));
  return TableDescription!.TableArn!;
}

async function measure(): Promise<{ FunctionError?: string; answer: string; log: string }> {
  const FunctionName = await deployed('AWS::Lambda::Function', /^BackupsAgesHandler/);
  const { FunctionError, Payload, LogResult = '' } = await new LambdaClient(config()).send(new InvokeCommand({ FunctionName, LogType: 'Tail' }));
  return { FunctionError, answer: Buffer.from(Payload!).toString(), log: Buffer.from(LogResult, 'base64').toString() };
}

/** The greatest value of a metric of the plan in the last hour. */
async function metric(MetricName: string, tier: string): Promise<number | undefined> {
  const { Datapoints = [] } = await new CloudWatchClient(config()).send(new GetMetricStatisticsCommand({
    Namespace: 'Resilience/Backup',
    MetricName,
    Dimensions: [{ Name: 'Plan', Value: await planName() }, { Name: 'Tier', Value: tier }],
    StartTime: new Date(Date.now() - HOUR * 1000),
    EndTime: new Date(Date.now() + MINUTE * 1000),
    Period: 7200,
    Statistics: ['Maximum'],
  }));
  return Datapoints[0]?.Maximum;
}

/** Publishes a measured value again, for other times: tests do not wait for the next period. */
async function repeat(MetricName: string, tier: string, Value: number, times: number[]): Promise<void> {
  const Dimensions = [{ Name: 'Plan', Value: await planName() }, { Name: 'Tier', Value: tier }];
  await new CloudWatchClient(config()).send(new PutMetricDataCommand({
    Namespace: 'Resilience/Backup', MetricData: times.map(time => ({ MetricName, Dimensions, Value, Timestamp: new Date(time * 1000) })),
  }));
}

/** The plan's name among the dimensions of its alarms. */
async function planName(): Promise<string> {
  const { MetricAlarms = [] } = await new CloudWatchClient(config()).send(new DescribeAlarmsCommand({}));
  return MetricAlarms.flatMap(each => each.Dimensions ?? []).find(dimension => dimension.Name === 'Plan')!.Value!;
}

/** The state of the alarm whose logical id matches when the alarm clock has come to this second. */
async function alarm(logicalId: RegExp, at: number): Promise<string> {
  return (await control('/_cloudwatch/evaluate', { at }))[await deployed('AWS::CloudWatch::Alarm', logicalId)];
}

/** The end of the period that it is now: alarms judge whole periods. */
function endOfPeriod(seconds: number): number {
  return (Math.floor(Date.now() / 1000 / seconds) + 1) * seconds;
}

async function messages(QueueUrl: string): Promise<any[]> {
  const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, VisibilityTimeout: 300 });
  const { Messages = [] } = await new SQSClient(config()).send(request);
  return Messages.map(({ Body = '' }) => Body.startsWith('{') ? JSON.parse(Body) : Body);
}

/** Waits for what happens by itself, such as a function that an event starts. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const started = Date.now();
  while (Date.now() - started < 20_000) {
    const seen = await look();
    if (seen !== undefined) {
      return seen;
    }
    await new Promise(done => setTimeout(done, 200));
  }
  throw new Error('waited for 20 seconds, and nothing was to be seen');
}

describe('the settings of the Region', () => {
  test('have on what the plan needs, and the rest as it was', async () => {
    expect([settingsBefore.S3, settingsBefore.EFS]).toEqual([false, false]);
    expect(await regionSettings()).toEqual({ ...settingsBefore, S3: true });
    const { ResourceTypeManagementPreference } = await backup().send(new DescribeRegionSettingsCommand({}));
    expect(ResourceTypeManagementPreference).toMatchObject({ DynamoDB: true });
  });
});

describe('a tag', () => {
  test('puts a resource into a tier, and takes it out again; nobody touches the plan', async () => {
    const run = async () => (await control('/_backup/run-plan', { planId: await planIdOf('critical'), ruleName: 'daily' })).recoveryPointArns;
    expect(await run()).toHaveLength(1);
    const joins = await arnOf(await deployed('AWS::DynamoDB::GlobalTable', /^SearchIndex/));
    await tag(joins, 'critical');
    expect(await run()).toHaveLength(2);
    await untag(joins);
    expect(await run()).toHaveLength(1);
    await tag(joins, 'low');
  });

  test('and its backups are in the other Region and the other account', async () => {
    const copies = await eventually(async () => (await pointsOf(table, 'shop-backups', IRELAND, OTHER_ACCOUNT)).slice(0, 1));
    expect(copies.map(point => [point.Status, point.Lifecycle?.DeleteAfterDays])).toEqual([['COMPLETED', 35]]);
    const { RecoveryPoints = [] } = await backup(FRANKFURT).send(new ListRecoveryPointsByBackupVaultCommand({
      BackupVaultName: await copyVaultIn(FRANKFURT), ByResourceArn: table,
    }));
    expect(RecoveryPoints.length).toBeGreaterThan(0);
  });

  test('a job outside the lock of the vault fails, and somebody hears of it', async () => {
    const received = await subscribed('locked');
    await backup().send(new StartBackupJobCommand({
      BackupVaultName: vault, ResourceArn: table, IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/any`, Lifecycle: { DeleteAfterDays: 7 },
    }));
    expect(await eventually(async () => (await received())[0])).toMatchObject({ 'detail-type': 'Backup Job State Change', 'detail': { state: 'FAILED' } });
  });
});

async function copyVaultIn(region: string): Promise<string> {
  const { BackupVaultList = [] } = await backup(region).send(new ListBackupVaultsCommand({}));
  return BackupVaultList.map(each => each.BackupVaultName!).find(name => name.endsWith(`-from-${IRELAND}`))!;
}

describe('the age of backups', () => {
  // The one resource of the critical tier, a new one for each test.
  let subject: string;
  let count = 0;
  beforeAll(() => untag(table));
  afterAll(() => tag(table, 'critical'));
  beforeEach(async () => { subject = await newTable(`subject-${++count}`); });
  afterEach(() => untag(subject));

  test('is that of the newest one, and no alarm rings while it is younger than the RPO', async () => {
    await plant([{ resourceArn: subject, age: 9 * HOUR }, { resourceArn: subject, age: 30 * MINUTE }]);
    expect(await measure()).toMatchObject({ FunctionError: undefined, answer: 'null' });
    expect(await metric('OldestRecoveryPointAge', 'critical')).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(await metric('OldestRecoveryPointAge', 'critical')).toBeLessThan(40 * MINUTE);
    expect(await metric('NeverBackedUp', 'critical')).toBe(0);
  });

  test('of a continuous backup is none, until it is interrupted: then the topic is told, and the snapshot before counts', async () => {
    const received = await subscribed('interrupted');
    const bucket = `arn:aws:s3:::${await deployed('AWS::S3::Bucket', /^Uploads/)}`;
    await untag(subject);
    await tagBucket(bucket, 'critical');
    await plant([
      { resourceArn: bucket, resourceType: 'S3', age: 3 * HOUR },
      { resourceArn: bucket, resourceType: 'S3', age: 20 * DAY, continuous: true },
    ]);
    const { log } = await measure();
    expect(log).toContain('"tier":"critical","resources":1,"oldestSeconds":0');
    await control('/_backup/interrupt', { vault, resourceArn: bucket });
    const told = await received();
    expect(told).toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ status: 'STOPPED', resourceArn: bucket }) }));
    expect(told).toContainEqual(expect.stringContaining('A continuous backup was interrupted'));
    const after = await measure();
    expect(after.log).toMatch(/"tier":"critical","resources":1,"oldestSeconds":1\d{4}/);
    await tagBucket(bucket, 'medium');
  });

  test('beyond the RPO rings, and somebody hears of it; and hears again when all is well', async () => {
    const received = await subscribed('too-old');
    const heard = (state: string) => eventually(async () => (await received()).find(message => message.NewStateValue === state));
    const measured = async () => Number(/"tier":"critical","resources":1,"oldestSeconds":(\d+)/.exec((await measure()).log)![1]);
    const period = 15 * MINUTE;
    let clock = endOfPeriod(period) + period; // the period that it is now has seen other tests
    /** What was measured, as if it were measured again for these periods; then the alarm judges. */
    const stays = async (age: number, periods: number) => {
      await repeat('OldestRecoveryPointAge', 'critical', age, Array.from({ length: periods }, (_, index) => clock + index * period + MINUTE));
      clock += periods * period;
      return alarm(/AgesTiercriticalAgeAlarm/, clock);
    };
    await plant([{ resourceArn: subject, age: 20 * MINUTE }]);
    const young = await measured();
    expect(await stays(young, 3)).toBe('OK');

    await untag(subject);
    subject = await newTable('subject-old');
    await plant([{ resourceArn: subject, age: 5 * HOUR }]);
    const old = await measured();
    expect(old).toBeGreaterThanOrEqual(5 * HOUR);
    expect(await stays(old, 1)).toBe('OK'); // one measurement may be a fluke
    expect(await stays(old, 1)).toBe('ALARM');
    expect((await heard('ALARM')).AlarmDescription).toContain('tier \'critical\' is older than 2 hours');
    expect(await stays(young, 2)).toBe('OK');
    await heard('OK');
  });

  test('that nobody measures rings too', async () => {
    expect(await alarm(/AgesTierlowAgeAlarm/, now + 2 * DAY)).toBe('ALARM');
  });

  test('a resource that never had a backup is counted, named, and rings when it has waited for as long as the RPO', async () => {
    const { log } = await measure();
    expect(log).toContain(`"neverBackedUp":["${subject}"]`);
    expect(await metric('NeverBackedUp', 'critical')).toBe(1);
    const next = endOfPeriod(HOUR);
    await repeat('NeverBackedUp', 'critical', 1, [next + MINUTE]);
    expect(await alarm(/AgesTiercriticalNeverBackedUpAlarm/, next + HOUR)).toBe('OK');
    await repeat('NeverBackedUp', 'critical', 1, [next + HOUR + MINUTE]);
    expect(await alarm(/AgesTiercriticalNeverBackedUpAlarm/, next + 2 * HOUR)).toBe('ALARM');
  });

  test('thousands of recovery points are read within the time and memory of the function', async () => {
    await plant(Array.from({ length: 5000 }, (_, index) => ({ resourceArn: `${subject}-${index}`, age: index % HOUR })));
    await plant([{ resourceArn: subject, age: 10 * MINUTE }]);
    const started = Date.now();
    expect(await measure()).toMatchObject({ FunctionError: undefined });
    process.stdout.write(`\n5000 recovery points measured in ${Date.now() - started} ms\n`);
    expect(await metric('OldestRecoveryPointAge', 'critical')).toBeDefined();
  });

  test('without one permission the measurement fails: that of every statement is needed', async () => {
    const RoleName = await deployed('AWS::IAM::Role', /^BackupsAgesRole/);
    const iam = new IAMClient(config());
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const [PolicyName] = PolicyNames!;
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = JSON.parse(decodeURIComponent(PolicyDocument!));
    const without = async (action: string) => {
      const others = ({ Action }: any) => [Action].flat().filter((each: string) => each !== action);
      const Statement = document.Statement.map((statement: any) => ({ ...statement, Action: others(statement) }))
        .filter((statement: any) => statement.Action.length > 0);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify({ ...document, Statement }) }));
      return measure();
    };
    for (const action of ['tag:GetResources', 'backup:ListRecoveryPointsByBackupVault', 'backup:ListRecoveryPointsByResource', 'cloudwatch:PutMetricData']) {
      expect(await without(action)).toMatchObject({ FunctionError: 'Unhandled', answer: expect.stringMatching(/AccessDenied|not authorized/) });
    }
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }));
    expect(await measure()).toMatchObject({ FunctionError: undefined });
  });
});

describe('a restore test', () => {
  beforeAll(async () => {
    await new DynamoDBClient(config()).send(new PutItemCommand({ TableName: table.split('/').pop(), Item: { orderId: { S: '42' } } }));
    await backup().send(new StartBackupJobCommand({
      BackupVaultName: vault, ResourceArn: table, IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/any`, Lifecycle: { DeleteAfterDays: 35 },
    }));
  });

  /** Runs the tests of the critical tier, and waits for the evidence of the table's. */
  async function run(outcome: string, seconds: number): Promise<{ job: any; evidence: any }> {
    const { RestoreTestingPlans = [] } = await backup().send(new ListRestoreTestingPlansCommand({}));
    const name = RestoreTestingPlans.map(each => each.RestoreTestingPlanName!).find(each => each.includes('critical'))!;
    const { restoreJobIds } = await control('/_backup/run-restore-test', { planName: name, outcome, seconds });
    const [RestoreJobId] = restoreJobIds;
    const evidence = await eventually(() => evidenceOf(RestoreJobId));
    const job = await backup().send(new DescribeRestoreJobCommand({ RestoreJobId }));
    return { job, evidence };
  }

  async function evidenceOf(job: string): Promise<any> {
    const s3 = new S3Client(config());
    const Bucket = await deployed('AWS::S3::Bucket', /^BackupsEvidence/);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'restore-tests/critical/' }));
    const Key = Contents.map(object => object.Key!).find(key => key.endsWith(`/${job}.json`));
    return Key && JSON.parse(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString());
  }

  test('that is good is told to AWS Backup, measured, and written down', async () => {
    const { job, evidence } = await run('good', 600);
    expect(job).toMatchObject({ Status: 'COMPLETED', ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: 'restored, \'ACTIVE\' and not empty' });
    expect(evidence).toMatchObject({ tier: 'critical', resourceType: 'DynamoDB', sourceResourceArn: table, durationSeconds: 600, withinRto: true });
    expect(await eventually(() => metric('RestoreDuration', 'critical'))).toBe(600);
    expect(await alarm(/RestoreTestsTiercriticalFailedAlarm/, endOfPeriod(5 * MINUTE))).toBe('OK');
  });

  test('that restored an empty table is told as failed, and rings', async () => {
    const received = await subscribed('bad-restore');
    const { job, evidence } = await run('empty', 600);
    expect(job).toMatchObject({ ValidationStatus: 'FAILED', ValidationStatusMessage: expect.stringMatching(/^restored, but empty: the backup holds \d+ bytes$/) });
    expect(evidence.validation.status).toBe('FAILED');
    await eventually(async () => await metric('RestoreTestFailed', 'critical') || undefined);
    expect(await alarm(/RestoreTestsTiercriticalFailedAlarm/, endOfPeriod(5 * MINUTE))).toBe('ALARM');
    expect(await eventually(async () => (await received()).find(message => JSON.stringify(message).includes('NewStateValue'))))
      .toMatchObject({ NewStateValue: 'ALARM' });
  });

  test('that took longer than the RTO rings', async () => {
    const { evidence } = await run('good', 5 * HOUR);
    expect(evidence).toMatchObject({ durationSeconds: 5 * HOUR, rtoSeconds: 4 * HOUR, withinRto: false });
    await eventually(async () => (await metric('RestoreDuration', 'critical'))! > HOUR || undefined);
    expect(await alarm(/RestoreTestsTiercriticalDurationAlarm/, endOfPeriod(5 * MINUTE))).toBe('ALARM');
  });

  test('that AWS Backup could not restore is written down as failed', async () => {
    const { evidence } = await run('FAILED', 60);
    expect(evidence).toMatchObject({ validation: { status: 'FAILED' } });
    expect(evidence.durationSeconds).toBeUndefined();
  });
});

test('an event of a kind never seen is tried again, and kept in the dead-letter queue, which rings', async () => {
  const queue = await deployed('AWS::SQS::Queue', /^BackupsHandlerDeadLetterQueue/);
  const Entries = [{ Source: 'aws.backup', DetailType: 'Restore Job State Change', Detail: JSON.stringify({ status: 'COMPLETED', somethingNew: true }) }];
  await new EventBridgeClient(config()).send(new PutEventsCommand({ Entries }));
  const kept = await eventually(async () => (await messages(queue))[0]);
  expect(kept).toMatchObject({ 'detail-type': 'Restore Job State Change', 'detail': { somethingNew: true } });

  // The emulator publishes no metrics of queues: that one message is there is told in its place.
  const Dimensions = [{ Name: 'QueueName', Value: queue.split('/').pop() }];
  await new CloudWatchClient(config()).send(new PutMetricDataCommand({
    Namespace: 'AWS/SQS', MetricData: [{ MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions, Value: 1 }],
  }));
  expect(await alarm(/^BackupsHandlerAlarm/, endOfPeriod(5 * MINUTE))).toBe('ALARM');
});

test('a type that the plan wants later is switched on, and one that it no longer wants is as it was', async () => {
  const cloudFormation = new CloudFormationClient(config());
  const want = async (...types: string[]) => {
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName: STACK }));
    const template = JSON.parse(TemplateBody!);
    const settings: any = Object.values<any>(template.Resources).find(resource => resource.Type === 'Custom::BackupRegionSettings');
    settings.Properties.ResourceTypes = types;
    const Bucket = `cdk-hnb659fds-assets-${ACCOUNT}-${IRELAND}`;
    await new S3Client(config()).send(new PutObjectCommand({ Bucket, Key: 'changed.json', Body: JSON.stringify(template) }));
    await cloudFormation.send(new UpdateStackCommand({
      StackName: STACK, TemplateURL: `${emulator.endpoint}/${Bucket}/changed.json`, Capabilities: ['CAPABILITY_IAM'],
    }));
    const ended = await eventually(async () => {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
      return Stacks[0].StackStatus!.endsWith('_IN_PROGRESS') ? undefined : Stacks[0];
    });
    expect(ended).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  };
  await want('DynamoDB', 'EFS');
  expect(await regionSettings()).toEqual({ ...settingsBefore, EFS: true });
  await want('DynamoDB', 'EFS', 'S3');
  expect(await regionSettings()).toEqual({ ...settingsBefore, EFS: true, S3: true });
});

test('when the stacks are destroyed, the settings of the Region are as they were', async () => {
  await emulator.enforceIam(false);
  await cdk.destroy(ACCOUNT, IRELAND, APP);
  expect(await regionSettings()).toEqual(settingsBefore);
  expect(await regionSettings(FRANKFURT)).toEqual(settingsBefore);
}, 180_000);
