import type { BackupVault, CfnBackupVault, IBackupVault } from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Annotations, Fn, Reference, Stack, Tokenization } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { VaultLock } from './vault-lock';
import { findLockProblems } from './vault-lock';
import { outermostStack } from '../../private/stacks';
import type { Findings } from '../../private/validation';

/** Ways to lose recovery points. None of them is for CloudFormation. */
const DELETING = [
  'backup:DeleteRecoveryPoint',
  'backup:UpdateRecoveryPointLifecycle', // shortens their life
  'backup:DisassociateRecoveryPoint', // hands a continuous backup back to its service, where it is easier to delete
  'backup:DisassociateRecoveryPointFromParent',
  'backup:DeleteBackupVault',
];

/** Ways to do away with the protection. The template states both, so CloudFormation must be able to. */
const UNPROTECTING = [
  'backup:DeleteBackupVaultAccessPolicy',
  'backup:PutBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultLockConfiguration',
  'backup:PutBackupVaultLockConfiguration',
];

/**
 * What keeps the backups in a vault from being deleted. Whoever destroys a system on purpose deletes its backups first,
 * with the rights of an administrator: backups that an administrator can delete do not survive that.
 *
 * Neither a lock nor a policy stops the services' own calls such as `ec2:DeleteSnapshot` or
 * `rds:DeleteDBClusterSnapshot` where a service keeps the backup itself, nor `kms:ScheduleKeyDeletion`: deny those with
 * a service control policy. Backups that have reached their age expire as ever.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
 */
export interface VaultProtection {
  /**
   * The least and most that recovery points live, and that nobody deletes them before.
   *
   * @default - not locked: whoever may call `backup:DeleteRecoveryPoint` can delete every backup
   */
  readonly lock?: VaultLock;

  /**
   * The roles for the emergency. When given, be it empty, nobody else may delete recovery points, shorten their life,
   * disassociate them, delete the vault, or change or remove its policy or lock; the root user included. The role that
   * CloudFormation deploys the stack with may change policy and lock, and nothing else of these: guard who can deploy.
   *
   * Beside these the roles need permissions of their own. Name them by `Role.fromRoleArn` where the vault is in another
   * Region or account. With `cdk deploy --role-arn`, or a synthesizer that names no role for CloudFormation, name the
   * deploying role here: without it the stack can not be updated any more.
   *
   * @default - the vault has no policy of its own: who may delete is left to the policies of roles and users
   */
  readonly breakGlass?: IRole[];
}

/** Where the plan has vaults that the protection is for. */
export interface ProtectedPlaces {
  /**
   * The vault of the team, when the plan creates none.
   *
   * @default - the plan creates one
   */
  readonly vault?: IBackupVault;
  /** The Regions of its copy stacks. */
  readonly copyRegions: string[];
}

/** What is wrong with the protection of a plan's vaults. */
export function findProtectionProblems(findings: Findings, scope: Construct, protection: VaultProtection, places: ProtectedPlaces): void {
  findings.require(places.vault === undefined,
    `'protection' must be left out when 'vault' is given, got: vault '${places.vault?.node.path}'; a vault of yours keeps its own lock and policy, state them where it is created`);
  findVaultProtectionProblems(findings, scope, protection);
  const { account } = Stack.of(scope);
  places.copyRegions.forEach(region => findRoleProblems(findings, protection.breakGlass ?? [], { account, region }));
}

/** What is wrong with the protection of a vault in the stack of `scope`. */
export function findVaultProtectionProblems(findings: Findings, scope: Construct, protection: VaultProtection): void {
  if (protection.lock) {
    findLockProblems(findings, protection.lock, 'the vault\'s lock');
  }
  if (protection.breakGlass) {
    const stack = outermostStack(scope);
    findings.require(protection.breakGlass.length > 0 || deployerOf(scope) !== undefined,
      `'breakGlass' must hold the role that deploys stack '${stack.node.path}', got: none, and ${stack.synthesizer.constructor.name} names none; without it the stack could never be updated, add Role.fromRoleArn(this, 'Deployer', 'arn:aws:iam::ACCOUNT:role/NAME')`);
    findRoleProblems(findings, protection.breakGlass, Stack.of(scope));
  }
}

/**
 * A generated ARN of a role in another environment is a strong reference across Regions: two Lambda functions, and a
 * stack for the disaster that can not be deployed before the one that the disaster hits.
 */
function findRoleProblems(findings: Findings, roles: IRole[], place: { account: string; region: string }): void {
  for (const role of roles) {
    const elsewhere = stacksReferredToBy(role.roleArn).find(({ account, region }) => account !== place.account || region !== place.region);
    findings.require(elsewhere === undefined,
      `'breakGlass' must hold roles with literal ARNs for a vault in another Region or account, got: '${role.node.path}' of stack '${elsewhere?.node.path}' for a vault in '${place.region}'; pass Role.fromRoleArn(this, id, 'arn:aws:iam::ACCOUNT:role/NAME')`);
  }
}

function stacksReferredToBy(arn: string): Stack[] {
  return Tokenization.reverseString(arn).tokens.filter(token => Reference.isReference(token)).map(reference => Stack.of(reference.target));
}

/** Locks the vault and gives it the policy, as far as stated. */
export function protectVault(vault: BackupVault, protection: VaultProtection | undefined): void {
  if (protection?.lock) {
    // Trap: the L2's `lockConfiguration` refuses a longest retention that is also the shortest; AWS takes it.
    (vault.node.defaultChild as CfnBackupVault).lockConfiguration = protection.lock._render();
  }
  if (protection?.breakGlass) {
    denyAllBut(vault, protection.breakGlass.map(role => role.roleArn));
  }
}

/**
 * Expiry is not denied by this: AWS Backup expires recovery points itself, which is no principal's call and is not
 * judged by the policy of the vault.
 *
 * The policy names every action: in the policy of a vault AWS Backup takes no wildcard there.
 */
function denyAllBut(vault: BackupVault, breakGlass: string[]): void {
  const deployer = deployerOf(vault);
  if (!deployer) {
    Annotations.of(vault).addWarningV2('cdk-resilience:vaultDeployer',
      `vault '${vault.node.path}' lets only the roles in 'breakGlass' change its policy and lock: one of them must be the role that deploys stack '${outermostStack(vault).node.path}', or it can not be updated any more`);
  }
  vault.addToAccessPolicy(deny('OnlyBreakGlassDeletes', DELETING, breakGlass));
  vault.addToAccessPolicy(deny('OnlyBreakGlassAndCloudFormationUnprotect', UNPROTECTING, deployer ? [...breakGlass, deployer] : breakGlass));
}

function deny(sid: string, actions: string[], except: string[]): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions,
    resources: ['*'], // in the policy of a vault: this vault and what is in it
    // Of somebody who has assumed a role, `aws:PrincipalArn` is the role. An empty list would be no condition at all.
    conditions: except.length > 0 ? { ArnNotLike: { 'aws:PrincipalArn': except } } : undefined,
  });
}

/**
 * What CloudFormation works as, when the synthesizer names it.
 *
 * Trap: it names it with placeholders such as `${AWS::Partition}`, which nothing resolves in a policy.
 */
function deployerOf(scope: Construct): string | undefined {
  const role = outermostStack(scope).synthesizer.cloudFormationExecutionRole;
  return role?.includes('${') ? Fn.sub(role) : role || undefined;
}
