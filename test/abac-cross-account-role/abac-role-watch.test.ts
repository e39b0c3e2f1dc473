import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Stack } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';
import type { AbacRoleWatchProps } from '../../src';
import { AbacRoleWatch } from '../../src';
import { deployedProperties } from '../support/abac-roles';
import { ACCOUNT, errorOf, shopStack } from '../support/app';

const VIRGINIA = { account: ACCOUNT, region: 'us-east-1' };

function watchIn(stack: Stack, props: Partial<AbacRoleWatchProps> = {}): AbacRoleWatch {
  return new AbacRoleWatch(stack, 'Watch', { roleNames: ['Data'], ...props });
}

describe('by default', () => {
  const stack = shopStack({ env: VIRGINIA });
  const watch = watchIn(stack);
  const template = Template.fromStack(stack);

  test('finds what changes trust, tags and policies of the role, and only of that', () => {
    expect(deployedProperties(watch.rule)).toEqual({
      Name: expect.stringMatching(/^Shop-Watch-[0-9A-F]{8}$/),
      Description: 'Somebody changed the trust, the tags or the policies of a role that is watched',
      State: 'ENABLED',
      EventPattern: {
        'source': ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        'detail': {
          eventSource: ['iam.amazonaws.com'],
          eventName: [
            'UpdateAssumeRolePolicy', 'TagRole', 'UntagRole', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
            'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole',
          ],
          requestParameters: { roleName: ['Data'] },
        },
      },
      Targets: [{
        Arn: '<WatchAlarmTopic>',
        DeadLetterConfig: { Arn: '<WatchDeadLetterQueue.Arn>' },
        Id: 'Target0',
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }],
    });
  });

  test('an encrypted topic, to which this rule and alarms of the account may publish, and nobody else', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    const [{ Properties }] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    const allowed = Properties.PolicyDocument.Statement.filter((each: any) => each.Effect !== 'Deny');
    expect(allowed.map((each: any) => [each.Principal, each.Action, Object.keys(each.Condition)])).toEqual([
      [{ Service: 'cloudwatch.amazonaws.com' }, 'sns:Publish', ['StringEquals', 'ArnLike']],
      [{ Service: 'events.amazonaws.com' }, 'sns:Publish', ['ArnEquals']],
    ]);
    const { Name } = deployedProperties(watch.rule);
    expect(JSON.stringify(allowed[1].Condition)).toContain(`:events:us-east-1:${ACCOUNT}:rule/${Name}`);
  });

  test('a dead-letter queue that rings', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'A change of a role could not be announced for a day: the dead-letter queue has the event',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(watch.deadLetterQueue.queueName) }],
      AlarmActions: [stack.resolve(watch.alarmTopic.topicArn)],
      Threshold: 1,
    });
    expect(stack.resolve(watch.undeliveredAlarm.alarmArn)).toBeDefined();
  });

  test('nothing to warn of', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('alarmTopic', () => {
  test('one that there is', () => {
    const stack = shopStack({ env: VIRGINIA });
    const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
    expect(watchIn(stack, { alarmTopic: topic }).alarmTopic).toBe(topic);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'events.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] })]) },
    });
  });
  test('an imported one must be opened by hand', () => {
    const stack = shopStack({ env: VIRGINIA });
    watchIn(stack, { alarmTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`) });
    Annotations.fromStack(stack).hasWarning('/Shop/Watch', Match.stringLikeRegexp('^the policy of the imported topic \'Shop/Topic\' can not be extended: let cloudwatch.amazonaws.com and events.amazonaws.com publish'));
  });
});

describe('validation', () => {
  test('elsewhere, and nobody', () => {
    expect(errorOf(() => watchIn(shopStack(), { roleNames: [] }))).toBe([
      'AbacRoleWatch \'Shop/Watch\' can not be built:',
      '  - \'AbacRoleWatch\' must be in a stack of us-east-1, got: \'eu-west-1\'; IAM tells of its changes there alone',
      '  - \'roleNames\' must name at least one role, got: none; pass the names of the roles to watch',
    ].join('\n'));
  });
  test.each([`arn:aws:iam::${ACCOUNT}:role/Data`, 'path/Data', '', 'a'.repeat(65)])('role name %j', roleName => {
    expect(errorOf(() => watchIn(shopStack({ env: VIRGINIA }), { roleNames: ['Data', roleName] }))).toBe(
      `AbacRoleWatch 'Shop/Watch' can not be built:\n  - 'roleNames' must name roles without path and ARN, got: '${roleName}'; CloudTrail shows nothing but the name`);
  });
  test('a Region that is not known, a name that is not, and the longest one', () => {
    const names = ['a'.repeat(64), Token.asString({ Ref: 'Name' })];
    const { rule } = watchIn(shopStack({}), { roleNames: names });
    expect(deployedProperties(rule).EventPattern.detail.requestParameters.roleName).toEqual([names[0], '<Name>']);
  });
  test('the description fits, however many roles there are', () => {
    const { rule } = watchIn(shopStack({ env: VIRGINIA }), { roleNames: Array.from({ length: 20 }, (_, index) => String(index).padStart(64, 'r')) });
    expect(deployedProperties(rule).Description.length).toBeLessThanOrEqual(512);
  });
});
