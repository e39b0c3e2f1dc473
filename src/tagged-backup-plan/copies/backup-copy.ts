import type { CfnLogicallyAirGappedBackupVault, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupVault, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { BackupCopyStack } from './backup-copy-stack';
import { isKnown } from '../../private/validation';
import type { RetentionLimits } from '../vault/vault-lock';

/** What may be stated of a copy. */
export interface BackupCopyOptions {
  /**
   * How long the copy lives, 1 to 36500 days.
   *
   * @default - as long as the backup it is made of, cold storage included
   */
  readonly keepFor?: Duration;

  /**
   * When the copy moves to cold storage; `keepFor` must be 90 days longer.
   *
   * @default - as the backup it is made of when `keepFor` is left out, else never
   */
  readonly moveToColdStorageAfter?: Duration;
}

/** What a copy in an air-gapped vault states. */
export interface AirGappedCopyOptions {
  /** The shortest life of a copy in the vault, 7 to 36500 days. It can not be changed. */
  readonly minRetention: Duration;

  /** The longest life of a copy in the vault, `minRetention` to 36500 days. It can not be changed. */
  readonly maxRetention: Duration;

  /**
   * How long the copy lives, within the limits of the vault.
   *
   * @default - as long as the backup it is made of, which must be within the limits
   */
  readonly keepFor?: Duration;
}

/**
 * Where backups are copied to. A copy in another Region survives the Region, one in another account survives whoever
 * gets into this one.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
 */
export abstract class BackupCopy {
  /**
   * A copy in another Region of the same account. The vault it needs, with a key of its own, is created in a stack of
   * its own in that Region, one for each `TaggedBackupPlan` and Region, and deployed before the plan. Find it as
   * `copyStacks[region]`.
   *
   * @param region The Region's name; the plan's own Region must be stated on its stack, and be another.
   */
  public static toRegion(region: string, options: BackupCopyOptions = {}): BackupCopy {
    return new Copies([{ kind: 'region', region, options }]);
  }

  /**
   * A copy in a vault of yours: another account's, or one that several plans share.
   *
   * A vault in another account needs an access policy that allows `backup:CopyIntoBackupVault`, a customer managed
   * key, and cross-account backup switched on in the organization. A vault of this app in another Region or account
   * is deployed before the plan.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
   * @param vault A vault of this app, or `BackupVault.fromBackupVaultArn`.
   */
  public static toVault(vault: IBackupVault, options: BackupCopyOptions = {}): BackupCopy {
    return new Copies([{ kind: 'vault', vault, options }]);
  }

  /**
   * A copy in a logically air-gapped vault, which AWS keeps apart from the account: it is always locked in compliance
   * mode, and can be shared with a recovery account that restores from it directly. So the copies survive whoever gets
   * into the account. Not the Region: the vault is in the plan's own stack, so add `toRegion`. Copies stay warm.
   *
   * A plan has one such vault; it outlives the stack. It can not hold everything: jobs for RDS instances and Multi-AZ
   * clusters, DynamoDB tables without advanced features, FSx for ONTAP and OpenZFS, Redshift, SAP HANA, and unencrypted
   * Aurora, DocumentDB and Neptune clusters fail. There are none in China, in GovCloud and in some new Regions.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html
   */
  public static toAirGappedVault(options: AirGappedCopyOptions): BackupCopy {
    const { minRetention, maxRetention, keepFor } = options;
    return new Copies([{ kind: 'airGapped', limits: { minRetention, maxRetention }, options: { keepFor } }]);
  }

  /** Several copies of each backup, 5 at most. */
  public static toAll(...copies: BackupCopy[]): BackupCopy {
    return new Copies(copies.flatMap(copy => copy._destinations));
  }

  /** @internal */
  public abstract readonly _destinations: CopyDestination[];
}

/** One destination of a copy, as validated and bound by the plan. */
export type CopyDestination = { readonly options: BackupCopyOptions } & (
  | { readonly kind: 'region'; readonly region: string }
  | { readonly kind: 'vault'; readonly vault: IBackupVault }
  | { readonly kind: 'airGapped'; readonly limits: AirGappedLimits }
);

/** How long an air-gapped vault lets its recovery points live: both ends must be stated. */
export type AirGappedLimits = Required<RetentionLimits>;

/** The destinations that the plan creates. */
export interface CopyPlaces {
  /** The stack of copies in that Region. */
  readonly copyStack: (region: string) => BackupCopyStack;
  /**
   * The air-gapped vault.
   *
   * @default - no tier copies to one
   */
  readonly airGappedVault?: CfnLogicallyAirGappedBackupVault;
}

class Copies extends BackupCopy {
  constructor(public readonly _destinations: CopyDestination[]) {
    super();
  }
}

/** What tells two destinations apart. */
export function destinationKey(destination: CopyDestination): string {
  switch (destination.kind) {
    case 'region': return `Region ${destination.region}`;
    case 'vault': return `vault ${destination.vault.node.path}`;
    case 'airGapped': return 'the air-gapped vault';
  }
}

/** The Regions that the tiers have copies in, each in a stack that the plan creates. */
export function regionsCopiedTo(tiers: { readonly rules: { readonly copyTo?: BackupCopy }[] }[]): string[] {
  const destinations = tiers.flatMap(tier => tier.rules).flatMap(rule => rule.copyTo?._destinations ?? []);
  return [...new Set(destinations.flatMap(destination => destination.kind === 'region' ? [destination.region] : []))];
}

/** The destination vault as a plan of `scope` can name it: a vault of its own stack, or any other by its literal ARN. */
export function bindDestination(scope: Construct, destination: CopyDestination, places: CopyPlaces): IBackupVault {
  switch (destination.kind) {
    case 'region': return vaultSeenFrom(scope, places.copyStack(destination.region).vault);
    case 'vault': return vaultSeenFrom(scope, destination.vault);
    case 'airGapped': return getOrImport(scope, 'CopyToAirGappedVault', places.airGappedVault!.attrBackupVaultArn);
  }
}

/**
 * Trap: `backupVaultArn` of a vault in another environment is an L1 attribute. CDK turns it into a strong cross-Region
 * reference (a Lambda function in both stacks, a value that goes stale) without being asked. The vault's name is always
 * literal, so its ARN can be computed.
 */
function vaultSeenFrom(scope: Construct, vault: IBackupVault): IBackupVault {
  const resource = vault.node.defaultChild;
  const [here, there] = [Stack.of(scope), Stack.of(vault)];
  if (!(resource instanceof CfnBackupVault) || here === there || here.environment === there.environment) {
    return vault;
  }
  here.addStackDependency(there, 'backups are copied into its vault');
  const id = ['CopyTo', there.account, there.region, resource.backupVaultName].filter(isKnown).join('-');
  return getOrImport(scope, id, here.formatArn({
    service: 'backup',
    region: there.region,
    account: there.account,
    resource: 'backup-vault',
    resourceName: resource.backupVaultName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  }));
}

/** Several rules of a tier may copy to one vault. */
function getOrImport(scope: Construct, id: string, arn: string): IBackupVault {
  return scope.node.tryFindChild(id) as unknown as IBackupVault ?? BackupVault.fromBackupVaultArn(scope, id, arn);
}
