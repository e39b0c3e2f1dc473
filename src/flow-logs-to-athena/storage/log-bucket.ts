import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket, LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import { Annotations, Duration as Time, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Delivery } from './delivery-policy';
import { bucketStatements, keyStatement } from './delivery-policy';
import type { FlowLogPartitions } from './flow-log-partitions';
import { acknowledge } from '../../private/acknowledgement';
import { inDays, isKnownDuration } from '../../private/validation';

/** Where the files of a flow log are, and how. */
export interface FlowLogStorageOptions {
  /**
   * A bucket of yours, which keeps its settings: nothing in it expires because of us. Its policy, and that of its key, are
   * told to take the logs; a warning names what must be added where they can not be.
   *
   * @default - a new one that nobody else can read, whose files expire, and which is kept when the stack goes
   */
  readonly bucket?: IBucket;

  /**
   * What encrypts the files of a new bucket: a customer managed key of its Region.
   *
   * @default - a key that S3 manages
   */
  readonly encryptionKey?: IKey;

  /**
   * The folder of the bucket that the logs are below, without '/' at either end. `AWSLogs` is AWS's own.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;

  /**
   * How the files lie, and so what a query can leave unread.
   *
   * @default FlowLogPartitions.hourly()
   */
  readonly partitions?: FlowLogPartitions;

  /**
   * When files of a new bucket move to Glacier Instant Retrieval, from which queries still read them, for more money a
   * query and less a month.
   *
   * @default - after 90 days when they are kept for 180 or longer, else never
   */
  readonly archiveAfter?: Duration;
}

/** A bucket for logs. */
export interface LogBucketOptions {
  /**
   * Its name.
   *
   * @default - CloudFormation makes one
   */
  readonly bucketName?: string;
  /**
   * What encrypts it.
   *
   * @default - a key that S3 manages
   */
  readonly encryptionKey?: IKey;
  /** When files expire. */
  readonly retention: Duration;
  /**
   * When files are archived.
   *
   * @default - after 90 days when they are kept for 180 or longer, else never
   */
  readonly archiveAfter?: Duration;
}

const ARCHIVE_AFTER = Time.days(90);
/** An object is paid for 90 days in Glacier Instant Retrieval, whether it is there or not. */
const WORTH_ARCHIVING = 180;

/** When files of the bucket are archived: stated, or because it is worth it. */
export function archiveAfter({ retention, archiveAfter: stated }: Pick<LogBucketOptions, 'retention' | 'archiveAfter'>): Duration | undefined {
  return stated ?? (isKnownDuration(retention) && inDays(retention) >= WORTH_ARCHIVING ? ARCHIVE_AFTER : undefined);
}

/** A bucket that outlives its stack, and in which nothing outlives its time. */
export function createLogBucket(scope: Construct, id: string, options: LogBucketOptions): Bucket {
  const bucket = new Bucket(scope, id, {
    bucketName: options.bucketName,
    // Trap: with a bucket key, AWS says, the statement for log delivery no longer works for all requests.
    ...options.encryptionKey
      ? { encryption: BucketEncryption.KMS, encryptionKey: options.encryptionKey, bucketKeyEnabled: false }
      : { encryption: BucketEncryption.S3_MANAGED },
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    lifecycleRules: [lifecycleOf(options)],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(bucket, 'AwsSolutions-S1', 'log delivery writes every five minutes, and its access logs would be larger than the logs; who reads them is in the data events of CloudTrail');
  return bucket;
}

function lifecycleOf(options: LogBucketOptions): LifecycleRule {
  const after = archiveAfter(options);
  return {
    id: 'FlowLogs',
    expiration: options.retention,
    abortIncompleteMultipartUploadAfter: Time.days(7),
    transitions: after && [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: after }],
  };
}

/**
 * Lets logs be delivered to the bucket, and its key be used for them. What can not be told to somebody else's bucket is
 * said in a warning.
 */
export function allowDelivery(scope: Construct, bucket: IBucket, delivery: Delivery): void {
  const refused = bucketStatements(bucket.bucketArn, delivery).filter(statement => !bucket.addToResourcePolicy(statement).statementAdded);
  if (refused.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-resilience:flowLogBucketPolicy',
      `the policy of the imported bucket '${bucket.node.path}' can not be extended: add ${shown(scope, refused)}, or no log is delivered`);
  }
  const statement = keyStatement(delivery);
  if (bucket.encryptionKey && !bucket.encryptionKey.addToResourcePolicy(statement).statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-resilience:flowLogKeyPolicy',
      `the policy of the imported key of bucket '${bucket.node.path}' can not be extended: add ${shown(scope, [statement])}, or no log is delivered`);
  }
}

function shown(scope: Construct, statements: PolicyStatement[]): string {
  return statements.map(statement => JSON.stringify(Stack.of(scope).resolve(statement.toStatementJson()))).join(' and ');
}
