import { firstOverlap, startsAtMostHourly, startsInReferenceYear } from '../../../src/tagged-backup-plan/tiers/backup-schedule';

const MINUTES_A_DAY = 24 * 60;

describe('startsAtMostHourly', () => {
  test.each([
    ['cron(0 * * * ? *)', true],
    ['cron(59 5 ? * SUN *)', true],
    ['cron(*/30 * * * ? *)', false],
    ['cron(0,30 5 * * ? *)', false],
    ['cron(0-5 5 * * ? *)', false],
    ['cron(* 5 * * ? *)', false],
    ['cron(60 5 * * ? *)', false],
    ['rate(1 hour)', undefined],
    ['cron(0 5 * * ?)', undefined],
    ['', undefined],
  ])('%s: %s', (expression, expected) => {
    expect(startsAtMostHourly(expression)).toBe(expected);
  });
});

describe('startsInReferenceYear', () => {
  test.each([
    ['cron(0 5 * * ? *)', 365],
    ['cron(0 * * * ? *)', 365 * 24],
    ['cron(0 0-4,6-23 * * ? *)', 365 * 23],
    ['cron(0 5 1 * ? *)', 12],
    ['cron(0 5 ? * SUN *)', 52],
    ['cron(0 5 ? * sun,WED *)', 52 * 2],
    ['cron(0 5 ? * MON-FRI *)', 261],
    ['cron(0 5 ? * 1 *)', 52],
    ['cron(0 0/6 * * ? *)', 365 * 4],
    ['cron(0 */12 * * ? *)', 365 * 2],
    ['cron(0 5 31 JAN,MAR ? *)', 2],
    ['cron(0 5 1 1-3 ? *)', 3],
  ])('%s starts %d times', (expression, times) => {
    expect(startsInReferenceYear(expression)).toHaveLength(times);
  });

  test('starts are counted in minutes, in order', () => {
    expect(startsInReferenceYear('cron(30 12,1 * * ? *)')!.slice(0, 3)).toEqual([90, 12 * 60 + 30, MINUTES_A_DAY + 90]);
  });

  test.each([
    'cron(0 5 L * ? *)', 'cron(0 5 ? * 6#3 *)', 'cron(0 5 15W * ? *)', 'cron(0 24 * * ? *)', 'cron(0 5 0 * ? *)', 'cron(0 5 * * 8 *)',
    'cron(0 5-3 * * ? *)', 'cron(0 5/0 * * ? *)', 'cron(x 5 * * ? *)', 'rate(1 day)',
  ])('%s is not read', expression => {
    expect(startsInReferenceYear(expression)).toBeUndefined();
  });
});

describe('firstOverlap', () => {
  const at = (expression: string, windowMinutes: number) => ({ starts: startsInReferenceYear(expression)!, windowMinutes });

  test('a start inside the window of the other', () => {
    expect(firstOverlap(at('cron(0 5 * * ? *)', 120), at('cron(0 6 ? * SUN *)', 60))).toEqual({ at: 'SUN 06:00' });
    expect(firstOverlap(at('cron(0 6 ? * SUN *)', 60), at('cron(0 5 * * ? *)', 120))).toEqual({ at: 'SUN 06:00' });
  });

  test('the same start', () => {
    expect(firstOverlap(at('cron(0 5 * * ? *)', 60), at('cron(0 5 1 * ? *)', 60))).toEqual({ at: 'FRI 05:00' });
  });

  test('a start at the very end of a window is outside of it', () => {
    expect(firstOverlap(at('cron(0 5 * * ? *)', 60), at('cron(0 6 * * ? *)', 60))).toBeUndefined();
    expect(firstOverlap(at('cron(0 5 * * ? *)', 61), at('cron(0 6 * * ? *)', 60))).toEqual({ at: 'FRI 06:00' });
  });

  test('rules that never meet', () => {
    expect(firstOverlap(at('cron(0 5 ? * MON *)', 480), at('cron(0 5 ? * TUE *)', 480))).toBeUndefined();
    expect(firstOverlap(at('cron(0 5 ? * MON *)', 480), { starts: [], windowMinutes: 60 })).toBeUndefined();
  });
});
