import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BackupCopy, BackupRule, BackupTier } from '../../../src';
import { accountsCopiedTo, shareKeyForCopies } from '../../../src/tagged-backup-plan/copies/shared-key';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../../support/app';

const OTHER = '222222222222';
const THIRD = '333333333333';
const KEY_ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const USE = ['kms:DescribeKey', 'kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];

describe('the accounts that tiers copy to', () => {
  const vaultOf = (stack: Stack, account: string) =>
    BackupVault.fromBackupVaultArn(stack, `Vault${account}`, `arn:aws:backup:eu-west-1:${account}:backup-vault:central`);
  const tier = (name: string, ...copies: BackupCopy[]) =>
    BackupTier.of(name, { rules: [BackupRule.daily({ copyTo: BackupCopy.toAll(...copies) }), BackupRule.weekly()] });

  test('each once, of every tier, ours left out', () => {
    const stack = shopStack();
    const [own, other, third] = [ACCOUNT, OTHER, THIRD].map(account => BackupCopy.toVault(vaultOf(stack, account)));
    const retention = { minRetention: BackupRule.daily().keepFor, maxRetention: BackupRule.daily().keepFor };
    expect(accountsCopiedTo(stack, [
      tier('a', own, other, BackupCopy.toRegion('eu-central-1'), BackupCopy.toAirGappedVault(retention)), tier('b', third, other),
    ])).toEqual([OTHER, THIRD]);
  });
  test('of a stack of this app in another account', () => {
    const app = testApp();
    const central = new BackupVault(new Stack(app, 'Central', { env: { account: OTHER, region: 'eu-west-1' } }), 'Vault');
    expect(accountsCopiedTo(shopStack({ env: IRELAND }, app), [tier('a', BackupCopy.toVault(central))])).toEqual([OTHER]);
  });
  test('not one that is a token; but any known one when ours is', () => {
    const stack = shopStack({});
    const unknown = BackupVault.fromBackupVaultName(stack, 'Unknown', 'central');
    expect(accountsCopiedTo(stack, [tier('a', BackupCopy.toVault(unknown), BackupCopy.toVault(vaultOf(stack, OTHER)))])).toEqual([OTHER]);
  });
  test('not a token that differs from ours', () => {
    const stack = shopStack();
    const late = BackupVault.fromBackupVaultArn(stack, 'Late', Lazy.string({ produce: () => `arn:aws:backup:eu-west-1:${OTHER}:backup-vault:central` }));
    expect(accountsCopiedTo(stack, [tier('a', BackupCopy.toVault(late))])).toEqual([]);
  });
  test('none', () => expect(accountsCopiedTo(shopStack(), [BackupTier.low()])).toEqual([]));
});

describe('sharing a key', () => {
  test('lets the accounts use it, and give grants to AWS services only', () => {
    const stack = shopStack();
    shareKeyForCopies(stack, new Key(stack, 'Key'), [OTHER, THIRD]);
    const root = (account: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] });
    const Principal = { AWS: [root(OTHER), root(THIRD)] };
    const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
    expect(key.Properties.KeyPolicy.Statement.slice(1)).toEqual([
      { Effect: 'Allow', Principal, Action: USE, Resource: '*' },
      { Effect: 'Allow', Principal, Action: 'kms:CreateGrant', Resource: '*', Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
    ]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
  test('an alias of a key shares the key', () => {
    const stack = shopStack();
    shareKeyForCopies(stack, new Alias(stack, 'Alias', { aliasName: 'orders', targetKey: new Key(stack, 'Key') }), [OTHER]);
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: USE })]) } });
  });
  test('warns of an imported key, and says what it must allow', () => {
    const stack = shopStack();
    shareKeyForCopies(stack, Key.fromKeyArn(stack, 'Imported', KEY_ARN), [OTHER, THIRD]);
    Annotations.fromStack(stack).hasWarning('/Shop', Match.stringLikeRegexp(
      `^the policy of the imported key 'Shop/Imported' can not be extended: let '${OTHER}', '${THIRD}' use it \\(kms:DescribeKey, kms:Decrypt, kms:Encrypt, kms:ReEncrypt\\*, kms:GenerateDataKey\\*, kms:CreateGrant\\), or copies of what it encrypts fail`));
  });
  test('fails when there is nobody to share it with', () => {
    const stack = shopStack();
    expect(errorOf(() => shareKeyForCopies(new Construct(stack, 'Backups'), new Key(stack, 'Key'), []))).toBe(
      'Construct \'Shop/Backups\' can not be built:\n  - \'key\' must be shared with an account that a tier copies to, got: \'Shop/Key\' and no tier that copies to another account; add BackupCopy.toVault to a tier');
  });
});
