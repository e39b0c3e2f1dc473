/**
 * The program that python/, java/ and go/ say again, each in its language: their templates must be this one's. It is
 * small, and yet has what crosses the border between languages: options, values that stand for a choice, durations, a
 * map that is read, a function of ours that must be in the package, an error.
 */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BackupCopy, BackupResourceType, BackupTier, RecoveryObjectives, TaggedBackupPlan } from 'cdk-resilience';

const IRELAND = { account: '111111111111', region: 'eu-west-1' };

/** Adds the stacks of the program to the app. */
export function addShop(app: App): void {
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  const orders = new TableV2(stack, 'Orders', { partitionKey: { name: 'orderId', type: AttributeType.STRING } });

  const backups = new TaggedBackupPlan(stack, 'Backups', {
    tiers: [
      BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-central-1', { keepFor: Duration.days(400) }) }),
      BackupTier.of('ledger', { objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) }) }),
    ],
    optIn: [BackupResourceType.DYNAMODB],
  });
  backups.protect(orders, 'critical');

  new CfnOutput(stack, 'Vault', { value: backups.vault.backupVaultName });
  new CfnOutput(stack, 'CopyVault', { value: backups.copyStacks['eu-central-1'].vault.backupVaultName });
}

/** Builds what can not be built, for its error. */
export function addMistakes(app: App): void {
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  new TaggedBackupPlan(stack, 'Backups', {
    tiers: [
      BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-west-1') }),
      BackupTier.of('orders', { objectives: RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.minutes(1) }) }),
    ],
  });
}
