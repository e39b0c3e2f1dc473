import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { IReusableStackSynthesizer, IStackSynthesizer } from 'aws-cdk-lib/core';
import {
  CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Duration, LegacyStackSynthesizer, NestedStack, Stack,
} from 'aws-cdk-lib/core';
import { VaultLock } from '../../../src';
import type { ProtectedPlaces, VaultProtection } from '../../../src/tagged-backup-plan/vault/vault-protection';
import { findProtectionProblems, findVaultProtectionProblems, protectVault } from '../../../src/tagged-backup-plan/vault/vault-protection';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../../support/app';
import { decide, vaultPolicyOf } from '../../support/decide';
import { found } from '../../support/findings';

const VAULT = 'AWS::Backup::BackupVault';
const ARN = `arn:aws:backup:eu-west-1:${ACCOUNT}:backup-vault:shop`;
const POINT = `arn:aws:backup:eu-west-1:${ACCOUNT}:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45`;
const BREAK_GLASS = `arn:aws:iam::${ACCOUNT}:role/security/break-glass`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;
const CLOUDFORMATION = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1`;

const DELETING: [string, string][] = [
  ['backup:DeleteRecoveryPoint', POINT],
  ['backup:UpdateRecoveryPointLifecycle', POINT],
  ['backup:DisassociateRecoveryPoint', POINT],
  ['backup:DisassociateRecoveryPointFromParent', POINT],
  ['backup:DeleteBackupVault', ARN],
];
const UNPROTECTING: [string, string][] = [
  ['backup:DeleteBackupVaultAccessPolicy', ARN],
  ['backup:PutBackupVaultAccessPolicy', ARN],
  ['backup:DeleteBackupVaultLockConfiguration', ARN],
  ['backup:PutBackupVaultLockConfiguration', ARN],
];

function breakGlass(stack: Stack): IRole {
  return Role.fromRoleArn(stack, 'BreakGlass', BREAK_GLASS);
}

function protectedVault(stack: Stack, protection: VaultProtection = { breakGlass: [breakGlass(stack)] }): BackupVault {
  const vault = new BackupVault(stack, 'Vault', { backupVaultName: 'shop' });
  protectVault(vault, protection);
  return vault;
}

function policyOf(stack: Stack): any {
  return vaultPolicyOf(stack, IRELAND);
}

describe('who may do what, as a policy evaluator judges it', () => {
  const stack = shopStack();
  protectedVault(stack);
  const policy = policyOf(stack);
  const all = [...DELETING, ...UNPROTECTING];

  test.each(all)('break-glass may %s', async (action, resource) => {
    expect(await decide(policy, { principal: BREAK_GLASS, action, resource })).toBe('Allowed');
  });
  test.each(all)('an administrator may not %s', async (action, resource) => {
    expect(await decide(policy, { principal: ADMIN, action, resource })).toBe('ExplicitlyDenied');
  });
  test.each(all)('nor may somebody who has assumed the administrator\'s role %s', async (action, resource) => {
    expect(await decide(policy, { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/mallory`, action, resource })).toBe('ExplicitlyDenied');
  });
  test.each(all)('nor may the root user %s', async (action, resource) => {
    expect(await decide(policy, { principal: `arn:aws:iam::${ACCOUNT}:root`, action, resource })).toBe('ExplicitlyDenied');
  });
  test.each(UNPROTECTING)('CloudFormation may %s', async (action, resource) => {
    expect(await decide(policy, { principal: CLOUDFORMATION, action, resource })).toBe('Allowed');
  });
  test.each(DELETING)('CloudFormation may not %s', async (action, resource) => {
    expect(await decide(policy, { principal: CLOUDFORMATION, action, resource })).toBe('ExplicitlyDenied');
  });
  test.each<[string, string]>([
    ['backup:StartRestoreJob', POINT], ['backup:ListRecoveryPointsByBackupVault', ARN], ['backup:CopyFromBackupVault', ARN],
  ])('an administrator may %s as ever', async (action, resource) => {
    expect(await decide(policy, { principal: ADMIN, action, resource })).toBe('Allowed');
  });
  test('what the evaluator does not know is an error, not a denial', async () => {
    await expect(decide(policy, { principal: ADMIN, action: 'backup:NoSuchAction', resource: ARN })).rejects.toThrow('can not judge');
  });
});

test('with no break-glass role at all, nobody deletes', async () => {
  const stack = shopStack();
  protectedVault(stack, { breakGlass: [] });
  const policy = policyOf(stack);
  expect(policy.Statement[0].Condition).toBeUndefined();
  for (const principal of [BREAK_GLASS, ADMIN, CLOUDFORMATION]) {
    expect(await decide(policy, { principal, action: 'backup:DeleteRecoveryPoint', resource: POINT })).toBe('ExplicitlyDenied');
  }
  expect(await decide(policy, { principal: CLOUDFORMATION, action: 'backup:PutBackupVaultAccessPolicy', resource: ARN })).toBe('Allowed');
});

test('no action has a wildcard: AWS Backup takes none in the policy of a vault', () => {
  const stack = shopStack();
  protectedVault(stack);
  const actions = policyOf(stack).Statement.flatMap((statement: any) => statement.Action);
  expect(actions).toHaveLength(9);
  expect(actions.filter((action: string) => !/^backup:[A-Za-z]+$/.test(action))).toEqual([]);
});

describe('what is left out is not touched', () => {
  test.each<[string, VaultProtection | undefined]>([['nothing', undefined], ['an empty protection', {}]])('%s', (_, protection) => {
    const stack = shopStack();
    protectVault(new BackupVault(stack, 'Vault'), protection);
    Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: Match.absent(), AccessPolicy: Match.absent() });
  });
  test('a lock alone brings no policy', () => {
    const stack = shopStack();
    protectedVault(stack, { lock: VaultLock.governance({ minRetention: Duration.days(7) }) });
    Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: 7 }, AccessPolicy: Match.absent() });
  });
  test('break-glass alone brings no lock', () => {
    const stack = shopStack();
    protectedVault(stack);
    Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: Match.absent(), AccessPolicy: Match.anyValue() });
  });
});

describe('the role that CloudFormation deploys with', () => {
  function exceptions(stack: Stack, root = stack): string[] {
    protectedVault(stack);
    const policy = policyOf(root === stack ? stack : root);
    return policy.Statement.find((statement: any) => statement.Sid === 'OnlyBreakGlassAndCloudFormationUnprotect').Condition.ArnNotLike['aws:PrincipalArn'];
  }
  const synthesized = (synthesizer: IReusableStackSynthesizer) => shopStack({ env: IRELAND, synthesizer });

  test.each<[string, () => Stack, string]>([
    ['the bootstrapped one', () => shopStack(), CLOUDFORMATION],
    ['of a stack without an environment', () => shopStack({}), CLOUDFORMATION],
    ['of another qualifier', () => synthesized(new DefaultStackSynthesizer({ qualifier: 'acme' })), CLOUDFORMATION.replace('hnb659fds', 'acme')],
    ['of the team\'s own', () => synthesized(new DefaultStackSynthesizer({ cloudFormationExecutionRole: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Qualifier}-${AWS::Region}' })),
      `arn:aws:iam::${ACCOUNT}:role/hnb659fds-eu-west-1`],
    ['written out', () => synthesized(new DefaultStackSynthesizer({ cloudFormationExecutionRole: ADMIN })), ADMIN],
  ])('%s', (_, build, expected) => {
    expect(exceptions(build())).toEqual([BREAK_GLASS, expected]);
  });

  test('of a nested stack is that of the outermost one', () => {
    expect(exceptions(new NestedStack(new NestedStack(shopStack(), 'A'), 'B'))).toEqual([BREAK_GLASS, CLOUDFORMATION]);
  });

  test('trap: the synthesizer still writes placeholders, which nothing resolves outside of Fn::Sub', () => {
    // When this fails CDK writes tokens, and deployerOf can hand on what it gets.
    expect(shopStack({}).synthesizer.cloudFormationExecutionRole)
      .toBe('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}');
  });

  describe.each<[string, () => IStackSynthesizer]>([
    ['CliCredentialsStackSynthesizer', () => new CliCredentialsStackSynthesizer()],
    ['LegacyStackSynthesizer', () => new LegacyStackSynthesizer()],
    ['DefaultStackSynthesizer', () => new DefaultStackSynthesizer({ cloudFormationExecutionRole: '' })],
  ])('is not named by %s', (name, synthesizer) => {
    test('fails when break-glass names nobody', () => {
      expect(problems(shopStack({ env: IRELAND, synthesizer: synthesizer() }), { breakGlass: [] })).toEqual([
        `'breakGlass' must hold the role that deploys stack 'Shop', got: none, and ${name} names none; without it the stack could never be updated, add Role.fromRoleArn(this, 'Deployer', 'arn:aws:iam::ACCOUNT:role/NAME')`,
      ]);
    });
    test('warns when it names somebody', () => {
      const stack = shopStack({ env: IRELAND, synthesizer: synthesizer() });
      expect(problems(stack, { breakGlass: [breakGlass(stack)] })).toEqual([]);
      const vault = new BackupVault(stack, 'Vault', { backupVaultName: 'shop' });
      protectVault(vault, { breakGlass: [Role.fromRoleArn(stack, 'Deployer', ADMIN)] });
      Annotations.fromStack(stack).hasWarning('/Shop/Vault', Match.stringLikeRegexp(
        '^vault \'Shop/Vault\' lets only the roles in \'breakGlass\' change its policy and lock: one of them must be the role that deploys stack \'Shop\', or it can not be updated any more'));
    });
  });

  test('no warning where it is known', () => {
    const stack = shopStack();
    protectedVault(stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

function problems(stack: Stack, protection: VaultProtection): string[] {
  return found(findings => findVaultProtectionProblems(findings, stack, protection));
}

function planProblems(stack: Stack, protection: VaultProtection, places: Partial<ProtectedPlaces> = {}): string[] {
  return found(findings => findProtectionProblems(findings, stack, protection, { copyRegions: [], ...places }));
}

describe('roles', () => {
  const role = (stack: Stack) => new Role(stack, 'BreakGlass', { assumedBy: new AccountRootPrincipal() });

  test('one of the same stack may be for its vault', async () => {
    const stack = shopStack();
    const protection = { breakGlass: [role(stack)] };
    expect(planProblems(stack, protection)).toEqual([]);
    protectedVault(stack, protection);
    expect(policyOf(stack).Statement[0].Condition).toEqual({ ArnNotLike: { 'aws:PrincipalArn': [expect.stringMatching(/:role\/BreakGlass/)] } });
  });
  test('one of another stack of the same environment, too', () => {
    const app = testApp();
    expect(planProblems(shopStack({ env: IRELAND }, app), { breakGlass: [role(new Stack(app, 'Roles', { env: IRELAND }))] })).toEqual([]);
  });
  test('an imported one may be for any vault, whatever its stack', () => {
    const stack = shopStack();
    const roles = [breakGlass(stack), Role.fromRoleName(stack, 'ByName', 'break-glass')];
    expect(planProblems(stack, { breakGlass: roles }, { copyRegions: ['eu-central-1'] })).toEqual([]);
  });
  test('fails for one that a stack in another Region creates', () => {
    const app = testApp();
    const roles = new Stack(app, 'Roles', { env: { account: ACCOUNT, region: 'us-east-1' } });
    expect(planProblems(shopStack({ env: IRELAND }, app), { breakGlass: [role(roles)] })).toEqual([
      '\'breakGlass\' must hold roles with literal ARNs for a vault in another Region or account, got: \'Roles/BreakGlass\' of stack \'Roles\' for a vault in \'eu-west-1\'; pass Role.fromRoleArn(this, id, \'arn:aws:iam::ACCOUNT:role/NAME\')',
    ]);
  });
  test('fails for one of the plan\'s own stack when there are copies in another Region, and has no reference to it otherwise', () => {
    const stack = shopStack();
    expect(planProblems(stack, { breakGlass: [breakGlass(stack), role(new Stack(stack, 'Roles', { env: IRELAND }))] }, { copyRegions: ['eu-central-1'] })).toEqual([
      '\'breakGlass\' must hold roles with literal ARNs for a vault in another Region or account, got: \'Shop/Roles/BreakGlass\' of stack \'Shop/Roles\' for a vault in \'eu-central-1\'; pass Role.fromRoleArn(this, id, \'arn:aws:iam::ACCOUNT:role/NAME\')',
    ]);
  });
});

test('fails beside a vault of the team\'s', () => {
  const stack = shopStack();
  expect(planProblems(stack, {}, { vault: new BackupVault(stack, 'Own') })).toEqual([
    '\'protection\' must be left out when \'vault\' is given, got: vault \'Shop/Own\'; a vault of yours keeps its own lock and policy, state them where it is created',
  ]);
});

test('fails for a lock that AWS would refuse, and tells all at once', () => {
  const stack = shopStack();
  expect(planProblems(stack, { lock: VaultLock.governance({ minRetention: Duration.days(0) }) }, { vault: new BackupVault(stack, 'Own') })).toEqual([
    '\'protection\' must be left out when \'vault\' is given, got: vault \'Shop/Own\'; a vault of yours keeps its own lock and policy, state them where it is created',
    '\'minRetention\' of the vault\'s lock must be whole days between 1 and 36500, got: 0 days; pass Duration.days(n)',
  ]);
});

test('trap: the L2 still refuses a longest retention that is also the shortest', () => {
  // When this fails CDK takes it, and protectVault can be replaced by `lockConfiguration`.
  const week = Duration.days(7);
  expect(errorOf(() => new BackupVault(shopStack(), 'Vault', { lockConfiguration: { minRetention: week, maxRetention: week } })))
    .toContain('The maximum retention period (7 days) must be greater than the minimum retention period (7 days)');
  const stack = shopStack();
  protectedVault(stack, { lock: VaultLock.governance({ minRetention: week, maxRetention: week }) });
  Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 7 } });
});
