import { Template } from 'aws-cdk-lib/assertions';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import type { AirGappedCopyOptions } from '../../../src';
import { BackupCopy, BackupRule, BackupTier } from '../../../src';
import { airGappedLimitsOf, createAirGappedVault, findAirGappedVaultProblems } from '../../../src/tagged-backup-plan/copies/air-gapped-vault';
import { ACCOUNT, shopStack } from '../../support/app';
import { found } from '../../support/findings';

const days = (amount: number) => Duration.days(amount);
const token = () => Duration.days(Lazy.number({ produce: () => 40 }));
const airGapped = (options: Partial<AirGappedCopyOptions> = {}) =>
  BackupCopy.toAirGappedVault({ minRetention: days(7), maxRetention: days(90), ...options });
const tiers = (...copies: BackupCopy[]) => copies.map((copyTo, index) => BackupTier.of(`tier${index}`, { rules: [BackupRule.daily({ copyTo })] }));
const problems = (copies: BackupCopy[], region?: string) => found(findings =>
  findAirGappedVaultProblems(findings, shopStack(region ? { env: { account: ACCOUNT, region } } : {}), tiers(...copies)));

test('is locked, has a literal name and outlives the stack', () => {
  const stack = shopStack();
  createAirGappedVault(stack, 'AirGapped', 'shop-air-gapped', airGappedLimitsOf(tiers(BackupCopy.toRegion('eu-central-1'), airGapped()))!);
  Template.fromStack(stack).hasResource('AWS::Backup::LogicallyAirGappedBackupVault', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { BackupVaultName: 'shop-air-gapped', MinRetentionDays: 7, MaxRetentionDays: 90 },
  });
});

test('there is none when no tier copies to one, and nothing is judged', () => {
  expect(airGappedLimitsOf(tiers(BackupCopy.toRegion('eu-central-1')))).toBeUndefined();
  expect(problems([BackupCopy.toRegion('eu-central-1')], 'cn-north-1')).toEqual([]);
});

describe('retention (B13.9)', () => {
  test.each([[days(6), '6'], [Duration.hours(180), '7.5']])('\'minRetention\' fails for %s', (minRetention, got) => {
    expect(problems([airGapped({ minRetention })])).toEqual([
      `'minRetention' of the air-gapped vault must be whole days between 7 and 36500, got: ${got} days; pass Duration.days(n)`,
    ]);
  });
  test('\'maxRetention\' fails beyond 36500 days', () => {
    expect(problems([airGapped({ maxRetention: days(36501) })])).toEqual([
      '\'maxRetention\' of the air-gapped vault must be whole days between 7 and 36500, got: 36501 days; pass Duration.days(n)',
    ]);
  });
  test('\'maxRetention\' fails when it is shorter than \'minRetention\'', () => {
    expect(problems([airGapped({ minRetention: days(30), maxRetention: days(29) })])).toEqual([
      '\'maxRetention\' of the air-gapped vault must not be shorter than \'minRetention\', got: 29 and 30 days; no backup could keep both, raise it to 30 days',
    ]);
  });
  test.each([[7, 7], [7, 36500], [36500, 36500]])('takes %s to %s days', (min, max) => {
    expect(problems([airGapped({ minRetention: days(min), maxRetention: days(max) })])).toEqual([]);
  });
  test('a token is not judged', () => expect(problems([airGapped({ minRetention: token() }), airGapped({ maxRetention: token() })])).toEqual([]));
  test('what is wrong in two tiers is told once', () => {
    expect(problems([airGapped({ minRetention: days(1) }), airGapped({ minRetention: days(1) })])).toHaveLength(1);
  });
});

describe('one in a plan', () => {
  test('may be named by several tiers', () => expect(problems([airGapped(), airGapped({ keepFor: days(30) })])).toEqual([]));
  test('fails for two of different retention', () => {
    expect(problems([airGapped(), airGapped({ maxRetention: days(365) })])).toEqual([
      '\'copyTo\' must name one air-gapped vault in the whole plan, got: \'7 to 90 days\', \'7 to 365 days\'; give each toAirGappedVault the same \'minRetention\' and \'maxRetention\', and state \'keepFor\' for what differs',
    ]);
  });
});

describe('partition', () => {
  test.each([['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov']])('fails in %s', (region, partition) => {
    expect(problems([airGapped()], region)).toEqual([
      `'copyTo' must not name an air-gapped vault in partition '${partition}', got: a plan in '${region}'; there are none, use BackupCopy.toRegion and a lock`,
    ]);
  });
  test.each(['eu-west-1', 'xx-future-1', undefined])('takes %s', region => expect(problems([airGapped()], region)).toEqual([]));
});
