import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Duration } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';
import { BackupRule, BackupTier, RecoveryObjectives, TaggedBackupPlan } from '../../../src';
import { ACCOUNT, shopStack } from '../../support/app';

const objectives = (rpo: Duration) => RecoveryObjectives.of({ rto: Duration.hours(8), rpo });

function plan(stack: Stack, ...tiers: BackupTier[]): TaggedBackupPlan {
  return new TaggedBackupPlan(stack, 'Backups', { tiers });
}

/** The one alarm on this metric of this tier. */
function alarmOn(stack: Stack, MetricName: string, tier: string): any {
  const [alarm, ...more] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm', {
    Properties: { MetricName, Dimensions: Match.arrayWith([{ Name: 'Tier', Value: tier }]) },
  }));
  expect(more).toEqual([]);
  return alarm?.Properties;
}

test('rings when the newest backup is older than the RPO, and when nobody measures', () => {
  const stack = shopStack();
  const backups = plan(stack, BackupTier.of('ledger', { objectives: objectives(Duration.hours(4)) }));
  expect(alarmOn(stack, 'OldestRecoveryPointAge', 'ledger')).toEqual({
    AlarmActions: [stack.resolve(backups.alarmTopic.topicArn)],
    OKActions: [stack.resolve(backups.alarmTopic.topicArn)],
    AlarmDescription: 'The newest backup of a resource in tier \'ledger\' is older than 4 hours: the log of Shop/Backups/Ages/Handler names it',
    ComparisonOperator: 'GreaterThanThreshold',
    DatapointsToAlarm: 2,
    Dimensions: [{ Name: 'Plan', Value: expect.stringMatching(/^Shop-Backups-[A-F0-9]{8}$/) }, { Name: 'Tier', Value: 'ledger' }],
    EvaluationPeriods: 3,
    MetricName: 'OldestRecoveryPointAge',
    Namespace: 'Resilience/Backup',
    Period: 900,
    Statistic: 'Maximum',
    Threshold: 4 * 3600,
    TreatMissingData: 'breaching',
  });
});

test('rings when a resource has had no backup for as long as the RPO', () => {
  const stack = shopStack();
  const backups = plan(stack, BackupTier.of('ledger', { objectives: objectives(Duration.hours(4)) }));
  expect(alarmOn(stack, 'NeverBackedUp', 'ledger')).toMatchObject({
    AlarmActions: [stack.resolve(backups.alarmTopic.topicArn)],
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    Statistic: 'Minimum',
    Period: 3600,
    EvaluationPeriods: 4,
    TreatMissingData: 'notBreaching',
  });
});

test.each([
  ['minutes', 15, 300, 3],
  ['half an hour', 30, 300, 6],
  ['an hour and a half', 90, 3600, 2],
  ['a month: CloudWatch looks back a week', 43_200, 3600, 168],
])('a new resource has until the RPO to get its first backup: %s', (_, minutes, Period, EvaluationPeriods) => {
  const stack = shopStack();
  plan(stack, BackupTier.of('x', { objectives: objectives(Duration.minutes(minutes)) }));
  expect(alarmOn(stack, 'NeverBackedUp', 'x')).toMatchObject({ Period, EvaluationPeriods });
});

test('a tier that states no RPO is watched for what its schedules reach, and an hour for the job', () => {
  const stack = shopStack();
  plan(stack, BackupTier.critical(), BackupTier.medium(), BackupTier.low());
  expect(['critical', 'medium', 'low'].map(tier => alarmOn(stack, 'OldestRecoveryPointAge', tier).Threshold / 3600)).toEqual([3, 33, 177]);
});

test('a tier whose schedules can not be read rings no alarm, and the team is told', () => {
  const stack = shopStack();
  const backups = plan(stack, BackupTier.of('odd', { rules: [BackupRule.of('odd', Schedule.cron({ minute: '0', hour: '5', day: 'L' }))] }));
  expect(backups.ageAlarms).toEqual({});
  Annotations.fromStack(stack).hasWarning('/Shop/Backups/Ages', Match.stringLikeRegexp(
    'the age of backups of tier \'odd\' is measured but rings no alarm: its schedules can not be read at synth, state \'objectives\''));
});

test.each([[5, '5 minutes', 300], [119, '5 minutes', 300], [120, '15 minutes', 900], [479, '15 minutes', 900], [480, '1 hour', 3600]])(
  'is measured often enough for an RPO of %i minutes', (minutes, rate, Period) => {
    const stack = shopStack();
    plan(stack, BackupTier.of('x', { objectives: objectives(Duration.minutes(minutes)) }), BackupTier.low());
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: `rate(${rate})` });
    expect(alarmOn(stack, 'OldestRecoveryPointAge', 'x').Period).toBe(Period);
  });

test('a tier that can not be watched makes nobody measure more often', () => {
  const stack = shopStack();
  plan(stack, BackupTier.of('odd', { rules: [BackupRule.of('odd', Schedule.cron({ minute: '0', hour: '5', day: 'L' }))] }), BackupTier.low());
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
});

test('the RPO that is stated beside rules is the one that is watched', () => {
  const stack = shopStack();
  plan(stack, BackupTier.of('x', { rules: [BackupRule.daily()], objectives: objectives(Duration.days(2)) }));
  expect(alarmOn(stack, 'OldestRecoveryPointAge', 'x').Threshold).toBe(48 * 3600);
});

test('the function knows tiers, tag, vault and types; what it can not do ends in a queue that rings', () => {
  const stack = shopStack();
  const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], tagKey: 'acme:tier' });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Description: Match.stringLikeRegexp('^Measures the age of the backups of Shop-Backups-'),
    Runtime: 'nodejs24.x',
    Timeout: 600,
    MemorySize: 512,
    Environment: {
      Variables: {
        METRIC_NAMESPACE: 'Resilience/Backup',
        PLAN: Match.stringLikeRegexp('^Shop-Backups-'),
        TAG_KEY: 'acme:tier',
        TIERS: '["low"]',
        CONTINUOUS_TIERS: '[]',
        RESOURCE_TYPES: '["rds:cluster","dynamodb:table","ec2:volume","ec2:instance","elasticfilesystem:file-system","fsx:file-system","rds:db","s3"]',
        VAULT_NAME: stack.resolve(backups.vault.backupVaultName),
        LOOKBACK_SECONDS: '129600',
      },
    },
    DeadLetterConfig: { TargetArn: stack.resolve(backups.handlerDeadLetterQueue.queueArn) },
  });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: stack.resolve(backups.handlerDeadLetterQueue.queueName) }],
    AlarmActions: [stack.resolve(backups.alarmTopic.topicArn)],
  });
});

test('the function writes to a log group of its own, which is kept for a year and goes with the stack', () => {
  const stack = shopStack();
  plan(stack, BackupTier.low());
  const template = Template.fromStack(stack);
  const [logs, ...more] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  expect(more).toEqual([]);
  template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 365 } });
  template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: logs } } });
});

test('the function knows which tiers have continuous backups', () => {
  const stack = shopStack();
  plan(stack, BackupTier.critical(), BackupTier.low());
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ CONTINUOUS_TIERS: '["critical"]' }) } });
});

test('the function may read what it measures and write its log, its metrics and the queue, and nothing else', () => {
  const stack = shopStack();
  const backups = plan(stack, BackupTier.low());
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const logs = { 'Fn::GetAtt': [expect.stringMatching(/^BackupsAgesLogs/), 'Arn'] };
  expect(policy.Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logs },
    { Effect: 'Allow', Action: 'backup:ListRecoveryPointsByBackupVault', Resource: stack.resolve(backups.vault.backupVaultArn) },
    { Effect: 'Allow', Action: ['backup:ListRecoveryPointsByResource', 'tag:GetResources'], Resource: '*' },
    { Effect: 'Allow', Action: 'rds:DescribeDBInstances', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:rds:eu-west-1:${ACCOUNT}:db:*`]] } },
    { Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*', Condition: { StringEquals: { 'cloudwatch:namespace': 'Resilience/Backup' } } },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: stack.resolve(backups.handlerDeadLetterQueue.queueArn) },
  ]);
});

test('the metric is the team\'s to use', () => {
  const stack = shopStack();
  const backups = plan(stack, BackupTier.low());
  const metric = backups.metricRecoveryPointAge('low', { period: Duration.hours(6) });
  expect([metric.namespace, metric.metricName, metric.statistic, metric.period.toHours(), metric.dimensions]).toEqual(
    ['Resilience/Backup', 'OldestRecoveryPointAge', 'Maximum', 6, { Plan: expect.stringMatching(/^Shop-Backups-/), Tier: 'low' }]);
  expect(backups.metricRecoveryPointAge('low', { statistic: 'Average' }).statistic).toBe('Average');
});

test('every alarm is handed out', () => {
  const backups = plan(shopStack(), BackupTier.medium(), BackupTier.low());
  expect(backups.alarms.map(alarm => alarm.node.path)).toEqual([
    'Shop/Backups/Ages/Tier-medium/AgeAlarm', 'Shop/Backups/Ages/Tier-low/AgeAlarm',
    'Shop/Backups/Ages/Tier-medium/NeverBackedUpAlarm', 'Shop/Backups/Ages/Tier-low/NeverBackedUpAlarm',
    'Shop/Backups/FailedJobs/UndeliveredAlarm', 'Shop/Backups/HandlerAlarm',
  ]);
});
