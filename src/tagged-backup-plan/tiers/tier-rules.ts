import { Schedule } from 'aws-cdk-lib/aws-events';
import { Duration } from 'aws-cdk-lib/core';
import { BackupRule } from './backup-rule';
import type { SnapshotSchedule } from './recovery-point-schedule';
import { snapshotsFor } from './recovery-point-schedule';
import { inDays, isKnownDuration } from '../../private/validation';
import type { BackupCopy } from '../copies/backup-copy';

/** The longest that a continuous backup reaches back, and that the frequent backups of a derived tier live. */
const FREQUENT_DAYS = 35;
const COLD_AFTER_DAYS = 30;
/** Cold storage is billed for 90 days at least. */
const COLD_FROM_DAYS = COLD_AFTER_DAYS + 90;

/**
 * What the rules of each tier of the library reach with snapshots, in minutes. It would take longer to work out at synth
 * than all else of a tier together; a test compares it with the rules.
 */
export const PRESET_RPO_MINUTES = { critical: 2 * 60, medium: 32 * 60, low: (7 * 24 + 8) * 60 } as const;

/** Continuous, daily, weekly, monthly. */
export function criticalRules(copyTo?: BackupCopy): BackupRule[] {
  // The continuous rule starts again at 06:00: until then the others have the resource to themselves.
  const startWindow = Duration.hours(1);
  return [
    BackupRule.continuous(),
    BackupRule.daily({ copyTo, startWindow }),
    BackupRule.weekly({ copyTo, startWindow }),
    BackupRule.monthly({ copyTo, startWindow, moveToColdStorageAfter: Duration.days(COLD_AFTER_DAYS) }),
  ];
}

/** Daily and weekly. */
export function mediumRules(copyTo?: BackupCopy): BackupRule[] {
  return [BackupRule.daily({ copyTo }), BackupRule.weekly({ copyTo })];
}

/** Weekly. */
export function lowRules(copyTo?: BackupCopy): BackupRule[] {
  return [BackupRule.weekly({ keepFor: Duration.days(35), copyTo })];
}

/** The rules that keep an RPO for the types that can keep it, and keep one backup a month when they must live longer. */
export function rulesForObjectives(rpo: Duration, options: { readonly keepFor?: Duration; readonly copyTo?: BackupCopy }): BackupRule[] {
  const { keepFor = Duration.days(FREQUENT_DAYS), copyTo } = options;
  const long = isKnownDuration(keepFor) && inDays(keepFor) > FREQUENT_DAYS;
  const frequent = long ? Duration.days(FREQUENT_DAYS) : keepFor;
  const snapshots = snapshotsFor(rpo.toMinutes({ integral: false }));
  const startWindow = Duration.minutes(snapshots?.windowMinutes ?? 60);
  const rules = snapshots
    ? [BackupRule.of(nameOf(snapshots), scheduleOf(snapshots), { keepFor: frequent, copyTo, startWindow })]
    : [BackupRule.continuous({ keepFor: frequent }), BackupRule.daily({ keepFor: frequent, copyTo, startWindow })];
  if (long) {
    const moveToColdStorageAfter = inDays(keepFor) >= COLD_FROM_DAYS ? Duration.days(COLD_AFTER_DAYS) : undefined;
    rules.push(BackupRule.monthly({ keepFor, copyTo, startWindow, moveToColdStorageAfter }));
  }
  return rules;
}

function nameOf({ hours, weekly }: SnapshotSchedule): string {
  return weekly ? 'weekly' : hours.length === 1 ? 'daily' : hours.length === 24 ? 'hourly' : `every-${24 / hours.length}-hours`;
}

function scheduleOf({ hours, weekly }: SnapshotSchedule): Schedule {
  const hour = hours.length === 24 ? '*' : hours.join(',');
  return Schedule.cron({ minute: '0', hour, ...weekly ? { weekDay: 'SUN' } : {} });
}
