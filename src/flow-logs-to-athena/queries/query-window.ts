import type { Duration } from 'aws-cdk-lib/core';
import type { Findings } from '../../private/validation';
import { isKnown, quoted } from '../../private/validation';
import type { FlowLogPartitions } from '../storage/flow-log-partitions';
import { ACCOUNT_KEY } from '../storage/flow-log-partitions';

const DAY = /^\d{4}\/(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])$/;
const ACCOUNT = /^\d{12}$/;
const LONGEST_DAYS = 3660;
const DAY_MILLISECONDS = 86_400_000;

/**
 * Which partitions a query reads: whole days, or whole hours where hours are partitions. What is outside of it is neither
 * read nor paid for. Times are UTC.
 */
export class QueryWindow {
  /**
   * From so long ago until now. Athena computes it when the query runs: no template holds a date.
   *
   * @param duration Whole minutes, ten years at most. Rounded to whole partitions, so that it is never shorter.
   */
  public static last(duration: Duration): QueryWindow {
    return new QueryWindow({ duration });
  }

  /**
   * From one day to another, both included.
   *
   * @param from The first day, `yyyy/MM/dd`.
   * @param to The last day, `yyyy/MM/dd`.
   */
  public static days(from: string, to: string): QueryWindow {
    return new QueryWindow({ from, to });
  }

  private constructor(
    private readonly time: { readonly duration?: Duration; readonly from?: string; readonly to?: string },
    private readonly accounts?: string[],
  ) {}

  /**
   * The same, for these accounts only. A table that does not list its accounts (`FlowLogAccounts.ofMany`) can not be read
   * without.
   *
   * @param accounts Ids of 12 digits, one at least.
   */
  public forAccounts(accounts: string[]): QueryWindow {
    return new QueryWindow(this.time, accounts);
  }

  /** @internal Whether it says whose logs are read. */
  public get _namesAccounts(): boolean {
    return this.accounts !== undefined;
  }

  /** @internal */
  public _find(findings: Findings): void {
    const { duration, from, to } = this.time;
    if (duration) {
      findings.require(!duration.isUnresolved(), '\'window\' must be known at synth, got: an unresolved token; pass QueryWindow.last(Duration.days(1))');
      const minutes = duration.isUnresolved() ? 1 : duration.toMinutes({ integral: false });
      findings.require(Number.isInteger(minutes) && minutes > 0 && minutes <= LONGEST_DAYS * 24 * 60,
        `'window' must be whole minutes, one at least and ${LONGEST_DAYS} days at most, got: ${duration.isUnresolved() ? '' : duration.toHumanString()}; pass QueryWindow.last(Duration.days(1))`);
    }
    const days = [from, to].filter(day => day !== undefined);
    for (const day of days) {
      findings.require(isKnown(day) && isDay(day), `'window' must be of days that exist, written yyyy/MM/dd, got: '${isKnown(day) ? day : 'an unresolved token'}'; write '2026/01/31'`);
    }
    if (days.length > 0 && days.every(day => isKnown(day) && isDay(day))) {
      findings.require(from! <= to!, `'window' must begin before it ends, got: '${from}' to '${to}'; swap them`);
    }
    if (this.accounts) {
      findings.require(this.accounts.length > 0, '\'forAccounts\' of \'window\' must name one account at least, got: none; name whose logs are read');
      const wrong = this.accounts.filter(account => isKnown(account) && !ACCOUNT.test(account));
      findings.require(wrong.length === 0, `'forAccounts' of 'window' must name accounts of 12 digits, got: ${quoted(wrong)}; quote them, so that no zero is lost`);
    }
  }

  /** @internal The predicate over the partitions. */
  public _render(partitions: FlowLogPartitions): string {
    const { duration, from, to } = this.time;
    const since = duration && `current_timestamp - ${intervalOf(duration)}`;
    return [
      ...this.accounts ? [equalsAny(ACCOUNT_KEY, this.accounts)] : [],
      ...partitions.isHive ? since ? recentMonthsAndDays(duration, since) : monthsAndDays(from!, to!) : [],
      since ? partitions._betweenHours(format(since, HOUR), format(NOW, HOUR)) : partitions._between(`'${from}'`, `'${to}'`),
    ].join(' AND ');
  }
}

const NOW = 'current_timestamp';
const HOUR = '%Y/%m/%d/%H';

/**
 * Partitions of Hive have a key each for month and day. An engine computes those of a whole year, and drops those of other
 * dates only then: lists of values, where they are short, let it compute no more than are read.
 */
function recentMonthsAndDays(duration: Duration, since: string): string[] {
  const days = duration.toDays({ integral: false });
  const either = (key: string, part: string) => `${key} IN (${format(since, part)}, ${format(NOW, part)})`;
  // 28 days never reach over a whole month.
  return [...days <= 28 ? [either('month', '%m')] : [], ...days <= 1 ? [either('day', '%d')] : []];
}

function monthsAndDays(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let date = timeOf(from); date <= timeOf(to) && dates.length < 366; date += DAY_MILLISECONDS) {
    dates.push(new Date(date).toISOString());
  }
  const anyOf = (key: string, values: string[], all: number) => values.length < all ? [equalsAny(key, values)] : [];
  return [
    ...anyOf('month', [...new Set(dates.map(date => date.slice(5, 7)))], 12),
    ...anyOf('day', [...new Set(dates.map(date => date.slice(8, 10)))], 28),
  ];
}

/** Trap: a date that does not exist is a later one for JavaScript. */
function isDay(day: string): boolean {
  return DAY.test(day) && new Date(timeOf(day)).toISOString().startsWith(day.replace(/\//g, '-'));
}

function timeOf(day: string): number {
  return Date.parse(`${day.replace(/\//g, '-')}T00:00:00Z`);
}

/** Athena's session is in UTC, as the folders are. */
function format(time: string, as: string): string {
  return `date_format(${time}, '${as}')`;
}

function intervalOf(duration: Duration): string {
  const minutes = duration.toMinutes();
  const [count, unit] = minutes % 1440 === 0 ? [minutes / 1440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `interval '${count}' ${unit}`;
}

/** One value by itself: engines that compute partitions take no list everywhere. */
function equalsAny(column: string, values: string[]): string {
  const literals = values.map(value => `'${value}'`);
  return literals.length === 1 ? `${column} = ${literals[0]}` : `${column} IN (${literals.join(', ')})`;
}
