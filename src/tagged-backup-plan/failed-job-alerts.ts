import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Names } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledgement';
import { allowAlarmsToPublish, TopicTarget } from '../private/alarm-topic';

/** Jobs that ended otherwise than well. A job EXPIRED when it did not start in its window: nothing was backed up. */
const BAD_STATES = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'];
const RULE_NAME_LENGTH = 64;
const EVENTS = ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change', 'Recovery Point State Change'];

/** Properties of `FailedJobAlerts`. */
export interface FailedJobAlertsProps {
  /** Where failed jobs are announced. */
  readonly topic: ITopic;
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
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetterQueue, 'AwsSolutions-SQS3', 'this queue is the dead-letter queue of the rules beside it');

    const target = new TopicTarget(props.topic, this.deadLetterQueue);
    // Which of the two an event says is known from samples, not from a contract: both rules listen to all events.
    this.rules = ['state', 'status'].map(field => new Rule(this, field === 'state' ? 'StateRule' : 'StatusRule', {
      ruleName: this.ruleName(field),
      description: `Backup, copy and restore jobs and recovery points whose '${field}' is bad`,
      eventPattern: { source: ['aws.backup'], detailType: EVENTS, detail: { [field]: BAD_STATES } },
      targets: [target],
    }));
    allowAlarmsToPublish(this, props.topic, ['state', 'status'].map(field => this.ruleName(field)));

    this.undeliveredAlarm = new Alarm(this, 'UndeliveredAlarm', {
      alarmDescription: 'A failed backup, copy or restore job could not be announced: look into the dead-letter queue',
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // An idle queue stops reporting after six hours: that it is silent is no news.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.undeliveredAlarm.addAlarmAction(new SnsAction(props.topic));
  }

  /** Literal: the policy of a topic in another stack can name the rule without referring back to this stack. */
  private ruleName(field: string): string {
    const suffix = `-${field}`;
    return Names.uniqueResourceName(this, { maxLength: RULE_NAME_LENGTH - suffix.length, separator: '-', allowedSpecialCharacters: '-' }) + suffix;
  }
}
