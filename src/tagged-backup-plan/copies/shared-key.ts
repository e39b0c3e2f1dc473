import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Findings, isKnown, quoted } from '../../private/validation';
import type { BackupTier } from '../tiers/backup-tier';

const USE = ['kms:DescribeKey', 'kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
const GRANT = ['kms:CreateGrant'];

/** The other accounts that the tiers copy to, as far as they are known. */
export function accountsCopiedTo(scope: Construct, tiers: BackupTier[]): string[] {
  const own = Stack.of(scope).account;
  const accounts = tiers.flatMap(tier => tier.rules).flatMap(rule => rule.copyTo?._destinations ?? [])
    .flatMap(destination => destination.kind === 'vault' ? [destination.vault.env.account] : []);
  return [...new Set(accounts.filter(account => isKnown(account) && account !== own))];
}

/**
 * Lets the accounts that copies go to use the key that the source is encrypted with: EC2, EBS, RDS, Aurora, DocumentDB,
 * Neptune and FSx keep it in the copy, until it is encrypted anew in the other account.
 *
 * The statements name whole accounts: who in them may use the key is for their own policies. A grant can be given to an
 * AWS service only.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
 */
export function shareKeyForCopies(scope: Construct, key: IKey, accounts: string[]): void {
  const findings = new Findings();
  findings.require(accounts.length > 0,
    `'key' must be shared with an account that a tier copies to, got: '${key.node.path}' and no tier that copies to another account; add BackupCopy.toVault to a tier`);
  findings.throwIfAny(scope);
  const principals = accounts.map(account => new AccountPrincipal(account));
  const added = [
    new PolicyStatement({ principals, actions: USE, resources: ['*'] }), // in the policy of a key: this key
    new PolicyStatement({ principals, actions: GRANT, resources: ['*'], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
  ].map(statement => key.addToResourcePolicy(statement).statementAdded);
  if (added.includes(false)) {
    Annotations.of(scope).addWarningV2('cdk-resilience:sharedKey',
      `the policy of the imported key '${key.node.path}' can not be extended: let ${quoted(accounts)} use it (${[...USE, ...GRANT].join(', ')}), or copies of what it encrypts fail`);
  }
}
