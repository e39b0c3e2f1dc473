import { Duration, Lazy } from 'aws-cdk-lib/core';
import { QueryWindow } from '../../../src/flow-logs-to-athena/queries/query-window';
import { found } from '../../support/findings';
import { LAYOUTS } from '../../support/flow-logs/tables';

const problems = (window: QueryWindow) => found(findings => window._find(findings));
const { daily, hourly, hive, hiveHourly } = LAYOUTS;

describe('last', () => {
  test('is computed when the query runs', () => {
    expect(QueryWindow.last(Duration.days(1))._render(hourly)).toContain('date_format(current_timestamp - interval \'1\' day, \'%Y/%m/%d/%H\')');
    expect(QueryWindow.last(Duration.hours(36))._render(daily)).toContain('date_format(current_timestamp - interval \'36\' hour, \'%Y/%m/%d/%H\')');
    expect(QueryWindow.last(Duration.minutes(90))._render(daily)).toContain('date_format(current_timestamp - interval \'90\' minute, \'%Y/%m/%d/%H\')');
  });

  test('compares hours where hours are partitions', () => {
    const window = QueryWindow.last(Duration.days(1));
    expect([daily, hourly, hive, hiveHourly].map(partitions => /\bhour\b/.test(window._render(partitions)))).toEqual([false, true, false, true]);
  });

  test.each<[Duration, string[]]>([
    [Duration.days(1), ['month', 'day']],
    [Duration.hours(25), ['month']],
    [Duration.days(28), ['month']],
    [Duration.days(29), []],
  ])('in the layout of Hive, %s lets an engine compute no more than it reads', (duration, keys) => {
    const sql = QueryWindow.last(duration)._render(hive);
    const parts = { month: '%m', day: '%d' };
    expect([...sql.matchAll(/(\w+) IN \(/g)].map(match => match[1])).toEqual(keys);
    for (const key of keys as (keyof typeof parts)[]) {
      const since = duration.toHours() % 24 === 0 ? `'${duration.toDays()}' day` : `'${duration.toHours()}' hour`;
      expect(sql).toContain(`${key} IN (date_format(current_timestamp - interval ${since}, '${parts[key]}'), date_format(current_timestamp, '${parts[key]}'))`);
    }
  });

  test.each<[string, Duration, string]>([
    ['no time', Duration.minutes(0), '\'window\' must be whole minutes, one at least and 3660 days at most, got: 0 minutes; pass QueryWindow.last(Duration.days(1))'],
    ['seconds', Duration.seconds(90), '\'window\' must be whole minutes, one at least and 3660 days at most, got: 1 minute 30 seconds; pass QueryWindow.last(Duration.days(1))'],
    ['eleven years', Duration.days(3661), '\'window\' must be whole minutes, one at least and 3660 days at most, got: 3661 days; pass QueryWindow.last(Duration.days(1))'],
    ['a token', Duration.days(Lazy.number({ produce: () => 1 })), '\'window\' must be known at synth, got: an unresolved token; pass QueryWindow.last(Duration.days(1))'],
  ])('fails with %s', (_, duration, message) => {
    expect(problems(QueryWindow.last(duration))).toEqual([message]);
  });

  test.each([Duration.minutes(1), Duration.seconds(60), Duration.days(3660)])('takes %s', duration => {
    expect(problems(QueryWindow.last(duration))).toEqual([]);
  });
});

describe('days', () => {
  test('are literals', () => {
    expect(QueryWindow.days('2026/01/01', '2026/01/31')._render(hourly)).toBe('day BETWEEN \'2026/01/01\' AND \'2026/01/31\'');
  });

  test.each<[string, string, string]>([
    ['2026/01/31', '2026/02/01', 'month IN (\'01\', \'02\') AND day IN (\'31\', \'01\') AND '],
    ['2026/05/07', '2026/05/07', 'month = \'05\' AND day = \'07\' AND '],
    ['2026/01/01', '2026/01/28', 'month = \'01\' AND '],
    ['2025/12/01', '2026/10/31', `month IN (${['12', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map(month => `'${month}'`).join(', ')}) AND `],
    ['2025/12/01', '2026/11/30', ''],
    ['2020/01/01', '2026/11/30', ''],
  ])('in the layout of Hive, %s to %s are lists of months and days where these are short', (from, to, lists) => {
    expect(QueryWindow.days(from, to)._render(hive)).toBe(`${lists}${hive._between(`'${from}'`, `'${to}'`)}`);
  });

  test.each<[string, string, string[]]>([
    ['2026-01-01', '2026/01/31', ['\'window\' must be of days that exist, written yyyy/MM/dd, got: \'2026-01-01\'; write \'2026/01/31\'']],
    ['2026/02/29', '2026/02/30', [
      '\'window\' must be of days that exist, written yyyy/MM/dd, got: \'2026/02/29\'; write \'2026/01/31\'',
      '\'window\' must be of days that exist, written yyyy/MM/dd, got: \'2026/02/30\'; write \'2026/01/31\'',
    ]],
    ['2026/02/01', '2026/01/31', ['\'window\' must begin before it ends, got: \'2026/02/01\' to \'2026/01/31\'; swap them']],
    [Lazy.string({ produce: () => '' }), '2026/01/31', ['\'window\' must be of days that exist, written yyyy/MM/dd, got: \'an unresolved token\'; write \'2026/01/31\'']],
  ])('fails from %s to %s', (from, to, messages) => {
    expect(problems(QueryWindow.days(from, to))).toEqual(messages);
  });

  test.each([['2024/02/29', '2024/02/29'], ['2026/01/31', '2026/02/01']])('takes %s to %s', (from, to) => {
    expect(problems(QueryWindow.days(from, to))).toEqual([]);
  });
});

describe('accounts', () => {
  const window = QueryWindow.days('2026/01/01', '2026/01/01');

  test('stand before the days', () => {
    expect(window.forAccounts(['111111111111'])._render(daily)).toBe('aws_account_id = \'111111111111\' AND day BETWEEN \'2026/01/01\' AND \'2026/01/01\'');
    expect(window.forAccounts(['111111111111', '222222222222'])._render(daily)).toMatch(/^aws_account_id IN \('111111111111', '222222222222'\) AND /);
    expect(window._render(daily)).not.toContain('aws_account_id');
  });

  test('fail when there are none, or they are none', () => {
    expect(problems(window.forAccounts([]))).toEqual(['\'forAccounts\' of \'window\' must name one account at least, got: none; name whose logs are read']);
    expect(problems(window.forAccounts(['111111111111', '1234', '2\' OR \'1']))).toEqual([
      '\'forAccounts\' of \'window\' must name accounts of 12 digits, got: \'1234\', \'2\' OR \'1\'; quote them, so that no zero is lost',
    ]);
  });

  test('may be tokens', () => {
    const account = Lazy.string({ produce: () => '111111111111' });
    expect(problems(window.forAccounts([account]))).toEqual([]);
    expect(window.forAccounts([account])._render(daily)).toContain(`aws_account_id = '${account}'`);
  });
});
