import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { StackProps } from 'aws-cdk-lib/core';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Properties of a `BackupCopyStack`. */
export interface BackupCopyStackProps extends StackProps {
  /** The literal name of the vault, so that the plan in the other Region can name it without a cross-Region reference. */
  readonly vaultName: string;
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
    this.key = new Key(this, 'Key', {
      description: `Encrypts the copies of backups in vault ${props.vaultName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.vault = new BackupVault(this, 'Vault', {
      backupVaultName: props.vaultName,
      encryptionKey: this.key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
