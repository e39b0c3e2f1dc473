/**
 * When a backup rule runs: the part of AWS cron that AWS Backup plans are written in, read without any CDK.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */

/** The year over which schedules are compared. Any one does, as long as it is always the same. */
const REFERENCE_YEAR = 2027;
const MINUTE_MS = 60_000;
const DAY = 24 * 60;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** The days of the reference year, counted as in a cron expression. */
const REFERENCE_DAYS = Array.from({ length: 365 }, (_, day) => {
  const date = new Date(Date.UTC(REFERENCE_YEAR, 0, 1 + day));
  return { month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate(), dayOfWeek: date.getUTCDay() + 1 };
});

/** The start windows of one rule over the reference year. */
export interface Windows {
  /** When they open, in minutes since the year began, in order. */
  readonly starts: number[];
  /** How long each stays open. */
  readonly windowMinutes: number;
}

/** A time at which two rules both have their start window open. */
export interface Overlap {
  /** Such as `SUN 05:00`. */
  readonly at: string;
}

/**
 * Whether the expression starts at most one backup an hour, which is as often as AWS Backup takes snapshots.
 * `undefined` when it is no cron expression of six fields.
 */
export function startsAtMostHourly(expression: string): boolean | undefined {
  const minute = fields(expression)?.[0];
  return minute === undefined ? undefined : /^\d{1,2}$/.test(minute) && Number(minute) < 60;
}

/**
 * All starts in the reference year, in minutes since it began.
 * `undefined` when the expression says a day in a way that is not read here (`L`, `W`, `#`).
 */
export function startsInReferenceYear(expression: string): number[] | undefined {
  const parts = fields(expression);
  if (!parts) {
    return undefined;
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = [
    values(parts[0], 0, 59), values(parts[1], 0, 23), values(parts[2], 1, 31),
    values(parts[3], 1, 12, MONTHS, 1), values(parts[4], 1, 7, DAYS, 1),
  ];
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) {
    return undefined;
  }
  const times = [...hours].flatMap(hour => [...minutes].map(minute => hour * 60 + minute)).sort((a, b) => a - b);
  const starts: number[] = [];
  REFERENCE_DAYS.forEach(({ month, dayOfMonth, dayOfWeek }, day) => {
    if (months.has(month) && daysOfMonth.has(dayOfMonth) && daysOfWeek.has(dayOfWeek)) {
      times.forEach(time => starts.push(day * DAY + time));
    }
  });
  return starts;
}

/**
 * The first time at which a start of one rule falls into a start window that the other has open. Of two such rules
 * in one plan AWS Backup runs only the one that keeps its backups longer.
 */
export function firstOverlap(a: Windows, b: Windows): Overlap | undefined {
  let i = 0;
  let j = 0;
  while (i < a.starts.length && j < b.starts.length) {
    const gap = b.starts[j] - a.starts[i];
    if (gap >= 0 ? gap < a.windowMinutes : -gap < b.windowMinutes) {
      return { at: describe(Math.max(a.starts[i], b.starts[j])) };
    }
    gap > 0 ? i++ : j++;
  }
  return undefined;
}

function describe(minutes: number): string {
  const date = new Date(Date.UTC(REFERENCE_YEAR, 0, 1) + minutes * MINUTE_MS);
  return `${DAYS[date.getUTCDay()]} ${date.toISOString().slice(11, 16)}`;
}

function fields(expression: string): string[] | undefined {
  const parts = /^cron\((.*)\)$/.exec(expression)?.[1].trim().split(/\s+/);
  return parts?.length === 6 ? parts : undefined;
}

/** The values of one field: `*`, `?`, lists, ranges, steps and names. */
function values(field: string, low: number, high: number, names: string[] = [], firstName = 0): Set<number> | undefined {
  const found = new Set<number>();
  for (const item of field.toUpperCase().split(',')) {
    const [range, step = '1'] = item.split('/');
    const bounds = range === '*' || range === '?' ? [low, high] : range.split('-').map(text => (names.includes(text) ? names.indexOf(text) + firstName : Number(text)));
    const [from, to = item.includes('/') ? high : from] = bounds;
    const every = Number(step);
    if (![from, to, every].every(Number.isInteger) || every < 1 || from < low || to > high || from > to) {
      return undefined;
    }
    for (let value = from; value <= to; value += every) {
      found.add(value);
    }
  }
  return found;
}
