import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { VaultProtection } from './vault-protection';
import { protectVault } from './vault-protection';

/** The vault of a plan and its key, under the plan. Both outlive the stack. */
export function createVault(plan: Construct, backupVaultName: string, protection?: VaultProtection): { key: Key; vault: BackupVault } {
  const key = new Key(plan, 'Key', { description: `Encrypts the backups of ${plan.node.path}`, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  const vault = new BackupVault(plan, 'Vault', { backupVaultName, encryptionKey: key, removalPolicy: RemovalPolicy.RETAIN });
  protectVault(vault, protection);
  return { key, vault };
}
