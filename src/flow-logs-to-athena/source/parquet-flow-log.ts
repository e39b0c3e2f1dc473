import type { CfnFlowLog, FlowLogDestinationConfig, FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import {
  FlowLog, FlowLogDestination, FlowLogDestinationType, FlowLogMaxAggregationInterval as Interval,
  FlowLogTrafficType as Traffic, LogFormat,
} from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { FlowLogSource } from './flow-log-source';
import type { FlowLogFormat } from '../format/flow-log-format';
import type { FlowLogPartitions } from '../storage/flow-log-partitions';

/** What is logged, and where to. */
export interface ParquetFlowLogOptions {
  /** Whose traffic. */
  readonly source: FlowLogSource;
  /** Which fields. */
  readonly format: FlowLogFormat;
  /** Where to. */
  readonly bucket: IBucket;
  /**
   * Below which prefix.
   *
   * @default - at the root of the bucket
   */
  readonly prefix?: string;
  /** In which folders. */
  readonly partitions: FlowLogPartitions;
  /**
   * Which traffic.
   *
   * @default - all of it
   */
  readonly traffic?: FlowLogTrafficType;
  /**
   * How long packets of a flow are put into one record.
   *
   * @default - one minute
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;
}

/** A flow log in Parquet, below the prefix. */
export function createParquetFlowLog(scope: Construct, id: string, options: ParquetFlowLogOptions): FlowLog {
  const { source, format } = options;
  const flowLog = new FlowLog(scope, id, {
    resourceType: source._resourceType,
    // Trap: the L2 logs all traffic when nobody says which, but a transit gateway must have no traffic type.
    trafficType: source.isTransitGateway ? undefined : options.traffic ?? Traffic.ALL,
    // Trap: the L2 says that a minute is the default of a transit gateway, and leaves it out. AWS takes nothing else there, and its default is ten.
    maxAggregationInterval: options.aggregationInterval ?? Interval.ONE_MINUTE,
    logFormat: format._fields.map(field => LogFormat.field(field.name)),
    destination: new ParquetDestination(options),
  });
  const resource = flowLog.node.defaultChild as CfnFlowLog;
  // Trap: the L2 writes these keys in camel case, against the schema of CloudFormation.
  const { isHive, isHourly } = options.partitions;
  resource.destinationOptions = { FileFormat: 'parquet', HiveCompatiblePartitions: isHive, PerHourPartition: isHourly };
  const tags = format._tags();
  if (tags.length > 0) {
    // Trap: the L2 does not know of them, and AWS refuses a log format with tags that has none.
    resource.tagFieldSpecifications = tags;
  }
  // AWS looks at the policy of the bucket when the log is created, and writes one of its own when it may and ours is not
  // there yet; CloudFormation then finds a policy that it does not know.
  if (options.bucket.policy) {
    flowLog.node.addDependency(options.bucket.policy);
  }
  return flowLog;
}

/**
 * The bucket, in Parquet.
 *
 * Trap: `FlowLogDestination.toS3` adds statements to the policy of the bucket with one feature flag, and none without.
 * Ours are there in any case, and once.
 */
class ParquetDestination extends FlowLogDestination {
  constructor(private readonly options: ParquetFlowLogOptions) {
    super();
  }

  public bind(): FlowLogDestinationConfig {
    const { bucket, prefix } = this.options;
    return {
      logDestinationType: FlowLogDestinationType.S3,
      s3Bucket: bucket,
      keyPrefix: prefix,
    };
  }
}
