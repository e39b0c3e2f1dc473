import { Duration } from 'aws-cdk-lib/core';
import type { BackupCopy } from './backup-copy';
import { BackupRule } from './backup-rule';

/** What a tier that the library defines may state. */
export interface BackupTierPresetOptions {
  /**
   * Where every snapshot of the tier is copied to. A continuous backup stays where it is: AWS Backup would copy a
   * snapshot of it, and the tier takes one every day anyway.
   *
   * @default - not copied: the backups do not survive the loss of the Region
   */
  readonly copyTo?: BackupCopy;
}

/** What a tier of your own states. */
export interface BackupTierOptions {
  /** When backups are taken and how long they live: 1 to 10 rules. */
  readonly rules: BackupRule[];
}

/**
 * A class of resources that are backed up alike: how often, for how long, and where copies go. A resource belongs to
 * the tier whose name its tag carries.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/about-backup-plans.html
 */
export class BackupTier {
  /**
   * What the business stands on: continuous backup for 35 days, and snapshots every day (kept for 35 days), every
   * week (90 days) and every month (365 days, cold after 30).
   */
  public static critical(options: BackupTierPresetOptions = {}): BackupTier {
    return new BackupTier('critical', [
      BackupRule.continuous(),
      // The continuous rule starts again at 06:00: until then these have the resource to themselves.
      BackupRule.daily({ copyTo: options.copyTo, startWindow: Duration.hours(1) }),
      BackupRule.weekly({ copyTo: options.copyTo, startWindow: Duration.hours(1) }),
      BackupRule.monthly({ copyTo: options.copyTo, startWindow: Duration.hours(1), moveToColdStorageAfter: Duration.days(30) }),
    ]);
  }

  /** What is missed within a day: snapshots every day (kept for 35 days) and every week (90 days). */
  public static medium(options: BackupTierPresetOptions = {}): BackupTier {
    return new BackupTier('medium', [BackupRule.daily({ copyTo: options.copyTo }), BackupRule.weekly({ copyTo: options.copyTo })]);
  }

  /** What could be made again with some effort: a snapshot every week, kept for 35 days. */
  public static low(options: BackupTierPresetOptions = {}): BackupTier {
    return new BackupTier('low', [BackupRule.weekly({ keepFor: Duration.days(35), copyTo: options.copyTo })]);
  }

  /**
   * A tier of your own.
   *
   * @param name The value of the tag: up to 50 letters, digits, `-`, `_` and `.`
   */
  public static of(name: string, options: BackupTierOptions): BackupTier {
    return new BackupTier(name, options.rules);
  }

  /** The value of the tag that puts a resource into this tier. */
  public readonly name: string;
  private readonly _rules: BackupRule[];

  private constructor(name: string, rules: BackupRule[]) {
    this.name = name;
    this._rules = [...rules];
  }

  /** When backups are taken and how long they live. */
  public get rules(): BackupRule[] {
    return [...this._rules];
  }
}
