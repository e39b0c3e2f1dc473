import { Schedule } from 'aws-cdk-lib/aws-events';
import type { TimeZone } from 'aws-cdk-lib/core';
import { Duration } from 'aws-cdk-lib/core';
import type { BackupCopy } from '../copies/backup-copy';

/** What a continuous backup rule may state. */
export interface ContinuousBackupRuleOptions {
  /**
   * How far back a resource can be restored to any second, 1 to 35 days.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
   * @default Duration.days(35)
   */
  readonly keepFor?: Duration;

  /**
   * How long a job may wait for its start before it expires, at least 60 minutes. What fails to start in time is
   * not backed up, and is announced as a failed job.
   *
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;

  /**
   * How long a job may take, counted from its schedule, before it is cancelled. Must be longer than `startWindow`.
   *
   * @default - 7 days, the service's own
   */
  readonly completionWindow?: Duration;
}

/** What a snapshot rule may state. */
export interface BackupRuleOptions {
  /**
   * How long its backups live, 1 to 36500 days. A decision of the business, and often of the law.
   *
   * @default - what the preset says: hourly 1 day, daily and `of` 35 days, weekly 90 days, monthly 365 days
   */
  readonly keepFor?: Duration;

  /**
   * Where each backup of this rule is copied to. Without a copy in another Region nothing survives the Region.
   *
   * @default - not copied
   */
  readonly copyTo?: BackupCopy;

  /**
   * When backups move to cold storage, where they cost less and stay for 90 days at least: `keepFor` must be 90 days
   * longer. Types without a cold tier (S3, EC2, RDS, Aurora among them) stay warm.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
   * @default - never
   */
  readonly moveToColdStorageAfter?: Duration;

  /**
   * How long a job may wait for its start before it expires, at least 60 minutes. The oldest a backup can get is the
   * time between two runs and this window.
   *
   * @default - 1 hour for an hourly rule, 8 hours for others
   */
  readonly startWindow?: Duration;

  /**
   * How long a job may take, counted from its schedule, before it is cancelled. Must be longer than `startWindow`.
   *
   * @default - 7 days, the service's own
   */
  readonly completionWindow?: Duration;

  /**
   * The time zone of the schedule.
   *
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
}

/**
 * One line of a tier: when a backup is taken, how long it lives, where it is copied to.
 *
 * Where the start windows of two rules of a tier overlap, AWS Backup runs only the rule that keeps its backups
 * longer. `TaggedBackupPlan` refuses a tier in which a copy would be lost that way.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
export class BackupRule {
  /**
   * Continuous backup: S3 buckets, RDS instances and Aurora clusters can be restored to any second of the last days
   * (to the last minutes before now). Other types get an hourly snapshot instead. A tier may have one such rule.
   *
   * It rests from 05:00 to 06:00 UTC, so that it never competes with the snapshots that are taken then.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
   */
  public static continuous(options: ContinuousBackupRuleOptions = {}): BackupRule {
    return new BackupRule('continuous', Schedule.cron({ minute: '0', hour: '0-4,6-23' }), {
      keepFor: Duration.days(35), startWindow: Duration.hours(1), ...options,
    }, true);
  }

  /** A snapshot every hour, kept for a day. */
  public static hourly(options: BackupRuleOptions = {}): BackupRule {
    return new BackupRule('hourly', Schedule.cron({ minute: '0' }), { keepFor: Duration.days(1), startWindow: Duration.hours(1), ...options });
  }

  /** A snapshot every day at 05:00, kept for 35 days. */
  public static daily(options: BackupRuleOptions = {}): BackupRule {
    return new BackupRule('daily', Schedule.cron({ minute: '0', hour: '5' }), { keepFor: Duration.days(35), ...options });
  }

  /** A snapshot every Sunday at 05:00, kept for 90 days. */
  public static weekly(options: BackupRuleOptions = {}): BackupRule {
    return new BackupRule('weekly', Schedule.cron({ minute: '0', hour: '5', weekDay: 'SUN' }), { keepFor: Duration.days(90), ...options });
  }

  /** A snapshot on the first of every month at 05:00, kept for 365 days. */
  public static monthly(options: BackupRuleOptions = {}): BackupRule {
    return new BackupRule('monthly', Schedule.cron({ minute: '0', hour: '5', day: '1' }), { keepFor: Duration.days(365), ...options });
  }

  /**
   * A snapshot by a schedule of your own, kept for 35 days unless stated.
   *
   * @param name Up to 50 letters, digits, `-`, `_` and `.`, one rule of that name a tier.
   * @param schedule A cron expression that runs at most once an hour.
   */
  public static of(name: string, schedule: Schedule, options: BackupRuleOptions = {}): BackupRule {
    return new BackupRule(name, schedule, { keepFor: Duration.days(35), ...options });
  }

  /** The name of the rule in the plan. */
  public readonly name: string;
  /** When the rule runs. */
  public readonly schedule: Schedule;
  /** How long its backups live. */
  public readonly keepFor: Duration;
  /** Whether resources that can be are backed up continuously. */
  public readonly enableContinuousBackup: boolean;
  /** How long a job may wait for its start. */
  public readonly startWindow: Duration;
  /** How long a job may take, when stated. */
  public readonly completionWindow?: Duration;
  /** When backups move to cold storage, when stated. */
  public readonly moveToColdStorageAfter?: Duration;
  /** Where backups are copied to, when stated. */
  public readonly copyTo?: BackupCopy;
  /** The time zone of the schedule, when stated. */
  public readonly timeZone?: TimeZone;

  private constructor(name: string, schedule: Schedule, options: BackupRuleOptions & { keepFor: Duration }, continuous = false) {
    this.name = name;
    this.schedule = schedule;
    this.keepFor = options.keepFor;
    this.enableContinuousBackup = continuous;
    this.startWindow = options.startWindow ?? Duration.hours(8);
    this.completionWindow = options.completionWindow;
    this.moveToColdStorageAfter = options.moveToColdStorageAfter;
    this.copyTo = options.copyTo;
    this.timeZone = options.timeZone;
  }
}
