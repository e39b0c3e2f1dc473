import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BackupCopy, BackupRule, BackupTier } from '../../../src';
import { createAirGappedVault } from '../../../src/tagged-backup-plan/copies/air-gapped-vault';
import type { CopyPlaces } from '../../../src/tagged-backup-plan/copies/backup-copy';
import { bindDestination, destinationKey, regionsCopiedTo } from '../../../src/tagged-backup-plan/copies/backup-copy';
import { BackupCopyStack } from '../../../src/tagged-backup-plan/copies/backup-copy-stack';
import { ACCOUNT, shopStack } from '../../support/app';

const limits = { minRetention: Duration.days(7), maxRetention: Duration.days(90) };
const airGapped = BackupCopy.toAirGappedVault(limits);
const frankfurt = BackupCopy.toRegion('eu-central-1');
const nowhere: CopyPlaces = { copyStack: region => { throw new Error(`asked for ${region}`); } };

test('an air-gapped copy states its vault and how long it lives', () => {
  expect(airGapped._destinations).toEqual([{ kind: 'airGapped', limits, options: { keepFor: undefined } }]);
  const [{ options }] = BackupCopy.toAirGappedVault({ ...limits, keepFor: Duration.days(8) })._destinations;
  expect(options.keepFor?.toDays()).toBe(8);
});

test('what tells destinations apart', () => {
  const all = BackupCopy.toAll(frankfurt, airGapped, BackupCopy.toVault(BackupVault.fromBackupVaultName(shopStack(), 'Central', 'central')));
  expect(all._destinations.map(destinationKey)).toEqual(['Region eu-central-1', 'the air-gapped vault', 'vault Shop/Central']);
});

test('each Region that tiers copy to, once', () => {
  const tier = (...copies: BackupCopy[]) => BackupTier.of('tier', { rules: copies.map(copyTo => BackupRule.daily({ copyTo })) });
  expect(regionsCopiedTo([tier(frankfurt, airGapped), BackupTier.low(), tier(BackupCopy.toAll(BackupCopy.toRegion('eu-west-2'), frankfurt))])).toEqual(['eu-central-1', 'eu-west-2']);
});

describe('binds', () => {
  test('the air-gapped vault by its ARN, so that it is there before the plan, and once for several rules', () => {
    const stack = shopStack();
    const airGappedVault = createAirGappedVault(stack, 'AirGapped', 'shop-air-gapped', limits);
    const scope = new Construct(stack, 'Tier');
    const bound = bindDestination(scope, airGapped._destinations[0], { ...nowhere, airGappedVault });
    expect(stack.resolve(bound.backupVaultArn)).toEqual({ 'Fn::GetAtt': ['AirGapped', 'BackupVaultArn'] });
    expect(bindDestination(scope, airGapped._destinations[0], { ...nowhere, airGappedVault })).toBe(bound);
  });
  test('a Region to the vault of its stack, by a literal ARN', () => {
    const stack = shopStack();
    const copies = new BackupCopyStack(stack, 'Copies', { vaultName: 'shop-copies', env: { account: ACCOUNT, region: 'eu-central-1' } });
    const bound = bindDestination(new Construct(stack, 'Tier'), frankfurt._destinations[0], { copyStack: () => copies });
    expect(bound.backupVaultArn).toBe(`arn:${stack.partition}:backup:eu-central-1:${ACCOUNT}:backup-vault:shop-copies`);
  });
  test('a vault of the same environment to itself', () => {
    const stack = shopStack();
    const vault = new BackupVault(stack, 'Other');
    expect(bindDestination(new Construct(stack, 'Tier'), BackupCopy.toVault(vault)._destinations[0], nowhere)).toBe(vault);
  });
});
