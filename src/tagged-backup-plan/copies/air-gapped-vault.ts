import { CfnLogicallyAirGappedBackupVault } from 'aws-cdk-lib/aws-backup';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { AirGappedLimits } from './backup-copy';
import type { Findings } from '../../private/validation';
import { inDays, isKnown, isKnownDuration, quoted } from '../../private/validation';
import type { BackupTier } from '../tiers/backup-tier';
import { findLimitProblems } from '../vault/vault-lock';

const MIN_DAYS = 7;
const WITHOUT_AIR_GAP = ['aws-cn', 'aws-us-gov'];

/** The limits of the plan's air-gapped vault; undefined when no tier copies to one. */
export function airGappedLimitsOf(tiers: BackupTier[]): AirGappedLimits | undefined {
  return allLimits(tiers)[0];
}

/** Everything AWS Backup would refuse about the air-gapped vault that the tiers copy to. */
export function findAirGappedVaultProblems(findings: Findings, scope: Construct, tiers: BackupTier[]): void {
  const all = allLimits(tiers);
  if (all.length === 0) {
    return;
  }
  new Map(all.map(limits => [described(limits), limits])).forEach(limits => findLimitProblems(findings, limits, MIN_DAYS, 'the air-gapped vault'));
  const known = all.filter(({ minRetention, maxRetention }) => isKnownDuration(minRetention) && isKnownDuration(maxRetention));
  const ranges = [...new Set(known.map(described))];
  findings.require(ranges.length <= 1,
    `'copyTo' must name one air-gapped vault in the whole plan, got: ${quoted(ranges)}; give each toAirGappedVault the same 'minRetention' and 'maxRetention', and state 'keepFor' for what differs`);
  const { region } = Stack.of(scope);
  const partition = isKnown(region) ? RegionInfo.get(region).partition : undefined;
  findings.require(partition === undefined || !WITHOUT_AIR_GAP.includes(partition),
    `'copyTo' must not name an air-gapped vault in partition '${partition}', got: a plan in '${region}'; there are none, use BackupCopy.toRegion and a lock`);
}

/** It outlives the stack: while it holds a recovery point nobody can delete it. */
export function createAirGappedVault(scope: Construct, id: string, name: string, limits: AirGappedLimits): CfnLogicallyAirGappedBackupVault {
  const vault = new CfnLogicallyAirGappedBackupVault(scope, id, {
    backupVaultName: name,
    minRetentionDays: limits.minRetention.toDays(),
    maxRetentionDays: limits.maxRetention.toDays(),
  });
  vault.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return vault;
}

function allLimits(tiers: BackupTier[]): AirGappedLimits[] {
  return tiers.flatMap(tier => tier.rules).flatMap(rule => rule.copyTo?._destinations ?? [])
    .flatMap(destination => destination.kind === 'airGapped' ? [destination.limits] : []);
}

function described({ minRetention, maxRetention }: AirGappedLimits): string {
  const [from, to] = [minRetention, maxRetention].map(duration => isKnownDuration(duration) ? inDays(duration) : '?');
  return `${from} to ${to} days`;
}
