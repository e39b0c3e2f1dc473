/** One resource of each type that flow logs, their queries, alarms and analysis are made of; `--context next=true` changes the format. */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import {
  CfnFlowLog, CfnTransitGateway, CfnTransitGatewayAttachment, FlowLog, FlowLogDestination, FlowLogFileFormat, FlowLogResourceType, FlowLogTrafficType,
  LogFormat, Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Database, DataFormat, S3Table, S3TableStorage, Schema } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { FilterPattern, LogGroup, MetricFilter, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, IntegrationPattern, JsonPath, StateMachine, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { AthenaGetQueryResults, AthenaStartQueryExecution, SnsPublish, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { ACCOUNT, IRELAND } from '../environments';

const app = new App();
const next = app.node.tryGetContext('next') === 'true';

class Types extends Stack {
  public get availabilityZones(): string[] {
    return ['eu-west-1a', 'eu-west-1b'];
  }
}

const stack = new Types(app, 'FlowLogTypes', { env: { account: ACCOUNT, region: IRELAND } });
const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
const logs = new Bucket(stack, 'Logs', { removalPolicy: RemovalPolicy.DESTROY });
const delivery = (action: string, resource: string, acl: Record<string, string> = {}) => logs.addToResourcePolicy(new PolicyStatement({
  principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
  actions: [action],
  resources: [resource],
  conditions: { StringEquals: { 'aws:SourceAccount': ACCOUNT, ...acl }, ArnLike: { 'aws:SourceArn': `arn:aws:logs:${IRELAND}:${ACCOUNT}:*` } },
}));
delivery('s3:PutObject', logs.arnForObjects('team/AWSLogs/*'), { 's3:x-amz-acl': 'bucket-owner-full-control' });
delivery('s3:GetBucketAcl', logs.bucketArn);

const toS3 = new FlowLog(stack, 'ToS3', {
  resourceType: FlowLogResourceType.fromVpc(vpc),
  destination: FlowLogDestination.toS3(logs, 'team', { fileFormat: FlowLogFileFormat.PARQUET, hiveCompatiblePartitions: false, perHourPartition: true }),
  logFormat: [LogFormat.SRC_ADDR, LogFormat.BYTES, ...(next ? [LogFormat.ACTION] : [])],
});
toS3.node.addDependency(logs.policy!);

const group = new LogGroup(stack, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
new FlowLog(stack, 'ToLogGroup', {
  resourceType: FlowLogResourceType.fromVpc(vpc),
  destination: FlowLogDestination.toCloudWatchLogs(group),
  trafficType: FlowLogTrafficType.REJECT,
  logFormat: [LogFormat.SRC_ADDR, LogFormat.DST_PORT, LogFormat.ACTION],
});
const topic = new Topic(stack, 'Topic');
const rejects = new MetricFilter(stack, 'Rejects', {
  logGroup: group,
  metricNamespace: 'FlowLogs',
  metricName: 'RejectedSsh',
  filterPattern: FilterPattern.spaceDelimited('srcaddr', 'dstport', 'action')
    .whereNumber('dstport', '=', 22).whereString('action', '=', 'REJECT'),
});
new Alarm(stack, 'Alarm', { metric: rejects.metric({ statistic: 'Sum', period: Duration.minutes(1) }), threshold: 3, evaluationPeriods: 1 })
  .addAlarmAction(new SnsAction(topic));
new QueryDefinition(stack, 'Definition', {
  queryDefinitionName: 'flow-logs/rejects',
  logGroups: [group],
  queryString: new QueryString({ parseStatements: ['@message "* * *" as srcaddr, dstport, action'], filterStatements: ['action = "REJECT"'] }),
});

const stream = new CfnDeliveryStream(stack, 'Stream', {
  deliveryStreamType: 'DirectPut',
  s3DestinationConfiguration: {
    bucketArn: logs.bucketArn,
    prefix: 'firehose/',
    roleArn: new Role(stack, 'StreamRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') }).roleArn,
  },
  tags: [{ key: 'LogDeliveryEnabled', value: 'true' }],
});
const gateway = new CfnTransitGateway(stack, 'Gateway', { description: 'hub' });
const attachment = new CfnTransitGatewayAttachment(stack, 'Attachment', {
  transitGatewayId: gateway.ref, vpcId: vpc.vpcId, subnetIds: vpc.privateSubnets.concat(vpc.isolatedSubnets).map(subnet => subnet.subnetId),
});
new CfnFlowLog(stack, 'OfAttachment', {
  resourceType: 'TransitGatewayAttachment',
  resourceId: attachment.ref,
  maxAggregationInterval: 60,
  logDestinationType: 'kinesis-data-firehose',
  logDestination: stream.attrArn,
});

const database = new Database(stack, 'Database', { databaseName: 'flow_logs' });
new S3Table(stack, 'Table', {
  database,
  storage: S3TableStorage.fromBucket(logs),
  s3Prefix: 'team/AWSLogs/',
  tableName: 'flows',
  dataFormat: DataFormat.PARQUET,
  columns: [{ name: 'srcaddr', type: Schema.STRING }, { name: 'bytes', type: Schema.BIG_INT }, ...(next ? [{ name: 'action', type: Schema.STRING }] : [])],
  partitionKeys: [{ name: 'day', type: Schema.STRING }, { name: 'hour', type: Schema.STRING }],
  parameters: {
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy/MM/dd',
    'projection.day.range': 'NOW-3650DAYS,NOW',
    'projection.hour.type': 'integer',
    'projection.hour.range': '0,23',
    'projection.hour.digits': '2',
    'storage.location.template': `s3://${logs.bucketName}/team/AWSLogs/${ACCOUNT}/vpcflowlogs/${IRELAND}/\${day}/\${hour}/`,
  },
});
const results = new Bucket(stack, 'Results', { removalPolicy: RemovalPolicy.DESTROY });
const workgroup = new CfnWorkGroup(stack, 'Workgroup', {
  name: 'flow-logs',
  recursiveDeleteOption: true,
  workGroupConfiguration: {
    enforceWorkGroupConfiguration: true,
    bytesScannedCutoffPerQuery: 10_000_000_000,
    resultConfiguration: { outputLocation: results.s3UrlForObject('results/'), encryptionConfiguration: { encryptionOption: 'SSE_S3' } },
  },
});
const SQL = 'SELECT srcaddr, sum(bytes) AS bytes FROM "flow_logs"."flows" WHERE day = \'2026/01/01\' GROUP BY srcaddr ORDER BY bytes DESC';
new CfnNamedQuery(stack, 'Query', { name: 'top', database: database.databaseName, workGroup: workgroup.ref, queryString: SQL });

const failures = new Queue(stack, 'Failures');
const start = new AthenaStartQueryExecution(stack, 'Ask', {
  queryString: SQL,
  workGroup: workgroup.ref,
  queryExecutionContext: { databaseName: database.databaseName },
  resultPath: '$.asked',
  integrationPattern: IntegrationPattern.RUN_JOB,
});
const read = new AthenaGetQueryResults(stack, 'Read', { queryExecutionId: JsonPath.stringAt('$.asked.QueryExecution.QueryExecutionId'), resultPath: '$.found' });
const tell = new SnsPublish(stack, 'Tell', { topic, message: TaskInput.fromJsonPathAt('$.found.ResultSet.Rows[1].Data[0].VarCharValue') });
const keep = new SqsSendMessage(stack, 'Keep', { queue: failures, messageBody: TaskInput.fromJsonPathAt('$') });
const machine = new StateMachine(stack, 'Analysis', {
  definitionBody: DefinitionBody.fromChainable(start.addCatch(keep, { resultPath: '$.failure' }).next(read).next(tell)),
  tracingEnabled: true,
});
machine.addToRolePolicy(new PolicyStatement({
  actions: ['glue:GetTable', 's3:GetBucketLocation', 's3:ListBucket', 's3:GetObject', 's3:PutObject', 'athena:*'],
  resources: ['*'],
}));
const role = new Role(stack, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
machine.grantStartExecution(role);
new CfnSchedule(stack, 'Schedule', {
  name: 'analysis',
  flexibleTimeWindow: { mode: 'OFF' },
  scheduleExpression: 'cron(0 6 * * ? *)',
  scheduleExpressionTimezone: 'Europe/Berlin',
  target: { arn: machine.stateMachineArn, roleArn: role.roleArn, input: '{"at":"<aws.scheduler.scheduled-time>"}', deadLetterConfig: { arn: failures.queueArn } },
});
