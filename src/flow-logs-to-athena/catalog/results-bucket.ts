import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { QueryResults } from './query-results';
import { acknowledge } from '../../private/acknowledgement';
import { rootOf } from '../storage/delivery-policy';

/** The bucket of results, if they are in one: a new one under the construct, or that of the team. */
export function resultsBucketOf(scope: Construct, id: string, results: QueryResults): IBucket | undefined {
  return results._kind === 'new' ? createResultsBucket(scope, id, results) : results._bucket;
}

function createResultsBucket(scope: Construct, id: string, { _encryptionKey: encryptionKey, _expireAfter }: QueryResults): Bucket {
  const bucket = new Bucket(scope, id, {
    ...encryptionKey ? { encryption: BucketEncryption.KMS, encryptionKey } : { encryption: BucketEncryption.S3_MANAGED },
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    lifecycleRules: [{ id: 'QueryResults', expiration: _expireAfter ?? Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    // CloudFormation deletes no bucket that something is in, and fails. What is in it goes by itself.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(bucket, 'AwsSolutions-S1', 'results of queries, which expire; who ran which query is in CloudTrail');
  return bucket;
}

/** Where a workgroup writes: a bucket, or Athena, and never both, which Athena refuses. */
export function resultConfiguration(
  results: QueryResults, bucket: IBucket | undefined, account: string,
): Partial<CfnWorkGroup.WorkGroupConfigurationProperty> {
  const kmsKey = results._encryptionKey?.keyArn;
  if (!bucket) {
    return { managedQueryResultsConfiguration: { enabled: true, encryptionConfiguration: kmsKey ? { kmsKey } : undefined } };
  }
  return {
    resultConfiguration: {
      outputLocation: `s3://${bucket.bucketName}/${rootOf(results._prefix)}`,
      encryptionConfiguration: kmsKey ? { encryptionOption: 'SSE_KMS', kmsKey } : { encryptionOption: 'SSE_S3' },
      // Results of a bucket that somebody else took over, under the name of ours, go nowhere.
      expectedBucketOwner: results._kind === 'new' ? account : undefined,
    },
  };
}

/** The key of results, if they have one. */
export function resultsKey(results: QueryResults, bucket: IBucket | undefined): IKey | undefined {
  return results._encryptionKey ?? bucket?.encryptionKey;
}
