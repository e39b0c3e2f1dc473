import type { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';
import type { Findings } from '../../private/validation';
import { inDays, isKnownDuration, isWholeDays, requireTokenUnit } from '../../private/validation';

const MAX_DAYS = 36500;
/** AWS Backup grants 72 hours to think again. */
const MIN_CHANGEABLE_DAYS = 3;

/** How long a vault lets its recovery points live. */
export interface RetentionLimits {
  /** The shortest life of a backup or copy in the vault. */
  readonly minRetention: Duration;
  /**
   * The longest life of a backup or copy in the vault.
   *
   * @default - no limit
   */
  readonly maxRetention?: Duration;
}

/** What a governance lock states. */
export interface GovernanceLockOptions {
  /**
   * The shortest life of a backup or copy in the vault, 1 to 36500 days. A job that asks for less fails, so a rule or
   * copy that does is refused at synth.
   */
  readonly minRetention: Duration;

  /**
   * The longest life of a backup or copy in the vault, `minRetention` to 36500 days. A job that asks for more fails, so
   * a rule or copy that does is refused at synth.
   *
   * @default - no limit
   */
  readonly maxRetention?: Duration;
}

/** What a compliance lock states. */
export interface ComplianceLockOptions {
  /**
   * The shortest life of a backup or copy in the vault, 1 to 36500 days. A job that asks for less fails, so a rule or
   * copy that does is refused at synth.
   */
  readonly minRetention: Duration;

  /**
   * The longest life of a backup or copy in the vault, `minRetention` to 36500 days. A job that asks for more fails, so
   * a rule or copy that does is refused at synth. Without it, one backup with a mistaken retention is paid for as long.
   *
   * @default - no limit
   */
  readonly maxRetention?: Duration;

  /**
   * How long the lock can still be changed or removed, 3 to 36500 days from its first deployment. Test restores and
   * retention in that time; afterwards the lock is final.
   */
  readonly changeableFor: Duration;

  /**
   * Must be true: you know that after `changeableFor` nobody can remove or change the lock, delete a recovery point
   * before its time or delete the vault while it holds one. Not you, not the root user, not AWS; only closing the
   * account does, after its 90 days.
   */
  readonly acceptThatNobodyCanUndoIt: boolean;
}

/**
 * A lock on a vault: recovery points can not be deleted before their time, whoever asks, and no backup gets a
 * retention outside the limits. It is what stands between backups and somebody who holds administrator rights, which
 * is what ransomware looks for first.
 *
 * Recovery points that were in the vault before the lock keep the retention they have.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
export class VaultLock {
  /**
   * A lock that a principal with `backup:DeleteBackupVaultLockConfiguration` can remove. State `breakGlass` beside it,
   * so that few can.
   */
  public static governance(options: GovernanceLockOptions): VaultLock {
    return new VaultLock(options);
  }

  /**
   * A lock that becomes final: after `changeableFor` nobody can remove or change it, AWS and the root user included.
   * The stack can go, the vault stays until its last recovery point has expired.
   */
  public static compliance(options: ComplianceLockOptions): VaultLock {
    return new VaultLock(options, options.changeableFor, options.acceptThatNobodyCanUndoIt);
  }

  /** The shortest life of a backup or copy in the vault. */
  public readonly minRetention: Duration;
  /** The longest life of a backup or copy in the vault; undefined when there is no limit. */
  public readonly maxRetention?: Duration;
  /** How long a compliance lock can still be changed; undefined for a governance lock. */
  public readonly changeableFor?: Duration;
  /** Whether what can not be undone was accepted; undefined for a governance lock. @internal */
  public readonly _accepted?: boolean;

  private constructor(limits: RetentionLimits, changeableFor?: Duration, accepted?: boolean) {
    this.minRetention = limits.minRetention;
    this.maxRetention = limits.maxRetention;
    this.changeableFor = changeableFor;
    this._accepted = accepted;
  }

  /** @internal */
  public _render(): CfnBackupVault.LockConfigurationTypeProperty {
    return {
      minRetentionDays: this.minRetention.toDays(),
      maxRetentionDays: this.maxRetention?.toDays(),
      changeableForDays: this.changeableFor?.toDays(),
    };
  }
}

/** Everything AWS Backup would refuse about a lock, and a compliance lock that nobody has accepted. */
export function findLockProblems(findings: Findings, lock: VaultLock, where: string): void {
  findLimitProblems(findings, lock, 1, where);
  requireTokenUnit(findings, lock.changeableFor, 'days', `'changeableFor' of ${where}`);
  if (isKnownDuration(lock.changeableFor)) {
    findings.require(isWholeDays(lock.changeableFor, MIN_CHANGEABLE_DAYS, MAX_DAYS),
      `'changeableFor' of ${where} must be whole days between ${MIN_CHANGEABLE_DAYS} and ${MAX_DAYS}, got: ${inDays(lock.changeableFor)} days; pass Duration.days(n), long enough to test restores`);
  }
  findings.require(lock._accepted ?? lock.changeableFor === undefined,
    `'acceptThatNobodyCanUndoIt' of ${where} must be true, got: ${lock._accepted}; after 'changeableFor' nobody can remove the lock, AWS and the root user included: accept it, or use VaultLock.governance`);
}

/** Limits that AWS Backup would refuse, or that no backup could keep. */
export function findLimitProblems(findings: Findings, limits: RetentionLimits, least: number, where: string): void {
  const { minRetention, maxRetention } = limits;
  for (const [prop, duration] of Object.entries({ minRetention, maxRetention })) {
    requireTokenUnit(findings, duration, 'days', `'${prop}' of ${where}`);
    if (isKnownDuration(duration)) {
      findings.require(isWholeDays(duration, least, MAX_DAYS),
        `'${prop}' of ${where} must be whole days between ${least} and ${MAX_DAYS}, got: ${inDays(duration)} days; pass Duration.days(n)`);
    }
  }
  if (isKnownDuration(minRetention) && isKnownDuration(maxRetention)) {
    findings.require(inDays(maxRetention) >= inDays(minRetention),
      `'maxRetention' of ${where} must not be shorter than 'minRetention', got: ${inDays(maxRetention)} and ${inDays(minRetention)} days; no backup could keep both, raise it to ${inDays(minRetention)} days`);
  }
}

/** A backup or copy whose job would fail because its vault is locked to other retention. */
export function findRetentionProblems(findings: Findings, limits: RetentionLimits, keepFor: Duration | undefined, where: string): void {
  const { minRetention, maxRetention } = limits;
  if (isKnownDuration(maxRetention)) {
    findings.require(keepFor !== undefined,
      `'keepFor' of ${where} must be stated, got: none, which is for ever, and a vault locked to ${inDays(maxRetention)} days at most; keep it for ${inDays(maxRetention)} days`);
  }
  if (!isKnownDuration(keepFor)) {
    return;
  }
  if (isKnownDuration(minRetention)) {
    findings.require(inDays(keepFor) >= inDays(minRetention),
      `'keepFor' of ${where} must not be shorter than its vault's lock allows, got: ${inDays(keepFor)} days and 'minRetention' of ${inDays(minRetention)} days; every job would fail, keep it longer or lower 'minRetention'`);
  }
  if (isKnownDuration(maxRetention)) {
    findings.require(inDays(keepFor) <= inDays(maxRetention),
      `'keepFor' of ${where} must not be longer than its vault's lock allows, got: ${inDays(keepFor)} days and 'maxRetention' of ${inDays(maxRetention)} days; every job would fail, keep it shorter or raise 'maxRetention'`);
  }
}
