import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupVault, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import type { BackupRuleOptions } from '../../../src';
import { BackupCopy, BackupRule, VaultLock } from '../../../src';
import type { Locks } from '../../../src/tagged-backup-plan/vault/locked-retention';
import { copyLifecycle, findLockedRetentionProblems } from '../../../src/tagged-backup-plan/vault/locked-retention';
import { shopStack } from '../../support/app';
import { found } from '../../support/findings';

const days = (amount: number) => Duration.days(amount);
const lock = VaultLock.governance({ minRetention: days(30), maxRetention: days(90) });
const problems = (options: BackupRuleOptions, locks: Locks = {}) => found(findings =>
  findLockedRetentionProblems(findings, BackupRule.daily(options), 'rule \'daily\'', locks));
const tooShort = (where: string, got: number, least: number) =>
  `'keepFor' of ${where} must not be shorter than its vault's lock allows, got: ${got} days and 'minRetention' of ${least} days; every job would fail, keep it longer or lower 'minRetention'`;

describe('how long a copy lives', () => {
  const rule = BackupRule.daily({ keepFor: days(365), moveToColdStorageAfter: days(30) });
  const lifecycle = (copy: BackupCopy) => {
    const { deleteAfter, moveToColdStorageAfter } = copyLifecycle(rule, copy._destinations[0]);
    return [deleteAfter?.toDays(), moveToColdStorageAfter?.toDays()];
  };
  const retention = { minRetention: days(7), maxRetention: days(3650) };
  test.each<[string, BackupCopy, unknown]>([
    ['as the backup it is made of', BackupCopy.toRegion('eu-central-1'), [365, 30]],
    ['as it states', BackupCopy.toRegion('eu-central-1', { keepFor: days(400), moveToColdStorageAfter: days(60) }), [400, 60]],
    ['warm, when it states only how long', BackupCopy.toRegion('eu-central-1', { keepFor: days(400) }), [400, undefined]],
    ['with a cold storage of its own', BackupCopy.toRegion('eu-central-1', { moveToColdStorageAfter: days(60) }), [365, 60]],
    ['warm in an air-gapped vault', BackupCopy.toAirGappedVault(retention), [365, undefined]],
    ['as it states in an air-gapped vault', BackupCopy.toAirGappedVault({ ...retention, keepFor: days(14) }), [14, undefined]],
  ])('%s', (_, copy, expected) => expect(lifecycle(copy)).toEqual(expected));
});

describe('a backup against the lock of its vault', () => {
  test('of the vault that the plan creates', () => {
    expect(problems({ keepFor: days(29) }, { lock })).toEqual([tooShort('rule \'daily\'', 29, 30)]);
    expect(problems({ keepFor: days(30) }, { lock })).toEqual([]);
  });
  test('of a vault of the team\'s, whatever the lock of the copies', () => {
    const vault = new BackupVault(shopStack(), 'Own', { lockConfiguration: { minRetention: days(60) } });
    expect(problems({ keepFor: days(59) }, { vault, lock })).toEqual([tooShort('rule \'daily\'', 59, 60)]);
    expect(problems({ keepFor: days(365) }, { vault, lock })).toEqual([]);
  });
  test('without a lock everything is well', () => expect(problems({ keepFor: days(1) })).toEqual([]));
});

describe('a copy against the lock of where it goes', () => {
  const copied = (vault: IBackupVault, keepFor: Duration) => problems({ copyTo: BackupCopy.toVault(vault, { keepFor }) });

  test('a copy stack has the lock of the plan; what is inherited counts', () => {
    const where = 'the copy of rule \'daily\' to Region eu-central-1';
    expect(problems({ keepFor: days(30), copyTo: BackupCopy.toRegion('eu-central-1', { keepFor: days(29) }) }, { lock })).toEqual([tooShort(where, 29, 30)]);
    expect(problems({ keepFor: days(29), copyTo: BackupCopy.toRegion('eu-central-1') }, { lock })).toEqual([tooShort('rule \'daily\'', 29, 30), tooShort(where, 29, 30)]);
    expect(problems({ keepFor: days(30), copyTo: BackupCopy.toRegion('eu-central-1') }, { lock })).toEqual([]);
  });
  test('the air-gapped vault has its own', () => {
    const copyTo = BackupCopy.toAirGappedVault({ minRetention: days(7), maxRetention: days(14), keepFor: days(15) });
    expect(problems({ keepFor: days(35), copyTo })).toEqual([
      '\'keepFor\' of the copy of rule \'daily\' to the air-gapped vault must not be longer than its vault\'s lock allows, got: 15 days and \'maxRetention\' of 14 days; every job would fail, keep it shorter or raise \'maxRetention\'',
    ]);
  });
  test('a vault of this app', () => {
    const vault = new BackupVault(shopStack(), 'Other', { lockConfiguration: { minRetention: days(60), maxRetention: days(90) } });
    expect(copied(vault, days(59))).toEqual([tooShort('the copy of rule \'daily\' to vault Shop/Other', 59, 60)]);
    expect(copied(vault, days(60))).toEqual([]);
  });
  test('a vault of this app that is not locked, or by a token', () => {
    const stack = shopStack();
    const late = new BackupVault(stack, 'Late');
    (late.node.defaultChild as CfnBackupVault).lockConfiguration = Lazy.any({ produce: () => ({ minRetentionDays: 60 }) });
    const number = new BackupVault(stack, 'Number', { lockConfiguration: { minRetention: days(Lazy.number({ produce: () => 60 })) } });
    for (const vault of [new BackupVault(stack, 'Open'), late, number]) {
      expect(copied(vault, days(1))).toEqual([]);
    }
  });
  test('of an imported vault nothing is known', () => {
    expect(copied(BackupVault.fromBackupVaultName(shopStack(), 'Imported', 'central'), days(1))).toEqual([]);
  });
});
