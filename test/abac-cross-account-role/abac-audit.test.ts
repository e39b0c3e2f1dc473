import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, Token } from 'aws-cdk-lib/core';
import type { AbacAuditProps, AbacCrossAccountRoleProps } from '../../src';
import { AbacAudit, AbacPermission, AccessAttribute, TrustedAccounts } from '../../src';
import { accessIn, deployedProperties, PROJECT, SPOKE } from '../support/abac-roles';
import { ACCOUNT, shopStack } from '../support/app';

function auditIn(stack: Stack, role: Partial<AbacCrossAccountRoleProps> = {}, props: Partial<AbacAuditProps> = {}): AbacAudit {
  return new AbacAudit(stack, 'Audit', { access: accessIn(stack, role), ...props });
}

describe('Access Analyzer', () => {
  test('who outside can reach something: everything is a finding but the trust that is meant', () => {
    const { externalAccess } = auditIn(shopStack(), { trusted: TrustedAccounts.of([SPOKE, '333333333333']) });
    expect(deployedProperties(externalAccess)).toEqual({
      Type: 'ACCOUNT',
      AnalyzerName: expect.stringMatching(/^Shop-Audit-[0-9A-F]{8}-external$/),
      ArchiveRules: [{
        RuleName: 'intended-trust',
        Filter: [{ Property: 'resource', Eq: [`arn:aws:iam::${ACCOUNT}:role/Data`] }, { Property: 'principal.AWS', Contains: [SPOKE, '333333333333'] }],
      }],
    });
  });
  test('of an organization the principals are not known', () => {
    const { externalAccess } = auditIn(shopStack(), { trusted: TrustedAccounts.ofOrganization('o-abcde12345') });
    expect(deployedProperties(externalAccess).ArchiveRules[0].Filter).toEqual([{ Property: 'resource', Eq: [`arn:aws:iam::${ACCOUNT}:role/Data`] }]);
  });
  test('what nobody has used for 90 days, or as long as is said', () => {
    const { unusedAccess } = auditIn(shopStack());
    expect(deployedProperties(unusedAccess)).toEqual({
      Type: 'ACCOUNT_UNUSED_ACCESS',
      AnalyzerName: expect.stringMatching(/^Shop-Audit-[0-9A-F]{8}-unused$/),
      AnalyzerConfiguration: { UnusedAccessConfiguration: { UnusedAccessAge: 90 } },
    });
    const longer = auditIn(shopStack(), {}, { unusedAccessAge: Duration.days(365) }).unusedAccess;
    expect(deployedProperties(longer).AnalyzerConfiguration.UnusedAccessConfiguration.UnusedAccessAge).toBe(365);
  });
});

describe('AWS Config', () => {
  const ruleOf = (role: (stack: Stack) => Partial<AbacCrossAccountRoleProps>) => {
    const stack = shopStack();
    const { requiredTags } = auditIn(stack, role(stack));
    return requiredTags && deployedProperties(requiredTags);
  };
  test('does not ask buckets for tags whose objects decide', () => {
    expect(ruleOf(stack => ({ permissions: [AbacPermission.s3Objects(new Bucket(stack, 'Bucket')).read()] }))).toBe(undefined);
  });

  test('asks for the tags that decide, with the values that count, of what it can judge', () => {
    expect(ruleOf(stack => ({
      attributes: [PROJECT, AccessAttribute.matching('Team', { among: ['A', 'B'] }), AccessAttribute.oneOf('Stage', ['dev'])],
      permissions: [AbacPermission.dynamodb().read(), AbacPermission.s3Buckets(new Bucket(stack, 'Bucket')).read(), AbacPermission.instances().write(), AbacPermission.keys().read()],
    }))).toEqual({
      Description: 'Resources without the tags that decide belong to nobody, and nobody reaches them by tags',
      Source: { Owner: 'AWS', SourceIdentifier: 'REQUIRED_TAGS' },
      Scope: { ComplianceResourceTypes: ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::EC2::Instance'] },
      InputParameters: { tag1Key: 'Project', tag2Key: 'Team', tag2Value: 'A,B', tag3Key: 'Stage', tag3Value: 'dev' },
    });
  });
  test('a type once, however often it is reached', () => {
    expect(ruleOf(stack => ({
      permissions: [new Bucket(stack, 'A'), new Bucket(stack, 'B')].map(bucket => AbacPermission.s3Buckets(bucket).read()),
    })).Scope.ComplianceResourceTypes).toEqual(['AWS::S3::Bucket']);
  });
  test('there is none where it can judge nothing', () => {
    expect(ruleOf(() => ({ permissions: [AbacPermission.keys().read(), AbacPermission.queues().read()] }))).toBeUndefined();
  });
  test('a value that is not known before it is deployed', () => {
    expect(ruleOf(() => ({ attributes: [PROJECT, AccessAttribute.oneOf('Stage', ['dev', Token.asString({ Ref: 'Stage' })])] })).InputParameters)
      .toEqual({ tag1Key: 'Project', tag2Key: 'Stage', tag2Value: 'dev,<Stage>' });
  });
});

describe('changes of tags', () => {
  const stack = shopStack();
  const audit = auditIn(stack);
  const template = Template.fromStack(stack);
  const rule = deployedProperties(audit.tagRule);

  test('are found where they succeed, of each service that is offered', () => {
    expect(rule.EventPattern).toEqual({
      'detail-type': ['AWS API Call via CloudTrail'],
      'detail': {
        eventSource: ['dynamodb', 'secretsmanager', 'ssm', 'kms', 'sqs', 'sns', 'lambda', 'ec2', 's3'].map(service => `${service}.amazonaws.com`),
        eventName: expect.any(Array),
        errorCode: [{ exists: false }],
      },
    });
    expect([...rule.EventPattern.detail.eventName].sort()).toEqual([
      'TagResource', 'UntagResource', 'AddTagsToResource', 'RemoveTagsFromResource', 'TagQueue', 'UntagQueue', 'CreateTags', 'DeleteTags',
      'TagResource20170331v2', 'UntagResource20170331v2',
      'PutBucketTagging', 'DeleteBucketTagging', 'PutBucketAbac', 'PutObjectTagging', 'PutObjectVersionTagging', 'DeleteObjectTagging', 'DeleteObjectVersionTagging',
    ].sort());
    expect(JSON.stringify(rule.EventPattern).length).toBeLessThan(2048);
  });

  test('Trap: CloudTrail calls what Lambda and S3 do by other names than IAM', () => {
    expect(rule.EventPattern.detail.eventName).toEqual(expect.arrayContaining(['TagResource20170331v2', 'UntagResource20170331v2', 'DeleteBucketTagging']));
  });

  test('are announced, kept when they can not be, and then it rings', () => {
    expect([rule.Name, rule.Description]).toEqual([
      expect.stringMatching(/^Shop-Audit-[0-9A-F]{8}-tags$/), 'Somebody changed tags of resources that are reached by tags, or whether those of a bucket count',
    ]);
    expect(rule.Targets).toEqual([{
      Arn: '<AuditAlarmTopic>',
      DeadLetterConfig: { Arn: '<AuditDeadLetterQueue.Arn>' },
      Id: 'Target0',
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    }]);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'A change of tags could not be announced for a day: the dead-letter queue has the event',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(audit.deadLetterQueue.queueName) }],
      AlarmActions: [stack.resolve(audit.alarmTopic.topicArn)],
    });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    expect(stack.resolve(audit.undeliveredAlarm.alarmArn)).toBeDefined();
  });

  test('the topic and the queue take messages of this rule, and of no other', () => {
    const source = `:events:eu-west-1:${ACCOUNT}:rule/${rule.Name}`;
    const [topicPolicy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    const [events] = topicPolicy.Properties.PolicyDocument.Statement.filter((each: any) => each.Principal.Service === 'events.amazonaws.com');
    expect(JSON.stringify(events.Condition.ArnEquals['aws:SourceArn'])).toContain(source);
    const [queuePolicy] = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    const [sends] = queuePolicy.Properties.PolicyDocument.Statement.filter((each: any) => each.Effect === 'Allow');
    expect(sends).toMatchObject({ Action: 'sqs:SendMessage', Condition: { ArnEquals: { 'aws:SourceArn': stack.resolve(audit.tagRule.ruleArn) } } });
  });

  test('a topic that there is; an imported one must be opened by hand', () => {
    const own = shopStack();
    const topic = new Topic(own, 'Topic');
    expect(auditIn(own, {}, { alarmTopic: topic }).alarmTopic).toBe(topic);
    Template.fromStack(own).resourceCountIs('AWS::SNS::Topic', 1);
    Annotations.fromStack(own).hasNoWarning('*', Match.anyValue());

    const importing = shopStack();
    auditIn(importing, {}, { alarmTopic: Topic.fromTopicArn(importing, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`) });
    Annotations.fromStack(importing).hasWarning('/Shop/Audit', Match.stringLikeRegexp('^the policy of the imported topic \'Shop/Topic\' can not be extended'));
  });
});
