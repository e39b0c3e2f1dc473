import { Template } from 'aws-cdk-lib/assertions';
import { FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { FlowLogsToFirehoseProps } from '../../../src';
import { CentralFirehose, FirehoseDestination, FlowLogField, FlowLogFormat, FlowLogSource, FlowLogsToFirehose } from '../../../src';
import { deployedProperties, statementsOf } from '../../support/abac-roles';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../../support/app';
import { decide, decideBy } from '../../support/decide';
import { refusals, TRANSIT_GATEWAY, VPC_ID, vpcIn, waitsFor } from '../../support/flow-log-deliveries';

const SECURITY = '999999999999';
const STREAM_ARN = `arn:aws:firehose:eu-west-1:${SECURITY}:deliverystream/flow-logs`;
const ROLE_ARN = `arn:aws:iam::${SECURITY}:role/AWSLogDeliveryFirehoseCrossAccountRole-12345678-eu-west-1`;
const elsewhere = (deliveryStreamArn: string, deliveryRoleArn: string) => FirehoseDestination.crossAccount({ deliveryStreamArn, deliveryRoleArn });
const ELSEWHERE = elsewhere(STREAM_ARN, ROLE_ARN);
const TOKEN = Token.asString({ Ref: 'Said' });

function streamIn(stack: Stack): DeliveryStream {
  return new DeliveryStream(stack, 'Stream', { deliveryStreamName: 'flow-logs', destination: new S3Bucket(new Bucket(stack, 'Bucket')) });
}

function logsIn(stack: Stack, props: Partial<FlowLogsToFirehoseProps> & Pick<FlowLogsToFirehoseProps, 'destination'>): FlowLogsToFirehose {
  return new FlowLogsToFirehose(stack, 'ToFirehose', { source: vpcIn(stack), ...props });
}

describe('within an account', () => {
  test('plain text in AWS\'s own format, and no role', () => {
    const stack = shopStack();
    const logs = logsIn(stack, { destination: FirehoseDestination.deliveryStream(streamIn(stack)) });
    expect(deployedProperties(logs.flowLog)).toEqual({
      LogDestinationType: 'kinesis-data-firehose',
      LogDestination: '<Stream.Arn>',
      MaxAggregationInterval: 60,
      ResourceId: VPC_ID,
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      Tags: [{ Key: 'Name', Value: 'Shop/ToFirehose/FlowLog' }],
    });
    expect(logs.role).toBeUndefined();
  });
  test('format, tags, traffic, interval', () => {
    const stack = shopStack();
    const logs = logsIn(stack, {
      destination: FirehoseDestination.deliveryStream(streamIn(stack)),
      format: FlowLogFormat.of([FlowLogField.SRCADDR, FlowLogField.instanceTag('team')]),
      traffic: FlowLogTrafficType.ACCEPT,
      aggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES,
    });
    expect(deployedProperties(logs.flowLog)).toMatchObject({
      // eslint-disable-next-line no-template-curly-in-string
      LogFormat: '${srcaddr} ${instance-tag}',
      TagFieldSpecifications: [{ ResourceType: 'instance', TagKeys: ['team'] }],
      TrafficType: 'ACCEPT',
      MaxAggregationInterval: 600,
    });
  });
  test('a transit gateway', () => {
    const stack = shopStack();
    const logs = logsIn(stack, { source: TRANSIT_GATEWAY, destination: FirehoseDestination.deliveryStream(streamIn(stack)) });
    const properties = deployedProperties(logs.flowLog);
    expect(properties).toMatchObject({ ResourceType: 'TransitGateway', LogFormat: FlowLogFormat.transitGateway().logFormat, MaxAggregationInterval: 60 });
    expect(properties.TrafficType).toBeUndefined();
  });
  test('a stream of another account is refused', () => {
    const stack = shopStack();
    const destination = FirehoseDestination.deliveryStream(DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', STREAM_ARN));
    expect(refusals(() => logsIn(stack, { destination })))
      .toEqual([`'destination' must be of the log's account, got: '${SECURITY}' and '${ACCOUNT}'; make a CentralFirehose there, and pass its 'destination'`]);
  });
  test('everything that is wrong is said at once', () => {
    const stack = shopStack();
    expect(refusals(() => logsIn(stack, { source: TRANSIT_GATEWAY, format: FlowLogFormat.of([]), destination: elsewhere('a', 'b') }))).toEqual([
      '\'format\' must hold at least one field, got: none; pass FlowLogFormat.security()',
      '\'format\' must be one of a transit gateway, as \'source\' is, got: fields of a VPC; pass FlowLogFormat.transitGateway() or FlowLogFormat.ofTransitGateway([...])',
      '\'deliveryStreamArn\' must be the ARN of a delivery stream, got: \'a\'; write \'arn:aws:firehose:eu-west-1:111111111111:deliverystream/flow-logs\'',
      '\'deliveryRoleArn\' must be the ARN of a role whose name begins with AWSLogDeliveryFirehoseCrossAccountRole, got: \'b\'; AWS takes no other, CentralFirehose makes one',
    ]);
  });
});

describe('into another account', () => {
  const stack = shopStack();
  const logs = logsIn(stack, { destination: ELSEWHERE });
  const template = Template.fromStack(stack);

  test('the log names both roles', () => {
    expect(deployedProperties(logs.flowLog)).toMatchObject({
      LogDestinationType: 'kinesis-data-firehose',
      LogDestination: STREAM_ARN,
      DeliverLogsPermissionArn: '<ToFirehoseRole.Arn>',
      DeliverCrossAccountRole: ROLE_ARN,
    });
  });
  test('its own role delivers, from this VPC, through the role over there', () => {
    expect(statementsOf(logs.role!)).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'delivery.logs.amazonaws.com' } }]);
    expect(deployedProperties(logs.role!).Path).toBe('/flow-logs-to-firehose/');
    expect(deployedProperties(logs.role!.node.findChild('DefaultPolicy')).PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: '<ToFirehoseRole.Arn>',
        Condition: {
          StringEquals: { 'iam:PassedToService': 'delivery.logs.amazonaws.com' },
          StringLike: { 'iam:AssociatedResourceARN': [`arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc/${VPC_ID}`] },
        },
      },
      { Effect: 'Allow', Action: ['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:GetLogDelivery'], Resource: '*' },
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE_ARN },
    ]);
  });
  test('the log waits for the policy of its role', () => {
    expect(waitsFor(template.toJSON(), stack, logs.flowLog)).toEqual(['ToFirehoseRoleDefaultPolicy', 'ToFirehoseRole']);
  });
  test.each([
    [FlowLogSource.networkInterface('eni-0123456789abcdef0'), 'network-interface/eni-0123456789abcdef0'],
    [TRANSIT_GATEWAY, 'transit-gateway/tgw-0123456789abcdef0'],
    [FlowLogSource.transitGatewayAttachment('tgw-attach-0123456789abcdef0'), 'transit-gateway-attachment/tgw-attach-0123456789abcdef0'],
  ])('%#: another source', (source, resource) => {
    const { role } = logsIn(shopStack(), { source, destination: ELSEWHERE });
    expect(JSON.stringify(deployedProperties(role!.node.findChild('DefaultPolicy')))).toContain(`"arn:aws:ec2:eu-west-1:${ACCOUNT}:${resource}"`);
  });

  test.each([
    'arn:aws:iam::999999999999:role/Delivery', 'arn:aws:iam::999999999999:role/', 'arn:aws:iam::999999999999:policy/AWSLogDeliveryFirehoseCrossAccountRole', '',
    'arn:aws:iam::999999999999:role/AWSLogDeliveryFirehoseCrossAccountRole/Delivery',
  ])('role %j is refused', deliveryRoleArn => {
    expect(refusals(() => logsIn(shopStack(), { destination: elsewhere(STREAM_ARN, deliveryRoleArn) }))).toEqual([
      `'deliveryRoleArn' must be the ARN of a role whose name begins with AWSLogDeliveryFirehoseCrossAccountRole, got: '${deliveryRoleArn}'; AWS takes no other, CentralFirehose makes one`,
    ]);
  });
  test.each(['flow-logs', 'arn:aws:kinesis:eu-west-1:999999999999:stream/flow-logs', 'arn:aws:firehose:eu-west-1:999999999999:deliverystream/'])('stream %j is refused', deliveryStreamArn => {
    expect(refusals(() => logsIn(shopStack(), { destination: elsewhere(deliveryStreamArn, ROLE_ARN) }))).toEqual([
      `'deliveryStreamArn' must be the ARN of a delivery stream, got: '${deliveryStreamArn}'; write 'arn:aws:firehose:eu-west-1:111111111111:deliverystream/flow-logs'`,
    ]);
  });
  test('that is this account is refused', () => {
    const [deliveryStreamArn, deliveryRoleArn] = [STREAM_ARN, ROLE_ARN].map(arn => arn.replace(SECURITY, ACCOUNT));
    expect(refusals(() => logsIn(shopStack(), { destination: elsewhere(deliveryStreamArn, deliveryRoleArn) }))).toEqual([
      `'destination' must be of another account, got: '${deliveryStreamArn}', '${deliveryRoleArn}'; pass FirehoseDestination.deliveryStream(stream), which needs no role`,
    ]);
  });
  test.each([
    [TOKEN, TOKEN], [STREAM_ARN, `arn:aws-cn:iam::${SECURITY}:role/path/AWSLogDeliveryFirehoseCrossAccountRole`],
  ])('%j, %j is accepted', (deliveryStreamArn, deliveryRoleArn) => {
    logsIn(shopStack(), { destination: elsewhere(deliveryStreamArn, deliveryRoleArn) });
    logsIn(shopStack({}), { destination: ELSEWHERE });
  });
});

describe('CentralFirehose', () => {
  function central(sourceAccounts = [ACCOUNT]) {
    const app = testApp();
    const stack = new Stack(app, 'Security', { env: { ...IRELAND, account: SECURITY } });
    return { app, stack, firehose: new CentralFirehose(stack, 'Firehose', { deliveryStream: streamIn(stack), sourceAccounts }) };
  }

  test('a role of the name that AWS wants, for roles of one path in these accounts', () => {
    const { firehose } = central([ACCOUNT, '222222222222']);
    expect(deployedProperties(firehose.role).RoleName).toMatch(/^AWSLogDeliveryFirehoseCrossAccountRole-[0-9A-F]{8}-eu-west-1$/);
    expect(statementsOf(firehose.role)).toEqual([ACCOUNT, '222222222222'].map(account => ({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/flow-logs-to-firehose/*` } },
    })));
  });
  test('that may mark this stream as one that takes logs, and make the role of the service', () => {
    const { firehose } = central();
    const role = deployedProperties(firehose.role.node.findChild('DefaultPolicy')).PolicyDocument.Statement;
    expect(role).toEqual([
      { Effect: 'Allow', Action: 'firehose:TagDeliveryStream', Resource: '<Stream.Arn>' },
      {
        Effect: 'Allow',
        Action: 'iam:CreateServiceLinkedRole',
        Resource: `arn:aws:iam::${SECURITY}:role/aws-service-role/delivery.logs.amazonaws.com/AWSServiceRoleForLogDelivery`,
        Condition: { StringEquals: { 'iam:AWSServiceName': 'delivery.logs.amazonaws.com' } },
      },
    ]);
  });
  test('logs of the other account name it, and neither stack refers to the other', () => {
    const { app, firehose } = central();
    const stack = shopStack(undefined, app);
    const logs = logsIn(stack, { destination: firehose.destination });
    expect(deployedProperties(logs.flowLog)).toMatchObject({
      LogDestination: STREAM_ARN,
      DeliverCrossAccountRole: expect.stringMatching(`^arn:aws:iam::${SECURITY}:role/AWSLogDeliveryFirehoseCrossAccountRole-[0-9A-F]{8}-eu-west-1$`),
    });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('Fn::ImportValue');
  });

  describe('who may assume it, and pass the other', () => {
    const trustOf = () => deployedProperties(central().firehose.role).AssumeRolePolicyDocument;
    const assume = (principal: string) => decide({ ...trustOf() }, { principal, action: 'sts:AssumeRole', resource: ROLE_ARN });
    test.each([
      [`arn:aws:iam::${ACCOUNT}:role/flow-logs-to-firehose/Shop-Role`, 'Allowed'],
      [`arn:aws:iam::${ACCOUNT}:role/Admin`, 'ImplicitlyDenied'],
      ['arn:aws:iam::222222222222:role/flow-logs-to-firehose/Shop-Role', 'ImplicitlyDenied'],
    ])('%s: %s', async (principal, decision) => {
      expect(await assume(principal)).toBe(decision);
    });
    const pass = (context: Record<string, string>, resource: string) => {
      const role = deployedProperties(logsIn(shopStack(), { destination: ELSEWHERE }).role!.node.findChild('DefaultPolicy'));
      const policy = JSON.parse(JSON.stringify(role.PolicyDocument).replaceAll('<ToFirehoseRole.Arn>', `arn:aws:iam::${ACCOUNT}:role/flow-logs-to-firehose/Shop`));
      return decideBy({ identity: [policy] }, { principal: `arn:aws:iam::${ACCOUNT}:role/flow-logs-to-firehose/Shop`, action: 'iam:PassRole', resource, context });
    };
    const OWN = `arn:aws:iam::${ACCOUNT}:role/flow-logs-to-firehose/Shop`;
    const THIS_VPC = { 'iam:PassedToService': 'delivery.logs.amazonaws.com', 'iam:AssociatedResourceArn': `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc/${VPC_ID}` };
    test.each([
      ['itself, for this VPC', THIS_VPC, OWN, 'Allowed'],
      ['itself, to another service', { ...THIS_VPC, 'iam:PassedToService': 'ec2.amazonaws.com' }, OWN, 'ImplicitlyDenied'],
      ['itself, for another VPC', { ...THIS_VPC, 'iam:AssociatedResourceArn': `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc/vpc-1` }, OWN, 'ImplicitlyDenied'],
      ['another role', THIS_VPC, `arn:aws:iam::${ACCOUNT}:role/Admin`, 'ImplicitlyDenied'],
    ])('%s', async (_, context, resource, decision) => {
      expect(await pass(context, resource)).toBe(decision);
    });
  });

  test('Trap: for another account the L2 makes an ARN of Kinesis', () => {
    const { app, stack } = central();
    const other = shopStack(undefined, app);
    expect(other.resolve((stack.node.findChild('Stream') as DeliveryStream).deliveryStreamArn)['Fn::Join'][1].join('')).toContain(':kinesis:');
  });
  test('Trap: the L2 takes an imported stream for one of the account of the stack', () => {
    expect(DeliveryStream.fromDeliveryStreamArn(shopStack(), 'Stream', STREAM_ARN).env.account).toBe(ACCOUNT);
  });
  test('the longest name fits', () => {
    const stack = new Stack(testApp(), 'Security', { env: { account: SECURITY, region: 'ap-northeast-1' } });
    const deliveryStream = streamIn(stack);
    const firehose = new CentralFirehose(stack, 'Firehose'.repeat(20), { deliveryStream, sourceAccounts: [ACCOUNT] });
    expect(deployedProperties(firehose.role).RoleName.length).toBeLessThanOrEqual(64);
  });
  test('everything that is wrong is said at once', () => {
    const stack = shopStack({});
    const deliveryStream = DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', STREAM_ARN);
    expect(refusals(() => new CentralFirehose(stack, 'Firehose', { deliveryStream, sourceAccounts: ['12', TOKEN, '12'] }))).toEqual([
      '\'CentralFirehose\' must be in a stack whose account and Region are known, got: a stack without env; other accounts name its role, pass env to the stack',
      '\'sourceAccounts\' must be ids of 12 digits and known at synth, got: \'12\', \'an unresolved token\', \'12\'; write them as text, with their zeros',
      '\'sourceAccounts\' must name each once, got twice: \'12\'; remove one',
    ]);
  });
  test('nobody, and a stream of another account', () => {
    const stack = shopStack();
    const deliveryStream = DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', STREAM_ARN);
    expect(refusals(() => new CentralFirehose(stack, 'Firehose', { deliveryStream, sourceAccounts: [] }))).toEqual([
      `'deliveryStream' must be of the account of the stack, got: '${SECURITY}' and '${ACCOUNT}'; make a CentralFirehose there`,
      '\'sourceAccounts\' must name at least one, got: none; name the accounts whose logs are taken',
    ]);
  });
  test('a stream of another Region', () => {
    const stack = new Stack(testApp(), 'Security', { env: { account: SECURITY, region: 'us-east-1' } });
    const deliveryStream = DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', STREAM_ARN);
    expect(refusals(() => new CentralFirehose(stack, 'Firehose', { deliveryStream, sourceAccounts: [ACCOUNT] })))
      .toEqual(['\'deliveryStream\' must be of the region of the stack, got: \'eu-west-1\' and \'us-east-1\'; make a CentralFirehose there']);
  });
  test('its own account', () => {
    expect(refusals(() => central([SECURITY]))).toEqual([`'sourceAccounts' must be other accounts, got: that of the stack, '${SECURITY}'; it needs no role, remove it`]);
  });
});
