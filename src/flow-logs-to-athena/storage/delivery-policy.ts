import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { FlowLogAccounts } from './flow-log-accounts';
import type { FlowLogPartitions } from './flow-log-partitions';

const DELIVERY = 'delivery.logs.amazonaws.com';
/** What S3 takes of a bucket policy, in bytes. */
export const MAX_BUCKET_POLICY = 20_480;

/** Who may deliver, and where to. */
export interface Delivery {
  /** The partition: `aws`, `aws-cn`, … */
  readonly partition: string;
  /** The Regions whose logs are taken. */
  readonly regions: string[];
  /** The accounts whose logs are taken. */
  readonly accounts: FlowLogAccounts;
  /**
   * Below which prefix.
   *
   * @default - at the root of the bucket
   */
  readonly prefix?: string;
  /** In which folders. */
  readonly partitions: FlowLogPartitions;
}

/**
 * What the policy of a bucket must say for logs to be delivered, and for nobody else's. Statements have no ids: several logs
 * may share a bucket, and an id is there once.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
 */
export function bucketStatements(bucketArn: string, delivery: Delivery): PolicyStatement[] {
  const { StringEquals, ArnLike } = onBehalfOf(delivery);
  return [
    new PolicyStatement({
      principals: [new ServicePrincipal(DELIVERY)],
      actions: ['s3:PutObject'],
      resources: foldersOf(delivery).map(folder => `${bucketArn}/${folder}*`),
      conditions: { StringEquals: { ...StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' }, ArnLike },
    }),
    new PolicyStatement({
      principals: [new ServicePrincipal(DELIVERY)],
      actions: ['s3:GetBucketAcl', 's3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringEquals, ArnLike },
    }),
  ];
}

/**
 * What the policy of a customer managed key must say for the same.
 *
 * Trap: the L2 of the flow log adds nothing to the policy of the key, and then nothing arrives.
 */
export function keyStatement(delivery: Delivery): PolicyStatement {
  return new PolicyStatement({
    principals: [new ServicePrincipal(DELIVERY)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    // In the policy of a key, this key.
    resources: ['*'],
    conditions: onBehalfOf(delivery),
  });
}

/** How long the statements of a bucket with this name are, at most. */
export function lengthOfStatements(bucketName: string, delivery: Delivery): number {
  const partition = 'aws-us-gov'; // the longest
  const statements = bucketStatements(`arn:${partition}:s3:::${bucketName}`, { ...delivery, partition });
  return JSON.stringify(statements.map(statement => statement.toStatementJson())).length;
}

/**
 * The source of a log is the log delivery of its Region, and not the flow log or the VPC. Where several accounts may
 * deliver, the source account says which; ARNs of all of them in all Regions would not fit into the policy.
 */
function onBehalfOf({ partition, regions, accounts }: Delivery): Record<'StringEquals' | 'ArnLike', Record<string, string | string[]>> {
  const senders = accounts._senders;
  const [account, ...others] = senders ?? [];
  const source = others.length === 0 && account ? account : '*';
  return {
    StringEquals: senders ? { 'aws:SourceAccount': oneOrMany(senders) } : { 'aws:SourceOrgID': accounts._organizationId! },
    ArnLike: { 'aws:SourceArn': oneOrMany(regions.map(region => `arn:${partition}:logs:${region}:${source}:*`)) },
  };
}

function foldersOf({ accounts, prefix, partitions }: Delivery): string[] {
  const root = rootOf(prefix);
  return accounts._senders?.map(account => `${root}${partitions._accountFolder(account)}`) ?? [`${root}AWSLogs/`];
}

/** The prefix as a folder. */
export function rootOf(prefix: string | undefined): string {
  return prefix ? `${prefix}/` : '';
}

function oneOrMany(values: string[]): string | string[] {
  return values.length === 1 ? values[0] : values;
}
