import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IRule, IRuleTarget, RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

const KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** A topic of our own for what must wake somebody: encrypted with a key that its senders may use, TLS only. */
export function createAlarmTopic(scope: Construct, id: string): Topic {
  const key = new Key(scope, `${id}Key`, {
    description: `Encrypts the messages of ${scope.node.path}/${id}`,
    enableKeyRotation: true,
    // Nothing is kept under it: messages are delivered or gone.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return new Topic(scope, id, { masterKey: key, enforceSSL: true });
}

/** Announces the alarm. */
export function ring(alarm: Alarm, topic: ITopic): Alarm {
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/**
 * Lets CloudWatch alarms of this account and the rules of these names publish to the topic, and use its key. Rules are
 * named, not referred to: the topic may be in a stack that ours depends on.
 *
 * Trap: a topic with any policy of its own loses the default one, under which alarms of the account may publish. An
 * alarm on such a topic changes state and tells nobody. So the alarms are allowed by name.
 *
 * @param otherServices Services that publish by themselves and of which AWS documents no source account or ARN: a
 * condition on it could silence them, so there is none.
 */
export function allowAlarmsToPublish(scope: Construct, topic: ITopic, ruleNames: string[], otherServices: string[] = []): void {
  const stack = Stack.of(scope);
  const alarms = {
    StringEquals: { 'aws:SourceAccount': stack.account },
    ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
  };
  const added = topic.addToResourcePolicy(publish('cloudwatch.amazonaws.com', topic, alarms)).statementAdded;
  const rules = ruleNames.map(resourceName => stack.formatArn({ service: 'events', resource: 'rule', resourceName }));
  if (rules.length > 0) {
    topic.addToResourcePolicy(publish('events.amazonaws.com', topic, { ArnEquals: { 'aws:SourceArn': rules } }));
  }
  for (const service of otherServices) {
    topic.addToResourcePolicy(publish(service, topic));
    topic.masterKey?.addToResourcePolicy(useKey(service));
  }
  const services = ['cloudwatch.amazonaws.com', ...(rules.length > 0 ? ['events.amazonaws.com'] : []), ...otherServices];
  const named = services.join(', ').replace(/, (?!.*, )/, ' and ');
  if (!added) {
    Annotations.of(scope).addWarningV2('cdk-resilience:alarmTopicPolicy',
      `the policy of the imported topic '${topic.node.path}' can not be extended: let ${named} publish to it, and use its key if it has one, or nobody hears the alarms`);
  }
  const keyOpened = topic.masterKey?.addToResourcePolicy(useKey('cloudwatch.amazonaws.com', alarms)).statementAdded ?? true;
  // EventBridge sends no source account or ARN with its requests to KMS: a condition on them would drop every message.
  // What it may publish at all is bound to the rules by the topic's policy.
  if (rules.length > 0) {
    topic.masterKey?.addToResourcePolicy(useKey('events.amazonaws.com'));
  }
  if (!keyOpened) {
    Annotations.of(scope).addWarningV2('cdk-resilience:alarmTopicKey',
      `the policy of the imported key of topic '${topic.node.path}' can not be extended: let ${named} use it (${KEY_ACTIONS.join(', ')}), or nobody hears the alarms`);
  }
}

/**
 * A rule's way to a topic: tried for a day, then kept in the dead-letter queue.
 *
 * Trap: the L2 target `SnsTopic` lets EventBridge publish with no condition, so that any rule of any account may.
 */
export class TopicTarget implements IRuleTarget {
  constructor(private readonly topic: ITopic, private readonly deadLetterQueue: IQueue) {}

  public bind(rule: IRule): RuleTargetConfig {
    this.deadLetterQueue.addToResourcePolicy(new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetterQueue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    }));
    return {
      arn: this.topic.topicArn,
      targetResource: this.topic,
      deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 },
    };
  }
}

function publish(service: string, topic: ITopic, conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ principals: [new ServicePrincipal(service)], actions: ['sns:Publish'], resources: [topic.topicArn], conditions });
}

function useKey(service: string, conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ principals: [new ServicePrincipal(service)], actions: KEY_ACTIONS, resources: ['*'], conditions });
}
