import type { BackupVault, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allowAlarmsToPublish, TopicTarget } from '../../private/alarm-topic';
import { alarmOnAnyMessage, createDeadLetterQueue } from '../../private/dead-letter-queue';
import { uniqueName } from '../../private/naming';

/** Jobs that ended otherwise than well. A job EXPIRED when it did not start in its window: nothing was backed up. */
const BAD_STATES = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL', 'STOPPED'];
const RULE_NAME_LENGTH = 64;
const EVENTS = ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change', 'Recovery Point State Change'];

/** Properties of `FailedJobAlerts`. */
export interface FailedJobAlertsProps {
  /** Where failed jobs are announced. */
  readonly topic: ITopic;
  /**
   * A vault of ours, which announces continuous backups that were interrupted.
   *
   * @default - a vault of the team's, which keeps its notifications
   */
  readonly vault?: BackupVault;
}

/**
 * Every backup, copy and restore job of the account and Region that ends badly reaches the topic. What can not be
 * delivered for a day waits in a queue, with an alarm.
 *
 * Backup and copy jobs say `state`, restore jobs and recovery points say `status`: a single pattern misses half of them.
 */
export class FailedJobAlerts extends Construct {
  /** One rule for events that say `state`, one for those that say `status`. */
  public readonly rules: Rule[];
  /** Holds, for 14 days, what could not be delivered to the topic. */
  public readonly deadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue. */
  public readonly undeliveredAlarm: Alarm;

  constructor(scope: Construct, id: string, props: FailedJobAlertsProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, 'DeadLetterQueue');
    const target = new TopicTarget(props.topic, this.deadLetterQueue);
    // Which of the two an event says is known from samples, not from a contract: both rules listen to all events.
    const ruleNames = { state: this.ruleName('state'), status: this.ruleName('status') };
    this.rules = (['state', 'status'] as const).map(field => new Rule(this, field === 'state' ? 'StateRule' : 'StatusRule', {
      ruleName: ruleNames[field],
      description: `Backup, copy and restore jobs and recovery points whose '${field}' is bad`,
      eventPattern: { source: ['aws.backup'], detailType: EVENTS, detail: { [field]: BAD_STATES } },
      targets: [target],
    }));
    allowAlarmsToPublish(this, props.topic, Object.values(ruleNames), props.vault ? ['backup.amazonaws.com'] : []);
    if (props.vault) {
      // Trap: the L2 and its enum know nothing of this event, and no event of EventBridge is documented to tell of it.
      (props.vault.node.defaultChild as CfnBackupVault).notifications = {
        snsTopicArn: props.topic.topicArn, backupVaultEvents: ['CONTINUOUS_BACKUP_INTERRUPTED'],
      };
    }

    this.undeliveredAlarm = alarmOnAnyMessage(this, 'UndeliveredAlarm', this.deadLetterQueue, props.topic,
      'A failed backup, copy or restore job could not be announced: look into the dead-letter queue');
  }

  /** Literal: the policy of a topic in another stack can name the rule without referring back to this stack. */
  private ruleName(field: string): string {
    const suffix = `-${field}`;
    return uniqueName(this, RULE_NAME_LENGTH - suffix.length) + suffix;
  }
}
