import type { BackupPlanCopyActionProps, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { Duration, Tokenization } from 'aws-cdk-lib/core';
import type { RetentionLimits, VaultLock } from './vault-lock';
import { findRetentionProblems } from './vault-lock';
import type { Findings } from '../../private/validation';
import type { CopyDestination } from '../copies/backup-copy';
import { destinationKey } from '../copies/backup-copy';
import type { BackupRule } from '../tiers/backup-rule';

/** The locks of the vaults that the plan and its copy stacks keep backups in. */
export interface Locks {
  /**
   * The vault of the plan, when it is one of the team's.
   *
   * @default - a new one, with `lock`
   */
  readonly vault?: IBackupVault;
  /**
   * The lock of the vaults that are created.
   *
   * @default - not locked
   */
  readonly lock?: VaultLock;
}

/** How long a copy lives. One that states its own life inherits nothing; without any it would live for ever. */
export function copyLifecycle(rule: BackupRule, destination: CopyDestination): Omit<BackupPlanCopyActionProps, 'destinationBackupVault'> {
  const { keepFor, moveToColdStorageAfter } = destination.options;
  const inherited = keepFor || destination.kind === 'airGapped' ? undefined : rule.moveToColdStorageAfter;
  return { deleteAfter: keepFor ?? rule.keepFor, moveToColdStorageAfter: moveToColdStorageAfter ?? inherited };
}

/** The rule's backups and copies against the locks of the vaults they go to, as far as these are known. */
export function findLockedRetentionProblems(findings: Findings, rule: BackupRule, where: string, locks: Locks): void {
  judge(findings, locks.vault ? limitsOf(locks.vault) : locks.lock, rule.keepFor, where);
  for (const destination of rule.copyTo?._destinations ?? []) {
    judge(findings, limitsAt(destination, locks), copyLifecycle(rule, destination).deleteAfter, `the copy of ${where} to ${destinationKey(destination)}`);
  }
}

function judge(findings: Findings, limits: RetentionLimits | undefined, keepFor: Duration | undefined, where: string): void {
  if (limits) {
    findRetentionProblems(findings, limits, keepFor, where);
  }
}

function limitsAt(destination: CopyDestination, locks: Locks): RetentionLimits | undefined {
  switch (destination.kind) {
    case 'region': return locks.lock;
    case 'vault': return limitsOf(destination.vault);
    case 'airGapped': return destination.limits;
  }
}

/** The lock of a vault that is created in this app; of an imported one nothing is known. */
function limitsOf(vault: IBackupVault): RetentionLimits | undefined {
  const resource = vault.node.defaultChild;
  const lock = resource instanceof CfnBackupVault ? resource.lockConfiguration : undefined;
  if (lock === undefined || Tokenization.isResolvable(lock)) {
    return undefined;
  }
  const { minRetentionDays, maxRetentionDays } = lock;
  const maxRetention = maxRetentionDays === undefined ? undefined : Duration.days(maxRetentionDays);
  return { minRetention: Duration.days(minRetentionDays), maxRetention };
}
