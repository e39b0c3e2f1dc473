import type { IBackupPlan, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnBackupVault, CfnFramework, CfnReportPlan } from 'aws-cdk-lib/aws-backup';
import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { AnyPrincipal, ArnPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import { Annotations, Fn, Names, Stack, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AuditControl } from './audit-controls';
import { controlsOf } from './audit-controls';
import type { BackupAudit } from './backup-audit';
import { Findings, isKnown, isKnownDuration } from '../../private/validation';
import type { RunbookTier } from '../runbook/restore-points';
import type { VaultLock } from '../vault/vault-lock';
import type { VaultProtection } from '../vault/vault-protection';

const JOB_REPORTS = { BackupJobs: 'BACKUP_JOB_REPORT', CopyJobs: 'COPY_JOB_REPORT', RestoreJobs: 'RESTORE_JOB_REPORT' };
const COMPLIANCE_REPORTS = { ResourceCompliance: 'RESOURCE_COMPLIANCE_REPORT', ControlCompliance: 'CONTROL_COMPLIANCE_REPORT' };
const NAME_LENGTH = 256;
const MOST_FRAMEWORKS = 15;
const MOST_CONTROLS = 50;
const MOST_BREAK_GLASS_ROLES = 5;
/** On the vault, for the control that judges vaults and not resources. */
const VAULT_TAG = 'resilience:backup-plan';

/** Properties of `AuditReports`. */
export interface AuditReportsProps {
  /** Reports alone, or frameworks as well. */
  readonly audit: BackupAudit;
  /** Where reports are delivered; of the same account. */
  readonly bucket: IBucket;
  /** The name of the backup plan as in the keys of reports: `backup-reports/<planName>/…`. */
  readonly planName: string;
  /** The key of the tag that puts a resource into a tier. */
  readonly tagKey: string;
  /** The tiers as the runbook has them: `factsOf(plan).tiers`. */
  readonly tiers: RunbookTier[];
  /** The plan of each tier, by the tier's name: it gets the tier's tag, by which its control finds it. */
  readonly plans: Record<string, IBackupPlan>;
  /** The vault of the plan. */
  readonly vault: IBackupVault;
  /**
   * What keeps the backups in the vault from being deleted: the controls check it.
   *
   * @default - neither a lock nor who may delete is checked
   */
  readonly protection?: VaultProtection;
}

/** Daily reports of AWS Backup Audit Manager in a bucket, and frameworks where they are wanted. */
export class AuditReports extends Construct {
  /** The report plans. */
  public readonly reportPlans: CfnReportPlan[];
  /** The framework of each tier, by the tier's name; empty without frameworks. */
  public readonly frameworks: Record<string, CfnFramework> = {};
  /** The framework that judges the vault; undefined without frameworks, `breakGlass`, or a vault of this app. */
  public readonly vaultFramework?: CfnFramework;
  /** Where in the bucket reports are delivered. */
  public readonly keyPrefix: string;

  constructor(scope: Construct, id: string, props: AuditReportsProps) {
    super(scope, id);
    const tierControls = props.audit._withFramework ? this.tierControls(props) : {};
    validate(this, props, Object.values(tierControls));
    this.keyPrefix = `backup-reports/${props.planName}`;
    this.reportPlans = Object.entries(JOB_REPORTS).map(([name, template]) =>
      this.addReport(name, props.bucket, { ReportTemplate: template }));
    if (props.audit._withFramework) {
      for (const [tier, controls] of Object.entries(tierControls)) {
        const tag = { Key: props.tagKey, Value: tier };
        this.frameworks[tier] = this.addFramework(`Tier-${tier}`, `Tier ${tier} of ${scope.node.path}`, controls, tag);
        Tags.of(props.plans[tier]).add(props.tagKey, tier);
      }
      this.vaultFramework = this.addVaultFramework(props);
      const frameworkArns = [...Object.values(this.frameworks), ...this.vaultFramework ? [this.vaultFramework] : []]
        .map(framework => framework.attrFrameworkArn);
      this.reportPlans.push(...Object.entries(COMPLIANCE_REPORTS).map(([name, template]) =>
        this.addReport(name, props.bucket, { ReportTemplate: template, FrameworkArns: frameworkArns })));
      Annotations.of(this).addInfoV2('cdk-resilience:auditNeedsConfig',
        'frameworks of AWS Backup Audit Manager stay empty, and show no failure, until AWS Config records the backed up types and AWS::Backup::BackupPlan, BackupSelection, BackupVault and RecoveryPoint in this Region');
    }
    this.allowReports(props.bucket);
  }

  private tierControls(props: AuditReportsProps): Record<string, AuditControl[]> {
    const { region, account } = Stack.of(this);
    const context = {
      region: isKnown(region) ? region : undefined,
      account: isKnown(account) ? account : undefined,
      lock: knownLimits(props.protection?.lock),
    };
    return Object.fromEntries(props.tiers.map(tier => {
      const { controls, leftOut } = controlsOf(tier, context);
      for (const reason of leftOut) {
        Annotations.of(this).addInfoV2(`cdk-resilience:auditControlLeftOut-${tier.name}-${reason.split(':')[0]}`, `the framework of tier '${tier.name}' leaves out ${reason}`);
      }
      return [tier.name, controls];
    }));
  }

  private addReport(name: string, bucket: IBucket, setting: Record<string, unknown>): CfnReportPlan {
    return new CfnReportPlan(this, name, {
      reportPlanName: this.uniqueName(name),
      reportPlanDescription: `${name} of ${this.node.scope?.node.path}`,
      // Trap: both are JSON and not case-converted.
      reportDeliveryChannel: { S3BucketName: bucket.bucketName, S3KeyPrefix: this.keyPrefix, Formats: ['CSV', 'JSON'] },
      reportSetting: setting,
    });
  }

  private addFramework(id: string, description: string, controls: AuditControl[], tag: { Key: string; Value: string }): CfnFramework {
    return new CfnFramework(this, id, {
      frameworkName: this.uniqueName(id),
      frameworkDescription: description,
      frameworkControls: controls.map(({ name, parameters }) => ({
        controlName: name,
        controlInputParameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({ parameterName, parameterValue })),
        // Trap: JSON as well, and one pair at most.
        controlScope: { Tags: [tag] },
      })),
    });
  }

  /** Apart from the tiers: a vault holds backups of all of them, and can not carry the tag of each. */
  private addVaultFramework(props: AuditReportsProps): CfnFramework | undefined {
    const roles = props.protection?.breakGlass;
    if (!roles) {
      return undefined;
    }
    if (!(props.vault.node.defaultChild instanceof CfnBackupVault)) {
      Annotations.of(this).addWarningV2('cdk-resilience:auditOfImportedVault',
        `the vault '${props.vault.node.path}' is imported and can not be tagged here, so nothing checks that its backups can not be deleted by hand: audit it where it is created`);
      return undefined;
    }
    const tag = { Key: VAULT_TAG, Value: props.planName };
    Tags.of(props.vault).add(tag.Key, tag.Value);
    const parameters: Record<string, string> = roles.length > 0 ? { principalArnList: Fn.join(',', roles.map(role => role.roleArn)) } : {};
    const control = { name: 'BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED', parameters };
    return this.addFramework('Vault', `The vault of ${this.node.scope?.node.path}`, [control], tag);
  }

  /**
   * The service-linked role writes, under our prefix only.
   *
   * Trap: S3 refuses a policy whose principal does not exist, and AWS makes the role with the first report plan or
   * framework of the account. So the policy waits for a report plan.
   */
  private allowReports(bucket: IBucket): void {
    const roleArn = Stack.of(this).formatArn({
      service: 'iam', region: '', resource: 'role', resourceName: 'aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports',
    });
    const { statementAdded } = bucket.addToResourcePolicy(allow(new ArnPrincipal(roleArn), ['s3:PutObject'], [bucket.arnForObjects(`${this.keyPrefix}/*`)], {
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' },
    }));
    if (!statementAdded) {
      Annotations.of(this).addWarningV2('cdk-resilience:auditBucketPolicy',
        `the policy of the imported bucket '${bucket.node.path}' can not be extended: let ${Stack.of(this).resolve(roleArn) === roleArn ? roleArn : 'AWSServiceRoleForBackupReports'} put objects under '${this.keyPrefix}/' with the ACL bucket-owner-full-control, or no report arrives`);
    }
    if (bucket.policy && Stack.of(bucket.policy) === Stack.of(this)) {
      bucket.policy.node.addDependency(this.reportPlans[0]);
    }
    // A key policy would refuse the missing role as well, and can not wait: the bucket stands on its key. A condition can name it.
    bucket.encryptionKey?.addToResourcePolicy(allow(new AnyPrincipal(), ['kms:GenerateDataKey', 'kms:Decrypt'], ['*'], {
      ArnEquals: { 'aws:PrincipalArn': roleArn },
      StringEquals: { 'kms:CallerAccount': Stack.of(this).account, 'kms:ViaService': `s3.${Stack.of(this).region}.${Stack.of(this).urlSuffix}` },
    }));
  }

  /** Letters, digits and '_', the first a letter; tiers `a-b`, `a_b` and `a.b` stay apart. */
  private uniqueName(id: string): string {
    const own = id.replace(/[_.]/g, character => `_x${character.charCodeAt(0).toString(16)}`).replace(/-/g, '_');
    const name = Names.uniqueResourceName(this, { maxLength: NAME_LENGTH - own.length - 2, separator: '_', allowedSpecialCharacters: '_' });
    return `${/^[A-Za-z]/.test(name) ? '' : 'B'}${name}_${own}`;
  }
}

function validate(scope: AuditReports, props: AuditReportsProps, tierControls: AuditControl[][]): void {
  const findings = new Findings();
  const roles = props.protection?.breakGlass;
  const [own, its] = [Stack.of(scope).account, props.bucket.env.account];
  findings.require(!isKnown(own) || !isKnown(its) || own === its,
    `'bucket' must be of the plan's account, got: '${its}' and '${own}'; AWS Backup delivers reports to no other, replicate them from there`);
  findings.require(tierControls.length === 0 || (roles ?? []).length <= MOST_BREAK_GLASS_ROLES,
    `'breakGlass' beside frameworks must hold ${MOST_BREAK_GLASS_ROLES} roles at most, got: ${roles?.length}; the control excepts no more, let fewer roles delete backups`);
  const withVault = roles && tierControls.length > 0 ? 1 : 0;
  const frameworks = tierControls.length + withVault;
  const controls = tierControls.flat().length + withVault;
  findings.require(frameworks <= MOST_FRAMEWORKS,
    `'tiers' with frameworks must need ${MOST_FRAMEWORKS} frameworks at most, got: ${frameworks}; a Region takes no more, use BackupAudit.reports() or merge tiers`);
  findings.require(controls <= MOST_CONTROLS,
    `'tiers' with frameworks must need ${MOST_CONTROLS} controls at most, got: ${controls}; a Region takes no more, use BackupAudit.reports() or merge tiers`);
  findings.throwIfAny(scope);
}

function allow(principal: IPrincipal, actions: string[], resources: string[], conditions: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, principals: [principal], actions, resources, conditions });
}

/** What the lock states that is known at synth: a control takes no tokens, and compares with what it is given. */
function knownLimits(lock: VaultLock | undefined): { minRetentionDays?: number; maxRetentionDays?: number } | undefined {
  const known = (duration: Duration | undefined) => isKnownDuration(duration) ? duration.toDays() : undefined;
  return lock && { minRetentionDays: known(lock.minRetention), maxRetentionDays: known(lock.maxRetention) };
}
