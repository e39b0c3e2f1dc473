import type { BackupVault } from 'aws-cdk-lib/aws-backup';
import { AccountPrincipal, AnyPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { Findings, isKnown, quoted } from '../../private/validation';
import { createVault } from '../vault/own-vault';
import type { VaultProtection } from '../vault/vault-protection';
import { findVaultProtectionProblems } from '../vault/vault-protection';

/** Properties of a `CopyDestinationVault`. */
export interface CopyDestinationVaultProps {
  /**
   * The literal name of the vault, by which plans in other accounts and Regions know it: 2 to 50 letters, digits, `-`
   * and `_`. Not `Default`: the key of the default vault can not be shared.
   */
  readonly vaultName: string;

  /** The organization that this account and the accounts that copy here belong to, such as `o-a1b2c3d4e5`. */
  readonly organizationId: string;

  /**
   * The accounts that may copy into the vault, by their 12 digits. They must be of the organization.
   *
   * @default - every account of the organization
   */
  readonly sourceAccounts?: string[];

  /**
   * What keeps the copies from being deleted. A lock here refuses copies of other retention; a plan of the same app is
   * checked against it at synth.
   *
   * @default - not locked, and who may delete is left to the policies of roles and users in this account
   */
  readonly protection?: VaultProtection;
}

/**
 * The vault of a backup account, which the accounts of an organization copy their backups into and can do nothing else
 * with. Copies there survive whoever gets into an account that is in use. Restore by copying back.
 *
 * It takes more than a stack: cross-account backup must be switched on in the management account (AWS Backup, Settings;
 * CloudFormation can not do it), source and destination must be in one organization, and the account needs the
 * service-linked roles of the services whose backups it holds. Deny it `organizations:LeaveOrganization` by a service
 * control policy, and deny the sources `backup:CopyFromBackupVault` unless `backup:CopyTargets` is this vault, so that
 * backups leave for nowhere else.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
 */
export class CopyDestinationVault extends Construct {
  /** The key that copies are encrypted with. It outlives the stack: without it, no copy can be read. */
  public readonly key: Key;
  /** The vault that copies arrive in. It outlives the stack. */
  public readonly vault: BackupVault;

  constructor(scope: Construct, id: string, props: CopyDestinationVaultProps) {
    super(scope, id);
    validateProps(this, props);

    ({ key: this.key, vault: this.vault } = createVault(this, {
      vaultName: props.vaultName,
      keyDescription: `Encrypts the copies of backups in vault ${props.vaultName}`,
      accessPolicy: new PolicyDocument({ statements: [allowCopies(props)] }),
      protection: props.protection,
    }));
  }
}

/** AWS Backup refuses any other action of another account, whatever the policy says. */
function allowCopies(props: CopyDestinationVaultProps): PolicyStatement {
  return new PolicyStatement({
    sid: 'OrganizationCopiesInto',
    principals: props.sourceAccounts?.map(account => new AccountPrincipal(account)) ?? [new AnyPrincipal()],
    actions: ['backup:CopyIntoBackupVault'],
    resources: ['*'], // in the policy of a vault: this vault
    conditions: { StringEquals: { 'aws:PrincipalOrgID': props.organizationId } },
  });
}

function validateProps(scope: CopyDestinationVault, props: CopyDestinationVaultProps): void {
  const findings = new Findings();
  const { vaultName, organizationId, sourceAccounts, protection } = props;
  findings.require(!isKnown(vaultName) || (/^[a-zA-Z0-9\-_]{2,50}$/.test(vaultName) && vaultName !== 'Default'),
    `'vaultName' must be 2 to 50 letters, digits, '-' or '_', and not 'Default', got: '${vaultName}'; choose another`);
  findings.require(!isKnown(organizationId) || /^o-[a-z0-9]{10,32}$/.test(organizationId),
    `'organizationId' must be 'o-' and 10 to 32 lower-case letters or digits, got: '${organizationId}'; AWS Organizations shows it in its settings`);
  findings.require(sourceAccounts?.length !== 0,
    '\'sourceAccounts\' must name one account at least, got: none; leave it out to let the whole organization copy here');
  const malformed = (sourceAccounts ?? []).filter(account => isKnown(account) && !/^\d{12}$/.test(account));
  findings.require(malformed.length === 0,
    `'sourceAccounts' must be account ids of 12 digits, got: ${quoted(malformed)}; write leading zeros too, and pass strings`);
  if (protection) {
    findVaultProtectionProblems(findings, scope, protection);
  }
  findings.throwIfAny(scope);
}
