import { Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import type { CopyDestinationVaultProps } from '../../../src';
import { BackupCopy, BackupTier, CopyDestinationVault, TaggedBackupPlan, VaultLock } from '../../../src';
import { ACCOUNT, errorOf, IRELAND, testApp } from '../../support/app';
import { decide, vaultPolicyOf } from '../../support/decide';

const CENTRAL = { account: '222222222222', region: 'eu-west-1' };
const ORGANIZATION = 'o-exampleorg1';
const ARN = 'arn:aws:backup:eu-west-1:222222222222:backup-vault:central';
const COPY = 'backup:CopyIntoBackupVault';

function destination(props: Partial<CopyDestinationVaultProps> = {}, app = testApp()): CopyDestinationVault {
  const stack = new Stack(app, 'Central', { env: CENTRAL });
  return new CopyDestinationVault(stack, 'Vault', { vaultName: 'central', organizationId: ORGANIZATION, ...props });
}

function policyOf(props: Partial<CopyDestinationVaultProps> = {}): any {
  return vaultPolicyOf(Stack.of(destination(props)), CENTRAL);
}

test('vault and key have literal names, rotate and outlive the stack', () => {
  const { vault, key } = destination();
  const stack = Stack.of(vault);
  const template = Template.fromStack(stack);
  template.hasResource('AWS::Backup::BackupVault', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { BackupVaultName: 'central', EncryptionKeyArn: stack.resolve(key.keyArn) },
  });
  template.hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true, Description: 'Encrypts the copies of backups in vault central' },
  });
});

describe('who may copy into it, as a policy evaluator judges it', () => {
  const request = (account: string, action = COPY, organization = ORGANIZATION) => ({
    principal: `arn:aws:iam::${account}:role/backup`, action, resource: ARN, context: { 'aws:PrincipalOrgID': organization },
  });

  test('every account of the organization', async () => {
    const policy = policyOf();
    expect(await decide(policy, request(ACCOUNT))).toBe('Allowed');
    expect(await decide(policy, request('333333333333'))).toBe('Allowed');
  });
  test('no other organization, and nobody without one', async () => {
    const policy = policyOf();
    expect(await decide(policy, request(ACCOUNT, COPY, 'o-0therorg12'))).toBe('ImplicitlyDenied');
    expect(await decide(policy, { ...request(ACCOUNT), context: {} })).toBe('ImplicitlyDenied');
  });
  test('only the source accounts, when stated, and only in the organization', async () => {
    const policy = policyOf({ sourceAccounts: [ACCOUNT] });
    expect(await decide(policy, request(ACCOUNT))).toBe('Allowed');
    expect(await decide(policy, request('333333333333'))).toBe('ImplicitlyDenied');
    expect(await decide(policy, request(ACCOUNT, COPY, 'o-0therorg12'))).toBe('ImplicitlyDenied');
  });
  test.each(['backup:DeleteBackupVault', 'backup:StartRestoreJob', 'backup:CopyFromBackupVault', 'backup:PutBackupVaultAccessPolicy'])('and may not %s', async action => {
    const resource = action === 'backup:StartRestoreJob' ? 'arn:aws:backup:eu-west-1:222222222222:recovery-point:1EB3B5E7' : ARN;
    expect(await decide(policyOf(), { ...request(ACCOUNT, action), resource })).toBe('ImplicitlyDenied');
  });
});

test('protection adds its denies and its lock', async () => {
  const app = testApp();
  const roles = new Stack(app, 'Roles', { env: CENTRAL });
  const breakGlass = Role.fromRoleArn(roles, 'BreakGlass', 'arn:aws:iam::222222222222:role/break-glass');
  const { vault } = destination({ protection: { breakGlass: [breakGlass], lock: VaultLock.governance({ minRetention: Duration.days(7) }) } }, app);
  const stack = Stack.of(vault);
  const policy = vaultPolicyOf(stack, CENTRAL);
  expect(policy.Statement.map((statement: any) => statement.Sid)).toEqual(['OrganizationCopiesInto', 'OnlyBreakGlassDeletes', 'OnlyBreakGlassAndCloudFormationUnprotect']);
  Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: { MinRetentionDays: 7 } });
  const resource = ARN;
  expect(await decide(policy, { principal: 'arn:aws:iam::222222222222:role/admin', action: 'backup:DeleteBackupVault', resource })).toBe('ExplicitlyDenied');
  expect(await decide(policy, { principal: 'arn:aws:iam::222222222222:role/break-glass', action: 'backup:DeleteBackupVault', resource })).toBe('Allowed');
});

test('a plan of the same app copies to it by its literal ARN, and is checked against its lock', () => {
  const app = testApp();
  const { vault } = destination({ protection: { lock: VaultLock.governance({ minRetention: Duration.days(60) }) } }, app);
  const shop = new Stack(app, 'Shop', { env: IRELAND });
  const copyTo = BackupCopy.toVault(vault);
  expect(errorOf(() => new TaggedBackupPlan(shop, 'Refused', { tiers: [BackupTier.low({ copyTo })] }))).toBe(
    'TaggedBackupPlan \'Shop/Refused\' can not be built:\n  - \'keepFor\' of the copy of rule \'weekly\' in tier \'low\' to vault Central/Vault/Vault must not be shorter than its vault\'s lock allows, got: 35 days and \'minRetention\' of 60 days; every job would fail, keep it longer or lower \'minRetention\'');
  new TaggedBackupPlan(shop, 'Backups', { tiers: [BackupTier.low({ copyTo: BackupCopy.toVault(vault, { keepFor: Duration.days(60) }) })] });
  const [plan] = Object.values(Template.fromStack(shop).findResources('AWS::Backup::BackupPlan'));
  expect(plan.Properties.BackupPlan.BackupPlanRule[0].CopyActions[0].DestinationBackupVaultArn).toEqual(shop.resolve(`arn:${shop.partition}:backup:eu-west-1:222222222222:backup-vault:central`));
});

describe('refuses', () => {
  const error = (props: Partial<CopyDestinationVaultProps>) => errorOf(() => destination(props)).split('\n').map(line => line.replace(/^ {2}- /, '')).slice(1);

  test.each(['', 'a', 'a'.repeat(51), 'central.vault', 'central vault', 'Default'])('the name \'%s\'', vaultName => {
    expect(error({ vaultName })).toEqual([`'vaultName' must be 2 to 50 letters, digits, '-' or '_', and not 'Default', got: '${vaultName}'; choose another`]);
  });
  test.each(['', 'exampleorg1', 'o-short', 'o-EXAMPLEORG1', `o-${'a'.repeat(33)}`, 'o-exampleorg1 '])('the organization \'%s\'', organizationId => {
    expect(error({ organizationId })).toEqual([
      `'organizationId' must be 'o-' and 10 to 32 lower-case letters or digits, got: '${organizationId}'; AWS Organizations shows it in its settings`,
    ]);
  });
  test('no source account', () => {
    expect(error({ sourceAccounts: [] })).toEqual(['\'sourceAccounts\' must name one account at least, got: none; leave it out to let the whole organization copy here']);
  });
  test('malformed source accounts', () => {
    expect(error({ sourceAccounts: [ACCOUNT, '1234', '12345678901x'] })).toEqual([
      '\'sourceAccounts\' must be account ids of 12 digits, got: \'1234\', \'12345678901x\'; write leading zeros too, and pass strings',
    ]);
  });
  test('a lock that AWS would refuse, and all at once', () => {
    expect(error({ vaultName: 'Default', organizationId: '', protection: { lock: VaultLock.governance({ minRetention: Duration.days(0) }) } })).toHaveLength(3);
  });
});

describe('takes', () => {
  test.each(['ab', 'a'.repeat(50), 'Central_vault-1', 'default'])('the name \'%s\'', vaultName => expect(() => destination({ vaultName })).not.toThrow());
  test.each([`o-${'a'.repeat(10)}`, `o-${'1'.repeat(32)}`])('the organization \'%s\'', organizationId => expect(() => destination({ organizationId })).not.toThrow());
  test('tokens, which it does not judge', () => {
    const token = Lazy.string({ produce: () => 'late' });
    expect(() => destination({ vaultName: token, organizationId: token, sourceAccounts: [token] })).not.toThrow();
  });
});
