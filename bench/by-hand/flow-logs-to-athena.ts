import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, Names, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { network } from '../network';

const FIELDS: [string, string][] = [
  ['version', 'int'], ['account-id', 'string'], ['interface-id', 'string'], ['srcaddr', 'string'], ['dstaddr', 'string'], ['srcport', 'int'],
  ['dstport', 'int'], ['protocol', 'int'], ['packets', 'bigint'], ['bytes', 'bigint'], ['start', 'bigint'], ['end', 'bigint'], ['action', 'string'],
  ['log-status', 'string'], ['vpc-id', 'string'], ['subnet-id', 'string'], ['instance-id', 'string'], ['tcp-flags', 'int'], ['type', 'string'],
  ['pkt-srcaddr', 'string'], ['pkt-dstaddr', 'string'], ['az-id', 'string'], ['pkt-src-aws-service', 'string'], ['pkt-dst-aws-service', 'string'],
  ['flow-direction', 'string'], ['traffic-path', 'int'], ['reject-reason', 'string'], ['next-hop-az-id', 'string'], ['next-hop-interface-type', 'string'],
];
const HOURS = ['current_timestamp - interval \'1\' day', 'current_timestamp'].map(time => `date_format(${time}, '%Y/%m/%d/%H')`);
const DAYS = HOURS.map(hour => `substr(${hour}, 1, 10)`);

/** The same resources with the same properties. What differs: names, which follow from paths, and nothing checks what is stated. */
export function byHand(stack: Stack, id: string): void {
  const shop = new Construct(stack, id);
  const vpc = network(shop);
  const scope = new Construct(shop, 'FlowLogs');
  const bucket = keep(scope, 'Bucket', 'FlowLogs', 365, 7);
  deliver(stack, bucket);
  log(scope, vpc, bucket);

  const catalog = new Construct(scope, 'Catalog');
  const name = Names.uniqueResourceName(catalog, { maxLength: 128, separator: '_' }).toLowerCase();
  const database = new CfnDatabase(catalog, 'Database', { catalogId: stack.account, databaseInput: { name, description: `Flow logs of ${scope.node.path}` } });
  describe(catalog, stack, name, bucket).addResourceDependency(database);
  const results = keep(catalog, 'Results', 'QueryResults', 30, 1);
  ask(catalog, stack, name, results).addResourceDependency(database);
}

function keep(scope: Construct, id: string, rule: string, days: number, abortAfter: number): Bucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{
      id: rule,
      expiration: Duration.days(days),
      abortIncompleteMultipartUploadAfter: Duration.days(abortAfter),
      ...(days > 90 ? { transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }] } : {}),
    }],
  });
  Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'it holds logs, or what was read of them' });
  return bucket;
}

/** The delivery service of this account and Region writes, and looks at the bucket. */
function deliver(stack: Stack, bucket: Bucket): void {
  const conditions = (more = {}) => ({
    StringEquals: { 'aws:SourceAccount': stack.account, ...more },
    ArnLike: { 'aws:SourceArn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:*` },
  });
  const principals = [new ServicePrincipal('delivery.logs.amazonaws.com')];
  bucket.addToResourcePolicy(new PolicyStatement({
    principals,
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
    conditions: conditions({ 's3:x-amz-acl': 'bucket-owner-full-control' }),
  }));
  bucket.addToResourcePolicy(new PolicyStatement({
    principals, actions: ['s3:GetBucketAcl', 's3:ListBucket'], resources: [bucket.bucketArn], conditions: conditions(),
  }));
}

function log(scope: Construct, vpc: IVpc, bucket: Bucket): void {
  const flowLog = new CfnFlowLog(scope, 'FlowLog', {
    resourceId: vpc.vpcId,
    resourceType: 'VPC',
    trafficType: 'ALL',
    logDestinationType: 's3',
    logDestination: bucket.bucketArn,
    logFormat: FIELDS.map(([field]) => `\${${field}}`).join(' '),
    maxAggregationInterval: 60,
    destinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true },
    tags: [{ key: 'Name', value: `${scope.node.path}/FlowLog` }],
  });
  flowLog.node.addDependency(bucket.policy!);
}

/** The table over the files. */
function describe(scope: Construct, stack: Stack, databaseName: string, bucket: IBucket): CfnTable {
  return new CfnTable(scope, 'Table', {
    catalogId: stack.account,
    databaseName,
    tableInput: {
      name: 'flow_logs',
      description: `Flow logs of ${scope.node.path.replace(/\/Catalog$/, '')}`,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: ['aws_account_id', 'aws_region', 'day', 'hour'].map(name => ({ name, type: 'string' })),
      parameters: {
        'classification': 'parquet',
        'projection.enabled': 'true',
        'projection.aws_account_id.type': 'enum',
        'projection.aws_account_id.values': stack.account,
        'projection.aws_region.type': 'enum',
        'projection.aws_region.values': stack.region,
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy/MM/dd',
        'projection.day.range': 'NOW-365DAYS,NOW',
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        'projection.hour.type': 'integer',
        'projection.hour.range': '0,23',
        'projection.hour.digits': '2',
        'storage.location.template': `s3://${bucket.bucketName}/AWSLogs/\${aws_account_id}/vpcflowlogs/\${aws_region}/\${day}/\${hour}/`,
      },
      storageDescriptor: {
        columns: FIELDS.map(([field, type]) => ({ name: field.replaceAll('-', '_'), type })),
        location: `s3://${bucket.bucketName}/AWSLogs/`,
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    },
  });
}

/** The workgroup, and one query. */
function ask(scope: Construct, stack: Stack, database: string, results: Bucket): CfnNamedQuery {
  const workGroup = new CfnWorkGroup(scope, 'WorkGroup', {
    name: Names.uniqueResourceName(scope, { maxLength: 128, separator: '-' }),
    description: `Queries of ${database}.flow_logs`,
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      bytesScannedCutoffPerQuery: 107_374_182_400,
      resultConfiguration: {
        outputLocation: `s3://${results.bucketName}/`,
        expectedBucketOwner: stack.account,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  return new CfnNamedQuery(scope, 'RejectedSshRdp', {
    name: 'rejected-ssh-rdp',
    description: 'Who was refused at SSH or RDP: attackers, and colleagues whose address a rule does not name. '
      + 'Packets that come after a connection closed are rejected, too.',
    database,
    workGroup: workGroup.ref,
    queryString: `SELECT "srcaddr", "dstaddr", "dstport", count(*) AS flows, sum("packets") AS total_packets,
  CAST(from_unixtime(min("start")) AS timestamp) AS first_seen, CAST(from_unixtime(max("end")) AS timestamp) AS last_seen
FROM "${database}"."flow_logs"
WHERE day BETWEEN ${DAYS[0]} AND ${DAYS[1]} AND day || '/' || hour BETWEEN ${HOURS[0]} AND ${HOURS[1]} AND "action" = 'REJECT' AND "protocol" = 6 AND "dstport" IN (22, 3389)
GROUP BY "srcaddr", "dstaddr", "dstport"
ORDER BY flows DESC, "srcaddr", "dstaddr", "dstport"
LIMIT 100`,
  });
}
