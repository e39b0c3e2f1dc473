/**
 * From an RPO to a schedule, and back: what AWS Backup can reach with snapshots, in whole minutes, without any CDK.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
import type { Windows } from './backup-schedule';

const HOUR = 60;
const WEEK = 7 * 24 * HOUR;
const YEAR = 365 * 24 * HOUR;
/** A job may wait this long for its start, and no shorter. */
const SHORTEST_WINDOW = HOUR;
const LONGEST_WINDOW = 8 * HOUR;
/** Hours between two snapshots that divide a day, so that the last of a day is as far from the next as any. */
const INTERVALS = [168, 24, 12, 8, 6, 4, 3, 2, 1].map(hours => hours * HOUR);
/** Snapshots start with this hour of the day (UTC) and in steps from it. */
const FIRST_HOUR = 5;

/** The shortest RPO that snapshots can keep: one an hour, and an hour in which it may start. */
export const SHORTEST_SNAPSHOT_RPO = HOUR + SHORTEST_WINDOW;

/** When snapshots are taken to keep an RPO. */
export interface SnapshotSchedule {
  /** Hours of the day (UTC), in order. */
  readonly hours: number[];
  /** Only on Sundays. */
  readonly weekly: boolean;
  /** How long a job may wait for its start. */
  readonly windowMinutes: number;
}

/** The fewest snapshots that keep the RPO, or undefined when none can. */
export function snapshotsFor(rpoMinutes: number): SnapshotSchedule | undefined {
  const interval = INTERVALS.find(each => each + SHORTEST_WINDOW <= rpoMinutes);
  if (interval === undefined) {
    return undefined;
  }
  const everyHours = Math.min(interval / HOUR, 24);
  const hours = Array.from({ length: 24 / everyHours }, (_, step) => (FIRST_HOUR + step * everyHours) % 24).sort((a, b) => a - b);
  const windowMinutes = Math.min(LONGEST_WINDOW, interval, Math.floor(rpoMinutes - interval));
  return { hours, weekly: interval === WEEK, windowMinutes };
}

/**
 * How old the newest backup can get by these rules: from the earliest start of one to the latest start of the next.
 * The time that a job takes comes on top. Undefined when there is never a second start.
 */
export function oldestByRules(rules: Windows[]): number | undefined {
  const spans = rules.map(({ starts, windowMinutes }) => starts.map(start => ({ start, end: start + windowMinutes })));
  // Where windows of several rules overlap, AWS Backup takes one backup, at any time from the first to the last.
  const reached = [mergeOverlaps(spans.flat()), ...spans].map(oldest).filter(candidate => candidate !== undefined);
  return reached.length > 0 ? Math.min(...reached) : undefined;
}

interface Span { readonly start: number; readonly end: number }

function oldest(spans: Span[]): number | undefined {
  if (spans.length === 0) {
    return undefined;
  }
  const within = spans.slice(1).map((span, index) => span.end - spans[index].start).reduce((a, b) => Math.max(a, b), 0);
  const overTurn = spans[0].end + YEAR - spans[spans.length - 1].start;
  // Next year's weekdays are others: that the turn of the year is a few days longer than any other gap says nothing.
  return overTurn > within + WEEK || spans.length === 1 ? overTurn : within;
}

function mergeOverlaps(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged[merged.length - 1];
    if (last && span.start < last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}
