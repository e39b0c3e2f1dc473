import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Annotations, CfnResource, Stack, TagManager } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { tierTagOf, typeOf } from './tiers/backed-up-resources';
import type { BackupTier } from './tiers/backup-tier';
import { missedObjective } from './tiers/tier-objectives';

/** What is wrong with protecting `scope`: a tag on something imported goes nowhere, and nothing says so. */
export function unprotectable(scope: IConstruct): string[] {
  const taggable = scope.node.findAll().some(child => !Stack.isStack(child) && TagManager.of(child) !== undefined);
  return taggable ? [] : [
    `'scope' of protect must hold a resource that can be tagged, got: '${scope.node.path}' with none; an imported resource is tagged where it is created`,
  ];
}

/**
 * What is in the tier and of a type that can not keep what the tier promises. A warning, because it may be replicated in
 * a way that is not seen here; `BackupCoverage` refuses it until somebody says so.
 */
export function warnOfMissedObjectives(scope: IConstruct, tagKey: string, tier: BackupTier): string[] {
  for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) {
    const missed = typeOf(resource) !== undefined && tierTagOf(resource, tagKey) === tier.name ? missedObjective(resource, tier) : undefined;
    if (missed) {
      Annotations.of(resource).addWarningV2('cdk-resilience:missedObjective', `${missed.got}; ${missed.fix}`);
    }
  }
  return [];
}

/**
 * AWS Backup can only back up buckets with versioning; on others every job fails. A warning, because versioning may
 * be switched on in a way that is not seen here.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
 */
export function warnOfUnversionedBuckets(scope: IConstruct, tagKey: string, tier: string): string[] {
  for (const bucket of scope.node.findAll().filter((child): child is CfnBucket => child instanceof CfnBucket)) {
    const versioning: unknown = Stack.of(bucket).resolve(bucket.versioningConfiguration)?.status;
    // What is not known at synth is an intrinsic function here.
    const off = versioning === undefined || (typeof versioning === 'string' && versioning !== 'Enabled');
    if (bucket.tags.tagValues()[tagKey] === tier && off) {
      Annotations.of(bucket).addWarningV2('cdk-resilience:bucketWithoutVersioning',
        `bucket '${bucket.node.path}' is in backup tier '${tier}' but has no versioning, so its backups fail: set 'versioned: true'`);
    }
  }
  return [];
}
