import type { CfnFlowLog, FlowLog, FlowLogMaxAggregationInterval } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { CentralFlowLogsBucket } from './central-flow-logs-bucket';
import { findBucketProblems } from './validation';
import { Findings } from '../../private/validation';
import { findFlowLogDrift } from '../drift';
import type { FlowLogSource } from '../source/flow-log-source';
import { createParquetFlowLog } from '../source/parquet-flow-log';
import { findSenderProblems, findSourceProblems } from '../validation';

/** Properties of a `FlowLogsToCentralBucket`. */
export interface FlowLogsToCentralBucketProps {
  /** Whose traffic is logged. */
  readonly source: FlowLogSource;

  /** The bucket, as all accounts know it. `CentralFlowLogs` is deployed first: AWS asks the bucket whether it may write. */
  readonly bucket: CentralFlowLogsBucket;

  /**
   * How long packets of a flow are put into one record. On Nitro instances it is a minute or less, whatever is stated.
   *
   * @default FlowLogMaxAggregationInterval.ONE_MINUTE
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;
}

/** A flow log that is written to the bucket of another account. Nobody of this account can read or remove what it wrote. */
export class FlowLogsToCentralBucket extends Construct {
  /** The flow log. AWS can not change it: whatever is changed of it makes a new one. */
  public readonly flowLog: FlowLog;

  constructor(scope: Construct, id: string, props: FlowLogsToCentralBucketProps) {
    super(scope, id);
    const { source, bucket, aggregationInterval } = props;
    const { bucketName, format, prefix, partitions } = bucket;
    const findings = new Findings();
    findBucketProblems(findings, bucket);
    findSourceProblems(findings, this, { source, format, traffic: bucket._stated.traffic, aggregationInterval });
    findSenderProblems(findings, this, bucketName, bucket.accounts, bucket.regions);
    findings.throwIfAny(this);

    this.flowLog = createParquetFlowLog(this, 'FlowLog', {
      ...{ source, format, prefix, partitions, traffic: bucket.traffic, aggregationInterval },
      bucket: Bucket.fromBucketName(this, 'Bucket', bucketName),
    });
    this.node.addValidation({ validate: () => findFlowLogDrift(this.flowLog.node.defaultChild as CfnFlowLog, { format, partitions }) });
  }
}
