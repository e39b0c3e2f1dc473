import type { Stack } from 'aws-cdk-lib/core';
import { BackupTier, TaggedBackupPlan } from 'cdk-resilience';

export const construct = 'TaggedBackupPlan';
const TIERS = [BackupTier.critical(), BackupTier.medium(), BackupTier.low()];

/** Each plan has a tag of its own: two plans must not back up the same resource continuously. */
export function library(stack: Stack, id: string): void {
  new TaggedBackupPlan(stack, id, { tagKey: `tier-${id}`, tiers: TIERS });
}
