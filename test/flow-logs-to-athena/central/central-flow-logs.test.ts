import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Duration, Fn, Size, Stack } from 'aws-cdk-lib/core';
import type { CentralFlowLogsBucketOptions, CentralFlowLogsProps, FlowLogsToCentralBucketProps } from '../../../src';
import {
  CentralFlowLogs, CentralFlowLogsBucket, FlowLogAccounts, FlowLogField, FlowLogFormat, FlowLogPartitions, FlowLogSource, FlowLogsToCentralBucket,
  NamedQuery,
} from '../../../src';
import { errorOf, testApp } from '../../support/app';
import { anyVpc, deliveryStatements, filledIn, only } from '../../support/flow-log-stacks';

const SECURITY = { account: '999999999999', region: 'eu-west-1' };
const SHOP = { account: '222222222222', region: 'us-east-1' };
const LOG = 'AWS::EC2::FlowLog';

function centralBucket(options: Partial<CentralFlowLogsBucketOptions> = {}): CentralFlowLogsBucket {
  return CentralFlowLogsBucket.of({
    bucketName: 'acme-flow-logs', accounts: FlowLogAccounts.of([SHOP.account, '333333333333']), regions: ['eu-west-1', 'us-east-1'], ...options,
  });
}

function security(bucket: CentralFlowLogsBucket, props: Partial<CentralFlowLogsProps> = {}, app = testApp()): [Stack, CentralFlowLogs] {
  const stack = new Stack(app, 'Security', { env: SECURITY });
  return [stack, new CentralFlowLogs(stack, 'FlowLogs', { bucket, ...props })];
}

function shop(
  bucket: CentralFlowLogsBucket, props: Partial<FlowLogsToCentralBucketProps> = {}, env: object = SHOP, app = testApp(),
): [Stack, FlowLogsToCentralBucket] {
  const stack = new Stack(app, 'Shop', { env });
  return [stack, new FlowLogsToCentralBucket(stack, 'FlowLogs', { source: FlowLogSource.vpc(anyVpc(stack)), bucket, ...props })];
}

const accountsUpTo = (count: number) => Array.from({ length: count }, (_, index) => String(100000000000 + index));

/** What is wrong, each message by itself. */
const wrongWith = (build: () => unknown) => errorOf(build).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));

describe('the account that collects', () => {
  const [stack, central] = security(centralBucket());
  central.addQuery(NamedQuery.rejectedSshRdp());
  const template = Template.fromStack(stack);

  test('has the bucket, under the name that the others know, and no log of its own', () => {
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', Properties: Match.objectLike({ BucketName: 'acme-flow-logs' }) });
    template.resourceCountIs(LOG, 0);
    expect(central.bucket.bucketName).toBeDefined();
  });

  test('takes logs of these accounts and Regions', () => {
    const [write, check] = deliveryStatements(stack);
    expect(write.Resource).toEqual([SHOP.account, '333333333333'].map(account => expect.stringMatching(new RegExp(`Arn>/AWSLogs/${account}/\\*$`))));
    for (const { Condition } of [write, check]) {
      expect(Condition).toMatchObject({
        StringEquals: { 'aws:SourceAccount': [SHOP.account, '333333333333'] },
        ArnLike: { 'aws:SourceArn': ['arn:aws:logs:eu-west-1:*:*', 'arn:aws:logs:us-east-1:*:*'] },
      });
    }
  });

  test('has one table over all of them', () => {
    const { Parameters, StorageDescriptor } = only(stack, 'AWS::Glue::Table').TableInput;
    expect(Parameters).toMatchObject({
      'projection.aws_account_id.values': '222222222222,333333333333', 'projection.aws_region.values': 'eu-west-1,us-east-1',
    });
    expect(StorageDescriptor.Columns.map((column: any) => column.Name)).toEqual(FlowLogFormat.security().columns);
    template.resourceCountIs('AWS::Athena::NamedQuery', 1);
  });

  test('keeps them as long as stated, under a key that log delivery may use for these accounts', () => {
    const [other] = security(centralBucket(), {});
    const key = new Key(other, 'Key');
    new CentralFlowLogs(other, 'Others', {
      bucket: centralBucket({ bucketName: 'others', prefix: 'flow', partitions: FlowLogPartitions.hive(), format: FlowLogFormat.default() }),
      encryptionKey: key,
      retention: Duration.days(400),
      archiveAfter: Duration.days(10),
      queries: { scanLimit: Size.gibibytes(1), databaseName: 'others' },
    });
    Template.fromStack(other).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'others',
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 400, Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 10 }] })] },
    });
    expect(filledIn(other, only(other, 'AWS::KMS::Key').KeyPolicy.Statement)).toContainEqual(expect.objectContaining({
      Condition: {
        StringEquals: { 'aws:SourceAccount': [SHOP.account, '333333333333'] },
        ArnLike: { 'aws:SourceArn': ['arn:aws:logs:eu-west-1:*:*', 'arn:aws:logs:us-east-1:*:*'] },
      },
    }));
    Template.fromStack(other).hasResourceProperties('AWS::Glue::Table', { DatabaseName: 'others' });
    Template.fromStack(other).hasResourceProperties('AWS::Athena::WorkGroup', { WorkGroupConfiguration: Match.objectLike({ BytesScannedCutoffPerQuery: 1073741824 }) });
  });

  test('adds packs, and lets people query', () => {
    const [packed, all] = security(centralBucket());
    expect(all.addQueries(NamedQuery.pack())).toHaveLength(NamedQuery.pack().length);
    all.grantQuery(new Role(packed, 'Analyst', { assumedBy: new ServicePrincipal('states.amazonaws.com') })).assertSuccess();
    Template.fromStack(packed).resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('knows which traffic is logged', () => {
    const [, rejected] = security(centralBucket({ traffic: FlowLogTrafficType.REJECT }));
    expect(() => rejected.addQuery(NamedQuery.topTalkers())).toThrow('accepted traffic');
  });
});

describe('the others', () => {
  test('log into it what it expects, with nothing of their own, and need no stack of it', () => {
    const app = testApp();
    const bucket = centralBucket({ prefix: 'flow', partitions: FlowLogPartitions.hive(), format: FlowLogFormat.default().with(FlowLogField.instanceTag('team')) });
    const [central] = security(bucket, {}, app);
    const [stack] = shop(bucket, {}, SHOP, app);
    expect(filledIn(stack, only(stack, LOG))).toMatchObject({
      LogDestination: 'arn:aws:s3:::acme-flow-logs/flow',
      LogFormat: bucket.format.logFormat,
      TagFieldSpecifications: [{ ResourceType: 'instance', TagKeys: ['team'] }],
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: false },
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
    });
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
    expect(stack.dependencies).toEqual([]);
    expect(central.dependencies).toEqual([]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('log the traffic that all of them log, at an interval of their own', () => {
    const [stack] = shop(centralBucket({ traffic: FlowLogTrafficType.REJECT }), { aggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES });
    expect(only(stack, LOG)).toMatchObject({ TrafficType: 'REJECT', MaxAggregationInterval: 600 });
  });

  test('log transit gateways into a bucket for those', () => {
    const bucket = centralBucket({ format: FlowLogFormat.transitGateway() });
    const [stack] = shop(bucket, { source: FlowLogSource.transitGateway('tgw-0123456789abcdef0') });
    expect(only(stack, LOG)).not.toHaveProperty('TrafficType');
    expect([bucket.traffic, centralBucket().traffic]).toEqual([undefined, 'ALL']);
  });

  test('whose account nobody knows yet are believed', () => {
    expect(() => shop(centralBucket(), {}, {})).not.toThrow();
    expect(() => shop(centralBucket({ accounts: FlowLogAccounts.of([Fn.importValue('Account')]), regions: [Fn.importValue('Region')] }))).not.toThrow();
    expect(() => shop(centralBucket({ accounts: FlowLogAccounts.ofOrganization('o-a1b2c3d4e5') }))).not.toThrow();
  });

  test('that the bucket takes no logs of are told before they wait for them', () => {
    expect(errorOf(() => shop(centralBucket(), {}, { account: '444444444444', region: 'us-west-2' }))).toBe([
      'FlowLogsToCentralBucket \'Shop/FlowLogs\' can not be built:',
      '  - \'bucket\' must take logs of this account, got: \'acme-flow-logs\', which takes none of \'444444444444\'; add it to \'accounts\' of the central bucket',
      '  - \'bucket\' must take logs of this Region, got: \'acme-flow-logs\', which takes none of \'us-west-2\'; add it to \'regions\' of the central bucket',
    ].join('\n'));
  });
});

describe('what is refused', () => {
  test('on both sides, what all of them agreed on', () => {
    const bucket = centralBucket({ format: FlowLogFormat.of([]), prefix: 'a/', regions: [SHOP.region, 'nowhere'], accounts: FlowLogAccounts.of([SHOP.account, '1']) });
    const messages = [
      '\'format\' must hold at least one field, got: none; pass FlowLogFormat.security()',
      '\'prefix\' must have no \'/\' at either end, got: \'a/\'; write \'a\'',
      '\'accounts\' must be ids of 12 digits, got: \'1\'; write them as text, with their zeros',
      '\'regions\' must be names of Regions, got: \'nowhere\'; write \'eu-west-1\'',
    ];
    expect(wrongWith(() => security(bucket))).toEqual(messages);
    expect(wrongWith(() => shop(bucket))).toEqual(messages);
  });

  test('traffic of transit gateways', () => {
    const bucket = centralBucket({ format: FlowLogFormat.transitGateway(), traffic: FlowLogTrafficType.ALL });
    expect(wrongWith(() => security(bucket))).toEqual(['\'traffic\' must be left out for transit gateways, got: ALL; they reject nothing']);
  });

  test.each(['A', 'ab', 'Acme-logs', '-acme', 'acme_logs', 'x'.repeat(64)])('the name \'%s\'', bucketName => {
    expect(wrongWith(() => security(centralBucket({ bucketName }))))
      .toEqual([`'bucketName' must be 3 to 63 lower case letters, digits, '-' or '.' and known at synth, got: '${bucketName}'; other accounts name it, write it down`]);
  });

  test('a name that only the deployment knows', () => {
    expect(wrongWith(() => security(centralBucket({ bucketName: Fn.importValue('Name') }))))
      .toEqual(['\'bucketName\' must be 3 to 63 lower case letters, digits, \'-\' or \'.\' and known at synth, got: \'an unresolved token\'; other accounts name it, write it down']);
  });

  test('more accounts than a policy has room for', () => {
    const many = (count: number) => centralBucket({ accounts: FlowLogAccounts.ofMany(accountsUpTo(count)) });
    const [message, ...others] = wrongWith(() => security(many(300)));
    expect(message).toMatch(/^'accounts' must fit into the policy of a bucket, 20480 bytes, got: about \d{5}; pass FlowLogAccounts\.ofOrganization\(id\), or shorten 'prefix'$/);
    expect(others).toEqual([]);
    expect(() => security(many(180))).not.toThrow();
  });

  test('the policy of the most accounts that fit is within what S3 takes', () => {
    const [stack] = security(centralBucket({ accounts: FlowLogAccounts.ofMany(accountsUpTo(180)) }));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::S3::BucketPolicy'));
    const text = JSON.stringify(filledIn(stack, policy.Properties.PolicyDocument)).replace(/<\w+\.Arn>/g, 'arn:aws:s3:::acme-flow-logs');
    expect(text.length).toBeGreaterThan(15_000);
    expect(text.length).toBeLessThanOrEqual(20_480);
  });

  test('a key of another Region, and files that are archived when they are gone', () => {
    const app = testApp();
    const far = new Stack(app, 'Far', { env: { ...SECURITY, region: 'us-east-1' } });
    const props = { encryptionKey: new Key(far, 'Key'), retention: Duration.days(30), archiveAfter: Duration.days(30), queries: { databaseName: 'A' } };
    expect(wrongWith(() => security(centralBucket(), props, app)))
      .toEqual([
        '\'encryptionKey\' must be in the log\'s region, got: \'us-east-1\' and \'eu-west-1\'; a bucket is encrypted with a key of its Region',
        '\'archiveAfter\' must be before \'retention\', got: 30 days and 30 days; leave it out, files that are gone need no archive',
        '\'databaseName\' must be 1 to 255 lower case letters, digits and \'_\', got: \'A\'; rename it',
      ]);
  });
});
