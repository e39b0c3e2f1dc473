/**
 * The example app of FlowLogsToAthena, deployed by one `cdk deploy --all` over two accounts and two Regions of the local
 * emulator, read back through the AWS APIs, and used. Something that only answers as a Trino does stands for Athena's engine:
 * what the real one makes of tables and queries is in sql-engine/tests/deployed.test.ts. What the emulator only records is in
 * emulator/recorded.json.
 */
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand, DescribeMetricFiltersCommand, DescribeQueryDefinitionsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeFlowLogsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetTableVersionsCommand, GlueClient } from '@aws-sdk/client-glue';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketPolicyCommand, GetObjectCommand, GetPublicAccessBlockCommand,
  ListObjectsV2Command, S3Client,
} from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, FRANKFURT, IRELAND, OTHER_ACCOUNT } from './emulator/environments';
import { formatRecorded, recordedRows, resourcesOf } from './emulator/recorded';
import { subscriber } from './emulator/subscriber';
import { FakeTrino } from './emulator/tests/fake-trino';
import { columnsOf, FlowLogsScene, REGIONS } from './flow-logs/scene';
import { COLUMN_TYPES } from '../test/support/flow-logs/columns';

const APP = { app: 'examples/flow-logs-to-athena/app.ts' };
const WIDER_APP = { app: 'integ/flow-logs/wider-format.ts' };
const BUCKET = `flow-logs-${OTHER_ACCOUNT}-${IRELAND}`;
/** What types of Parquet are in Glue. */
const GLUE: Record<string, string> = { INTEGER: 'int', BIGINT: 'bigint', VARCHAR: 'string' };
const KEYS = ['aws_account_id', 'aws_region', 'day', 'hour'];
const PACK = [
  'brute-force', 'cross-zone-bytes', 'data-quality', 'exfiltration', 'host-sweep', 'nat-cost', 'one-way-flows', 'port-scan', 'ports-in-use',
  'rejected-icmp', 'rejected-internal', 'rejected-ssh-rdp', 'top-talkers', 'unexpected-protocols',
];

let trino: FakeTrino;
let emulator: Emulator;
let cdk: CdkCli;
let assembly: string;
let scene: FlowLogsScene;
/** Rows that are found, by a word of the statement; an error is how it fails. */
let found: Record<string, number | Error> = {};

beforeAll(async () => {
  trino = await FakeTrino.start({ srcaddr: 'varchar' }, statement => {
    const rows = Object.entries(found).find(([word]) => statement.includes(word))?.[1] ?? 0;
    if (rows instanceof Error) {
      throw rows;
    }
    return Array.from({ length: rows }, (_, index) => [`198.51.100.${index}`]);
  });
  emulator = await Emulator.start({ trino: trino.url });
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS);
  assembly = await cdk.deploy(ACCOUNT, IRELAND, APP);
  scene = new FlowLogsScene(emulator);
}, 300_000);

afterAll(async () => {
  await emulator?.stop();
  await trino?.stop();
});

/** What a query of the pack says and no other does. */
const IN = { portScan: 'AS ports', bruteForce: 'AS in_hour', exfiltration: 'AS gib', rejectedSshRdp: 'IN (22, 3389)' };

test('every type that was deployed is in the list of what acts and what is only recorded', () => {
  const rows = recordedRows(resourcesOf(assembly));
  expect(rows.map(row => row.type)).toEqual(expect.arrayContaining(['AWS::Athena::NamedQuery', 'AWS::EC2::FlowLog', 'AWS::Glue::Table']));
  process.stdout.write(`\n${formatRecorded(rows)}\n`);
});

describe('the bucket of the security account', () => {
  const s3 = () => new S3Client(scene.security);

  test('is encrypted and closed, and lets files go after a year', async () => {
    expect(await scene.idOf('AWS::S3::Bucket', /^FlowLogsBucket/)).toBe(BUCKET);
    expect((await s3().send(new GetBucketEncryptionCommand({ Bucket: BUCKET }))).ServerSideEncryptionConfiguration!.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ]);
    expect((await s3().send(new GetPublicAccessBlockCommand({ Bucket: BUCKET }))).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
    });
    const { Rules } = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket: BUCKET }));
    expect(Rules).toContainEqual(expect.objectContaining({ Status: 'Enabled', Expiration: expect.objectContaining({ Days: 365 }) }));
  });

  test('takes files of the shop from both Regions, from nobody else, and gives none back', async () => {
    const { Policy } = await s3().send(new GetBucketPolicyCommand({ Bucket: BUCKET }));
    const statements: any[] = JSON.parse(Policy!).Statement;
    const delivery = statements.filter(statement => statement.Principal.Service === 'delivery.logs.amazonaws.com');
    expect(delivery.map(statement => [statement.Effect, statement.Action, statement.Resource])).toEqual([
      ['Allow', 's3:PutObject', `arn:aws:s3:::${BUCKET}/AWSLogs/${ACCOUNT}/*`],
      ['Allow', ['s3:GetBucketAcl', 's3:ListBucket'], `arn:aws:s3:::${BUCKET}`],
    ]);
    for (const { Condition } of delivery) {
      expect(Condition.StringEquals['aws:SourceAccount']).toEqual(ACCOUNT);
      expect(Condition.ArnLike['aws:SourceArn']).toEqual(REGIONS.map(region => `arn:aws:logs:${region}:${ACCOUNT}:*`));
    }
    expect(JSON.stringify(statements.filter(statement => statement.Effect === 'Allow'))).not.toContain('s3:GetObject"');
  });
});

describe.each(REGIONS)('the network in %s', region => {
  test('has a log that goes to the security account, in Parquet by hours', async () => {
    expect(await scene.flowLog(region, 'central')).toMatchObject({
      FlowLogStatus: 'ACTIVE',
      ResourceId: await scene.networkIdOf(region, 'AWS::EC2::VPC'),
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogDestinationType: 's3',
      LogDestination: `arn:aws:s3:::${BUCKET}`,
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true },
    });
  });

  test('and one of what is rejected, which stays', async () => {
    const LogGroupName = await scene.networkIdOf(region, 'AWS::Logs::LogGroup');
    const log = await scene.flowLog(region, 'rejected');
    expect(log).toMatchObject({ TrafficType: 'REJECT', LogDestinationType: 'cloud-watch-logs' });
    expect(`${log.LogGroupName} ${log.LogDestination}`).toContain(LogGroupName);
    const logs = new CloudWatchLogsClient(scene.shop(region));
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: LogGroupName }));
    expect(logGroups).toMatchObject([{ retentionInDays: 30 }]);
  });

  test('has alarms on rejected SSH and RDP, and a saved query', async () => {
    const logs = new CloudWatchLogsClient(scene.shop(region));
    const logGroupName = await scene.networkIdOf(region, 'AWS::Logs::LogGroup');
    const { metricFilters = [] } = await logs.send(new DescribeMetricFiltersCommand({ logGroupName }));
    expect(metricFilters.map(filter => /dstport="\d+"/.exec(filter.filterPattern!)![0]).sort()).toEqual(['dstport="22"', 'dstport="3389"']);
    expect(metricFilters[0].filterPattern).toMatch(/^\[version, account_id, interface_id, srcaddr, .*, action="REJECT", log_status\]$/);
    const { MetricAlarms = [] } = await new CloudWatchClient(scene.shop(region)).send(new DescribeAlarmsCommand({}));
    const topic = await scene.networkIdOf(region, 'AWS::SNS::Topic');
    expect(MetricAlarms).toHaveLength(2);
    for (const { metricTransformations: [{ metricName, metricNamespace }] = [] as any } of metricFilters) {
      expect(MetricAlarms).toContainEqual(expect.objectContaining({
        Namespace: metricNamespace, MetricName: metricName, Statistic: 'Sum', Period: 300, Threshold: 100, AlarmActions: [topic], TreatMissingData: 'notBreaching',
      }));
    }
    const { queryDefinitions } = await logs.send(new DescribeQueryDefinitionsCommand({}));
    expect(queryDefinitions).toMatchObject([{ name: expect.stringContaining('RejectedTraffic/rejected by port'), logGroupNames: [logGroupName] }]);
  });

  test('rings when a hundred connections to SSH were rejected, and the alarm on RDP does not', async () => {
    const topic = await scene.networkIdOf(region, 'AWS::SNS::Topic');
    const notified = await subscriber(emulator, topic, 'on-call');
    const states = async () => {
      const { MetricAlarms = [] } = await new CloudWatchClient(scene.shop(region)).send(new DescribeAlarmsCommand({}));
      return Object.fromEntries(MetricAlarms.map(alarm => [/at port (\d+)/.exec(alarm.AlarmDescription!)![1], alarm.StateValue]));
    };
    // Noise: other ports, and fewer than count.
    await scene.reject(region, [...Array(99).fill(22), ...Array(99).fill(3389), ...Array(200).fill(445)]);
    expect([await states(), await notified()]).toEqual([{ 22: 'OK', 3389: 'OK' }, []]);
    await scene.reject(region, [22]);
    expect(await states()).toEqual({ 22: 'ALARM', 3389: 'OK' });
    const messages = await notified();
    const AlarmDescription = expect.stringMatching(/^100 or more flow records were rejected within 5 minutes at port 22 \(TCP\)/);
    expect(messages).toMatchObject([{ NewStateValue: 'ALARM', AlarmDescription }]);
  });
});

describe('the catalog', () => {
  test('has a column for each field that is logged, with its type, and computes partitions of both Regions', async () => {
    const table = await scene.table();
    const columns = columnsOf(await scene.flowLog(IRELAND, 'central'));
    expect(columns).toHaveLength(29);
    expect(columnsOf(await scene.flowLog(FRANKFURT, 'central'))).toEqual(columns);
    expect(table.StorageDescriptor!.Columns!.map(({ Name, Type }) => [Name, Type])).toEqual(columns.map(name => [name, GLUE[COLUMN_TYPES[name]]]));
    expect(table.PartitionKeys!.map(({ Name, Type }) => [Name, Type])).toEqual(KEYS.map(key => [key, 'string']));
    expect(table.Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.aws_account_id.values': ACCOUNT,
      'projection.aws_region.values': REGIONS.join(','),
      'projection.day.range': 'NOW-365DAYS,NOW',
      'storage.location.template': `s3://${BUCKET}/AWSLogs/\${aws_account_id}/vpcflowlogs/\${aws_region}/\${day}/\${hour}/`,
    });
  });

  test('finds the files where the logs deliver them, which the policy of the bucket lets them', async () => {
    const { files } = await scene.deliver(200, true);
    expect(files).toHaveLength(3); // of clean traffic in each Region, and what was planted
    const template = (await scene.table()).Parameters!['storage.location.template'];
    const place = new RegExp(`^${template.replace('${day}', '\\d{4}/\\d\\d/\\d\\d').replace('${hour}', '\\d\\d').replace(/\$\{\w+\}/g, '[^/]+')}[^/]+\\.log\\.parquet$`);
    files.forEach(file => expect(file).toMatch(place));
    const { Contents = [] } = await new S3Client(scene.security).send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.map(object => `s3://${BUCKET}/${object.Key}`).sort()).toEqual([...files].sort());
  });

  test('is asked in a workgroup that enforces its cap, and encrypts results', async () => {
    const { Configuration, State } = await scene.workGroup();
    const results = await scene.idOf('AWS::S3::Bucket', /Results/);
    expect(State).toBe('ENABLED');
    expect(Configuration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 100 * 1024 ** 3,
      PublishCloudWatchMetricsEnabled: true,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: { OutputLocation: `s3://${results}/`, EncryptionConfiguration: { EncryptionOption: 'SSE_S3' }, ExpectedBucketOwner: OTHER_ACCOUNT },
    });
  });

  test('has all questions of the pack, and the one of the shop', async () => {
    const queries = await scene.namedQueries();
    expect(queries.map(query => query.Name)).toEqual([...PACK, 'database-clients'].sort());
    const { DatabaseName, Name } = await scene.table();
    queries.forEach(query => {
      expect(query).toMatchObject({ Database: DatabaseName, Description: expect.stringMatching(/\w/) });
      expect(query.QueryString).toContain(`FROM "${DatabaseName}"."${Name}"`);
    });
  });
});

describe('the analysis', () => {
  let notified: () => Promise<string[]>;

  beforeAll(async () => {
    notified = await subscriber(emulator, await scene.idOf('AWS::SNS::Topic', /Daily/), 'security-team');
    await emulator.enforceIam();
  });

  afterAll(() => emulator.enforceIam(false));

  test('is scheduled for every morning, traced, and logs what it did', async () => {
    const Name = await scene.idOf('AWS::Scheduler::Schedule');
    const { ScheduleExpression, State, Target } = await new SchedulerClient(scene.security).send(new GetScheduleCommand({ Name }));
    const stateMachineArn = await scene.idOf('AWS::StepFunctions::StateMachine');
    expect({ ScheduleExpression, State }).toEqual({ ScheduleExpression: 'cron(0 6 * * ? *)', State: 'ENABLED' });
    expect(Target).toMatchObject({ Arn: stateMachineArn, DeadLetterConfig: { Arn: expect.stringContaining('ScheduleDeadLetterQueue') } });
    const machine = await new SFNClient(scene.security).send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(machine).toMatchObject({ loggingConfiguration: { level: 'ALL', includeExecutionData: false }, tracingConfiguration: { enabled: true } });
  });

  test('finds nothing in clean traffic, and says nothing', async () => {
    found = {};
    const asked = trino.statements.length;
    expect(await scene.analyze()).toMatchObject({ status: 'SUCCEEDED' });
    expect(trino.statements.slice(asked)).toHaveLength(4);
    expect([await notified(), await scene.failures()]).toEqual([[], []]);
  });

  test('announces what is found above its threshold, keeps what failed, and goes on', async () => {
    found = { [IN.portScan]: 1, [IN.bruteForce]: 3, [IN.rejectedSshRdp]: 10, [IN.exfiltration]: new Error('the disk is full') };
    const { status, executionArn } = await scene.analyze();
    expect(status).toBe('SUCCEEDED');
    const messages = await notified();
    expect(messages.map(message => /Query: (.*)\nRows: (.*)\nResult: s3/.exec(message)!.slice(1)).sort()).toEqual([
      ['brute-force', '3 (a finding above 0; 100 are counted at most)'], ['port-scan', '1 (a finding above 0; 100 are counted at most)'],
    ]);
    messages.forEach(message => expect(message).toContain(executionArn));
    expect(await scene.failures()).toMatchObject([
      { query: 'exfiltration', failure: { Error: 'States.TaskFailed', Cause: expect.stringContaining('the disk is full') }, execution: executionArn },
    ]);
  });

  test('counts a handful of refused connections as noise, and more as a finding', async () => {
    found = { [IN.rejectedSshRdp]: 11 };
    await scene.analyze();
    expect(await notified()).toEqual([expect.stringMatching(/Query: rejected-ssh-rdp\nRows: 11 \(a finding above 10; 100 are counted at most\)/)]);
  });

  test('keeps the rows where the message says, and encrypted', async () => {
    found = { [IN.portScan]: 2 };
    await scene.analyze();
    const [message] = await notified();
    const [, Bucket, Key] = /Result: s3:\/\/([^/]+)\/(\S+)/.exec(message)!;
    expect(Bucket).toBe(await scene.idOf('AWS::S3::Bucket', /Results/));
    const file = await new S3Client(scene.security).send(new GetObjectCommand({ Bucket, Key }));
    expect(await file.Body!.transformToString()).toBe('"srcaddr"\n"198.51.100.0"\n"198.51.100.1"\n');
    expect(file.ServerSideEncryption).toBe('AES256');
  });

  test('leaves a metric of each query: how often it had a finding', async () => {
    const cloudwatch = new CloudWatchClient(scene.security);
    const { Metrics = [] } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Resilience/FlowLogs', MetricName: 'Findings' }));
    const sums = await Promise.all(Metrics.map(async ({ Dimensions = [] }) => {
      const { Datapoints = [] } = await cloudwatch.send(new GetMetricStatisticsCommand({
        ...{ Namespace: 'Resilience/FlowLogs', MetricName: 'Findings', Dimensions, Statistics: ['Sum'], Period: 86_400 },
        ...{ StartTime: new Date(Date.now() - 86_400_000), EndTime: new Date(Date.now() + 60_000) },
      }));
      return [Dimensions.find(dimension => dimension.Name === 'Query')!.Value, Datapoints.reduce((sum, point) => sum + point.Sum!, 0)];
    }));
    expect(Object.fromEntries(sums)).toEqual({ 'brute-force': 1, 'exfiltration': 0, 'port-scan': 2, 'rejected-ssh-rdp': 1 });
  });

  test.each([
    ['read the logs', /flow-logs-.*AWSLogs/],
    ['see the table', /:table\//],
    ['write results', /results/],
    ['use the workgroup', /:workgroup\//],
  ])('can do nothing, and says so, once it may not %s', async (_, resource) => {
    found = { [IN.portScan]: 1 };
    const role = await policyOfAnalysis();
    const others = role.document.Statement.filter((statement: any) => !resource.test(JSON.stringify(statement.Resource)));
    expect(others.length).toBeLessThan(role.document.Statement.length);
    await role.put(others);
    try {
      expect(await scene.analyze()).toMatchObject({ status: 'SUCCEEDED' });
      expect(await notified()).toEqual([]);
      expect((await scene.failures()).map(({ failure }) => failure.Error)).toEqual(Array(4).fill('Athena.AccessDeniedException'));
    } finally {
      await role.put(role.document.Statement);
    }
  });

  /** What the role of the state machine may do, and how to change it. */
  async function policyOfAnalysis() {
    const iam = new IAMClient(scene.security);
    const RoleName = await scene.idOf('AWS::IAM::Role', /DailyRole/);
    const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = JSON.parse(decodeURIComponent(PolicyDocument!));
    return {
      document,
      put: (Statement: object[]) =>
        iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify({ ...document, Statement }) })),
    };
  }
});

test('the same program again has nothing to change', async () => {
  expect(await cdk.diff(ACCOUNT, IRELAND, APP)).toContain('Number of stacks with differences: 0');
}, 120_000);

test('one field more: other logs, the same table with one column more, and its former version is kept', async () => {
  const before = await Promise.all(REGIONS.map(region => scene.flowLog(region, 'central')));
  const table = await scene.table();
  await cdk.deploy(ACCOUNT, IRELAND, WIDER_APP);
  for (const [index, region] of REGIONS.entries()) {
    const log = await scene.flowLog(region, 'central');
    expect(log.FlowLogId).not.toBe(before[index].FlowLogId);
    expect(columnsOf(log)).toEqual([...columnsOf(before[index]), 'encryption_status']);
    const { FlowLogs = [] } = await new EC2Client(scene.shop(region)).send(new DescribeFlowLogsCommand({}));
    expect(FlowLogs.map(each => each.FlowLogId)).not.toContain(before[index].FlowLogId);
  }
  const columns = columnsOf(await scene.flowLog(IRELAND, 'central'));
  const versions = new GetTableVersionsCommand({ DatabaseName: table.DatabaseName, TableName: table.Name });
  const { TableVersions = [] } = await new GlueClient(scene.security).send(versions);
  expect(TableVersions.map(({ VersionId, Table }) => [VersionId, Table!.StorageDescriptor!.Columns!.map(column => column.Name)])).toEqual([
    ['1', columns], ['0', columns.slice(0, -1)],
  ]);
  expect((await scene.table()).StorageDescriptor!.Columns!.at(-1)).toEqual({ Name: 'encryption_status', Type: 'int' });
}, 300_000);
