import type { CfnLogicallyAirGappedBackupVault, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import type { RunbookCopy, RunbookKind, RunbookRule, RunbookTier } from './restore-points';
import type { RunbookFacts } from './restore-runbook';
import { inDays, isKnown, isKnownDuration } from '../../private/validation';
import type { CopyDestination } from '../copies/backup-copy';
import type { BackupCopyStack } from '../copies/backup-copy-stack';
import { BackupResourceType } from '../tiers/backup-resource-type';
import type { BackupRule } from '../tiers/backup-rule';
import type { BackupTier } from '../tiers/backup-tier';
import { windowsOf } from '../tiers/rule-windows';
import { copyLifecycle } from '../vault/locked-retention';
import type { VaultProtection } from '../vault/vault-protection';

/** What the runbook needs of a plan: its public members. */
export interface PlanToRestore extends IConstruct {
  /** The key of the tag that puts a resource into a tier. */
  readonly tagKey: string;
  /** The vault that backups are kept in. */
  readonly vault: IBackupVault;
  /** The classes of resources. */
  readonly tiers: BackupTier[];
  /** The stack in each Region that a tier copies to, by the Region's name. */
  readonly copyStacks: Record<string, BackupCopyStack>;
  /**
   * The air-gapped vault.
   *
   * @default - no tier copies to one
   */
  readonly airGappedVault?: CfnLogicallyAirGappedBackupVault;
}

/** The facts of a plan for its runbook; what is a token is left out, and becomes a variable there. */
export function factsOf(plan: PlanToRestore, protection: VaultProtection = {}): RunbookFacts {
  const stack = Stack.of(plan);
  return {
    plan: plan.node.path,
    stack: stack.stackName,
    account: known(stack.account),
    region: known(stack.region),
    partition: isKnown(stack.region) ? RegionInfo.get(stack.region).partition : undefined,
    vault: nameOf(plan.vault),
    lock: protection.lock && { mode: protection.lock.changeableFor ? 'compliance' : 'governance' },
    tagKey: plan.tagKey,
    tiers: plan.tiers.map(tier => tierFacts(tier, plan)),
    restoreRoleDescription: `Restores backups for ${plan.node.path}`,
    // The ARN of a role of this app is a token; its path finds it in the console of CloudFormation.
    breakGlassRoles: protection.breakGlass?.map(role => known(role.roleArn) ?? `the role of ${role.node.path}`),
  };
}

function tierFacts(tier: BackupTier, plan: PlanToRestore): RunbookTier {
  return {
    name: tier.name,
    rules: tier.rules.map(rule => ruleFacts(rule, plan)),
    kinds: kindsOf(tier),
    rpoMinutes: minutes(tier.objectives?.rpo),
    rtoMinutes: minutes(tier.objectives?.rto),
  };
}

function ruleFacts(rule: BackupRule, plan: PlanToRestore): RunbookRule {
  return {
    name: rule.name,
    schedule: known(rule.schedule.expressionString) ?? 'not known at synth',
    timeZone: rule.timeZone?.timezoneName,
    windows: windowsOf(rule),
    keepForDays: days(rule.keepFor),
    coldAfterDays: days(rule.moveToColdStorageAfter),
    continuous: rule.enableContinuousBackup,
    copies: (rule.copyTo?._destinations ?? []).map(destination => copyFacts(destination, rule, plan)),
  };
}

function copyFacts(destination: CopyDestination, rule: BackupRule, plan: PlanToRestore): RunbookCopy {
  const { deleteAfter, moveToColdStorageAfter } = copyLifecycle(rule, destination);
  const place = placeOf(destination, plan);
  const { vault, region, account } = place;
  const partition = region && RegionInfo.get(region).partition;
  return {
    ...place,
    arn: vault && region && account && partition ? `arn:${partition}:backup:${region}:${account}:backup-vault:${vault}` : undefined,
    airGapped: destination.kind === 'airGapped',
    keepForDays: days(deleteAfter),
    coldAfterDays: days(moveToColdStorageAfter),
  };
}

function placeOf(destination: CopyDestination, plan: PlanToRestore): { vault?: string; region?: string; account?: string } {
  const { region, account } = Stack.of(plan);
  switch (destination.kind) {
    case 'region': {
      const vault = plan.copyStacks[destination.region]?.vault;
      return { vault: vault && nameOf(vault), region: destination.region, account: known(vault?.env.account) ?? known(account) };
    }
    case 'airGapped': return { vault: known(plan.airGappedVault?.backupVaultName), region: known(region), account: known(account) };
    case 'vault': {
      const { env } = destination.vault;
      return { vault: nameOf(destination.vault), region: known(env.region), account: known(env.account) ?? known(account) };
    }
  }
}

/** Types that AWS Backup restores equally close to now, the closest first. */
function kindsOf(tier: BackupTier): RunbookKind[] {
  const kinds = new Map<number | undefined, BackupResourceType[]>();
  for (const type of BackupResourceType.values) {
    const within = minutes(type.continuousWithin);
    kinds.set(within, [...kinds.get(within) ?? [], type]);
  }
  return [...kinds].sort(([a = Infinity], [b = Infinity]) => a - b).map(([continuousWithinMinutes, types]) => ({
    types: types.map(type => type.name),
    continuousWithinMinutes,
    // RDS, Aurora and S3, the types with continuous backup, have no cold storage.
    staysWarm: continuousWithinMinutes !== undefined,
    reachableRpoMinutes: minutes(tier.reachableRpo(types[0])),
  }));
}

/** The literal name that our vaults have; `backupVaultName` of an L2 is a reference to it. */
function nameOf(vault: IBackupVault): string | undefined {
  const resource = vault.node.defaultChild;
  return known(resource instanceof CfnBackupVault ? resource.backupVaultName : vault.backupVaultName);
}

function known(value: string | undefined): string | undefined {
  return value !== undefined && isKnown(value) ? value : undefined;
}

function minutes(duration: Duration | undefined): number | undefined {
  return isKnownDuration(duration) ? duration.toMinutes({ integral: false }) : undefined;
}

function days(duration: Duration | undefined): number | undefined {
  return isKnownDuration(duration) ? inDays(duration) : undefined;
}
