import type { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IReusableStackSynthesizer, StackProps } from 'aws-cdk-lib/core';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { uniqueName } from '../../private/naming';
import { outermostStack } from '../../private/stacks';
import { Findings } from '../../private/validation';
import { createVault } from '../vault/own-vault';
import type { VaultProtection } from '../vault/vault-protection';
import { findVaultProtectionProblems } from '../vault/vault-protection';

const STACK_NAME_LENGTH = 128;

/** Properties of a `BackupCopyStack`. */
export interface BackupCopyStackProps extends StackProps {
  /** The literal name of the vault, so that the plan in the other Region can name it without a cross-Region reference. */
  readonly vaultName: string;

  /**
   * What keeps the copies from being deleted. Name roles by `Role.fromRoleArn`: a role that another Region's stack
   * creates would tie this stack to it.
   *
   * @default - not locked, and who may delete is left to the policies of roles and users
   */
  readonly protection?: VaultProtection;
}

/**
 * The Region that copies go to: a vault and its key, in a stack of their own. It stands on nothing in the primary
 * Region, so it can be read, updated and restored from while that Region is dark.
 */
export class BackupCopyStack extends Stack {
  /** The key that copies are encrypted with. */
  public readonly key: Key;
  /** The vault that copies arrive in. */
  public readonly vault: BackupVault;

  constructor(scope: Construct, id: string, props: BackupCopyStackProps) {
    super(scope, id, props);
    validateProps(this, props);
    const keyDescription = `Encrypts the copies of backups in vault ${props.vaultName}`;
    ({ key: this.key, vault: this.vault } = createVault(this, { vaultName: props.vaultName, keyDescription, protection: props.protection }));
  }
}

function validateProps(scope: BackupCopyStack, props: BackupCopyStackProps): void {
  const findings = new Findings();
  if (props.protection) {
    findVaultProtectionProblems(findings, scope, props.protection);
  }
  findings.throwIfAny(scope);
}

/** Under the plan, so that tags and the path tell where it belongs; named after our stack, so that people see it too. */
export function createCopyStack(plan: Construct, region: string, vaultName: string, protection?: VaultProtection): BackupCopyStack {
  const primary = outermostStack(plan);
  return new BackupCopyStack(plan, `Copies-${region}`, {
    vaultName,
    protection,
    stackName: `${uniqueName(plan, STACK_NAME_LENGTH - region.length - 1)}-${region}`,
    description: `Copies of the backups that ${plan.node.path} takes in ${primary.region}`,
    env: { region, account: Token.isUnresolved(primary.account) ? undefined : primary.account },
    synthesizer: synthesizerOf(primary),
    terminationProtection: primary.terminationProtection,
  });
}

/**
 * The synthesizer that the team gave its stack: it knows the bootstrap qualifier and roles.
 *
 * Trap: a stack holds a copy that is bound to it and can not be bound again. The copy is derived from the one the team
 * gave, which can. A synthesizer that is not reusable is left out: the copy stack takes the app's default.
 */
function synthesizerOf(stack: Stack): IReusableStackSynthesizer | undefined {
  const given = Object.getPrototypeOf(stack.synthesizer);
  return 'reusableBind' in given && given !== given.constructor.prototype ? given : undefined;
}
