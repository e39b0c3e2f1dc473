/**
 * A shop that runs in two Regions. Each Region backs up its own resources in three tiers and copies what matters to the
 * other Region, and what is critical into a vault of another account as well.
 */
import { App, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BackupCopy, BackupTier, TaggedBackupPlan } from 'cdk-resilience';

/** Put your own account and Regions here. */
export const SHOP_ACCOUNT = '111111111111';
export const BACKUP_ACCOUNT = '222222222222';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';

/** In the backup account: a vault that the shop's account may copy into, and do nothing else with. */
export class CentralVaultStack extends Stack {
  public readonly vault: BackupVault;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.vault = new BackupVault(this, 'Vault', {
      backupVaultName: 'shop-backups',
      encryptionKey: new Key(this, 'Key', { enableKeyRotation: true, description: 'Encrypts the backups that the shop copies here' }),
      accessPolicy: new PolicyDocument({
        statements: [new PolicyStatement({
          effect: Effect.ALLOW,
          principals: [new AccountPrincipal(SHOP_ACCOUNT)],
          actions: ['backup:CopyIntoBackupVault'],
          resources: ['*'], // in the policy of a vault: this vault
        })],
      }),
    });
  }
}

/** Where the other half of the backups goes. */
interface ShopStackProps extends StackProps {
  readonly otherRegion: string;
  readonly centralVault: BackupVault;
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

    const otherRegion = BackupCopy.toRegion(props.otherRegion);
    this.backups = new TaggedBackupPlan(this, 'Backups', {
      tiers: [
        BackupTier.critical({ copyTo: BackupCopy.toAll(otherRegion, BackupCopy.toVault(props.centralVault)) }),
        BackupTier.medium({ copyTo: otherRegion }),
        BackupTier.low(),
      ],
    });
    this.backups.protect(orders, 'critical');
    this.backups.protect(uploads, 'medium');
    this.backups.protect(searchIndex, 'low');

    Validations.of(uploads).acknowledge({ id: 'AwsSolutions-S1', reason: 'access to uploads is logged by CloudTrail data events' });
    Validations.of(searchIndex).acknowledge({ id: 'AwsSolutions-DDB3', reason: 'the index is built anew from the orders within an hour' });
  }
}

/** Adds the shop to the app: a vault in the backup account, and a stack in each Region. */
export function build(app: App): void {
  const central = new CentralVaultStack(app, 'CentralVault', { env: { account: BACKUP_ACCOUNT, region: IRELAND } });
  for (const [region, otherRegion] of [[IRELAND, FRANKFURT], [FRANKFURT, IRELAND]]) {
    new ShopStack(app, `Shop-${region}`, { env: { account: SHOP_ACCOUNT, region }, otherRegion, centralVault: central.vault });
  }
}

if (require.main === module) {
  build(new App());
}
