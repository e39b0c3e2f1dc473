/**
 * A VPC whose flow logs are asked by Athena, with alarms and an analysis. On a real account Athena itself runs a query of the
 * pack over the table: it says what it thinks of the projection, the types and the SQL. There are no files yet, so nothing is
 * found.
 */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { IpAddresses, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Finding, FlowLogsToAthena, FlowLogSource, NamedQuery } from '../src';

export const app = new App();
const stack = new Stack(app, 'IntegFlowLogsToAthena', { env: { region: 'eu-west-1' } });
const vpc = new Vpc(stack, 'Vpc', { ipAddresses: IpAddresses.cidr('10.90.0.0/24'), maxAzs: 1, natGateways: 0, restrictDefaultSecurityGroup: false });
const logs = new FlowLogsToAthena(stack, 'FlowLogs', { source: FlowLogSource.vpc(vpc), retention: Duration.days(30) });
logs.addQueries(NamedQuery.pack());
logs.alarmOnRejects({ port: 22, threshold: 100 });
logs.analyze('Daily', { findings: [Finding.of(NamedQuery.portScan())] });
const scans = logs.addQuery(NamedQuery.of({
  name: 'flows-of-today',
  description: 'How many flows were logged in the last day',
  sql: 'SELECT count(*) AS flows FROM {table} WHERE {window}',
}));

const test = new IntegTest(app, 'FlowLogsToAthena', {
  testCases: [stack],
  regions: ['eu-west-1'],
  // In the Region of the logs, which the assertions refer to.
  assertionStack: new Stack(app, 'IntegFlowLogsToAthenaAssertions', { env: { region: 'eu-west-1' } }),
});

test.assertions.awsApiCall('EC2', 'DescribeFlowLogs', { FlowLogIds: [logs.flowLog.flowLogId] }).expect(ExpectedResult.objectLike({
  FlowLogs: [Match.objectLike({
    TrafficType: 'ALL',
    LogDestinationType: 's3',
    LogFormat: logs.format.logFormat,
    DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true },
  })],
}));

test.assertions.awsApiCall('Glue', 'GetTable', { DatabaseName: logs.catalog.databaseName, Name: logs.catalog.tableName }).expect(ExpectedResult.objectLike({
  Table: Match.objectLike({
    PartitionKeys: ['aws_account_id', 'aws_region', 'day', 'hour'].map(Name => ({ Name, Type: 'string' })),
    Parameters: Match.objectLike({ 'projection.enabled': 'true', 'projection.day.range': 'NOW-30DAYS,NOW' }),
  }),
}));

test.assertions.awsApiCall('Athena', 'GetNamedQuery', { NamedQueryId: scans.ref }).expect(ExpectedResult.objectLike({
  NamedQuery: Match.objectLike({ Name: 'flows-of-today', Database: logs.catalog.databaseName, WorkGroup: logs.catalog.workGroupName }),
}));

app.synth();
