import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { App } from 'aws-cdk-lib/core';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { VaultProtection } from '../../../src';
import { BackupCopyStack, VaultLock } from '../../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../../support/app';
import { decide, vaultPolicyOf } from '../../support/decide';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const VAULT = 'AWS::Backup::BackupVault';

function copyStack(protection?: VaultProtection, app: App = testApp()): BackupCopyStack {
  return new BackupCopyStack(app, 'Copies', { vaultName: 'shop-copies', env: FRANKFURT, protection });
}

test('is not protected unless told', () => {
  Template.fromStack(copyStack()).hasResourceProperties(VAULT, { BackupVaultName: 'shop-copies', LockConfiguration: Match.absent(), AccessPolicy: Match.absent() });
});

test('is locked and lets only break-glass delete; CloudFormation works as the role of that Region', async () => {
  const app = testApp();
  const breakGlass = Role.fromRoleArn(shopStack({ env: IRELAND }, app), 'BreakGlass', `arn:aws:iam::${ACCOUNT}:role/break-glass`);
  const stack = copyStack({ lock: VaultLock.governance({ minRetention: Duration.days(7) }), breakGlass: [breakGlass] }, app);
  Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: 7 } });
  const policy = vaultPolicyOf(stack, FRANKFURT);
  const judge = (role: string, action: string) => decide(policy, {
    principal: `arn:aws:iam::${ACCOUNT}:role/${role}`, action, resource: `arn:aws:backup:eu-central-1:${ACCOUNT}:backup-vault:shop-copies`,
  });
  expect(await judge('break-glass', 'backup:DeleteBackupVault')).toBe('Allowed');
  expect(await judge('admin', 'backup:DeleteBackupVault')).toBe('ExplicitlyDenied');
  expect(await judge(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-central-1`, 'backup:PutBackupVaultAccessPolicy')).toBe('Allowed');
  expect(await judge(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1`, 'backup:PutBackupVaultAccessPolicy')).toBe('ExplicitlyDenied');
});

test('refuses a role that would tie it to the Region of another stack', () => {
  const app = testApp();
  const role = new Role(new Stack(app, 'Roles', { env: IRELAND }), 'BreakGlass', { assumedBy: new AccountRootPrincipal() });
  expect(errorOf(() => copyStack({ breakGlass: [role] }, app))).toBe(
    'BackupCopyStack \'Copies\' can not be built:\n  - \'breakGlass\' must hold roles with literal ARNs for a vault in another Region or account, got: \'Roles/BreakGlass\' of stack \'Roles\' for a vault in \'eu-central-1\'; pass Role.fromRoleArn(this, id, \'arn:aws:iam::ACCOUNT:role/NAME\')');
});
