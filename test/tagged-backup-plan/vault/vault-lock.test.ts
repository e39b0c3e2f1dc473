import { Duration, Lazy } from 'aws-cdk-lib/core';
import type { ComplianceLockOptions, GovernanceLockOptions } from '../../../src';
import { VaultLock } from '../../../src';
import type { RetentionLimits } from '../../../src/tagged-backup-plan/vault/vault-lock';
import { findLockProblems, findRetentionProblems } from '../../../src/tagged-backup-plan/vault/vault-lock';
import { found } from '../../support/findings';

const days = (amount: number) => Duration.days(amount);
const token = () => Duration.days(Lazy.number({ produce: () => 40 }));

const governance = (options: Partial<GovernanceLockOptions> = {}) => VaultLock.governance({ minRetention: days(7), ...options });
const compliance = (options: Partial<ComplianceLockOptions> = {}) => VaultLock.compliance({
  minRetention: days(7), changeableFor: days(3), acceptThatNobodyCanUndoIt: true, ...options,
});
const problems = (lock: VaultLock) => found(findings => findLockProblems(findings, lock, 'the lock'));
const judged = (limits: RetentionLimits, keepFor?: Duration) => found(findings => findRetentionProblems(findings, limits, keepFor, 'rule \'daily\''));

describe('describes itself', () => {
  test('governance can be changed for ever', () => {
    const lock = governance();
    expect([lock.minRetention.toDays(), lock.maxRetention, lock.changeableFor]).toEqual([7, undefined, undefined]);
    expect(lock._render()).toEqual({ minRetentionDays: 7, maxRetentionDays: undefined, changeableForDays: undefined });
  });
  test('compliance becomes final', () => {
    const lock = compliance({ maxRetention: days(365), changeableFor: days(30) });
    expect([lock.minRetention.toDays(), lock.maxRetention?.toDays(), lock.changeableFor?.toDays()]).toEqual([7, 365, 30]);
    expect(lock._render()).toEqual({ minRetentionDays: 7, maxRetentionDays: 365, changeableForDays: 30 });
  });
});

describe.each([['governance', governance], ['compliance', compliance]] as const)('%s (B13.8)', (_, lock) => {
  test.each([[days(0), '0'], [days(36501), '36501'], [Duration.hours(36), '1.5']])('\'minRetention\' fails for %s', (minRetention, got) => {
    expect(problems(lock({ minRetention }))).toEqual([`'minRetention' of the lock must be whole days between 1 and 36500, got: ${got} days; pass Duration.days(n)`]);
  });
  test.each([days(1), days(36500), Duration.hours(48), token()])('\'minRetention\' takes %s', minRetention => {
    expect(problems(lock({ minRetention }))).toEqual([]);
  });
  test.each([[days(36501), '36501'], [Duration.hours(180), '7.5']])('\'maxRetention\' fails for %s', (maxRetention, got) => {
    expect(problems(lock({ maxRetention }))).toEqual([`'maxRetention' of the lock must be whole days between 1 and 36500, got: ${got} days; pass Duration.days(n)`]);
  });
  test.each([days(7), days(36500), token()])('\'maxRetention\' takes %s', maxRetention => {
    expect(problems(lock({ maxRetention }))).toEqual([]);
  });
  test('\'maxRetention\' fails when it is shorter than \'minRetention\'', () => {
    expect(problems(lock({ maxRetention: days(6) }))).toEqual([
      '\'maxRetention\' of the lock must not be shorter than \'minRetention\', got: 6 and 7 days; no backup could keep both, raise it to 7 days',
    ]);
  });
  test('a token is compared with nothing', () => {
    expect(problems(lock({ minRetention: token(), maxRetention: days(6) }))).toEqual([]);
  });
});

describe('compliance', () => {
  test.each([[days(2), '2'], [days(36501), '36501'], [Duration.hours(84), '3.5']])('\'changeableFor\' fails for %s', (changeableFor, got) => {
    expect(problems(compliance({ changeableFor }))).toEqual([
      `'changeableFor' of the lock must be whole days between 3 and 36500, got: ${got} days; pass Duration.days(n), long enough to test restores`,
    ]);
  });
  test.each([days(3), days(36500), Duration.hours(72), token()])('\'changeableFor\' takes %s', changeableFor => {
    expect(problems(compliance({ changeableFor }))).toEqual([]);
  });
  test.each([false, undefined as unknown as boolean])('fails when what can not be undone is not accepted: %s', acceptThatNobodyCanUndoIt => {
    expect(problems(compliance({ acceptThatNobodyCanUndoIt }))).toEqual([
      `'acceptThatNobodyCanUndoIt' of the lock must be true, got: ${acceptThatNobodyCanUndoIt}; after 'changeableFor' nobody can remove the lock, AWS and the root user included: accept it, or use VaultLock.governance`,
    ]);
  });
  test('tells all at once', () => {
    const lock = compliance({ minRetention: days(0), maxRetention: days(0), changeableFor: days(1), acceptThatNobodyCanUndoIt: false });
    expect(problems(lock)).toHaveLength(4);
  });
});

describe('retention against a lock (B13.7)', () => {
  const limits = { minRetention: days(7), maxRetention: days(35) };
  test.each([days(7), days(35), token()])('takes %s', keepFor => expect(judged(limits, keepFor)).toEqual([]));
  test('fails when it is shorter', () => {
    expect(judged(limits, days(6))).toEqual([
      '\'keepFor\' of rule \'daily\' must not be shorter than its vault\'s lock allows, got: 6 days and \'minRetention\' of 7 days; every job would fail, keep it longer or lower \'minRetention\'',
    ]);
  });
  test('fails when it is longer', () => {
    expect(judged(limits, days(36))).toEqual([
      '\'keepFor\' of rule \'daily\' must not be longer than its vault\'s lock allows, got: 36 days and \'maxRetention\' of 35 days; every job would fail, keep it shorter or raise \'maxRetention\'',
    ]);
  });
  test('fails when it is for ever and the lock has a longest retention', () => {
    expect(judged(limits)).toEqual([
      '\'keepFor\' of rule \'daily\' must be stated, got: none, which is for ever, and a vault locked to 35 days at most; keep it for 35 days',
    ]);
  });
  test('may be for ever, or very long, when the lock has none', () => {
    expect(judged({ minRetention: days(7) })).toEqual([]);
    expect(judged({ minRetention: days(7) }, days(36500))).toEqual([]);
  });
  test('limits that are tokens are compared with nothing', () => {
    expect(judged({ minRetention: token(), maxRetention: token() }, days(1))).toEqual([]);
    expect(judged({ minRetention: token(), maxRetention: token() })).toEqual([]);
  });
});
