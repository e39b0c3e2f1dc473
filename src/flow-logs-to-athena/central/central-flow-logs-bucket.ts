import type { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLogTrafficType as Traffic } from 'aws-cdk-lib/aws-ec2';
import { FlowLogFormat } from '../format/flow-log-format';
import type { FlowLogAccounts } from '../storage/flow-log-accounts';
import { FlowLogPartitions } from '../storage/flow-log-partitions';

/** What all accounts must agree on, for `CentralFlowLogsBucket.of`. */
export interface CentralFlowLogsBucketOptions {
  /** The name of the bucket: by it, other accounts write to it. */
  readonly bucketName: string;

  /** The accounts whose logs it takes. */
  readonly accounts: FlowLogAccounts;

  /** The Regions whose logs it takes. */
  readonly regions: string[];

  /**
   * The fields that all of them log.
   *
   * @default FlowLogFormat.security()
   */
  readonly format?: FlowLogFormat;

  /**
   * Which traffic all of them log. Leave it out for transit gateways.
   *
   * @default - ALL
   */
  readonly traffic?: FlowLogTrafficType;

  /**
   * The folder of the bucket that the logs are below, without '/' at either end. `AWSLogs` is AWS's own.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;

  /**
   * How the files lie.
   *
   * @default FlowLogPartitions.hourly()
   */
  readonly partitions?: FlowLogPartitions;
}

/**
 * One bucket for the flow logs of several accounts, as all of them know it: stated once, in code that they share. It
 * creates nothing, and needs no stack of another account: `CentralFlowLogs` creates the bucket in one account, and
 * `FlowLogsToCentralBucket` writes to it from the others.
 */
export class CentralFlowLogsBucket {
  /** A bucket of this name, for these accounts. */
  public static of(options: CentralFlowLogsBucketOptions): CentralFlowLogsBucket {
    return new CentralFlowLogsBucket(options);
  }

  /** The name of the bucket. */
  public readonly bucketName: string;
  /** The accounts whose logs it takes. */
  public readonly accounts: FlowLogAccounts;
  /** The Regions whose logs it takes. */
  public readonly regions: string[];
  /** The fields that all of them log. */
  public readonly format: FlowLogFormat;
  /** Which traffic all of them log; undefined for transit gateways, which have none to choose from. */
  public readonly traffic?: FlowLogTrafficType;
  /** The folder that the logs are below; undefined for the root. */
  public readonly prefix?: string;
  /** How the files lie. */
  public readonly partitions: FlowLogPartitions;

  /** @internal What was stated, for messages about what must not be. */
  public readonly _stated: CentralFlowLogsBucketOptions;

  private constructor(options: CentralFlowLogsBucketOptions) {
    this._stated = options;
    this.bucketName = options.bucketName;
    this.accounts = options.accounts;
    this.regions = options.regions;
    this.format = options.format ?? FlowLogFormat.security();
    this.traffic = this.format.isTransitGateway ? undefined : options.traffic ?? Traffic.ALL;
    this.prefix = options.prefix;
    this.partitions = options.partitions ?? FlowLogPartitions.hourly();
  }
}
