import { join } from 'node:path';
import { BackupPlan, BackupPlanRule, BackupVault, CfnBackupSelection, type CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, AlarmStatusWidget, ComparisonOperator, Dashboard, GraphWidget, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as Handler, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { ArnFormat, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/**
 * The same resources with the same properties, every number worked out beforehand, and the same acknowledgements for
 * cdk-nag, which the library writes into the assembly, too. What differs: names and logical ids, because paths are
 * shorter; nothing is validated, and no name is made to fit.
 */
export function byHand(stack: Stack, id: string): void {
  const scope = new Construct(stack, id);
  const plan: Plan = { scope, name: `${stack.stackName}-${id}-backups`, tagKey: `tier-${id}` };
  const topic = createTopic(plan);
  const vault = backUp(plan, topic);
  const undelivered = announceFailures(plan, topic);
  const { ages, neverBackedUp, unhandled } = measureAges(plan, topic, vault);
  new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(7),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...ages, ...neverBackedUp, undelivered, unhandled], width: 24, height: 3 })],
      TIERS.map(tier => ageWidget(plan, tier)),
      [jobsWidget()],
    ],
  });
}

interface Plan {
  readonly scope: Construct;
  readonly name: string;
  readonly tagKey: string;
}

interface Tier {
  readonly name: string;
  readonly rules: BackupPlanRule[];
  readonly rpo: Duration;
}

const rule = (ruleName: string, hours: number, days: number, schedule: Schedule, more: object = {}) => new BackupPlanRule({
  ruleName, startWindow: Duration.hours(hours), deleteAfter: Duration.days(days), scheduleExpression: schedule, ...more,
});
const DAILY = Schedule.cron({ minute: '0', hour: '5' });
const WEEKLY = Schedule.cron({ minute: '0', hour: '5', weekDay: 'SUN' });
const TIERS: Tier[] = [{
  name: 'critical',
  rpo: Duration.hours(3),
  rules: [
    rule('continuous', 1, 35, Schedule.cron({ minute: '0', hour: '0-4,6-23' }), { enableContinuousBackup: true }),
    rule('daily', 1, 35, DAILY),
    rule('weekly', 1, 90, WEEKLY),
    rule('monthly', 1, 365, Schedule.cron({ minute: '0', hour: '5', day: '1' }), { moveToColdStorageAfter: Duration.days(30) }),
  ],
}, {
  name: 'medium', rpo: Duration.hours(33), rules: [rule('daily', 8, 35, DAILY), rule('weekly', 8, 90, WEEKLY)],
}, {
  name: 'low', rpo: Duration.days(7).plus(Duration.hours(9)), rules: [rule('weekly', 8, 35, WEEKLY)],
}];
const NAMESPACE = 'Resilience/Backup';
const HANDLER = 'assets/tagged-backup-plan/watching/measure-recovery-point-age.lambda';
const EVENTS = ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change', 'Recovery Point State Change'];
const BAD_STATES = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL', 'STOPPED'];
const TYPES = ['rds:cluster', 'dynamodb:table', 'ec2:volume', 'ec2:instance', 'elasticfilesystem:file-system', 'fsx:file-system', 'rds:db', 's3'];

/** Encrypted, TLS only; alarms, rules and AWS Backup may publish to it and use its key. */
function createTopic({ scope, name }: Plan): Topic {
  const masterKey = new Key(scope, 'TopicKey', {
    description: `Encrypts the messages of ${scope.node.path}/Topic`, enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new Topic(scope, 'Topic', { masterKey, enforceSSL: true });
  const stack = topic.stack;
  const alarms = {
    StringEquals: { 'aws:SourceAccount': stack.account },
    ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
  };
  const rules = ['state', 'status'].map(field => stack.formatArn({ service: 'events', resource: 'rule', resourceName: `${name}-${field}` }));
  for (const [service, toUseKey, toPublish] of [
    ['cloudwatch', alarms, alarms], ['events', undefined, { ArnEquals: { 'aws:SourceArn': rules } }], ['backup', undefined, undefined],
  ] as const) {
    const principals = [new ServicePrincipal(`${service}.amazonaws.com`)];
    masterKey.addToResourcePolicy(new PolicyStatement({ principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'], conditions: toUseKey }));
    topic.addToResourcePolicy(new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [topic.topicArn], conditions: toPublish }));
  }
  return topic;
}

/** A vault and its key, two roles, a plan and a selection for each tier. */
function backUp({ scope, name, tagKey }: Plan, topic: Topic): BackupVault {
  const backupVault = new BackupVault(scope, 'Vault', {
    backupVaultName: name,
    encryptionKey: new Key(scope, 'Key', { description: `Encrypts the backups of ${scope.node.path}`, enableKeyRotation: true }),
    removalPolicy: RemovalPolicy.RETAIN,
  });
  (backupVault.node.defaultChild as CfnBackupVault).notifications = {
    snsTopicArn: topic.topicArn, backupVaultEvents: ['CONTINUOUS_BACKUP_INTERRUPTED'],
  };
  const role = createRole(scope, 'Role', 'Takes and copies backups', ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup']);
  createRole(scope, 'RestoreRole', 'Restores backups', ['service-role/AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore']);
  for (const tier of TIERS) {
    const plan = new BackupPlan(scope, `${tier.name}Plan`, { backupPlanName: `${name}-${tier.name}`, backupVault, backupPlanRules: tier.rules });
    new CfnBackupSelection(scope, `${tier.name}Selection`, {
      backupPlanId: plan.backupPlanId,
      backupSelection: {
        selectionName: tier.name,
        iamRoleArn: role.roleArn,
        resources: ['*'],
        conditions: { StringEquals: [{ ConditionKey: `aws:ResourceTag/${tagKey}`, ConditionValue: tier.name }] },
      },
    });
  }
  return backupVault;
}

function createRole(scope: Construct, id: string, what: string, policies: string[]): Role {
  const role = new Role(scope, id, {
    description: `${what} for ${scope.node.path}`,
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: policies.map(policy => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  for (const policy of policies) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
      reason: 'AWS Backup keeps this policy in step with the resource types it supports; a copy of it would miss the next one',
    });
  }
  return role;
}

/** Two rules, a queue for what can not be delivered, and its alarm. */
function announceFailures({ scope, name }: Plan, topic: Topic): Alarm {
  const deadLetterQueue = createQueue(scope, 'DeadLetterQueue');
  for (const field of ['state', 'status']) {
    const announce = new Rule(scope, `${field}Rule`, {
      ruleName: `${name}-${field}`,
      description: `Backup, copy and restore jobs and recovery points whose '${field}' is bad`,
      eventPattern: { source: ['aws.backup'], detailType: EVENTS, detail: { [field]: BAD_STATES } },
      // Not the L2 target, which would let any rule of any account publish.
      targets: [{
        bind: () => ({
          arn: topic.topicArn,
          deadLetterConfig: { arn: deadLetterQueue.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 },
        }),
      }],
    });
    deadLetterQueue.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [deadLetterQueue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': announce.ruleArn } },
    }));
  }
  return alarmOnAnyMessage(scope, 'UndeliveredAlarm', topic, deadLetterQueue, 'A failed backup, copy or restore job could not be announced: look into the dead-letter queue');
}

/** A function that is started every quarter of an hour, what it needs, and two alarms for each tier. */
function measureAges(plan: Plan, topic: Topic, vault: BackupVault): { ages: Alarm[]; neverBackedUp: Alarm[]; unhandled: Alarm } {
  const { scope } = plan;
  const deadLetterQueue = createQueue(scope, 'HandlerDeadLetterQueue');
  const handler = createHandler(plan, vault, deadLetterQueue);
  new Rule(scope, 'Schedule', {
    description: `Measures the age of the backups of ${scope.node.path}`,
    schedule: Schedule.rate(Duration.minutes(15)),
    targets: [new LambdaFunction(handler)],
  });
  const ages = TIERS.map(({ name, rpo }) => ring(new Alarm(scope, `${name}AgeAlarm`, {
    alarmDescription: `The newest backup of a resource in tier '${name}' is older than ${rpo.toHumanString()}: the log of ${handler.node.path} names it`,
    metric: ageOf(plan, name, 'OldestRecoveryPointAge', { period: Duration.minutes(15) }),
    threshold: rpo.toSeconds(),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.BREACHING,
  }), topic));
  ages.forEach(alarm => alarm.addOkAction(new SnsAction(topic)));
  const neverBackedUp = TIERS.map(({ name, rpo }) => ring(new Alarm(scope, `${name}NeverBackedUpAlarm`, {
    alarmDescription: `A resource in tier '${name}' has never been backed up: see that its type is switched on in the settings of AWS Backup; the log of ${handler.node.path} names it`,
    metric: ageOf(plan, name, 'NeverBackedUp', { statistic: 'Minimum' }),
    threshold: 1,
    evaluationPeriods: Math.min(rpo.toHours(), 168),
    treatMissingData: TreatMissingData.NOT_BREACHING,
  }), topic));
  const unhandled = alarmOnAnyMessage(scope, 'HandlerAlarm', topic, deadLetterQueue,
    'A measurement of backups, or the judgement on a restore test, failed after all attempts: the dead-letter queue has the event');
  return { ages, neverBackedUp, unhandled };
}

function createHandler({ scope, name, tagKey }: Plan, vault: BackupVault, deadLetterQueue: Queue): Handler {
  const description = `Measures the age of the backups of ${name}`;
  const role = new Role(scope, 'HandlerRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description });
  const logGroup = new LogGroup(scope, 'HandlerLogs', { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
  logGroup.grantWrite(role);
  const databases = vault.stack.formatArn({ service: 'rds', resource: 'db', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  for (const [actions, resource, conditions] of [
    [['backup:ListRecoveryPointsByBackupVault'], vault.backupVaultArn, undefined],
    [['backup:ListRecoveryPointsByResource', 'tag:GetResources'], '*', undefined],
    [['rds:DescribeDBInstances'], databases, undefined],
    [['cloudwatch:PutMetricData'], '*', { StringEquals: { 'cloudwatch:namespace': NAMESPACE } }],
  ] as const) {
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource], conditions }));
  }
  for (const resource of ['*', `arn:<AWS::Partition>:rds:${vault.stack.region}:${vault.stack.account}:db:*`]) {
    Validations.of(role.node.findChild('DefaultPolicy')).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: 'listing by resource, listing by tag and putting metrics know no resource (metrics are bound to one namespace); databases join by their tag, so their names are not known here',
    });
  }
  return new Handler(scope, 'Handler', {
    description,
    runtime: new Runtime('nodejs24.x'),
    handler: 'index.handler',
    code: Code.fromAsset(join(process.cwd(), HANDLER)),
    role,
    logGroup,
    deadLetterQueue,
    timeout: Duration.minutes(10),
    memorySize: 512,
    environment: {
      METRIC_NAMESPACE: NAMESPACE,
      PLAN: name,
      TAG_KEY: tagKey,
      TIERS: JSON.stringify(TIERS.map(tier => tier.name)),
      CONTINUOUS_TIERS: JSON.stringify(['critical']),
      RESOURCE_TYPES: JSON.stringify(TYPES),
      VAULT_NAME: vault.backupVaultName,
      LOOKBACK_SECONDS: String(Duration.hours(36).toSeconds()),
    },
  });
}

function ageWidget(plan: Plan, { name, rpo }: Tier): IWidget {
  return new GraphWidget({
    title: `${name}: age of the oldest newest backup`,
    width: 8,
    left: [ageOf(plan, name, 'OldestRecoveryPointAge', { label: 'age' })],
    leftAnnotations: [{ value: rpo.toSeconds(), label: `RPO ${rpo.toHumanString()}` }],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    right: [ageOf(plan, name, 'TaggedResources', { label: 'resources' }), ageOf(plan, name, 'NeverBackedUp', { label: 'never backed up' })],
    rightYAxis: { min: 0, showUnits: false },
  });
}

function jobsWidget(): IWidget {
  return new GraphWidget({
    title: 'Jobs that ended badly (account and Region)',
    width: 12,
    left: ['NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired', 'NumberOfCopyJobsFailed', 'NumberOfRestoreJobsFailed']
      .map(metricName => new Metric({ namespace: 'AWS/Backup', metricName, period: Duration.hours(1), statistic: 'Sum' })),
    leftYAxis: { min: 0, showUnits: false },
  });
}

function ageOf(plan: Plan, tier: string, metricName: string, options: object): Metric {
  return new Metric({
    namespace: NAMESPACE, metricName, dimensionsMap: { Plan: plan.name, Tier: tier }, period: Duration.hours(1), statistic: 'Maximum', ...options,
  });
}

function createQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'this queue is a dead-letter queue' });
  return queue;
}

function alarmOnAnyMessage(scope: Construct, id: string, topic: Topic, queue: Queue, alarmDescription: string): Alarm {
  const metric: IMetric = queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' });
  const treatMissingData = TreatMissingData.NOT_BREACHING;
  return ring(new Alarm(scope, id, { alarmDescription, metric, threshold: 1, evaluationPeriods: 1, treatMissingData }), topic);
}

function ring(alarm: Alarm, topic: Topic): Alarm {
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}
