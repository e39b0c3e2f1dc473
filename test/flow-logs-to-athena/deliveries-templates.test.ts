/** Deliveries and the analysis, against CDK's own validator in strict mode and cdk-nag's AwsSolutions. */
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { App } from 'aws-cdk-lib/core';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import {
  CentralFirehose, Finding, FirehoseDestination, FlowLogField, FlowLogFormat, FlowLogsToCloudWatch, FlowLogsToFirehose, InsightsQuery, NamedQuery,
  ResultFormat,
} from '../../src';
import { ACCOUNT, IRELAND, testApp } from '../support/app';
import { analysisIn, TRANSIT_GATEWAY, vpcIn } from '../support/flow-log-deliveries';
import { testWhereArnsAreAcknowledged } from '../support/peers';
import { acknowledgements, nagFindings, STRICT } from '../support/rule-packs';

function streamIn(stack: Stack, logs: Bucket): DeliveryStream {
  const stream = new DeliveryStream(stack, 'Stream', { deliveryStreamName: 'flow-logs', destination: new S3Bucket(logs) });
  // What the L2 grants itself is not what is judged here.
  Validations.of(stream).acknowledge({ id: 'AwsSolutions-KDF1', reason: 'a stream of the test' });
  return stream;
}

function build(app: App): void {
  const security = new Stack(app, 'Security', { env: { ...IRELAND, account: '999999999999' } });
  const bucketIn = (stack: Stack) => new Bucket(stack, 'Logs', { encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, serverAccessLogsPrefix: 'logs/' });
  const { destination } = new CentralFirehose(security, 'Firehose', { deliveryStream: streamIn(security, bucketIn(security)), sourceAccounts: [ACCOUNT] });

  const shop = new Stack(app, 'Shop', { env: IRELAND });
  const logs = bucketIn(shop);
  const source = vpcIn(shop);
  const cloudWatch = new FlowLogsToCloudWatch(shop, 'ToCloudWatch', { source, encryptionKey: new Key(shop, 'Key', { enableKeyRotation: true }) });
  cloudWatch.alarmOnRejects({ threshold: 100, port: 22 });
  cloudWatch.alarmOnRejects({ threshold: 1000 });
  InsightsQuery.pack().forEach(query => cloudWatch.addInsightsQuery(query));
  new FlowLogsToCloudWatch(shop, 'Gateway', { source: TRANSIT_GATEWAY }).addInsightsQuery(InsightsQuery.topTalkers());
  new FlowLogsToCloudWatch(shop, 'Tagged', { source, format: FlowLogFormat.security().with(FlowLogField.instanceTag('team')) });
  new FlowLogsToFirehose(shop, 'ToFirehose', { source, destination: FirehoseDestination.deliveryStream(streamIn(shop, logs)) });
  new FlowLogsToFirehose(shop, 'ToSecurity', { source, destination });
  const key = new Key(shop, 'ResultsKey', { enableKeyRotation: true });
  const resultsBucket = new Bucket(shop, 'QueryResults', { encryptionKey: key, enforceSSL: true, serverAccessLogsBucket: logs });
  analysisIn(shop, {
    findings: NamedQuery.pack().map(query => Finding.of(query, { threshold: 10 })),
    resultFormat: ResultFormat.parquet(),
    flexibleWindow: Duration.minutes(15),
  }, { bucket: logs, prefix: 'net', resultsBucket, resultsKey: key });
}

test('CDK\'s validator in strict mode', () => {
  process.env.CDK_VALIDATION = 'true';
  try {
    const app = testApp(STRICT);
    build(app);
    expect(() => app.synth()).not.toThrow();
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
}, 60_000);

testWhereArnsAreAcknowledged('cdk-nag, with and without merged statements', () => {
  for (const minimizePolicies of [false, true]) {
    const app = testApp({ '@aws-cdk/aws-iam:minimizePolicies': minimizePolicies });
    build(app);
    expect(nagFindings(app).filter(finding => !finding.includes('/Stream/'))).toEqual([]);
  }
});

testWhereArnsAreAcknowledged('what is acknowledged is what AWS takes no resource for, files of logs and results, and the queues', () => {
  const app = testApp();
  build(app);
  const acknowledged = app.node.findAll().flatMap(construct => acknowledgements(construct).map(id => `${construct.node.path}: ${id}`));
  const objects = (text: string) => expect.stringMatching(new RegExp(`^Shop/Nightly/Role/DefaultPolicy: AwsSolutions-IAM5\\[Resource::<${text}\\*\\]$`));
  expect(acknowledged.filter(each => !each.includes('CloudFormation-Validate') && !each.includes('/Stream')).sort()).toEqual([
    'Shop/Nightly/DeadLetterQueue: AwsSolutions-SQS3',
    'Shop/Nightly/Role/DefaultPolicy: AwsSolutions-IAM5[Resource::*]',
    objects('Logs[0-9A-F]{8}\\.Arn>/net/AWSLogs/'),
    objects('QueryResults[0-9A-F]{8}\\.Arn>/'),
    'Shop/Nightly/ScheduleDeadLetterQueue: AwsSolutions-SQS3',
    'Shop/ToSecurity/Role/DefaultPolicy: AwsSolutions-IAM5[Resource::*]',
  ]);
});
