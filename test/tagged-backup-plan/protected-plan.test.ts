/** A plan with a lock, break-glass roles, an air-gapped vault and a vault in another account, all at once. */
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { App } from 'aws-cdk-lib/core';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { TaggedBackupPlanProps } from '../../src';
import { BackupCopy, BackupRule, BackupTier, CopyDestinationVault, TaggedBackupPlan, VaultLock } from '../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../support/app';
import { decide, vaultPolicyOf } from '../support/decide';

const VAULT = 'AWS::Backup::BackupVault';
const AIR_GAPPED = 'AWS::Backup::LogicallyAirGappedBackupVault';
const FRANKFURT = 'eu-central-1';
const CENTRAL = { account: '222222222222', region: 'eu-west-1' };
const BREAK_GLASS = `arn:aws:iam::${ACCOUNT}:role/break-glass`;
const retention = { minRetention: Duration.days(7), maxRetention: Duration.days(365) };
const lock = VaultLock.compliance({ ...retention, changeableFor: Duration.days(30), acceptThatNobodyCanUndoIt: true });
const airGapped = BackupCopy.toAirGappedVault(retention);

function everything(app: App): { stack: Stack; central: Stack; backups: TaggedBackupPlan } {
  const central = new Stack(app, 'Central', { env: CENTRAL });
  const vault = new CopyDestinationVault(central, 'Vault', {
    vaultName: 'central',
    organizationId: 'o-exampleorg1',
    sourceAccounts: [ACCOUNT],
    protection: { lock, breakGlass: [Role.fromRoleArn(central, 'BreakGlass', 'arn:aws:iam::222222222222:role/break-glass')] },
  });
  const stack = shopStack({ env: IRELAND }, app);
  const backups = new TaggedBackupPlan(stack, 'Backups', {
    tiers: [
      BackupTier.critical({ copyTo: BackupCopy.toAll(BackupCopy.toRegion(FRANKFURT), BackupCopy.toVault(vault.vault), airGapped) }),
      BackupTier.medium({ copyTo: airGapped }),
    ],
    protection: { lock, breakGlass: [Role.fromRoleArn(stack, 'BreakGlass', BREAK_GLASS)] },
  });
  backups.shareKey(new Key(stack, 'VolumeKey'));
  return { stack, central, backups };
}

describe('strict validation', () => {
  beforeAll(() => { process.env.CDK_VALIDATION = 'true'; });
  afterAll(() => { process.env.CDK_VALIDATION = 'false'; });
  test('takes a template with everything on', () => {
    const app = testApp({ '@aws-cdk/core:validateAgainstDefaultRules': true });
    everything(app);
    expect(() => app.synth()).not.toThrow();
  });
});

test('lock and policy are on the vault of the plan and on those of its copy stacks', async () => {
  const { stack, backups } = everything(testApp());
  for (const [each, region] of [[stack, 'eu-west-1'], [backups.copyStacks[FRANKFURT], FRANKFURT]] as const) {
    Template.fromStack(each).hasResourceProperties(VAULT, {
      LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 365, ChangeableForDays: 30 },
    });
    const policy = vaultPolicyOf(each, { account: ACCOUNT, region });
    const judge = (principal: string) => decide(policy, {
      principal, action: 'backup:DeleteBackupVault', resource: `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:any`,
    });
    expect(await judge(BREAK_GLASS)).toBe('Allowed');
    expect(await judge(`arn:aws:iam::${ACCOUNT}:role/admin`)).toBe('ExplicitlyDenied');
  }
});

test('nothing in the copy stack refers to another Region, nor the other way round', () => {
  const { stack, backups } = everything(testApp());
  for (const each of [stack, backups.copyStacks[FRANKFURT]]) {
    Template.fromStack(each).resourceCountIs('Custom::CrossRegionExportReader', 0);
    Template.fromStack(each).resourceCountIs('Custom::CrossRegionExportWriter', 0);
  }
  expect(JSON.stringify(Template.fromStack(backups.copyStacks[FRANKFURT]).toJSON())).not.toMatch(/ImportValue|GetStackOutput/);
});

test('there is one air-gapped vault, with a literal name, that both tiers copy to warm', () => {
  const { stack, backups } = everything(testApp());
  const template = Template.fromStack(stack);
  template.resourceCountIs(AIR_GAPPED, 1);
  template.hasResource(AIR_GAPPED, {
    DeletionPolicy: 'Retain',
    Properties: { BackupVaultName: Match.stringLikeRegexp('^Shop-Backups-[A-F0-9]{8}-air-gapped$'), MinRetentionDays: 7, MaxRetentionDays: 365 },
  });
  const arn = stack.resolve(backups.airGappedVault!.attrBackupVaultArn);
  const copies = Object.values(template.findResources('AWS::Backup::BackupPlan')).flatMap(plan => plan.Properties.BackupPlan.BackupPlanRule)
    .flatMap(rule => rule.CopyActions ?? []).filter(copy => JSON.stringify(copy.DestinationBackupVaultArn) === JSON.stringify(arn));
  expect(copies.map(copy => copy.Lifecycle)).toEqual([35, 90, 365, 35, 90].map(DeleteAfterDays => ({ DeleteAfterDays })));
});

test('the key is shared with the account that is copied to', () => {
  const { stack } = everything(testApp());
  Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({
        Principal: { AWS: stack.resolve(`arn:${stack.partition}:iam::222222222222:root`) }, Action: Match.arrayWith(['kms:DescribeKey']),
      })]),
    },
  });
});

test('without protection, copies and sharing nothing of this exists', () => {
  const stack = shopStack();
  const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()] });
  expect(backups.airGappedVault).toBeUndefined();
  const template = Template.fromStack(stack);
  template.resourceCountIs(AIR_GAPPED, 0);
  template.hasResourceProperties(VAULT, { LockConfiguration: Match.absent(), AccessPolicy: Match.absent() });
  expect(errorOf(() => backups.shareKey(new Key(stack, 'Key')))).toBe(
    'TaggedBackupPlan \'Shop/Backups\' can not be built:\n  - \'key\' must be shared with an account that a tier copies to, got: \'Shop/Key\' and no tier that copies to another account; add BackupCopy.toVault to a tier');
});

describe('refuses, in the one error of the plan', () => {
  const error = (props: Partial<TaggedBackupPlanProps>, stack = shopStack()) =>
    errorOf(() => new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], ...props })).split('\n').map(line => line.replace(/^ {2}- /, '')).slice(1);

  test('retention outside of the lock, of a backup and of its copy', () => {
    const copyTo = BackupCopy.toRegion(FRANKFURT, { keepFor: Duration.days(400) });
    expect(error({ protection: { lock }, tiers: [BackupTier.of('ledger', { rules: [BackupRule.daily({ keepFor: Duration.days(6), copyTo })] })] })).toEqual([
      '\'keepFor\' of rule \'daily\' in tier \'ledger\' must not be shorter than its vault\'s lock allows, got: 6 days and \'minRetention\' of 7 days; every job would fail, keep it longer or lower \'minRetention\'',
      '\'keepFor\' of the copy of rule \'daily\' in tier \'ledger\' to Region eu-central-1 must not be longer than its vault\'s lock allows, got: 400 days and \'maxRetention\' of 365 days; every job would fail, keep it shorter or raise \'maxRetention\'',
    ]);
  });
  test('a role of its own stack for the vault in another Region', () => {
    const stack = shopStack();
    const role = new Role(stack, 'BreakGlass', { assumedBy: new AccountRootPrincipal() });
    const protection = { breakGlass: [role] };
    expect(error({ protection, tiers: [BackupTier.low({ copyTo: BackupCopy.toRegion(FRANKFURT) })] }, stack)).toEqual([
      '\'breakGlass\' must hold roles with literal ARNs for a vault in another Region or account, got: \'Shop/BreakGlass\' of stack \'Shop\' for a vault in \'eu-central-1\'; pass Role.fromRoleArn(this, id, \'arn:aws:iam::ACCOUNT:role/NAME\')',
    ]);
    expect(() => new TaggedBackupPlan(stack, 'WithoutCopies', { tiers: [BackupTier.low()], protection })).not.toThrow();
  });
  test('protection of a vault of the team\'s', () => {
    const stack = shopStack();
    expect(error({ protection: { lock }, vault: new BackupVault(stack, 'Own') }, stack)).toEqual([
      '\'protection\' must be left out when \'vault\' is given, got: vault \'Shop/Own\'; a vault of yours keeps its own lock and policy, state them where it is created',
    ]);
  });
  test('two air-gapped vaults', () => {
    const other = BackupCopy.toAirGappedVault({ minRetention: Duration.days(7), maxRetention: Duration.days(90) });
    expect(error({ tiers: [BackupTier.low({ copyTo: airGapped }), BackupTier.medium({ copyTo: other })] })).toEqual([
      '\'copyTo\' must name one air-gapped vault in the whole plan, got: \'7 to 365 days\', \'7 to 90 days\'; give each toAirGappedVault the same \'minRetention\' and \'maxRetention\', and state \'keepFor\' for what differs',
    ]);
  });
  test('the same air-gapped vault twice in one rule', () => {
    expect(error({ tiers: [BackupTier.low({ copyTo: BackupCopy.toAll(airGapped, airGapped) })] })).toEqual([
      '\'copyTo\' of rule \'weekly\' in tier \'low\' must name each destination once, got twice: \'the air-gapped vault\'; remove one',
    ]);
  });
});
