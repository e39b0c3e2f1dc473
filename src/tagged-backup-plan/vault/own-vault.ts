import { BackupVault } from 'aws-cdk-lib/aws-backup';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { VaultProtection } from './vault-protection';
import { protectVault } from './vault-protection';

/** What a vault of ours is made of. */
export interface OwnVaultOptions {
  /** Literal, so that the vault can be named from anywhere. */
  readonly vaultName: string;
  /** What its key is for. */
  readonly keyDescription: string;
  /**
   * What keeps its backups from being deleted.
   *
   * @default - nothing
   */
  readonly protection?: VaultProtection;
  /**
   * Who else may do what with it.
   *
   * @default - nobody
   */
  readonly accessPolicy?: PolicyDocument;
}

/** A vault and its customer managed key, under the construct. Both outlive the stack: without the key no backup is read. */
export function createVault(scope: Construct, options: OwnVaultOptions): { key: Key; vault: BackupVault } {
  const key = new Key(scope, 'Key', { description: options.keyDescription, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  const vault = new BackupVault(scope, 'Vault', {
    backupVaultName: options.vaultName,
    encryptionKey: key,
    accessPolicy: options.accessPolicy,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  protectVault(vault, options.protection);
  return { key, vault };
}
