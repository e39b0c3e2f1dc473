import type { Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupVault, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { BackupTier, TaggedBackupPlan } from '../../src';

export const name = 'TaggedBackupPlan, medium and low';

export function library(stack: Stack, id: string): void {
  new TaggedBackupPlan(stack, id, { tiers: [BackupTier.medium(), BackupTier.low()] });
}

/** The same resources: a vault and its key, two roles, two plans, two selections, a topic with its key, rules, queue, alarm. */
export function byHand(stack: Stack, id: string): void {
  const encryptionKey = new Key(stack, `${id}Key`, { enableKeyRotation: true });
  const backupVault = new BackupVault(stack, `${id}Vault`, { encryptionKey });
  const [role] = ['Backup', 'Restores'].map(kind => new Role(stack, `${id}${kind}Role`, {
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: [`service-role/AWSBackupServiceRolePolicyFor${kind}`, `AWSBackupServiceRolePolicyForS3${kind.replace('Restores', 'Restore')}`]
      .map(policy => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  }));
  const daily = new BackupPlanRule({ ruleName: 'daily', scheduleExpression: Schedule.cron({ minute: '0', hour: '5' }) });
  const weekly = new BackupPlanRule({ ruleName: 'weekly', scheduleExpression: Schedule.cron({ minute: '0', hour: '5', weekDay: 'SUN' }) });
  for (const [tier, backupPlanRules] of [['medium', [daily, weekly]], ['low', [weekly]]] as const) {
    const plan = new BackupPlan(stack, `${id}${tier}Plan`, { backupVault, backupPlanRules: [...backupPlanRules] });
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
  const masterKey = new Key(stack, `${id}TopicKey`, { enableKeyRotation: true });
  const topic = new Topic(stack, `${id}Topic`, { masterKey, enforceSSL: true });
  const deadLetterQueue = new Queue(stack, `${id}Queue`, { enforceSSL: true });
  for (const field of ['state', 'status']) {
    new Rule(stack, `${id}${field}Rule`, {
      eventPattern: { source: ['aws.backup'], detail: { [field]: ['FAILED'] } }, targets: [new SnsTopic(topic, { deadLetterQueue })],
    });
  }
  new Alarm(stack, `${id}Alarm`, { metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(), threshold: 1, evaluationPeriods: 1 })
    .addAlarmAction(new SnsAction(topic));
}
