import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Duration } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupVault, BackupVaultEvents, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, AlarmStatusWidget, Dashboard, GraphWidget, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as Handler, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { BackupTier, TaggedBackupPlan } from '../../src';

const TIERS = ['medium', 'low'];
const HANDLER = join(__dirname, '../../assets/tagged-backup-plan/watching/measure-recovery-point-age.lambda');

export const name = 'TaggedBackupPlan, medium and low';

export function library(stack: Stack, id: string): void {
  new TaggedBackupPlan(stack, id, { tiers: [BackupTier.medium(), BackupTier.low()] });
}

/** The same resources by their number and type, which test/bench.test.ts compares. */
export function byHand(stack: Stack, id: string): void {
  const masterKey = new Key(stack, `${id}TopicKey`, { enableKeyRotation: true });
  const topic = new Topic(stack, `${id}Topic`, { masterKey, enforceSSL: true });
  const backupVault = backUp(stack, id, topic);
  const alarms = [announceFailures(stack, id, topic), ...measureAges(stack, id, topic, backupVault)];
  new Dashboard(stack, `${id}Dashboard`, {
    widgets: [
      [new AlarmStatusWidget({ alarms })],
      TIERS.map(tier => new GraphWidget({
        title: tier,
        left: [ageOf(id, tier, 'OldestRecoveryPointAge')],
        leftAnnotations: [{ value: Duration.days(2).toSeconds(), label: 'RPO' }],
        right: ['TaggedResources', 'NeverBackedUp'].map(metricName => ageOf(id, tier, metricName)),
      })),
      [new GraphWidget({
        title: 'Jobs',
        left: ['NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired', 'NumberOfCopyJobsFailed', 'NumberOfRestoreJobsFailed']
          .map(metricName => new Metric({ namespace: 'AWS/Backup', metricName, statistic: 'Sum' })),
      })],
    ],
  });
}

/** A vault and its key, two roles, a plan and a selection for each tier. */
function backUp(stack: Stack, id: string, notificationTopic: Topic): BackupVault {
  const encryptionKey = new Key(stack, `${id}Key`, { enableKeyRotation: true });
  const backupVault = new BackupVault(stack, `${id}Vault`, {
    encryptionKey, notificationTopic, notificationEvents: [BackupVaultEvents.BACKUP_JOB_FAILED],
  });
  const [role] = ['Backup', 'Restores'].map(kind => new Role(stack, `${id}${kind}Role`, {
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: [`service-role/AWSBackupServiceRolePolicyFor${kind}`, `AWSBackupServiceRolePolicyForS3${kind.replace('Restores', 'Restore')}`]
      .map(policy => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  }));
  const daily = new BackupPlanRule({ ruleName: 'daily', scheduleExpression: Schedule.cron({ minute: '0', hour: '5' }) });
  const weekly = new BackupPlanRule({ ruleName: 'weekly', scheduleExpression: Schedule.cron({ minute: '0', hour: '5', weekDay: 'SUN' }) });
  for (const tier of TIERS) {
    const plan = new BackupPlan(stack, `${id}${tier}Plan`, { backupVault, backupPlanRules: tier === 'medium' ? [daily, weekly] : [weekly] });
    new CfnBackupSelection(stack, `${id}${tier}Selection`, {
      backupPlanId: plan.backupPlanId,
      backupSelection: {
        selectionName: tier,
        iamRoleArn: role.roleArn,
        resources: ['*'],
        conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup-tier', ConditionValue: tier }] },
      },
    });
  }
  return backupVault;
}

/** Two rules, a queue for what can not be delivered, and its alarm. */
function announceFailures(stack: Stack, id: string, topic: Topic): Alarm {
  const deadLetterQueue = new Queue(stack, `${id}Queue`, { enforceSSL: true });
  for (const field of ['state', 'status']) {
    new Rule(stack, `${id}${field}Rule`, {
      eventPattern: { source: ['aws.backup'], detail: { [field]: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL', 'STOPPED'] } },
      targets: [new SnsTopic(topic, { deadLetterQueue })],
    });
  }
  return alarm(stack, `${id}Alarm`, topic, deadLetterQueue.metricApproximateNumberOfMessagesVisible());
}

/** A function that is started every hour, what it needs, and two alarms for each tier. */
function measureAges(stack: Stack, id: string, topic: Topic, vault: BackupVault): Alarm[] {
  const deadLetterQueue = new Queue(stack, `${id}HandlerQueue`, { enforceSSL: true });
  const role = new Role(stack, `${id}HandlerRole`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const logGroup = new LogGroup(stack, `${id}HandlerLogs`, { retention: RetentionDays.ONE_YEAR });
  logGroup.grantWrite(role);
  const handler = new Handler(stack, `${id}Handler`, {
    runtime: new Runtime('nodejs24.x'),
    handler: 'index.handler',
    code: Code.fromAsset(HANDLER),
    role,
    logGroup,
    deadLetterQueue,
    environment: { VAULT_NAME: vault.backupVaultName, TIERS: JSON.stringify(TIERS) },
  });
  handler.addToRolePolicy(new PolicyStatement({ actions: ['backup:ListRecoveryPointsByBackupVault'], resources: [vault.backupVaultArn] }));
  handler.addToRolePolicy(new PolicyStatement({ actions: ['tag:GetResources', 'cloudwatch:PutMetricData'], resources: ['*'] }));
  new Rule(stack, `${id}HandlerSchedule`, { schedule: Schedule.rate(Duration.hours(1)), targets: [new LambdaFunction(handler)] });
  return [
    alarm(stack, `${id}HandlerAlarm`, topic, deadLetterQueue.metricApproximateNumberOfMessagesVisible()),
    ...TIERS.flatMap(tier => ['OldestRecoveryPointAge', 'NeverBackedUp'].map(metricName =>
      alarm(stack, `${id}${tier}${metricName}`, topic, ageOf(id, tier, metricName)))),
  ];
}

function ageOf(plan: string, tier: string, metricName: string): Metric {
  return new Metric({ namespace: 'Backups', metricName, dimensionsMap: { Plan: plan, Tier: tier }, period: Duration.hours(1), statistic: 'Maximum' });
}

function alarm(stack: Stack, id: string, topic: Topic, metric: IMetric): Alarm {
  const rings = new Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING });
  rings.addAlarmAction(new SnsAction(topic));
  return rings;
}
