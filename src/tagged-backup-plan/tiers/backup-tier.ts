import { Duration } from 'aws-cdk-lib/core';
import type { BackupResourceType } from './backup-resource-type';
import type { BackupRule } from './backup-rule';
import { oldestByRules } from './recovery-point-schedule';
import { windowsOf } from './rule-windows';
import { criticalRules, lowRules, mediumRules, PRESET_RPO_MINUTES, rulesForObjectives } from './tier-rules';
import type { RecoveryObjectives } from '../../recovery-objectives/recovery-objectives';
import type { BackupCopy } from '../copies/backup-copy';

/** What a tier that the library defines may state. */
export interface BackupTierPresetOptions {
  /**
   * Where every snapshot of the tier is copied to. A continuous backup stays where it is: AWS Backup would copy a
   * snapshot of it, and the tier takes one every day anyway.
   *
   * @default - not copied: the backups do not survive the loss of the Region
   */
  readonly copyTo?: BackupCopy;

  /**
   * What the tier promises. The schedules of a preset stay as they are: an RPO that they can not keep is refused. The
   * age of the newest backup is compared with the RPO, the time that a restore test takes with the RTO.
   *
   * @default - the RPO that the schedules reach; the time of restores is measured and compared with nothing
   */
  readonly objectives?: RecoveryObjectives;
}

/** What a tier of your own states: its rules, or the objectives that its rules follow from. */
export interface BackupTierOptions {
  /**
   * When backups are taken and how long they live: 1 to 10 rules.
   *
   * @default - they follow from `objectives`
   */
  readonly rules?: BackupRule[];

  /**
   * What the tier promises. Without `rules`, the schedule follows from the RPO: as few snapshots as keep it, or
   * continuous backup where it is shorter than two hours, which snapshots can not keep.
   *
   * The age of the newest backup is compared with the RPO, the time that a restore test takes with the RTO.
   *
   * @default - the RPO that the rules reach; the time of restores is measured and compared with nothing
   */
  readonly objectives?: RecoveryObjectives;

  /**
   * How long backups live, 1 to 36500 days; only without `rules`. Beyond 35 days one backup a month lives so long, in
   * cold storage after 30 days where the type has it, and all others live 35 days.
   *
   * @default Duration.days(35)
   */
  readonly keepFor?: Duration;

  /**
   * Where every snapshot of the tier is copied to; only without `rules`, which state it themselves.
   *
   * @default - not copied: the backups do not survive the loss of the Region
   */
  readonly copyTo?: BackupCopy;
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
    return new BackupTier('critical', { ...options, rules: criticalRules(options.copyTo) }, { reachedMinutes: PRESET_RPO_MINUTES.critical });
  }

  /** What is missed within a day: snapshots every day (kept for 35 days) and every week (90 days). */
  public static medium(options: BackupTierPresetOptions = {}): BackupTier {
    return new BackupTier('medium', { ...options, rules: mediumRules(options.copyTo) }, { reachedMinutes: PRESET_RPO_MINUTES.medium });
  }

  /** What could be made again with some effort: a snapshot every week, kept for 35 days. */
  public static low(options: BackupTierPresetOptions = {}): BackupTier {
    return new BackupTier('low', { ...options, rules: lowRules(options.copyTo) }, { reachedMinutes: PRESET_RPO_MINUTES.low });
  }

  /**
   * A tier of your own, by its rules or by what it promises.
   *
   * @param name The value of the tag: up to 50 letters, digits, `-`, `_` and `.`
   */
  public static of(name: string, options: BackupTierOptions): BackupTier {
    const { keepFor, copyTo } = options;
    return new BackupTier(name, options, { besideRules: options.rules ? { keepFor, copyTo } : {} });
  }

  /** The value of the tag that puts a resource into this tier. */
  public readonly name: string;
  /** What the tier promises, when stated. */
  public readonly objectives?: RecoveryObjectives;
  /** What was stated beside rules and would have no effect. @internal */
  public readonly _withoutEffect: string[];
  /** How long backups live that follow from objectives, when stated. @internal */
  public readonly _keepFor?: Duration;
  /** Whether the rules were stated, and not derived. @internal */
  public readonly _ownRules: boolean;
  private readonly _rules: BackupRule[];
  /** What the rules reach with snapshots: alarms, dashboard and reports all ask, and the answer is the same. */
  private _reached?: { readonly rpo?: Duration };

  private constructor(name: string, options: BackupTierOptions, known: { readonly besideRules?: object; readonly reachedMinutes?: number }) {
    const { besideRules = {}, reachedMinutes } = known;
    this.name = name;
    this.objectives = options.objectives;
    this._ownRules = options.rules !== undefined;
    this._withoutEffect = Object.entries(besideRules).filter(([, value]) => value !== undefined).map(([prop]) => prop);
    this._keepFor = options.keepFor;
    this._rules = [...options.rules ?? (options.objectives ? rulesForObjectives(options.objectives.rpo, options) : [])];
    this._reached = reachedMinutes === undefined ? undefined : { rpo: Duration.minutes(reachedMinutes) };
  }

  /** When backups are taken and how long they live. */
  public get rules(): BackupRule[] {
    return [...this._rules];
  }

  /**
   * How old the newest backup of such a resource can get: by continuous backup where the tier and the type have it,
   * else the longest time from one start to the end of the next start window. What a job takes comes on top.
   *
   * @returns undefined when the rules have schedules that can not be read at synth
   */
  public reachableRpo(type: BackupResourceType): Duration | undefined {
    if (type.continuousWithin && this._rules.some(rule => rule.enableContinuousBackup)) {
      return type.continuousWithin;
    }
    return this._snapshotRpo;
  }

  /** The same for a type that has snapshots only. @internal */
  public get _snapshotRpo(): Duration | undefined {
    this._reached ??= { rpo: snapshotRpoOf(this._rules) };
    return this._reached.rpo;
  }
}

function snapshotRpoOf(rules: BackupRule[]): Duration | undefined {
  const windows = rules.map(windowsOf).filter(each => each !== undefined);
  const minutes = windows.length < rules.length ? undefined : oldestByRules(windows);
  return minutes === undefined ? undefined : Duration.minutes(minutes);
}
