import type { CfnFlowLog, FlowLog, FlowLogDestinationConfig } from 'aws-cdk-lib/aws-ec2';
import { FlowLogDestination, FlowLogDestinationType } from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { LoggedTraffic } from './flow-log';
import { createFlowLog } from './flow-log';
import type { FlowLogPartitions } from '../storage/flow-log-partitions';

/** What is logged, and where to. */
export interface ParquetFlowLogOptions extends LoggedTraffic {
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
}

/** A flow log in Parquet, below the prefix. */
export function createParquetFlowLog(scope: Construct, id: string, options: ParquetFlowLogOptions): FlowLog {
  const flowLog = createFlowLog(scope, id, { ...options, destination: new ParquetDestination(options), namesDefaultFields: true });
  // Trap: the L2 writes these keys in camel case, against the schema of CloudFormation.
  const { isHive, isHourly } = options.partitions;
  (flowLog.node.defaultChild as CfnFlowLog).destinationOptions = { FileFormat: 'parquet', HiveCompatiblePartitions: isHive, PerHourPartition: isHourly };
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
