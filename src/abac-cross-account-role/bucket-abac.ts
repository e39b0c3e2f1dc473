import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';

/**
 * Makes S3 look at the tags of the buckets. Without it no tag of a bucket matches, and everything is refused.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
export function enableBucketAbac(scope: Construct, permissions: AbacPermission[]): void {
  const buckets = permissions.flatMap(permission => permission._binding.kind === 'buckets' ? permission._binding.buckets : []);
  for (const bucket of new Set(buckets)) {
    const resource = bucket.node.defaultChild;
    if (resource instanceof CfnBucket) {
      // Not the typed property: the oldest aws-cdk-lib of our peer range may lack it.
      resource.addPropertyOverride('AbacStatus', 'Enabled');
    } else {
      warnOfImported(scope, bucket);
    }
  }
}

function warnOfImported(scope: Construct, bucket: IBucket): void {
  Annotations.of(scope).addWarningV2(`cdk-resilience:bucketAbac-${bucket.node.addr.slice(0, 8)}`,
    `ABAC of the imported bucket '${bucket.node.path}' can not be switched on here: run \`aws s3api put-bucket-abac --bucket NAME --abac-status Status=Enabled\`, or nobody reaches it by its tags`);
}
