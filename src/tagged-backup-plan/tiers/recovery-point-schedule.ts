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
  const spans = rules.map(({ starts, windowMinutes }) => ({ starts, ends: starts.map(start => start + windowMinutes) }));
  // Where windows of several rules overlap, AWS Backup takes one backup, at any time from the first to the last.
  const reached = [mergeAll(spans), ...spans].map(oldest).filter(candidate => candidate !== undefined);
  return reached.length > 0 ? Math.min(...reached) : undefined;
}

/** Side by side, not as pairs: an hourly rule has thousands a year, and every tier is asked at synth. */
interface Spans { readonly starts: number[]; readonly ends: number[] }

function oldest({ starts, ends }: Spans): number | undefined {
  if (starts.length === 0) {
    return undefined;
  }
  let within = 0;
  for (let i = 1; i < starts.length; i++) {
    within = Math.max(within, ends[i] - starts[i - 1]);
  }
  const overTurn = ends[0] + YEAR - starts[starts.length - 1];
  // Next year's weekdays are others: that the turn of the year is a few days longer than any other gap says nothing.
  return overTurn > within + WEEK || starts.length === 1 ? overTurn : within;
}

/** The longest comes last, so that it is gone through once. */
function mergeAll(spans: Spans[]): Spans {
  return [...spans].sort((a, b) => a.starts.length - b.starts.length).reduce(merge, { starts: [], ends: [] });
}

/** All in order, those that overlap as one. */
function merge(a: Spans, b: Spans): Spans {
  const [starts, ends]: [number[], number[]] = [[], []];
  let i = 0;
  let j = 0;
  while (i < a.starts.length || j < b.starts.length) {
    const fromA = j === b.starts.length || a.starts[i] < b.starts[j];
    const start = fromA ? a.starts[i] : b.starts[j];
    const end = fromA ? a.ends[i++] : b.ends[j++];
    const last = ends.length - 1;
    if (last >= 0 && start < ends[last]) {
      ends[last] = Math.max(ends[last], end);
    } else {
      starts.push(start);
      ends.push(end);
    }
  }
  return { starts, ends };
}
