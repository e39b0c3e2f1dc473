/**
 * A shop that runs in two Regions. Each Region backs up its own resources in four tiers and copies what matters to the
 * other Region, and what is critical into a vault of another account as well. Restores are tested every week, nobody but
 * the security team deletes a backup, and a synth fails when a table or bucket is forgotten.
 */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  BackupAudit, BackupCopy, BackupCoverage, BackupResourceType, BackupTier, CopyDestinationVault, RecoveryObjectives, RestoreTesting,
  TaggedBackupPlan, VaultLock,
} from 'cdk-resilience';

/** Put your own organization, accounts and Regions here. */
export const ORGANIZATION = 'o-exampleorg1';
export const SHOP_ACCOUNT = '111111111111';
export const BACKUP_ACCOUNT = '222222222222';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';

/** In the backup account: a vault that the shop's account may copy into, and do nothing else with. */
export class CentralVaultStack extends Stack {
  public readonly vault: IBackupVault;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.vault = new CopyDestinationVault(this, 'Backups', {
      vaultName: 'shop-backups',
      organizationId: ORGANIZATION,
      sourceAccounts: [SHOP_ACCOUNT],
    }).vault;
  }
}

/** Where the other half of the backups goes. */
interface ShopStackProps extends StackProps {
  readonly otherRegion: string;
  readonly centralVault: IBackupVault;
}

/** The shop in one Region: what it keeps, and how that is backed up. */
export class ShopStack extends Stack {
  public readonly backups: TaggedBackupPlan;

  constructor(scope: Construct, id: string, props: ShopStackProps) {
    super(scope, id, props);
    const orders = new TableV2(this, 'Orders', {
      partitionKey: { name: 'orderId', type: AttributeType.STRING },
      encryption: TableEncryptionV2.awsManagedKey(),
      // AWS Backup takes snapshots of tables; to the second they are restored by DynamoDB itself.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const uploads = new Bucket(this, 'Uploads', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true, // AWS Backup needs it
    });
    const searchIndex = new TableV2(this, 'SearchIndex', {
      partitionKey: { name: 'term', type: AttributeType.STRING },
      encryption: TableEncryptionV2.awsManagedKey(),
    });

    const ledger = new TableV2(this, 'Ledger', {
      partitionKey: { name: 'entryId', type: AttributeType.STRING },
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });

    const otherRegion = BackupCopy.toRegion(props.otherRegion);
    this.backups = new TaggedBackupPlan(this, 'Backups', {
      tiers: [
        BackupTier.critical({
          objectives: RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.hours(2) }),
          copyTo: BackupCopy.toAll(otherRegion, BackupCopy.toVault(props.centralVault)),
        }),
        BackupTier.medium({ copyTo: otherRegion }),
        BackupTier.low(),
        // The law asks for six years.
        BackupTier.of('ledger', {
          objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) }),
          keepFor: Duration.days(2190),
          // Kept apart from the account by AWS, and locked from the first day on.
          copyTo: BackupCopy.toAll(otherRegion, BackupCopy.toAirGappedVault({ minRetention: Duration.days(35), maxRetention: Duration.days(2190) })),
        }),
      ],
      restoreTesting: RestoreTesting.weekly({ types: [BackupResourceType.DYNAMODB, BackupResourceType.S3] }),
      optIn: [BackupResourceType.DYNAMODB, BackupResourceType.S3],
      protection: {
        lock: VaultLock.governance({ minRetention: Duration.days(35), maxRetention: Duration.days(2190) }),
        // Created by the security team, for the day on which a backup really must go.
        breakGlass: [Role.fromRoleArn(this, 'BreakGlass', `arn:aws:iam::${SHOP_ACCOUNT}:role/backup-break-glass`)],
      },
      audit: BackupAudit.reportsAndFramework(),
    });
    this.backups.protect(orders, 'critical');
    this.backups.protect(uploads, 'medium');
    this.backups.protect(searchIndex, 'low');
    this.backups.protect(ledger, 'ledger');

    Validations.of(uploads).acknowledge({ id: 'AwsSolutions-S1', reason: 'access to uploads is logged by CloudTrail data events' });
    Validations.of(searchIndex).acknowledge({ id: 'AwsSolutions-DDB3', reason: 'the index is built anew from the orders within an hour' });
  }
}

/** Adds the shop to the app: a vault in the backup account, and a stack in each Region. */
export function build(app: App): void {
  Validations.of(app).addPlugins(new BackupCoverage());
  const central = new CentralVaultStack(app, 'CentralVault', { env: { account: BACKUP_ACCOUNT, region: IRELAND } });
  for (const [region, otherRegion] of [[IRELAND, FRANKFURT], [FRANKFURT, IRELAND]]) {
    new ShopStack(app, `Shop-${region}`, { env: { account: SHOP_ACCOUNT, region }, otherRegion, centralVault: central.vault });
  }
}

if (require.main === module) {
  build(new App());
}
