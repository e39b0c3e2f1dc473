import type { RunbookCopy, RunbookKind, RunbookRule, RunbookTier } from '../../../src/tagged-backup-plan/runbook/restore-points';
import { copiesOf, pointFor, span } from '../../../src/tagged-backup-plan/runbook/restore-points';
import { startsInReferenceYear } from '../../../src/tagged-backup-plan/tiers/backup-schedule';

const HOUR = 60;
const DAY = 24 * HOUR;

function rule(name: string, schedule: string, keepForDays: number | undefined, more: Partial<RunbookRule> & { window?: number } = {}): RunbookRule {
  const { window = HOUR, ...rest } = more;
  const starts = startsInReferenceYear(schedule);
  return { name, schedule, keepForDays, continuous: false, copies: [], windows: starts && { starts, windowMinutes: window }, ...rest };
}

const CONTINUOUS = rule('continuous', 'cron(0 0-4,6-23 * * ? *)', 35, { continuous: true });
const HOURLY = rule('hourly', 'cron(0 * * * ? *)', 1);
const DAILY = rule('daily', 'cron(0 5 * * ? *)', 35);
const WEEKLY = rule('weekly', 'cron(0 5 ? * SUN *)', 90);
const MONTHLY = rule('monthly', 'cron(0 5 1 * ? *)', 365, { coldAfterDays: 30 });
const UNREADABLE = rule('last-friday', 'cron(0 5 ? * FRIL *)', 35);
const MINUTES_5: RunbookKind = { types: ['RDS'], continuousWithinMinutes: 5, staysWarm: true };
const MINUTES_15: RunbookKind = { types: ['S3'], continuousWithinMinutes: 15, staysWarm: true };
const SNAPSHOTS: RunbookKind = { types: ['EBS'], staysWarm: false };

function tier(...rules: RunbookRule[]): RunbookTier {
  return { name: 'tier', rules, kinds: [MINUTES_5, MINUTES_15, SNAPSHOTS] };
}

function point(rules: RunbookRule[], noticedAfter: number, kind: RunbookKind) {
  return pointFor(tier(...rules), noticedAfter).find(each => each.kind === kind)!;
}

describe('types with continuous backup', () => {
  test.each([
    ['noticed at once: the lag is missing', 0, MINUTES_15, 15],
    ['noticed sooner than the lag', 10, MINUTES_15, 5],
    ['noticed exactly after the lag', 15, MINUTES_15, 0],
    ['noticed after a shorter lag', 10, MINUTES_5, 0],
    ['noticed a minute before the window ends', 35 * DAY - 1, MINUTES_5, 0],
  ])('%s', (_, noticedAfter, kind, missingMinutes) => {
    expect(point([CONTINUOUS, DAILY], noticedAfter, kind)).toMatchObject({ found: true, rule: 'continuous', continuous: true, certain: true, cold: 'no', missingMinutes });
  });

  test('at the end of the window only longer-lived snapshots are left', () => {
    expect(point([CONTINUOUS, WEEKLY], 35 * DAY, MINUTES_5)).toMatchObject({ found: true, rule: 'weekly', continuous: false, certain: true });
  });

  test('never a snapshot of the continuous rule: it takes none of them', () => {
    expect(point([CONTINUOUS], 35 * DAY, MINUTES_5)).toMatchObject({ found: false, why: 'the tier takes no snapshots of these types' });
  });

  test('a shorter window ends sooner', () => {
    const short = { ...CONTINUOUS, keepForDays: 7 };
    expect(point([short, DAILY], 7 * DAY - 1, MINUTES_5)).toMatchObject({ rule: 'continuous' });
    expect(point([short, DAILY], 7 * DAY, MINUTES_5)).toMatchObject({ rule: 'daily' });
  });

  test('a retention that is not known promises nothing', () => {
    expect(point([{ ...CONTINUOUS, keepForDays: undefined }], DAY, MINUTES_5)).toMatchObject({ rule: 'continuous', certain: false });
  });

  test('without a continuous rule they have snapshots as all others', () => {
    expect(point([DAILY], DAY, MINUTES_5)).toMatchObject({ rule: 'daily', continuous: false, missingMinutes: 25 * HOUR });
  });

  test('they never are in cold storage', () => {
    expect(point([MONTHLY], 123 * DAY, MINUTES_5)).toMatchObject({ found: true, cold: 'no' });
  });
});

describe('types with snapshots', () => {
  test.each<[string, RunbookRule[], number, object]>([
    // The interval and the start window may be missing.
    ['daily, noticed at once', [DAILY], 0, { rule: 'daily', missingMinutes: 25 * HOUR, certain: true }],
    ['a longer start window', [rule('daily', 'cron(0 5 * * ? *)', 35, { window: 8 * HOUR })], 0, { missingMinutes: 32 * HOUR }],
    ['the continuous rule takes snapshots of them', [CONTINUOUS, DAILY], 10, { rule: 'continuous', continuous: false, missingMinutes: 2 * HOUR, certain: true }],
    ['the more frequent rule', [WEEKLY, DAILY], 4 * DAY, { rule: 'daily', missingMinutes: 25 * HOUR }],
    // A day of retention and points two hours apart: 22 hours are safe, more depends on the hour.
    ['hourly, the last certain minute', [HOURLY], 22 * HOUR, { rule: 'hourly', certain: true, missingMinutes: 2 * HOUR }],
    ['hourly, a minute later', [HOURLY], 22 * HOUR + 1, { rule: 'hourly', certain: false }],
    ['hourly, the last possible minute', [HOURLY], DAY - 1, { rule: 'hourly', certain: false }],
    ['hourly, as late as its retention', [HOURLY], DAY, { found: false, why: 'the tier keeps them for 1 day at most, and what is older than the damage is older than 1 day' }],
    ['a certain point of a rarer rule, before a possible one', [HOURLY, DAILY], 23 * HOUR, { rule: 'daily', certain: true }],
    ['four months: monthly, cold', [CONTINUOUS, DAILY, WEEKLY, MONTHLY], 123 * DAY, { rule: 'monthly', certain: true, cold: 'yes', missingMinutes: 31 * DAY + HOUR }],
    ['four months, and nothing kept so long', [DAILY, WEEKLY], 123 * DAY, { found: false, why: 'the tier keeps them for 90 days at most, and what is older than the damage is older than 123 days' }],
    ['a schedule that can not be read', [UNREADABLE], DAY, { rule: 'last-friday', certain: false, missingMinutes: undefined }],
    ['a retention that is not known', [rule('daily', 'cron(0 5 * * ? *)', undefined)], 500 * DAY, { rule: 'daily', certain: false }],
  ])('%s', (_, rules, noticedAfter, expected) => {
    expect(point(rules, noticedAfter, SNAPSHOTS)).toMatchObject(expected);
  });

  test.each<[string, RunbookRule[], number, string]>([
    ['the oldest that it can be is just warm', [{ ...DAILY, keepForDays: 365, coldAfterDays: 30 }], 30 * DAY - 25 * HOUR, 'no'],
    ['a minute later it may be cold', [{ ...DAILY, keepForDays: 365, coldAfterDays: 30 }], 30 * DAY - 25 * HOUR + 1, 'perhaps'],
    ['a minute before all are cold', [{ ...DAILY, keepForDays: 365, coldAfterDays: 30 }], 30 * DAY - 1, 'perhaps'],
    ['all are cold', [{ ...DAILY, keepForDays: 365, coldAfterDays: 30 }], 30 * DAY, 'yes'],
    ['the weekly is warm, the monthly that may stand in for it is cold', [WEEKLY, MONTHLY], 40 * DAY, 'perhaps'],
  ])('in cold storage: %s', (_, rules, noticedAfter, cold) => {
    expect(point(rules, noticedAfter, SNAPSHOTS)).toMatchObject({ found: true, cold });
  });

  test('rules in two time zones are not added up: they shift against each other', () => {
    const other = rule('other', 'cron(0 17 * * ? *)', 35, { timeZone: 'Europe/Dublin' });
    expect(point([DAILY, other], 0, SNAPSHOTS)).toMatchObject({ missingMinutes: 25 * HOUR });
    expect(point([DAILY, { ...other, timeZone: undefined }], 0, SNAPSHOTS)).toMatchObject({ missingMinutes: 13 * HOUR });
  });
});

describe('copies', () => {
  const frankfurt: RunbookCopy = { airGapped: false, vault: 'copies', region: 'eu-central-1', arn: 'arn:aws:backup:eu-central-1:111111111111:backup-vault:copies', keepForDays: 35 };
  const central: RunbookCopy = { airGapped: false, vault: 'central', region: 'eu-west-1', account: '222222222222', arn: 'arn:aws:backup:eu-west-1:222222222222:backup-vault:central', keepForDays: 35 };
  const abroad = (copy: RunbookCopy) => copy.region !== 'eu-west-1';

  test('one point a vault, by all rules that copy there', () => {
    const copied = tier(CONTINUOUS, { ...DAILY, copies: [frankfurt, central] }, { ...WEEKLY, copies: [frankfurt] });
    expect(copiesOf(copied, abroad)).toEqual([
      { found: true, copy: frankfurt, rule: 'daily', rules: ['daily', 'weekly'], continuous: false, missingMinutes: 25 * HOUR, certain: true, cold: 'no' },
    ]);
    expect(copiesOf(copied, copy => copy.account === '222222222222')).toMatchObject([{ copy: central, rules: ['daily'] }]);
  });

  test('a copy of the continuous rule is a snapshot', () => {
    expect(copiesOf(tier({ ...CONTINUOUS, copies: [frankfurt] }), abroad)).toMatchObject([{ rule: 'continuous', continuous: false }]);
  });

  test('a copy that goes before the next one comes is not certain', () => {
    expect(copiesOf(tier({ ...WEEKLY, copies: [{ ...frankfurt, keepForDays: 7 }] }), abroad)).toMatchObject([{ certain: false }]);
    expect(copiesOf(tier({ ...WEEKLY, copies: [{ ...frankfurt, keepForDays: 8 }] }), abroad)).toMatchObject([{ certain: true }]);
  });

  test('none', () => {
    expect(copiesOf(tier({ ...DAILY, copies: [central] }), abroad)).toEqual([]);
  });
});

test.each([[0, 'nothing'], [1, '1 minute'], [60, '1 hour'], [1441, '1 day 1 minute'], [2 * DAY + 2.5 * HOUR, '2 days 2 hours 30 minutes'], [0.2, '1 minute']])(
  '%d minutes are %s', (minutes, words) => { expect(span(minutes)).toBe(words); });
