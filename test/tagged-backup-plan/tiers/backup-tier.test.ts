import { Schedule } from 'aws-cdk-lib/aws-events';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import { BackupCopy, BackupResourceType, BackupRule, BackupTier, RecoveryObjectives } from '../../../src';

const objectives = (rpo: Duration) => RecoveryObjectives.of({ rto: Duration.hours(8), rpo });
const described = (tier: BackupTier) => tier.rules.map(({ name, schedule, startWindow, keepFor, moveToColdStorageAfter }) =>
  [name, schedule.expressionString, startWindow.toHours({ integral: false }), keepFor.toDays(), moveToColdStorageAfter?.toDays()]);

describe('from objectives follow', () => {
  test('snapshots as rare as the RPO allows, kept for 35 days', () => {
    expect(described(BackupTier.of('ledger', { objectives: objectives(Duration.hours(4)) }))).toEqual([
      ['every-3-hours', 'cron(0 2,5,8,11,14,17,20,23 * * ? *)', 1, 35, undefined],
    ]);
  });

  test('the names say how often', () => {
    const names = [2, 26, 24 * 8].map(hours => BackupTier.of('x', { objectives: objectives(Duration.hours(hours)) }).rules[0])
      .map(rule => [rule.name, rule.schedule.expressionString]);
    expect(names).toEqual([['hourly', 'cron(0 * * * ? *)'], ['daily', 'cron(0 5 * * ? *)'], ['weekly', 'cron(0 5 ? * SUN *)']]);
  });

  test('continuous backup where snapshots can not keep the RPO, and a snapshot a day beside it', () => {
    const tier = BackupTier.of('ledger', { objectives: objectives(Duration.minutes(119)) });
    expect(described(tier)).toEqual([
      ['continuous', 'cron(0 0-4,6-23 * * ? *)', 1, 35, undefined],
      ['daily', 'cron(0 5 * * ? *)', 1, 35, undefined],
    ]);
    expect(tier.rules.map(rule => rule.enableContinuousBackup)).toEqual([true, false]);
  });

  test('one backup a month for what must live longer than 35 days, cold when that pays', () => {
    const kept = (days: number) => described(BackupTier.of('ledger', { objectives: objectives(Duration.hours(4)), keepFor: Duration.days(days) })).slice(1);
    expect(kept(35)).toEqual([]);
    expect(kept(36)).toEqual([['monthly', 'cron(0 5 1 * ? *)', 1, 36, undefined]]);
    expect(kept(119)).toEqual([['monthly', 'cron(0 5 1 * ? *)', 1, 119, undefined]]);
    expect(kept(120)).toEqual([['monthly', 'cron(0 5 1 * ? *)', 1, 120, 30]]);
    expect(kept(2190)).toEqual([['monthly', 'cron(0 5 1 * ? *)', 1, 2190, 30]]);
  });

  test('a shorter life for all', () => {
    expect(described(BackupTier.of('x', { objectives: objectives(Duration.hours(1)), keepFor: Duration.days(7) })).map(rule => rule[3])).toEqual([7, 7]);
  });

  test('copies of every snapshot, and of no continuous backup', () => {
    const copyTo = BackupCopy.toRegion('eu-central-1');
    const tier = BackupTier.of('x', { objectives: objectives(Duration.hours(1)), keepFor: Duration.days(400), copyTo });
    expect(tier.rules.map(rule => rule.copyTo)).toEqual([undefined, copyTo, copyTo]);
    const snapshots = BackupTier.of('x', { objectives: objectives(Duration.hours(4)), keepFor: Duration.days(400), copyTo });
    expect(snapshots.rules.map(rule => rule.copyTo)).toEqual([copyTo, copyTo]);
  });

  test('a life that is known at deployment only is passed on', () => {
    const keepFor = Duration.days(Lazy.number({ produce: () => 40 }));
    expect(BackupTier.of('x', { objectives: objectives(Duration.hours(4)), keepFor }).rules.map(rule => rule.keepFor)).toEqual([keepFor]);
  });
});

test('the tiers of the library state objectives when they are told to', () => {
  const promised = objectives(Duration.days(8));
  const tiers = [BackupTier.critical, BackupTier.medium, BackupTier.low].map(tier => tier({ objectives: promised }));
  expect(tiers.map(tier => tier.objectives)).toEqual([promised, promised, promised]);
});

describe('the RPO that a tier reaches', () => {
  const reached = (tier: BackupTier, type: BackupResourceType) => tier.reachableRpo(type)?.toHumanString();

  test('by type', () => {
    expect(BackupResourceType.values.map(type => [type.name, reached(BackupTier.critical(), type)])).toEqual([
      ['Aurora', '5 minutes'], ['DocumentDB', '2 hours'], ['DynamoDB', '2 hours'], ['EBS', '2 hours'], ['EC2', '2 hours'],
      ['EFS', '2 hours'], ['FSx', '2 hours'], ['Neptune', '2 hours'], ['RDS', '5 minutes'], ['S3', '15 minutes'],
    ]);
  });

  test('by tier', () => {
    expect([BackupTier.medium(), BackupTier.low()].map(tier => reached(tier, BackupResourceType.S3))).toEqual(['1 day 8 hours', '7 days 8 hours']);
  });

  test.each([BackupTier.critical(), BackupTier.medium(), BackupTier.low()])('of a tier of the library is what its rules reach: $name', tier => {
    expect(reached(tier, BackupResourceType.EBS)).toBe(reached(BackupTier.of('x', { rules: tier.rules }), BackupResourceType.EBS));
  });

  test.each([
    ['a schedule that is read by AWS alone', Schedule.cron({ minute: '0', hour: '5', day: 'L' })],
    ['a token', Schedule.expression(Lazy.string({ produce: () => 'cron(0 5 * * ? *)' }))],
  ])('is not known for %s', (_, schedule) => {
    expect(reached(BackupTier.of('x', { rules: [BackupRule.of('odd', schedule), BackupRule.daily()] }), BackupResourceType.EBS)).toBeUndefined();
  });
});
