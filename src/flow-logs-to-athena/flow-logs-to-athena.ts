import type { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import type { CfnFlowLog, FlowLog, FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLogTrafficType as Traffic } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FlowLogsAnalysis, FlowLogsAnalysisOptions } from './analysis/flow-logs-analysis';
import type { FlowLogQueryOptions } from './catalog/flow-logs-catalog';
import { FlowLogsCatalog } from './catalog/flow-logs-catalog';
import type { FlowLogsToCloudWatchOptions } from './cloudwatch/flow-logs-to-cloudwatch';
import { FlowLogsToCloudWatch } from './cloudwatch/flow-logs-to-cloudwatch';
import type { RejectAlarm, RejectAlarmOptions } from './cloudwatch/reject-alarm';
import { findFlowLogDrift } from './drift';
import type { FirehoseDestination } from './firehose/firehose-destination';
import type { FlowLogsToFirehoseOptions } from './firehose/flow-logs-to-firehose';
import { FlowLogsToFirehose } from './firehose/flow-logs-to-firehose';
import { FlowLogFormat } from './format/flow-log-format';
import type { NamedQuery } from './queries/named-query';
import type { FlowLogSource } from './source/flow-log-source';
import { createParquetFlowLog } from './source/parquet-flow-log';
import { FlowLogAccounts } from './storage/flow-log-accounts';
import { FlowLogPartitions } from './storage/flow-log-partitions';
import type { FlowLogStorageOptions } from './storage/log-bucket';
import { allowDelivery, createLogBucket } from './storage/log-bucket';
import {
  findCatalogProblems, findFormatProblems, findPartitionProblems, findRetentionProblems, findSourceProblems, findStorageProblems,
} from './validation';
import { Findings } from '../private/validation';

/** Properties of a `FlowLogsToAthena`. */
export interface FlowLogsToAthenaProps {
  /** Whose traffic is logged. */
  readonly source: FlowLogSource;

  /**
   * The fields that are logged: the table and what queries can ask follow from them.
   *
   * @default - FlowLogFormat.security(), and FlowLogFormat.transitGateway() for a transit gateway
   */
  readonly format?: FlowLogFormat;

  /**
   * How long logs are kept, in whole days: how far back an attack can be traced. The table looks back as far.
   *
   * @default Duration.days(365)
   */
  readonly retention?: Duration;

  /**
   * Which traffic is logged. What is rejected is little and shows attacks; what is accepted is much, and shows what became
   * of them. A transit gateway has none to choose from.
   *
   * @default - ALL
   */
  readonly traffic?: FlowLogTrafficType;

  /**
   * How long packets of a flow are put into one record. On Nitro instances it is a minute or less, whatever is stated.
   *
   * @default FlowLogMaxAggregationInterval.ONE_MINUTE
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;

  /**
   * Where the files are, and how they lie.
   *
   * @default - a new bucket that is kept when the stack goes, with a folder for each hour
   */
  readonly storage?: FlowLogStorageOptions;

  /**
   * How they are queried.
   *
   * @default - 100 GiB a query, results in a bucket of their own for 30 days
   */
  readonly queries?: FlowLogQueryOptions;
}

/**
 * Flow logs that can be asked: in Parquet in S3, with a table that can not drift from them, a workgroup with a cap on what
 * a query costs, and the questions that are asked after an attack, or when something can not be reached.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
 */
export class FlowLogsToAthena extends Construct {
  /** Whose traffic is logged. */
  public readonly source: FlowLogSource;
  /** The fields that are logged. */
  public readonly format: FlowLogFormat;
  /** The flow log. AWS can not change it: whatever is changed of it makes a new one. */
  public readonly flowLog: FlowLog;
  /** The bucket that the files are in. */
  public readonly bucket: IBucket;
  /** Database, table, workgroup and queries. */
  public readonly catalog: FlowLogsCatalog;

  private inCloudWatch?: FlowLogsToCloudWatch;

  constructor(scope: Construct, id: string, props: FlowLogsToAthenaProps) {
    super(scope, id);
    const { source, retention = Duration.days(365), storage = {}, queries } = props;
    this.source = source;
    this.format = props.format ?? (source.isTransitGateway ? FlowLogFormat.transitGateway() : FlowLogFormat.security());
    const partitions = storage.partitions ?? FlowLogPartitions.hourly();
    validateProps(this, { ...props, format: this.format, retention, storage: { ...storage, partitions } });

    const { account, region, partition } = Stack.of(this);
    const { prefix } = storage;
    const { format } = this;
    const accounts = FlowLogAccounts.of([account]);
    this.bucket = storage.bucket ?? createLogBucket(this, 'Bucket', { ...storage, retention });
    allowDelivery(this, this.bucket, { partition, regions: [region], accounts, prefix, partitions });
    this.flowLog = createParquetFlowLog(this, 'FlowLog', {
      source, format, bucket: this.bucket, prefix, partitions, traffic: props.traffic, aggregationInterval: props.aggregationInterval,
    });
    this.catalog = new FlowLogsCatalog(this, 'Catalog', {
      ...{ bucket: this.bucket, format, prefix, partitions, accounts, retention, queries },
      traffic: source.isTransitGateway ? undefined : props.traffic ?? Traffic.ALL,
    });
    this.node.addValidation({ validate: () => findFlowLogDrift(this.flowLog.node.defaultChild as CfnFlowLog, { format, partitions }) });
  }

  /** The log in CloudWatch; undefined while nothing asked for it. */
  public get cloudWatch(): FlowLogsToCloudWatch | undefined {
    return this.inCloudWatch;
  }

  /**
   * Keeps the query in Athena, under its name, for whoever opens the workgroup.
   *
   * @throws When it needs a field, or traffic, that is not logged.
   */
  public addQuery(query: NamedQuery): CfnNamedQuery {
    return this.catalog.addQuery(query);
  }

  /**
   * Keeps those of the queries whose fields and traffic are logged: `addQueries(NamedQuery.pack())`. A note at synth says
   * which are left out, and why.
   *
   * @returns Those that were added.
   */
  public addQueries(queries: NamedQuery[]): CfnNamedQuery[] {
    return this.catalog.addQueries(queries);
  }

  /** Lets somebody run queries in the workgroup, and read their results: see `FlowLogsCatalog.grantQuery`. */
  public grantQuery(grantee: IGrantable): Grant {
    return this.catalog.grantQuery(grantee);
  }

  /**
   * Asks queries by a schedule, and tells somebody what they find: which query, how many rows, where they are.
   *
   * @param id What it is called below this construct, such as `Daily`.
   * @throws When a query needs a field, or traffic, that is not logged.
   */
  public analyze(id: string, options: FlowLogsAnalysisOptions): FlowLogsAnalysis {
    return this.catalog.analyze(id, options);
  }

  /**
   * Rings when too much is rejected, at a port or at all: `alarmOnRejects({ port: 22, threshold: 100 })`. It needs the log
   * in CloudWatch as well, and sends it what is rejected, unless `toCloudWatch` said more.
   *
   * @throws When a field that it needs, or rejected traffic, is not logged there.
   */
  public alarmOnRejects(options: RejectAlarmOptions): RejectAlarm {
    this.inCloudWatch ??= this.toCloudWatch({ traffic: Traffic.REJECT });
    return this.inCloudWatch.alarmOnRejects(options);
  }

  /**
   * Sends the log to CloudWatch as well, for alarms and for what must be seen within minutes. Once, and before
   * `alarmOnRejects`.
   */
  public toCloudWatch(options: FlowLogsToCloudWatchOptions = {}): FlowLogsToCloudWatch {
    const findings = new Findings();
    findings.require(this.inCloudWatch === undefined,
      '\'toCloudWatch\' must be called once, and before \'alarmOnRejects\', got: another log in CloudWatch; use \'cloudWatch\', or create a FlowLogsToCloudWatch of your own');
    findings.throwIfAny(this);
    this.inCloudWatch = new FlowLogsToCloudWatch(this, 'CloudWatch', { ...options, source: this.source });
    return this.inCloudWatch;
  }

  /** Sends the log to Amazon Data Firehose as well, from where other tools take it. Once. */
  public toFirehose(destination: FirehoseDestination, options: FlowLogsToFirehoseOptions = {}): FlowLogsToFirehose {
    return new FlowLogsToFirehose(this, 'Firehose', { ...options, source: this.source, destination });
  }
}

type Complete = FlowLogsToAthenaProps & Required<Pick<FlowLogsToAthenaProps, 'format' | 'retention' | 'storage'>>;

function validateProps(scope: Construct, props: Complete): void {
  const { format, retention, storage } = props;
  const findings = new Findings();
  findFormatProblems(findings, format);
  findSourceProblems(findings, scope, props);
  findPartitionProblems(findings, storage.partitions!, format.columns);
  findRetentionProblems(findings, retention);
  findStorageProblems(findings, scope, storage, retention);
  findCatalogProblems(findings, props.queries ?? {});
  findings.throwIfAny(scope);
}
