import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration } from 'aws-cdk-lib/core';
import type { TaggedBackupPlanProps } from '../../../src';
import { BackupResourceType, BackupTier, RecoveryObjectives, RestoreTestChoice, RestoreTesting, TaggedBackupPlan } from '../../../src';
import { ACCOUNT, shopStack } from '../../support/app';

const objectives = RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) });
const ledger = BackupTier.of('ledger', { objectives });

function plan(stack: Stack, props: Partial<TaggedBackupPlanProps> = {}): TaggedBackupPlan {
  return new TaggedBackupPlan(stack, 'Backups', { tiers: [ledger, BackupTier.low()], restoreTesting: RestoreTesting.weekly(), ...props });
}

const testingPlans = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::Backup::RestoreTestingPlan')).map(({ Properties }) => Properties);
const selections = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::Backup::RestoreTestingSelection'));

test('without restore testing there is none of it', () => {
  const stack = shopStack();
  const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [ledger] });
  expect([testingPlans(stack), selections(stack)]).toEqual([[], []]);
  expect([backups.evidenceBucket, backups.restoreDurationAlarms, backups.restoreTestFailedAlarms]).toEqual([undefined, {}, {}]);
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
});

test('one plan a tier, which restores the newest point of the vault, by snapshot or continuous backup', () => {
  const stack = shopStack();
  const backups = plan(stack);
  const vault = stack.resolve(backups.vault.backupVaultArn);
  expect(testingPlans(stack)).toEqual(['ledger', 'low'].map(() => ({
    RestoreTestingPlanName: expect.stringMatching(/^[A-Za-z0-9_]{1,50}$/),
    ScheduleExpression: 'cron(0 9 ? * MON *)',
    StartWindowHours: 24,
    RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', IncludeVaults: [vault], RecoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'], SelectionWindowDays: 30 },
  })));
  expect(new Set(testingPlans(stack).map(each => each.RestoreTestingPlanName)).size).toBe(2);
});

test.each([
  ['daily', RestoreTesting.daily(), 'cron(0 9 * * ? *)'], ['weekly', RestoreTesting.weekly(), 'cron(0 9 ? * MON *)'], ['monthly', RestoreTesting.monthly(), 'cron(0 9 1 * ? *)'],
])('%s', (_, restoreTesting, ScheduleExpression) => {
  const stack = shopStack();
  plan(stack, { restoreTesting });
  expect(testingPlans(stack)[0]).toMatchObject({ ScheduleExpression });
});

test('names fit, however long the path and the tier', () => {
  const stack = shopStack();
  new TaggedBackupPlan(stack, 'A'.repeat(80), { tiers: ['One', 'Two'].map(end => BackupTier.of('t'.repeat(47) + end, { objectives })), restoreTesting: RestoreTesting.weekly() });
  const names = testingPlans(stack).map(each => each.RestoreTestingPlanName);
  expect(names).toEqual(Array(2).fill(expect.stringMatching(/^[A-Za-z0-9_]{1,50}$/)));
  expect(new Set(names).size).toBe(2);
});

test('a selection for each type of a tier, by the tag', () => {
  const stack = shopStack();
  const backups = plan(stack, { tagKey: 'acme:tier' });
  const ofLedger = selections(stack).filter(({ Properties }) => Properties.ProtectedResourceConditions.StringEquals[0].Value === 'ledger');
  expect(ofLedger.map(({ Properties }) => Properties.ProtectedResourceType)).toEqual(['Aurora', 'DynamoDB', 'EBS', 'EC2', 'EFS', 'RDS', 'S3']);
  expect(ofLedger[1].Properties).toEqual({
    RestoreTestingPlanName: testingPlans(stack)[0].RestoreTestingPlanName,
    RestoreTestingSelectionName: 'DynamoDB',
    ProtectedResourceType: 'DynamoDB',
    ProtectedResourceArns: ['*'],
    ProtectedResourceConditions: { StringEquals: [{ Key: 'aws:ResourceTag/acme:tier', Value: 'ledger' }] },
    IamRoleArn: stack.resolve(backups.restoreRole.roleArn),
    ValidationWindowHours: 1,
  });
  expect(ofLedger[1].DependsOn).toEqual([expect.stringMatching(/^BackupsRestoreTestsTierledgerPlan/)]);
});

test('everything a test may state', () => {
  const stack = shopStack();
  const check = new Function(stack, 'Check', { runtime: Runtime.NODEJS_LATEST, handler: 'index.handler', code: Code.fromInline('exports.handler = () => ({ valid: true })') });
  plan(stack, {
    restoreTesting: RestoreTesting.weekly({
      types: [BackupResourceType.RDS, BackupResourceType.DYNAMODB],
      overrides: [{ type: BackupResourceType.RDS, metadata: { dbSubnetGroupName: 'private' } }, { type: BackupResourceType.DYNAMODB, check }],
      choice: RestoreTestChoice.RANDOM,
      selectionWindow: Duration.days(365),
      startWindow: Duration.hours(2),
      validationWindow: Duration.hours(12),
    }),
  });
  expect(testingPlans(stack)[0]).toMatchObject({ StartWindowHours: 2, RecoveryPointSelection: { Algorithm: 'RANDOM_WITHIN_WINDOW', SelectionWindowDays: 365 } });
  expect(selections(stack).slice(0, 2).map(({ Properties: { ProtectedResourceType, RestoreMetadataOverrides, ValidationWindowHours } }) =>
    [ProtectedResourceType, RestoreMetadataOverrides, ValidationWindowHours]))
    .toEqual([['RDS', { dbSubnetGroupName: 'private' }, 12], ['DynamoDB', undefined, 12]]);
  const arn = stack.resolve(check.functionArn);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ CHECKS: { 'Fn::Join': ['', ['{"DynamoDB":"', arn, '"}']] } }) },
  });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunction', Resource: arn })]) },
  });
});

test('a check by its ARN may be in another account, which must allow it itself', () => {
  const stack = shopStack();
  const arn = 'arn:aws:lambda:eu-west-1:222222222222:function:check';
  const check = Function.fromFunctionArn(stack, 'Check', arn);
  plan(stack, { restoreTesting: RestoreTesting.weekly({ overrides: [{ type: BackupResourceType.S3, check }] }) });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunction', Resource: arn })]) },
  });
});

test('restore jobs that ended reach the judge, in either word for it', () => {
  const stack = shopStack();
  plan(stack);
  const ended = ['COMPLETED', 'FAILED', 'ABORTED'];
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { 'source': ['aws.backup'], 'detail-type': ['Restore Job State Change'], 'detail': { $or: [{ status: ended }, { state: ended }] } },
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BackupsRestoreTestsHandler'), 'Arn'] } })],
  });
});

test('the judge knows the tier and the RTO of each plan', () => {
  const stack = shopStack();
  const backups = plan(stack);
  const [first, second] = Object.keys(Template.fromStack(stack).findResources('AWS::Backup::RestoreTestingPlan')).map(id => ({ 'Fn::GetAtt': [id, 'RestoreTestingPlanArn'] }));
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        METRIC_NAMESPACE: 'Resilience/Backup',
        PLAN: Match.stringLikeRegexp('^Shop-Backups-'),
        RESTORE_TESTING_PLANS: { 'Fn::Join': ['', ['{"', first, '":{"tier":"ledger","rtoSeconds":28800},"', second, '":{"tier":"low"}}']] },
        CHECKS: '{}',
        EVIDENCE_BUCKET: stack.resolve(backups.evidenceBucket!.bucketName),
      },
    },
    Timeout: 900,
    MemorySize: 512,
    DeadLetterConfig: { TargetArn: stack.resolve(backups.handlerDeadLetterQueue.queueArn) },
  });
});

test('the judge may look at what tests restore, and at nothing else', () => {
  const stack = shopStack();
  const backups = plan(stack);
  const statements = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).map(policy => policy.Properties.PolicyDocument.Statement)
    .find(all => JSON.stringify(all).includes('PutRestoreValidationResult'));
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });
  const restored = 'awsbackup-restore-test-*';
  expect(statements.slice(1)).toEqual([
    { Effect: 'Allow', Action: ['backup:DescribeRestoreJob', 'backup:PutRestoreValidationResult', 'ec2:DescribeVolumes', 'ec2:DescribeInstances'], Resource: '*' },
    { Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*', Condition: { StringEquals: { 'cloudwatch:namespace': 'Resilience/Backup' } } },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Join': ['', [stack.resolve(backups.evidenceBucket!.bucketArn), '/restore-tests/*']] } },
    { Effect: 'Allow', Action: ['dynamodb:DescribeTable', 'dynamodb:Scan'], Resource: arn(`:dynamodb:eu-west-1:${ACCOUNT}:table/${restored}`) },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn(`:s3:::${restored}`) },
    { Effect: 'Allow', Action: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'], Resource: ['db', 'cluster'].map(kind => arn(`:rds:eu-west-1:${ACCOUNT}:${kind}:${restored}`)) },
    { Effect: 'Allow', Action: 'elasticfilesystem:DescribeFileSystems', Resource: arn(`:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/*`) },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: stack.resolve(backups.handlerDeadLetterQueue.queueArn) },
  ]);
});

describe('evidence', () => {
  test('is kept in a bucket that is encrypted, versioned, closed, and stays', () => {
    const stack = shopStack();
    plan(stack);
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  });

  test('goes to a bucket of the team\'s, with leave to use its key', () => {
    const stack = shopStack();
    const key = new Key(stack, 'BucketKey');
    const bucket = new Bucket(stack, 'Bucket', { encryptionKey: key });
    const backups = plan(stack, { evidenceBucket: bucket });
    expect(backups.evidenceBucket).toBe(bucket);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'], Resource: stack.resolve(key.keyArn) })]) },
    });
  });
});

describe('alarms', () => {
  const alarmOn = (stack: Stack, MetricName: string) => Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName } })).map(({ Properties }) => Properties);

  test('a restore that took longer than the RTO; tiers that state none have none', () => {
    const stack = shopStack();
    const backups = plan(stack);
    expect(Object.keys(backups.restoreDurationAlarms)).toEqual(['ledger']);
    expect(backups.alarms).toContain(backups.restoreDurationAlarms.ledger);
    expect(alarmOn(stack, 'RestoreDuration')).toEqual([expect.objectContaining({
      AlarmActions: [stack.resolve(backups.alarmTopic.topicArn)], ComparisonOperator: 'GreaterThanThreshold', Threshold: 28_800, Statistic: 'Maximum', Period: 300, EvaluationPeriods: 1, TreatMissingData: 'notBreaching',
    })]);
  });

  test('a restore that failed, or restored what is no good, of every tier', () => {
    const stack = shopStack();
    const backups = plan(stack);
    expect(Object.keys(backups.restoreTestFailedAlarms)).toEqual(['ledger', 'low']);
    expect(alarmOn(stack, 'RestoreTestFailed').map(alarm => [alarm.Threshold, alarm.ComparisonOperator, alarm.TreatMissingData, alarm.AlarmActions])).toEqual(
      Array(2).fill([1, 'GreaterThanOrEqualToThreshold', 'notBreaching', [stack.resolve(backups.alarmTopic.topicArn)]]));
    // One failed test rings, whatever else was tested in the same minutes.
    expect(alarmOn(stack, 'RestoreTestFailed').map(alarm => [alarm.Statistic, alarm.Period, alarm.EvaluationPeriods])).toEqual(Array(2).fill(['Maximum', 300, 1]));
    expect(backups.alarms).toEqual(expect.arrayContaining(Object.values(backups.restoreTestFailedAlarms)));
  });

  test('the metric is the team\'s to use', () => {
    const backups = plan(shopStack());
    const metric = backups.metricRestoreDuration('ledger');
    expect([metric.metricName, metric.statistic, metric.dimensions?.Tier]).toEqual(['RestoreDuration', 'Maximum', 'ledger']);
    expect(backups.metricRestoreDuration('ledger', { statistic: 'Average' }).statistic).toBe('Average');
  });
});
