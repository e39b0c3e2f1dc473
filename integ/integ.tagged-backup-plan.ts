/**
 * A shop in one account and two Regions. Deployed to a real account by `npm run integ:deploy`, which also runs the
 * assertions below; the snapshot beside this file is compared on every test run, offline.
 */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BackupCopy, BackupResourceType, BackupTier, RecoveryObjectives, RestoreTesting, TaggedBackupPlan, VaultLock } from '../src';

export const app = new App();
const stack = new Stack(app, 'IntegTaggedBackupPlan', { env: { region: 'eu-west-1' } });
const backups = new TaggedBackupPlan(stack, 'Backups', {
  tiers: [
    BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-central-1') }),
    BackupTier.medium({ copyTo: BackupCopy.toRegion('eu-central-1') }),
    BackupTier.low(),
    BackupTier.of('ledger', {
      objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) }),
      keepFor: Duration.days(2190),
    }),
  ],
  restoreTesting: RestoreTesting.weekly({ types: [BackupResourceType.DYNAMODB, BackupResourceType.S3] }),
  optIn: [BackupResourceType.DYNAMODB, BackupResourceType.S3],
  protection: { lock: VaultLock.governance({ minRetention: Duration.days(1) }) },
});
const orders = new TableV2(stack, 'Orders', {
  partitionKey: { name: 'orderId', type: AttributeType.STRING },
  encryption: TableEncryptionV2.awsManagedKey(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: RemovalPolicy.DESTROY, // a test leaves no table behind; its vaults must be deleted by hand
});
backups.protect(orders, 'critical');

const test = new IntegTest(app, 'TaggedBackupPlan', {
  testCases: [stack],
  regions: ['eu-west-1'],
  // In the Region of the plan, which the assertions refer to.
  assertionStack: new Stack(app, 'IntegTaggedBackupPlanAssertions', { env: { region: 'eu-west-1' } }),
});

const plan = test.assertions.awsApiCall('Backup', 'GetBackupPlan', { BackupPlanId: backups.plans.critical.backupPlanId });
plan.expect(ExpectedResult.objectLike({
  BackupPlan: {
    Rules: Match.arrayWith([
      Match.objectLike({ RuleName: 'continuous', EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 35 } }),
      Match.objectLike({
        RuleName: 'daily',
        CopyActions: [Match.objectLike({ DestinationBackupVaultArn: Match.stringLikeRegexp(':backup:eu-central-1:'), Lifecycle: Match.objectLike({ DeleteAfterDays: 35 }) })],
      }),
    ]),
  },
}));

test.assertions.awsApiCall('Backup', 'GetBackupSelection', {
  BackupPlanId: backups.plans.critical.backupPlanId,
  SelectionId: backups.selections.critical.attrSelectionId,
}).expect(ExpectedResult.objectLike({
  BackupSelection: {
    Resources: ['*'],
    Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup-tier', ConditionValue: 'critical' }] },
  },
}));

test.assertions.awsApiCall('Backup', 'DescribeRegionSettings', {})
  .expect(ExpectedResult.objectLike({ ResourceTypeOptInPreference: { DynamoDB: true, S3: true } }));

test.assertions.awsApiCall('Backup', 'DescribeBackupVault', { BackupVaultName: backups.vault.backupVaultName })
  .expect(ExpectedResult.objectLike({ EncryptionKeyArn: backups.key!.keyArn, Locked: true, MinRetentionDays: 1 }));

app.synth();
