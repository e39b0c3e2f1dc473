/**
 * The types that flow logs, their queries, alarms and analysis are made of: deployed, read back, used, changed, and taken
 * away again. What they are here, and what they only record, is in ../recorded.json.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeFlowLogsCommand, DescribeTransitGatewayVpcAttachmentsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { FakeTrino } from './fake-trino';
import { CdkCli } from '../cdk-cli';
import { Emulator } from '../emulator';
import { ACCOUNT, IRELAND } from '../environments';
import { jsonCall, jsonGet } from '../json-call';
import { physicalId } from '../physical-id';
import { recordedRows, resourcesOf } from '../recorded';
import { subscriber } from '../subscriber';

const STACK = 'FlowLogTypes';
const APP = { app: 'integ/emulator/tests/flow-log-types-app.ts', stacks: [STACK] };
const AT = Date.UTC(2026, 0, 1, 17, 46) / 1000;

let emulator: Emulator;
let cdk: CdkCli;
let trino: FakeTrino;
let assembly: string;

beforeAll(async () => {
  trino = await FakeTrino.start({ srcaddr: 'varchar', bytes: 'bigint' }, [['10.0.0.1', 40], ['10.0.0.2', 2]]);
  emulator = await Emulator.start({ trino: trino.url });
  cdk = new CdkCli(emulator);
  await cdk.bootstrap([{ account: ACCOUNT, region: IRELAND }]);
  assembly = await cdk.deploy(ACCOUNT, IRELAND, APP);
}, 300_000);

afterAll(async () => {
  await emulator?.stop();
  await trino?.stop();
});

const call = (target: string, body?: object) => jsonCall(emulator, { region: IRELAND }, target, body);
const idOf = (type: string, logicalId?: RegExp) => physicalId(emulator, IRELAND, STACK, type, logicalId);
const config = () => emulator.clientConfig(ACCOUNT, IRELAND);

async function flowLog(logicalId: RegExp) {
  const FlowLogIds = [await idOf('AWS::EC2::FlowLog', logicalId)];
  const { FlowLogs: [log] = [] } = await new EC2Client(config()).send(new DescribeFlowLogsCommand({ FlowLogIds }));
  return log;
}

async function until<T>(what: () => Promise<T>, ready: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const value = await what();
    if (ready(value)) {
      return value;
    }
    await sleep(100);
  }
  throw new Error('it did not come about in ten seconds');
}

test('every type is in the list of what acts and what is only recorded', () => {
  expect(recordedRows(resourcesOf(assembly)).map(row => row.type)).toEqual(expect.arrayContaining([
    'AWS::Athena::NamedQuery', 'AWS::Athena::WorkGroup', 'AWS::EC2::FlowLog', 'AWS::EC2::TransitGateway', 'AWS::EC2::TransitGatewayAttachment',
    'AWS::Glue::Database', 'AWS::Glue::Table', 'AWS::KinesisFirehose::DeliveryStream', 'AWS::Logs::MetricFilter', 'AWS::Logs::QueryDefinition',
    'AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine',
  ]));
});

describe('flow logs', () => {
  test('are read back with all their settings', async () => {
    expect(await flowLog(/^ToS3/)).toMatchObject({
      TrafficType: 'ALL',
      LogDestinationType: 's3',
      LogFormat: '${srcaddr} ${bytes}',
      MaxAggregationInterval: 600,
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true },
      Tags: expect.arrayContaining([{ Key: 'aws:cloudformation:stack-name', Value: STACK }]),
    });
    expect(await flowLog(/^ToLogGroup/)).toMatchObject({ TrafficType: 'REJECT', LogDestinationType: 'cloud-watch-logs' });
    const ec2 = new EC2Client(config());
    const { TransitGatewayVpcAttachments: [attachment] = [] } = await ec2.send(new DescribeTransitGatewayVpcAttachmentsCommand({}));
    const ofAttachment = await flowLog(/^OfAttachment/);
    expect(ofAttachment).toMatchObject({ ResourceId: attachment.TransitGatewayAttachmentId, MaxAggregationInterval: 60 });
    expect(ofAttachment.TrafficType).toBeUndefined();
  });

  test('deliver where the bucket lets them, and where the table looks', async () => {
    const flowLogId = await idOf('AWS::EC2::FlowLog', /^ToS3/);
    const planted = { flowLogId, at: AT, body: Buffer.from('file').toString('base64') };
    const { destination } = await emulator.control(ACCOUNT, IRELAND, '/_flow-logs/deliver', planted) as { destination: string };
    const { Table: { Parameters: parameters, VersionId } } = await call('AWSGlue.GetTable', { DatabaseName: 'flow_logs', Name: 'flows' });
    expect(VersionId).toBe('0');
    expect(destination.startsWith(parameters['storage.location.template'].replace('${day}', '2026/01/01').replace('${hour}', '17'))).toBe(true);
  });

  test('of rejected connections raise the alarm', async () => {
    const notified = await subscriber(emulator, await idOf('AWS::SNS::Topic'), 'alarms');
    const flowLogId = await idOf('AWS::EC2::FlowLog', /^ToLogGroup/);
    const now = Date.now() / 1000;
    const lines = ['10.0.0.1 22 REJECT', '10.0.0.2 443 REJECT', '10.0.0.3 22 REJECT', '10.0.0.4 22 REJECT'];
    await emulator.control(ACCOUNT, IRELAND, '/_flow-logs/deliver', { flowLogId, at: now - 10, lines });
    const [AlarmName] = Object.keys(await emulator.control(ACCOUNT, IRELAND, '/_cloudwatch/evaluate', { at: now }) as object);
    const { MetricAlarms: [alarm] = [] } = await new CloudWatchClient(config()).send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(alarm).toMatchObject({ StateValue: 'ALARM', StateReason: expect.stringContaining('[3.0]') });
    expect(await notified()).toHaveLength(1);
  });

  test('of a transit gateway go through Firehose', async () => {
    const flowLogId = await idOf('AWS::EC2::FlowLog', /^OfAttachment/);
    await emulator.control(ACCOUNT, IRELAND, '/_flow-logs/deliver', { flowLogId, at: AT, lines: ['one'] });
    const s3 = new S3Client(config());
    const Bucket = await idOf('AWS::S3::Bucket', /^Logs/);
    const { Contents: [file] = [] } = await until(() => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'firehose/' })), ({ KeyCount }) => KeyCount === 1);
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: file.Key }))).Body!.transformToString()).toBe('{"message": "one"}');
    const { DeliveryStreamDescription: stream } = await call('Firehose_20150804.DescribeDeliveryStream', {
      DeliveryStreamName: await idOf('AWS::KinesisFirehose::DeliveryStream'),
    });
    expect(stream).toMatchObject({ DeliveryStreamType: 'DirectPut', DeliveryStreamStatus: 'ACTIVE' });
  });
});

describe('queries', () => {
  test('a named query is executed as the workgroup says', async () => {
    const { WorkGroup } = await call('AmazonAthena.GetWorkGroup', { WorkGroup: 'flow-logs' });
    expect(WorkGroup.Configuration).toMatchObject({ EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 10_000_000_000 });
    const { NamedQueryIds: [NamedQueryId] } = await call('AmazonAthena.ListNamedQueries', { WorkGroup: 'flow-logs' });
    const { NamedQuery: { QueryString, Database } } = await call('AmazonAthena.GetNamedQuery', { NamedQueryId });
    const { QueryExecutionId } = await call('AmazonAthena.StartQueryExecution', {
      QueryString, QueryExecutionContext: { Database }, WorkGroup: 'flow-logs', ResultConfiguration: { OutputLocation: 's3://elsewhere/' },
    });
    const { QueryExecution } = await until(() => call('AmazonAthena.GetQueryExecution', { QueryExecutionId }), told => told.QueryExecution.Status.CompletionDateTime);
    expect(QueryExecution.Status.State).toBe('SUCCEEDED');
    expect(trino.statements).toEqual([QueryString]);
    const { ResultSet: { Rows } } = await call('AmazonAthena.GetQueryResults', { QueryExecutionId });
    expect(Rows.map((row: any) => row.Data.map((each: any) => each.VarCharValue))).toEqual([['srcaddr', 'bytes'], ['10.0.0.1', '40'], ['10.0.0.2', '2']]);
    const [, , Bucket, ...path] = QueryExecution.ResultConfiguration.OutputLocation.split('/');
    expect(Bucket).toBe(await idOf('AWS::S3::Bucket', /^Results/));
    const file = await new S3Client(config()).send(new GetObjectCommand({ Bucket, Key: path.join('/') }));
    expect(await file.Body!.transformToString()).toBe('"srcaddr","bytes"\n"10.0.0.1","40"\n"10.0.0.2","2"\n');
  });

  test('of Logs Insights are kept', async () => {
    const { queryDefinitions } = await call('Logs_20140328.DescribeQueryDefinitions', { queryDefinitionNamePrefix: 'flow-logs/' });
    expect(queryDefinitions).toMatchObject([{ name: 'flow-logs/rejects', queryString: expect.stringContaining('as srcaddr, dstport, action') }]);
  });
});

describe('the analysis', () => {
  const fire = () => emulator.control(ACCOUNT, IRELAND, '/_scheduler/fire', { name: 'analysis' }) as Promise<{ executionArn: string }>;
  const end = ({ executionArn }: { executionArn: string }) =>
    until(() => call('AWSStepFunctions.DescribeExecution', { executionArn }), told => told.status !== 'RUNNING');

  test('is fired by its schedule, and with IAM enforced runs to the notification', async () => {
    const schedule = await jsonGet(emulator, { region: IRELAND }, 'scheduler', '/schedules/analysis');
    expect(schedule).toMatchObject({ ScheduleExpression: 'cron(0 6 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin', State: 'ENABLED' });
    const notified = await subscriber(emulator, await idOf('AWS::SNS::Topic'), 'findings');
    await emulator.enforceIam();
    const told = await end(await fire());
    await emulator.enforceIam(false);
    expect(told).toMatchObject({ status: 'SUCCEEDED' });
    expect(JSON.parse(told.input).at).toMatch(/^20\d\d-\d\d-\d\dT/);
    expect(await notified()).toEqual(['10.0.0.1']);
  });

  test('puts what failed into its queue', async () => {
    await emulator.executeQueriesBy();
    const { events } = await call('AWSStepFunctions.GetExecutionHistory', { executionArn: (await end(await fire())).executionArn });
    await emulator.executeQueriesBy(trino.url);
    expect(JSON.stringify(events)).toContain('no engine executes queries here');
    expect(JSON.stringify(events)).toContain('sqs:sendMessage');
  });
});

test('another format makes another flow log, and another version of the same table', async () => {
  const before = await flowLog(/^ToS3/);
  await cdk.deploy(ACCOUNT, IRELAND, { ...APP, context: { next: 'true' } });
  const after = await flowLog(/^ToS3/);
  expect([after.LogFormat, after.FlowLogId === before.FlowLogId]).toEqual(['${srcaddr} ${bytes} ${action}', false]);
  const { FlowLogs = [] } = await new EC2Client(config()).send(new DescribeFlowLogsCommand({}));
  expect(FlowLogs.map(log => log.FlowLogId)).not.toContain(before.FlowLogId);
  const { TableVersions } = await call('AWSGlue.GetTableVersions', { DatabaseName: 'flow_logs', TableName: 'flows' });
  expect(TableVersions.map((each: any) => [each.VersionId, each.Table.StorageDescriptor.Columns.length])).toEqual([['1', 3], ['0', 2]]);
}, 120_000);

test('all of it goes again', async () => {
  await cdk.destroy(ACCOUNT, IRELAND, { ...APP, context: { next: 'true' } });
  expect((await new EC2Client(config()).send(new DescribeFlowLogsCommand({}))).FlowLogs).toEqual([]);
  expect((await call('AmazonAthena.ListWorkGroups')).WorkGroups.map((group: any) => group.Name)).toEqual(['primary']);
  expect((await call('Logs_20140328.DescribeQueryDefinitions')).queryDefinitions).toEqual([]);
}, 120_000);
