import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, NestedStack, Token } from 'aws-cdk-lib/core';
import type { FlowLogsToCloudWatchProps, RejectAlarmOptions } from '../../../src';
import { FlowLogField, FlowLogFormat, FlowLogsToCloudWatch, InsightsQuery } from '../../../src';
import { deployedProperties, statementsOf } from '../../support/abac-roles';
import { ACCOUNT, shopStack } from '../../support/app';
import { refusals, TRANSIT_GATEWAY, VPC_ID, vpcIn, waitsFor } from '../../support/flow-log-deliveries';

function logsIn(stack: Stack, props: Partial<FlowLogsToCloudWatchProps> = {}): FlowLogsToCloudWatch {
  return new FlowLogsToCloudWatch(stack, 'ToCloudWatch', { source: vpcIn(stack), ...props });
}

const SHORT = FlowLogFormat.of([FlowLogField.SRCADDR, FlowLogField.ACTION]);
const TOKEN = Token.asNumber({ Ref: 'Said' });

describe('by default', () => {
  const stack = shopStack();
  const logs = logsIn(stack);
  const template = Template.fromStack(stack);

  test('all traffic, in AWS\'s own format, of one minute', () => {
    expect(deployedProperties(logs.flowLog)).toEqual({
      DeliverLogsPermissionArn: '<ToCloudWatchRole.Arn>',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: '<ToCloudWatchLogs>',
      MaxAggregationInterval: 60,
      ResourceId: VPC_ID,
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      Tags: [{ Key: 'Name', Value: 'Shop/ToCloudWatch/FlowLog' }],
    });
  });

  test('a log group that is kept, with records of a month', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30, KmsKeyId: Match.absent() }, DeletionPolicy: 'Retain' });
  });

  test('a role for flow logs of this account and Region', () => {
    expect(statementsOf(logs.role)).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': ACCOUNT },
        ArnLike: { 'aws:SourceArn': `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc-flow-log/*` },
      },
    }]);
  });

  test('that may write there, and create no log group', () => {
    expect(deployedProperties(logs.role.node.findChild('DefaultPolicy')).PolicyDocument.Statement).toEqual([{
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      Resource: '<ToCloudWatchLogs.Arn>',
    }]);
  });

  test('Trap: nothing makes the log wait for the policy of its role', () => {
    expect(waitsFor(template.toJSON(), stack, logs.flowLog)).toEqual(['ToCloudWatchRoleDefaultPolicy', 'ToCloudWatchRole']);
  });

  test('no alarm, no topic, no query', () => {
    expect(logs.alarmTopic).toBeUndefined();
    for (const type of ['AWS::SNS::Topic', 'AWS::CloudWatch::Alarm', 'AWS::Logs::MetricFilter', 'AWS::Logs::QueryDefinition']) {
      template.resourceCountIs(type, 0);
    }
  });
});

describe('props', () => {
  test('another format is stated, with the tags that it shows', () => {
    const stack = shopStack();
    const { flowLog } = logsIn(stack, { format: SHORT.with(FlowLogField.instanceTag('team')) });
    expect(deployedProperties(flowLog)).toMatchObject({
      // eslint-disable-next-line no-template-curly-in-string
      LogFormat: '${srcaddr} ${action} ${instance-tag}',
      TagFieldSpecifications: [{ ResourceType: 'instance', TagKeys: ['team'] }],
    });
  });
  test('traffic, interval, retention', () => {
    const stack = shopStack();
    const logs = logsIn(stack, {
      traffic: FlowLogTrafficType.REJECT, aggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES, retention: RetentionDays.INFINITE,
    });
    expect(deployedProperties(logs.flowLog)).toMatchObject({ TrafficType: 'REJECT', MaxAggregationInterval: 600 });
    Template.fromStack(stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.absent() });
  });
  test('a transit gateway has its own format, and no traffic type', () => {
    const stack = shopStack();
    const logs = logsIn(stack, { source: TRANSIT_GATEWAY });
    expect(logs.format.isTransitGateway).toBe(true);
    const properties = deployedProperties(logs.flowLog);
    expect(properties).toMatchObject({ ResourceType: 'TransitGateway', MaxAggregationInterval: 60, LogFormat: FlowLogFormat.transitGateway().logFormat });
    expect(properties.TrafficType).toBeUndefined();
  });
});

describe('encryptionKey', () => {
  const statement = (name: unknown) => ({
    Sid: 'EncryptFlowLogs',
    Effect: 'Allow',
    Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': name } },
  });
  test('is opened for this log group only', () => {
    const stack = shopStack();
    const key = new Key(stack, 'Key');
    const { logGroup } = logsIn(stack, { encryptionKey: key });
    const id = stack.resolve((logGroup.node.defaultChild as any).logicalId);
    expect(deployedProperties(logGroup).KmsKeyId).toBe('<Key.Arn>');
    expect(deployedProperties(key).KeyPolicy.Statement[1]).toEqual(statement(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:Shop-${id}-*`));
  });
  test('of another stack names the log group without a reference back to it', () => {
    const stack = shopStack();
    const nested = new NestedStack(stack, 'Keys');
    const key = new Key(nested, 'Key');
    logsIn(stack, { encryptionKey: key });
    expect(JSON.stringify(Template.fromStack(nested).findResources('AWS::KMS::Key'))).toMatch(/:log-group:Shop-ToCloudWatchLogs[0-9A-F]{8}-\*/);
  });
  test('an imported one must be opened by hand', () => {
    const stack = shopStack();
    logsIn(stack, { encryptionKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`) });
    Annotations.fromStack(stack).hasWarning('/Shop/ToCloudWatch', 'the policy of the imported key \'Shop/Key\' can not be extended: let logs.eu-west-1.amazonaws.com use it (kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey) where kms:EncryptionContext:aws:logs:arn is the log group, or the log group can not be created [ack: cdk-resilience:flowLogGroupKey]');
  });
  test('of another Region is refused', () => {
    const stack = shopStack();
    const key = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`);
    expect(refusals(() => logsIn(stack, { encryptionKey: key })))
      .toEqual(['\'encryptionKey\' must be in the log\'s region, got: \'us-east-1\' and \'eu-west-1\'; a log group is encrypted with a key of its Region']);
  });
});

test('everything that is wrong is said at once', () => {
  const stack = shopStack();
  expect(refusals(() => logsIn(stack, { source: TRANSIT_GATEWAY, format: FlowLogFormat.of([]), traffic: FlowLogTrafficType.ALL }))).toEqual([
    '\'format\' must hold at least one field, got: none; pass FlowLogFormat.security()',
    '\'format\' must be one of a transit gateway, as \'source\' is, got: fields of a VPC; pass FlowLogFormat.transitGateway() or FlowLogFormat.ofTransitGateway([...])',
    '\'traffic\' must be left out for a transit gateway, got: ALL; it rejects nothing',
  ]);
});

describe('alarmOnRejects', () => {
  test('a filter over all fields, a metric of its own name, an alarm on its sum', () => {
    const stack = shopStack();
    const logs = logsIn(stack);
    const { metricFilter, metric, alarm } = logs.alarmOnRejects({ port: 22, threshold: 100 });
    const metricName = expect.stringMatching(/^Shop-ToCloudWatch-RejectsPort22-[0-9A-F]{8}$/);
    expect(deployedProperties(metricFilter)).toEqual({
      LogGroupName: '<ToCloudWatchLogs>',
      FilterPattern: '[version, account_id, interface_id, srcaddr, dstaddr, srcport, dstport="22", protocol="6", packets, bytes, start, end, action="REJECT", log_status]',
      MetricTransformations: [{ MetricNamespace: 'Resilience/FlowLogs', MetricName: metricName, MetricValue: '1', DefaultValue: 0 }],
    });
    expect(deployedProperties(alarm)).toEqual({
      AlarmDescription: '100 or more flow records were rejected within 5 minutes at port 22 (TCP): the log group has them',
      AlarmActions: ['<ToCloudWatchAlarmTopic>'],
      Namespace: 'Resilience/FlowLogs',
      MetricName: metricName,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(metric.namespace).toBe('Resilience/FlowLogs');
  });

  test.each<[RejectAlarmOptions, string, string, string]>([
    [{ threshold: 1 }, 'Rejects', 'dstport, protocol', ''],
    [{ threshold: 1, port: 53, protocol: 17 }, 'RejectsPort53Protocol17', 'dstport="53", protocol="17"', ' at port 53 (UDP)'],
    [{ threshold: 1, protocol: 1 }, 'RejectsProtocol1', 'dstport, protocol="1"', ' (ICMP)'],
    [{ threshold: 1, protocol: 47 }, 'RejectsProtocol47', 'dstport, protocol="47"', ' (protocol 47)'],
    [{ threshold: 1, port: 0, protocol: 0 }, 'RejectsPort0Protocol0', 'dstport="0", protocol="0"', ' at port 0 (protocol 0)'],
    [{ threshold: 1, port: 65_535, protocol: 255 }, 'RejectsPort65535Protocol255', 'dstport="65535", protocol="255"', ' at port 65535 (protocol 255)'],
    [{ threshold: 1, port: 22, name: 'Ssh_1-a' }, 'Rejects-Ssh_1-a', 'dstport="22", protocol="6"', ' at port 22 (TCP)'],
  ])('%j', (options, id, pattern, where) => {
    const logs = logsIn(shopStack());
    const { alarm, metricFilter, node } = logs.alarmOnRejects(options);
    expect(node.id).toBe(id);
    expect(deployedProperties(metricFilter).FilterPattern).toContain(`srcport, ${pattern}, packets`);
    expect(deployedProperties(alarm).AlarmDescription).toBe(`1 or more flow records were rejected within 5 minutes${where}: the log group has them`);
  });

  test.each([[Duration.minutes(1), 60], [Duration.days(1), 86_400]])('period %s', (period, seconds) => {
    expect(deployedProperties(logsIn(shopStack()).alarmOnRejects({ threshold: 1, period }).alarm).Period).toBe(seconds);
  });

  test('tokens', () => {
    const logs = logsIn(shopStack());
    const { alarm, metricFilter } = logs.alarmOnRejects({ threshold: TOKEN, port: TOKEN, protocol: TOKEN, name: 'Said' });
    expect(deployedProperties(metricFilter).FilterPattern).toContain('dstport="<Said>", protocol="<Said>"');
    expect(deployedProperties(alarm)).toMatchObject({
      Threshold: '<Said>', AlarmDescription: '<Said> or more flow records were rejected within 5 minutes at port <Said> (protocol <Said>): the log group has them',
    });
  });

  test('one topic for all, which alarms of the account may publish to', () => {
    const stack = shopStack();
    const logs = logsIn(stack);
    logs.alarmOnRejects({ threshold: 1 });
    logs.alarmOnRejects({ threshold: 2, port: 22 });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    const [{ Properties }] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    expect(Properties.PolicyDocument.Statement.filter((each: any) => each.Effect === 'Allow').map((each: any) => each.Principal))
      .toEqual([{ Service: 'cloudwatch.amazonaws.com' }]);
    expect(stack.resolve(logs.alarmTopic!.topicArn)).toEqual({ Ref: expect.stringContaining('ToCloudWatchAlarmTopic') });
  });
  test('a topic that there is', () => {
    const stack = shopStack();
    const alarmTopic = new Topic(stack, 'Topic');
    const logs = logsIn(stack, { alarmTopic });
    expect(logs.alarmTopic).toBe(alarmTopic);
    expect(deployedProperties(logs.alarmOnRejects({ threshold: 1 }).alarm).AlarmActions).toEqual(['<Topic>']);
    Template.fromStack(stack).resourceCountIs('AWS::SNS::Topic', 1);
  });
  test('an imported topic must be opened by hand', () => {
    const stack = shopStack();
    const logs = logsIn(stack, { alarmTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`) });
    logs.alarmOnRejects({ threshold: 1 });
    Annotations.fromStack(stack).hasWarning('/Shop/ToCloudWatch', Match.stringLikeRegexp('^the policy of the imported topic \'Shop/Topic\' can not be extended: let cloudwatch.amazonaws.com publish to it'));
  });

  test.each<[RejectAlarmOptions, string]>([
    [{ threshold: 0 }, '\'threshold\' must be a whole number, 1 at least, got: 0; choose how many are too many'],
    [{ threshold: 1.5 }, '\'threshold\' must be a whole number, 1 at least, got: 1.5; choose how many are too many'],
    [{ threshold: 1, port: -1 }, '\'port\' must be a whole number, 0 to 65535, got: -1; leave it out for any port'],
    [{ threshold: 1, port: 65_536 }, '\'port\' must be a whole number, 0 to 65535, got: 65536; leave it out for any port'],
    [{ threshold: 1, protocol: 256 }, '\'protocol\' must be a whole number, 0 to 255, got: 256; TCP is 6, UDP is 17'],
    [{ threshold: 1, port: 22, protocol: 1 }, '\'port\' must be left out for a protocol that has none, got: 22 with protocol 1; ICMP has types and codes, which flow logs do not show'],
    [{ threshold: 1, port: 22, protocol: 58 }, '\'port\' must be left out for a protocol that has none, got: 22 with protocol 58; ICMP has types and codes, which flow logs do not show'],
    [{ threshold: 1, period: Duration.seconds(90) }, '\'period\' must be whole minutes, 1 to 1440 and known at synth, got: 1.5 minutes; pass Duration.minutes(5)'],
    [{ threshold: 1, period: Duration.minutes(0) }, '\'period\' must be whole minutes, 1 to 1440 and known at synth, got: 0 minutes; pass Duration.minutes(5)'],
    [{ threshold: 1, period: Duration.minutes(1441) }, '\'period\' must be whole minutes, 1 to 1440 and known at synth, got: 1441 minutes; pass Duration.minutes(5)'],
    [{ threshold: 1, period: Duration.minutes(TOKEN) }, '\'period\' must be whole minutes, 1 to 1440 and known at synth, got: an unresolved token; pass Duration.minutes(5)'],
    [{ threshold: 1, port: TOKEN }, '\'name\' must be stated when \'port\' or \'protocol\' is a token, got: none; the id of the alarm follows from it'],
    [{ threshold: 1, name: 'a b' }, '\'name\' must be 1 to 50 letters, digits, \'-\' and \'_\' and known at synth, got: \'a b\'; rename it'],
    [{ threshold: 1, name: 'a'.repeat(51) }, `'name' must be 1 to 50 letters, digits, '-' and '_' and known at synth, got: '${'a'.repeat(51)}'; rename it`],
    [{ threshold: 1, name: Token.asString(TOKEN) }, '\'name\' must be 1 to 50 letters, digits, \'-\' and \'_\' and known at synth, got: \'an unresolved token\'; rename it'],
  ])('%j is refused', (options, message) => {
    const logs = logsIn(shopStack());
    expect(refusals(() => logs.alarmOnRejects(options))).toEqual([message]);
    expect(logs.alarmTopic).toBeUndefined();
  });
  test('the same twice', () => {
    const logs = logsIn(shopStack());
    logs.alarmOnRejects({ threshold: 1, port: 22 });
    expect(refusals(() => logs.alarmOnRejects({ threshold: 100, port: 22 }))).toEqual(['\'name\' must tell alarms apart, got twice: \'RejectsPort22\'; state \'name\' for one of them']);
    logs.alarmOnRejects({ threshold: 100, port: 22, name: 'many' });
  });
  test('fields that are not logged', () => {
    const logs = logsIn(shopStack(), { format: SHORT });
    logs.alarmOnRejects({ threshold: 1 });
    expect(refusals(() => logs.alarmOnRejects({ threshold: 1, port: 22 })))
      .toEqual(['\'format\' must hold the fields that the alarm looks at, got no: \'dstport\', \'protocol\'; log them, FlowLogFormat.default() does']);
  });
  test('a transit gateway', () => {
    expect(refusals(() => logsIn(shopStack(), { source: TRANSIT_GATEWAY }).alarmOnRejects({ threshold: 1 })))
      .toEqual(['\'format\' must hold the fields that the alarm looks at, got no: \'action\'; a transit gateway rejects nothing']);
  });
  test('traffic that was accepted', () => {
    expect(refusals(() => logsIn(shopStack(), { traffic: FlowLogTrafficType.ACCEPT }).alarmOnRejects({ threshold: 1 })))
      .toEqual(['\'traffic\' must be ALL or REJECT for an alarm on rejects, got: ACCEPT; what is rejected is not logged']);
  });
});

describe('addInsightsQuery', () => {
  test('in AWS\'s own format, with the names that CloudWatch has for them', () => {
    const logs = logsIn(shopStack());
    const definitions = InsightsQuery.pack().map(query => logs.addInsightsQuery(query));
    expect(definitions.map(deployedProperties)).toEqual([
      { Name: 'Shop/ToCloudWatch/rejected traffic', LogGroupNames: ['<ToCloudWatchLogs>'], QueryString: 'fields @timestamp, interfaceId, srcAddr, srcPort, dstAddr, dstPort, protocol\n| filter action = "REJECT"\n| sort @timestamp desc\n| limit 100' },
      { Name: 'Shop/ToCloudWatch/top talkers', LogGroupNames: ['<ToCloudWatchLogs>'], QueryString: 'stats sum(bytes) as total_bytes by srcAddr, dstAddr\n| sort total_bytes desc\n| limit 20' },
      { Name: 'Shop/ToCloudWatch/rejected by port', LogGroupNames: ['<ToCloudWatchLogs>'], QueryString: 'filter action = "REJECT"\n| stats count(*) as records by dstPort, protocol\n| sort records desc\n| limit 20' },
    ]);
  });
  test('in any other, records are taken apart first', () => {
    const logs = logsIn(shopStack(), { format: FlowLogFormat.security() });
    const { QueryString } = deployedProperties(logs.addInsightsQuery(InsightsQuery.topTalkers()));
    const [parse, ...rest] = QueryString.split('\n| ');
    expect(parse).toBe(`parse @message "${FlowLogFormat.security().columns.map(() => '*').join(' ')}" as ${FlowLogFormat.security().columns.join(', ')}`);
    expect(rest).toEqual(['stats sum(bytes) as total_bytes by srcaddr, dstaddr', 'sort total_bytes desc', 'limit 20']);
  });
  test('one of your own; braces of expressions stay', () => {
    const query = InsightsQuery.of({ name: 'mine', query: 'filter {srcaddr} like /^10\\.[0-9]{1,3}\\./ | stats count(*) by {srcaddr}' });
    expect(deployedProperties(logsIn(shopStack()).addInsightsQuery(query)).QueryString).toBe('filter srcAddr like /^10\\.[0-9]{1,3}\\./ | stats count(*) by srcAddr');
  });
  test('a long path is cut at its beginning', () => {
    const logs = new FlowLogsToCloudWatch(shopStack(), 'a'.repeat(240), { source: TRANSIT_GATEWAY });
    const { Name } = deployedProperties(logs.addInsightsQuery(InsightsQuery.topTalkers()));
    expect(Name).toHaveLength(255);
    expect(Name).toMatch(/a\/top talkers$/);
  });
  test('what is not logged', () => {
    const logs = logsIn(shopStack(), { format: SHORT, traffic: FlowLogTrafficType.ACCEPT });
    expect(refusals(() => logs.addInsightsQuery(InsightsQuery.rejectedByPort())))
      .toEqual(['query \'rejected by port\' must find in the log what it needs, got no: field \'dstport\', field \'protocol\', rejected traffic; log it, or leave the query out']);
  });
  test('a transit gateway rejects nothing', () => {
    const logs = logsIn(shopStack(), { source: TRANSIT_GATEWAY });
    expect(refusals(() => logs.addInsightsQuery(InsightsQuery.rejectedTraffic())))
      .toEqual(['query \'rejected traffic\' must find in the log what it needs, got no: field \'interface-id\', field \'action\'; log it, or leave the query out']);
  });
  test('names in braces that no log has', () => {
    const query = InsightsQuery.of({ name: 'mine', query: 'stats count(*) by {source}' });
    expect(refusals(() => logsIn(shopStack()).addInsightsQuery(query))).toEqual(['query \'mine\' must have columns of the log in braces, got: \'source\'; correct them']);
  });
  test('a name twice', () => {
    const logs = logsIn(shopStack());
    logs.addInsightsQuery(InsightsQuery.topTalkers());
    expect(refusals(() => logs.addInsightsQuery(InsightsQuery.topTalkers())))
      .toEqual(['query \'top talkers\' must have a name of its own, got: that of one that is there; rename it with InsightsQuery.of']);
  });
  test.each([
    [{ name: ' ', query: 'x' }, '\'name\' must have 1 to 100 characters and be known at synth, got: none; name it after what it finds'],
    [{ name: 'a'.repeat(101), query: 'x' }, '\'name\' must have 1 to 100 characters and be known at synth, got: 101; name it after what it finds'],
    [{ name: Token.asString(TOKEN), query: 'x' }, '\'name\' must have 1 to 100 characters and be known at synth, got: an unresolved token; name it after what it finds'],
    [{ name: 'a', query: ' ' }, '\'query\' must have 1 to 10000 characters, got: none; CloudWatch takes no other'],
    [{ name: 'a', query: 'x'.repeat(10_001) }, '\'query\' must have 1 to 10000 characters, got: 10001; CloudWatch takes no other'],
  ])('%#: no query', (options, message) => {
    expect(refusals(() => InsightsQuery.of(options))).toEqual([message]);
  });
  test('the longest name and query, and one that is a token', () => {
    expect(() => InsightsQuery.of({ name: 'a'.repeat(100), query: 'x'.repeat(10_000) })).not.toThrow();
    expect(() => InsightsQuery.of({ name: 'a', query: Token.asString({ Ref: 'Said' }) })).not.toThrow();
  });
});
