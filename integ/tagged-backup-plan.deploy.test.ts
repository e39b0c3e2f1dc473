/**
 * The example app of TaggedBackupPlan, deployed by the real CDK CLI over two Regions and two accounts of the local
 * emulator, and read back through the AWS APIs. What the emulator only records is listed in emulator/recorded.json.
 */
import {
  BackupClient, DescribeBackupVaultCommand, GetBackupPlanCommand, GetBackupSelectionCommand, GetBackupVaultAccessPolicyCommand,
  ListBackupPlansCommand, ListBackupSelectionsCommand, ListBackupVaultsCommand,
} from '@aws-sdk/client-backup';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyRotationStatusCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetBucketTaggingCommand, GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, FRANKFURT, IRELAND, OTHER_ACCOUNT } from './emulator/environments';
import { physicalId } from './emulator/physical-id';
import { formatRecorded, recordedRows, resourcesOf } from './emulator/recorded';

const APP = { app: 'examples/tagged-backup-plan/app.ts' };
const DIRECTIONS = [[IRELAND, FRANKFURT], [FRANKFURT, IRELAND]];

let emulator: Emulator;
let cdk: CdkCli;
let assembly: string;

beforeAll(async () => {
  emulator = await Emulator.start();
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS);
  assembly = await cdk.deploy(ACCOUNT, IRELAND, APP);
}, 300_000);

afterAll(() => emulator?.stop());

const backup = (region: string, account = ACCOUNT) => new BackupClient(emulator.clientConfig(account, region));

const deployed = (region: string, stack: string, type: string, logicalId?: RegExp) => physicalId(emulator, region, stack, type, logicalId);

/** The plan of a tier as AWS Backup tells it, and its selection. */
async function tierIn(region: string, tier: string) {
  const client = backup(region);
  const { BackupPlansList = [] } = await client.send(new ListBackupPlansCommand({}));
  const { BackupPlanId } = BackupPlansList.find(plan => plan.BackupPlanName!.endsWith(`-${tier}`))!;
  const { BackupPlan } = await client.send(new GetBackupPlanCommand({ BackupPlanId }));
  const { BackupSelectionsList = [] } = await client.send(new ListBackupSelectionsCommand({ BackupPlanId }));
  expect(BackupSelectionsList).toHaveLength(1);
  const { BackupSelection } = await client.send(new GetBackupSelectionCommand({ BackupPlanId, SelectionId: BackupSelectionsList[0].SelectionId }));
  return { rules: BackupPlan!.Rules!, selection: BackupSelection! };
}

test('every type that was deployed is in the list of what acts and what is only recorded', () => {
  const rows = recordedRows(resourcesOf(assembly));
  expect(rows.length).toBeGreaterThan(10);
  process.stdout.write(`\n${formatRecorded(rows)}\n`);
});

describe.each(DIRECTIONS)('the plan in %s', (region, otherRegion) => {
  test('has four tiers with their rules', async () => {
    const rulesOf = async (tier: string) => (await tierIn(region, tier)).rules
      .map(rule => [rule.RuleName, rule.ScheduleExpression, rule.Lifecycle?.DeleteAfterDays]);
    expect(await rulesOf('critical')).toEqual([
      ['continuous', 'cron(0 0-4,6-23 * * ? *)', 35],
      ['daily', 'cron(0 5 * * ? *)', 35],
      ['weekly', 'cron(0 5 ? * SUN *)', 90],
      ['monthly', 'cron(0 5 1 * ? *)', 365],
    ]);
    expect(await rulesOf('medium')).toEqual([['daily', 'cron(0 5 * * ? *)', 35], ['weekly', 'cron(0 5 ? * SUN *)', 90]]);
    expect(await rulesOf('low')).toEqual([['weekly', 'cron(0 5 ? * SUN *)', 35]]);
    expect(await rulesOf('ledger')).toEqual([['every-3-hours', 'cron(0 2,5,8,11,14,17,20,23 * * ? *)', 35], ['monthly', 'cron(0 5 1 * ? *)', 2190]]);
  });

  test.each(['critical', 'medium', 'low', 'ledger'])('selects what is tagged %s, among all resources, with the backup role', async tier => {
    const { selection } = await tierIn(region, tier);
    expect(selection.Resources).toEqual(['*']);
    expect(selection.Conditions).toEqual({ StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup-tier', ConditionValue: tier }] });
    expect(selection.ListOfTags).toEqual([]);
    expect(selection.IamRoleArn).toMatch(/:role\/.*BackupsRole/);
  });

  test('keeps backups in a vault whose own key rotates', async () => {
    const { rules } = await tierIn(region, 'critical');
    const vault = await backup(region).send(new DescribeBackupVaultCommand({ BackupVaultName: rules[0].TargetBackupVaultName }));
    const kms = new KMSClient(emulator.clientConfig(ACCOUNT, region));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: vault.EncryptionKeyArn }));
    expect([KeyMetadata!.Enabled, KeyMetadata!.KeyManager]).toEqual([true, 'CUSTOMER']);
    expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId: vault.EncryptionKeyArn }))).KeyRotationEnabled).toBe(true);
  });

  test('copies critical snapshots to the other Region and to the other account, into vaults that are there', async () => {
    const { rules } = await tierIn(region, 'critical');
    expect(rules[0].CopyActions ?? []).toEqual([]);
    for (const rule of rules.slice(1)) {
      expect(rule.CopyActions!.map(copy => copy.DestinationBackupVaultArn!.split(':').slice(3, 5))).toEqual([[otherRegion, ACCOUNT], [IRELAND, OTHER_ACCOUNT]]);
      for (const copy of rule.CopyActions!) {
        const [,,, vaultRegion, vaultAccount,, vaultName] = copy.DestinationBackupVaultArn!.split(':');
        const vault = await backup(vaultRegion, vaultAccount).send(new DescribeBackupVaultCommand({ BackupVaultName: vaultName }));
        expect(vault.BackupVaultArn).toBe(copy.DestinationBackupVaultArn);
        expect(vault.EncryptionKeyArn).toContain(`arn:aws:kms:${vaultRegion}:${vaultAccount}:key/`);
        expect(copy.Lifecycle).toEqual(rule.Lifecycle);
      }
    }
  });

  test('copies medium snapshots to the other Region alone, low ones nowhere', async () => {
    const places = async (tier: string) => (await tierIn(region, tier)).rules
      .map(rule => (rule.CopyActions ?? []).map(copy => copy.DestinationBackupVaultArn!.split(':')[3]));
    expect(await places('medium')).toEqual([[otherRegion], [otherRegion]]);
    expect(await places('low')).toEqual([[]]);
  });

  test.each([
    ['Role', ['AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup']],
    ['RestoreRole', ['AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore']],
  ])('gives AWS Backup, and nobody else, the %s', async (id, policies) => {
    const iam = new IAMClient(emulator.clientConfig(ACCOUNT, region));
    const RoleName = await deployed(region, `Shop-${region}`, 'AWS::IAM::Role', new RegExp(`^Backups${id}[A-F0-9]{8}$`));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies.map(policy => policy.PolicyArn!.split('/').pop()).sort()).toEqual(policies);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const trust = JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!));
    expect(trust.Statement.map((statement: any) => statement.Principal)).toEqual([{ Service: 'backup.amazonaws.com' }]);
  });

  test('finds its resources by the tag they really carry', async () => {
    const dynamodb = new DynamoDBClient(emulator.clientConfig(ACCOUNT, region));
    const tagOf = async (logicalId: RegExp) => {
      const name = await deployed(region, `Shop-${region}`, 'AWS::DynamoDB::GlobalTable', logicalId);
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
      const { Tags = [] } = await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: Table!.TableArn }));
      return Tags.find(tag => tag.Key === 'backup-tier')?.Value;
    };
    expect(await tagOf(/^Orders/)).toBe('critical');
    expect(await tagOf(/^SearchIndex/)).toBe('low');
    const TableName = await deployed(region, `Shop-${region}`, 'AWS::DynamoDB::GlobalTable', /^Orders/);
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    expect(ContinuousBackupsDescription!.PointInTimeRecoveryDescription!.PointInTimeRecoveryStatus).toBe('ENABLED');

    const s3 = new S3Client(emulator.clientConfig(ACCOUNT, region));
    const Bucket = await deployed(region, `Shop-${region}`, 'AWS::S3::Bucket', /^Uploads/);
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toContainEqual({ Key: 'backup-tier', Value: 'medium' });
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  });

  test('announces on an encrypted topic, to which only its rules and alarms publish', async () => {
    const TopicArn = await deployed(region, `Shop-${region}`, 'AWS::SNS::Topic');
    const { Attributes } = await new SNSClient(emulator.clientConfig(ACCOUNT, region)).send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes!.KmsMasterKeyId).toContain(`arn:aws:kms:${region}:${ACCOUNT}:key/`);
    const allowed = JSON.parse(Attributes!.Policy!).Statement.filter((statement: any) => statement.Effect === 'Allow');
    expect(allowed.map((statement: any) => [statement.Principal.Service, Object.keys(statement.Condition ?? {}).sort()])).toEqual([
      ['cloudwatch.amazonaws.com', ['ArnLike', 'StringEquals']], ['events.amazonaws.com', ['ArnEquals']], ['backup.amazonaws.com', []],
    ]);
  });

  test('has an alarm on its dead-letter queue, which tells the topic', async () => {
    const TopicArn = await deployed(region, `Shop-${region}`, 'AWS::SNS::Topic');
    const queue = (await deployed(region, `Shop-${region}`, 'AWS::SQS::Queue', /^BackupsFailedJobs/)).split('/').pop();
    const { MetricAlarms = [] } = await new CloudWatchClient(emulator.clientConfig(ACCOUNT, region)).send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms.map(alarm => [alarm.MetricName, alarm.Dimensions, alarm.AlarmActions])).toContainEqual(
      ['ApproximateNumberOfMessagesVisible', [{ Name: 'QueueName', Value: queue }], [TopicArn]]);
  });
});

describe('a job that ends badly', () => {
  let received: () => Promise<any[]>;
  let put: (detailType: string, detail: object) => Promise<void>;

  beforeAll(async () => {
    const config = emulator.clientConfig(ACCOUNT, IRELAND);
    const sqs = new SQSClient(config);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'on-call' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    await new SNSClient(config).send(new SubscribeCommand({
      TopicArn: await deployed(IRELAND, `Shop-${IRELAND}`, 'AWS::SNS::Topic'),
      Protocol: 'sqs',
      Endpoint: Attributes!.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }));
    received = async () => {
      const request = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, VisibilityTimeout: 300 };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
      return Messages.map(message => JSON.parse(message.Body!));
    };
    put = async (detailType, detail) => {
      const Entries = [{ Source: 'aws.backup', DetailType: detailType, Detail: JSON.stringify(detail) }];
      const { FailedEntryCount } = await new EventBridgeClient(config).send(new PutEventsCommand({ Entries }));
      expect(FailedEntryCount).toBe(0);
    };
  });

  test.each([
    ['Backup Job State Change', { state: 'FAILED', statusMessage: 'no space' }],
    ['Backup Job State Change', { state: 'EXPIRED' }],
    ['Backup Job State Change', { state: 'ABORTED' }],
    ['Copy Job State Change', { state: 'FAILED' }],
    ['Copy Job State Change', { state: 'PARTIAL' }],
    ['Restore Job State Change', { status: 'FAILED' }],
    ['Recovery Point State Change', { status: 'EXPIRED' }],
  ])('%s %j reaches who is subscribed', async (detailType, detail) => {
    await put(detailType, detail);
    expect(await received()).toEqual([expect.objectContaining({ 'source': 'aws.backup', 'detail-type': detailType, 'detail': detail })]);
  });

  test('one that ends well, or is still running, reaches nobody', async () => {
    await put('Backup Job State Change', { state: 'COMPLETED' });
    await put('Restore Job State Change', { status: 'RUNNING' });
    expect(await received()).toEqual([]);
  });
});

test('the vault of the other account lets the shop copy into it, and nothing else', async () => {
  const { Policy } = await backup(IRELAND, OTHER_ACCOUNT).send(new GetBackupVaultAccessPolicyCommand({ BackupVaultName: 'shop-backups' }));
  expect(JSON.parse(Policy!).Statement).toEqual([
    {
      Sid: 'OrganizationCopiesInto',
      Effect: 'Allow',
      Action: 'backup:CopyIntoBackupVault',
      Resource: '*',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
    },
  ]);
});

test('a second deployment of the same program has nothing to change', async () => {
  expect(await cdk.diff(ACCOUNT, IRELAND, APP)).toContain('Number of stacks with differences: 0');
}, 120_000);

test('when the stacks are destroyed, vaults, keys and roles stay and plans go', async () => {
  const RoleName = await deployed(IRELAND, `Shop-${IRELAND}`, 'AWS::IAM::Role', /^BackupsRole/);
  const { rules } = await tierIn(IRELAND, 'critical');
  const vaults = async () => {
    const { BackupVaultList = [] } = await backup(IRELAND).send(new ListBackupVaultsCommand({}));
    return BackupVaultList.map(vault => vault.BackupVaultName).sort();
  };
  const before = await vaults();
  await cdk.destroy(ACCOUNT, IRELAND, APP);
  expect(await vaults()).toEqual(before);
  expect(before).toContain(rules[0].TargetBackupVaultName);
  expect((await new IAMClient(emulator.clientConfig(ACCOUNT, IRELAND)).send(new GetRoleCommand({ RoleName }))).Role!.RoleName).toBe(RoleName);
  expect((await backup(IRELAND).send(new ListBackupPlansCommand({}))).BackupPlansList).toEqual([]);
}, 120_000);
