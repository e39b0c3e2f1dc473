import type { BackupPlanCopyActionProps, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupPlan, BackupPlanRule, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CopyPlaces } from './copies/backup-copy';
import { bindDestination } from './copies/backup-copy';
import type { BackupRule } from './tiers/backup-rule';
import type { BackupTier } from './tiers/backup-tier';
import { copyLifecycle } from './vault/locked-retention';

/** Properties of a `TierPlan`. */
export interface TierPlanProps {
  /** What is backed up, when, and where copies go. */
  readonly tier: BackupTier;
  /** The name of the plan. */
  readonly planName: string;
  /** The key of the tag. */
  readonly tagKey: string;
  /** The vault that backups are kept in. */
  readonly vault: IBackupVault;
  /** What AWS Backup works as. */
  readonly role: IRole;
  /** The destinations of copies that the whole plan creates. */
  readonly places: CopyPlaces;
}

/** The plan of one tier, and the selection of what carries its tag. */
export class TierPlan extends Construct {
  /** The plan. */
  public readonly plan: BackupPlan;
  /** The selection. */
  public readonly selection: CfnBackupSelection;

  constructor(scope: Construct, id: string, props: TierPlanProps) {
    super(scope, id);
    const { tier } = props;
    this.plan = new BackupPlan(this, 'Plan', {
      backupPlanName: props.planName,
      backupVault: props.vault,
      backupPlanRules: tier.rules.map(rule => renderRule(this, rule, props.places)),
    });
    // Trap: the L2 selection knows only ListOfTags, whose entries are joined by OR. Conditions are joined by AND, and
    // need resources beside them to choose from.
    this.selection = new CfnBackupSelection(this, 'Selection', {
      backupPlanId: this.plan.backupPlanId,
      backupSelection: {
        selectionName: tier.name,
        iamRoleArn: props.role.roleArn,
        resources: ['*'],
        // Trap: this property is not case-converted, and AWS ignores a lower-case operator.
        conditions: { StringEquals: [{ ConditionKey: `aws:ResourceTag/${props.tagKey}`, ConditionValue: tier.name }] },
      },
    });
  }
}

function renderRule(scope: Construct, rule: BackupRule, places: CopyPlaces): BackupPlanRule {
  return new BackupPlanRule({
    ruleName: rule.name,
    scheduleExpression: rule.schedule,
    scheduleExpressionTimezone: rule.timeZone,
    startWindow: rule.startWindow,
    completionWindow: rule.completionWindow,
    deleteAfter: rule.keepFor,
    moveToColdStorageAfter: rule.moveToColdStorageAfter,
    enableContinuousBackup: rule.enableContinuousBackup || undefined,
    copyActions: renderCopies(scope, rule, places),
  });
}

function renderCopies(scope: Construct, rule: BackupRule, places: CopyPlaces): BackupPlanCopyActionProps[] | undefined {
  return rule.copyTo?._destinations.map(destination => ({
    destinationBackupVault: bindDestination(scope, destination, places),
    ...copyLifecycle(rule, destination),
  }));
}
