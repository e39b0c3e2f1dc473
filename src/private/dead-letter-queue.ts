import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledgement';
import { ring } from './alarm-topic';

/** A dead-letter queue that keeps what it gets for 14 days. */
export function createDeadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) });
  acknowledge(queue, 'AwsSolutions-SQS3', 'this queue is a dead-letter queue');
  return queue;
}

/** Rings when something is in the queue. */
export function alarmOnAnyMessage(scope: Construct, id: string, queue: Queue, topic: ITopic, alarmDescription: string): Alarm {
  return ring(new Alarm(scope, id, {
    alarmDescription,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // An idle queue stops reporting after six hours: that it is silent is no news.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  }), topic);
}
