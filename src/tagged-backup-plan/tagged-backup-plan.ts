import type { BackupPlan, CfnBackupSelection, CfnLogicallyAirGappedBackupVault, IBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Alarm, Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { AuditReports } from './audit/audit-reports';
import type { BackupAudit } from './audit/backup-audit';
import { createBackupRole, createRestoreRole } from './backup-roles';
import { findCompetingPlans } from './competing-plans';
import { airGappedLimitsOf, createAirGappedVault } from './copies/air-gapped-vault';
import { regionsCopiedTo } from './copies/backup-copy';
import type { BackupCopyStack } from './copies/backup-copy-stack';
import { createCopyStack } from './copies/backup-copy-stack';
import { accountsCopiedTo, shareKeyForCopies } from './copies/shared-key';
import { METRICS } from './handler-props';
import { unprotectable, warnOfMissedObjectives, warnOfUnversionedBuckets } from './protected-resources';
import { findOptInProblems, RegionOptIn } from './region-settings/region-opt-in';
import { createEvidenceBucket } from './restore-testing/evidence-bucket';
import type { RestoreTesting } from './restore-testing/restore-testing';
import { findRestoreTestingProblems } from './restore-testing/restore-testing';
import { RestoreTests } from './restore-testing/restore-tests';
import { renderRestoreRunbook } from './runbook/restore-runbook';
import { factsOf } from './runbook/runbook-facts';
import { TierPlan } from './tier-plan';
import type { BackupResourceType } from './tiers/backup-resource-type';
import type { BackupTier } from './tiers/backup-tier';
import { findAdoptionProblems, findTagKeyProblems, findTierProblems } from './validation';
import { createVault } from './vault/own-vault';
import type { VaultProtection } from './vault/vault-protection';
import { findProtectionProblems } from './vault/vault-protection';
import { createDashboard } from './watching/backup-dashboard';
import { FailedJobAlerts } from './watching/failed-job-alerts';
import { RecoveryPointAgeAlarms } from './watching/recovery-point-age-alarms';
import { tierMetric } from './watching/tier-metric';
import { createAlarmTopic } from '../private/alarm-topic';
import { alarmOnAnyMessage, createDeadLetterQueue } from '../private/dead-letter-queue';
import { uniqueName } from '../private/naming';
import { Findings, isKnown, quoted } from '../private/validation';

const NAME_LENGTH = 50;
const METRIC_DIMENSION_LENGTH = 255;

/** Properties of a `TaggedBackupPlan`. */
export interface TaggedBackupPlanProps {
  /** The classes of resources: how often each is backed up, for how long, and where copies go. */
  readonly tiers: BackupTier[];

  /**
   * The key of the tag that puts a resource into a tier; the tag's value is the tier's name.
   *
   * @default 'backup-tier'
   */
  readonly tagKey?: string;

  /**
   * The vault that backups are kept in. A vault of yours keeps its key, its policy and its removal policy.
   *
   * @default - a new vault with a customer managed key; both outlive the stack
   */
  readonly vault?: IBackupVault;

  /**
   * What keeps backups from being deleted before their time: a lock, and who may delete in an emergency. It is for the
   * vault that the plan creates and for the vaults of its `copyStacks`.
   *
   * @default - not locked, and who may delete is left to the policies of roles and users
   */
  readonly protection?: VaultProtection;

  /**
   * Where jobs that failed, were aborted, expired or ended in part are announced. CloudWatch alarms of the account and
   * the rules of this construct are allowed to publish to it. An imported topic must allow that itself.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;

  /**
   * Restores backups of every tier by a schedule, judges what was restored, and measures how long it took. Needs the
   * types of resources to be restorable without further facts, or overrides that state them.
   *
   * @default - backups are never restored until somebody needs them
   */
  readonly restoreTesting?: RestoreTesting;

  /**
   * Where the results of restore tests and reports are written. A bucket of yours keeps its settings.
   *
   * @default - a new encrypted, versioned bucket that outlives the stack, when there is something to write
   */
  readonly evidenceBucket?: IBucket;

  /**
   * Types of resources that are switched on in the settings of AWS Backup for this account and Region: what is off
   * there is not backed up by its tag, and nothing says so. What was off before is switched off again when the plan goes,
   * unless another plan of this library wants it.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/service-opt-in.html
   * @default - the settings stay as they are
   */
  readonly optIn?: BackupResourceType[];

  /**
   * What auditors get: reports of all jobs, every day, in the evidence bucket, and on request a framework that judges
   * each resource of a tier.
   *
   * @default - no reports
   */
  readonly audit?: BackupAudit;
}

/**
 * Tag a resource with a tier and it is backed up: on that tier's schedules, for that tier's retention, with copies
 * where the tier wants them. Resources join and leave by their tag; the plans are never touched.
 *
 * AWS Backup must be switched on for each resource type in the Region's settings, and S3 buckets need versioning.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
 */
export class TaggedBackupPlan extends Construct {
  /** The classes of resources. */
  public readonly tiers: BackupTier[];
  /** The key of the tag that puts a resource into a tier. */
  public readonly tagKey: string;
  /** The vault that backups are kept in. */
  public readonly vault: IBackupVault;
  /** The key of the vault; undefined for a vault of yours. */
  public readonly key?: IKey;
  /** What AWS Backup works as when it takes and copies backups. It outlives the stack: without it, old backups never expire. */
  public readonly role: Role;
  /** What to restore with: backups are taken without the right to restore. Choose it when you start a restore job. */
  public readonly restoreRole: Role;
  /** The plan of each tier, by the tier's name. */
  public readonly plans: Record<string, BackupPlan>;
  /** The selection of each tier, by the tier's name. */
  public readonly selections: Record<string, CfnBackupSelection>;
  /** The stack in each Region that a tier copies to, by the Region's name: its vault and its key. */
  public readonly copyStacks: Record<string, BackupCopyStack>;
  /** The air-gapped vault that tiers copy to; undefined when none does. */
  public readonly airGappedVault?: CfnLogicallyAirGappedBackupVault;
  /** Where failed jobs are announced. */
  public readonly alarmTopic: ITopic;
  /** The rules that find jobs which ended badly and send them to the topic. */
  public readonly failedJobRules: Rule[];
  /** Holds, for 14 days, what could not be delivered to the topic. */
  public readonly deadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue. */
  public readonly undeliveredAlarm: Alarm;
  /** Holds, for 14 days, what the functions of the plan could not handle. */
  public readonly handlerDeadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue of the functions. */
  public readonly handlerAlarm: Alarm;
  /** Rings when the newest backup of a resource is older than the RPO, or when nobody measures it; by the tier's name. */
  public readonly ageAlarms: Record<string, Alarm>;
  /** Rings when a resource has had no backup for as long as the RPO; by the tier's name. */
  public readonly neverBackedUpAlarms: Record<string, Alarm>;
  /** Rings when a restore test failed, or restored what is no good; by the tier's name. Empty without restore testing. */
  public readonly restoreTestFailedAlarms: Record<string, Alarm>;
  /** Rings when a restore test took longer than the RTO; by the name of the tier, if it states one. Empty without restore testing. */
  public readonly restoreDurationAlarms: Record<string, Alarm>;
  /** Where the results of restore tests and reports are written; undefined when there are none. */
  public readonly evidenceBucket?: IBucket;
  /** Alarms, ages of backups, failed jobs and restore tests in one place. */
  public readonly dashboard: Dashboard;

  private readonly protection?: VaultProtection;

  constructor(scope: Construct, id: string, props: TaggedBackupPlanProps) {
    super(scope, id);
    this.tagKey = props.tagKey ?? 'backup-tier';
    this.tiers = [...props.tiers];
    validateProps(this, props);
    this.node.addValidation({ validate: () => findCompetingPlans(this, plansIn(this.node.root)) });

    const name = uniqueName(this, NAME_LENGTH);
    this.plans = {};
    this.selections = {};
    this.copyStacks = {};
    const ownVault = props.vault ? undefined : createVault(this, {
      vaultName: name, keyDescription: `Encrypts the backups of ${this.node.path}`, protection: props.protection,
    });
    this.key = ownVault?.key;
    this.vault = props.vault ?? ownVault!.vault;
    this.role = createBackupRole(this, 'Role');
    this.restoreRole = createRestoreRole(this, 'RestoreRole');
    const airGapped = airGappedLimitsOf(props.tiers);
    this.airGappedVault = airGapped && createAirGappedVault(this, 'AirGappedVault', this.vaultName('-air-gapped'), airGapped);
    this.protection = props.protection;
    for (const tier of props.tiers) {
      const { plan, selection } = new TierPlan(this, `Tier-${tier.name}`, {
        tier,
        planName: `${name}-${tier.name}`,
        tagKey: this.tagKey,
        vault: this.vault,
        role: this.role,
        places: { copyStack: region => this.copyStackIn(region), airGappedVault: this.airGappedVault },
      });
      this.plans[tier.name] = plan;
      this.selections[tier.name] = selection;
    }
    this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
    const failedJobs = new FailedJobAlerts(this, 'FailedJobs', { topic: this.alarmTopic, vault: ownVault?.vault });
    this.failedJobRules = failedJobs.rules;
    this.deadLetterQueue = failedJobs.deadLetterQueue;
    this.undeliveredAlarm = failedJobs.undeliveredAlarm;

    this.handlerDeadLetterQueue = createDeadLetterQueue(this, 'HandlerDeadLetterQueue');
    this.handlerAlarm = alarmOnAnyMessage(this, 'HandlerAlarm', this.handlerDeadLetterQueue, this.alarmTopic,
      'A measurement of backups, or the judgement on a restore test, failed after all attempts: the dead-letter queue has the event');
    const watched = {
      plan: this.metricName(),
      tagKey: this.tagKey,
      tiers: props.tiers,
      vault: this.vault,
      topic: this.alarmTopic,
      deadLetterQueue: this.handlerDeadLetterQueue,
    };
    const ages = new RecoveryPointAgeAlarms(this, 'Ages', watched);
    this.ageAlarms = ages.ageAlarms;
    this.neverBackedUpAlarms = ages.neverBackedUpAlarms;
    this.evidenceBucket = props.evidenceBucket ?? (props.restoreTesting || props.audit ? createEvidenceBucket(this, 'Evidence') : undefined);
    const tests = props.restoreTesting && new RestoreTests(this, 'RestoreTests', {
      ...watched, testing: props.restoreTesting, restoreRole: this.restoreRole, evidence: this.evidenceBucket!,
    });
    this.restoreTestFailedAlarms = tests?.failedAlarms ?? {};
    this.restoreDurationAlarms = tests?.durationAlarms ?? {};
    if (props.audit) {
      new AuditReports(this, 'Audit', {
        audit: props.audit,
        bucket: this.evidenceBucket!,
        planName: name,
        tagKey: this.tagKey,
        tiers: factsOf(this).tiers,
        plans: this.plans,
        vault: this.vault,
        protection: props.protection,
      });
    }
    if (props.optIn) {
      new RegionOptIn(this, 'OptIn', { resourceTypes: props.optIn });
    }
    this.dashboard = createDashboard(this, 'Dashboard', {
      ...watched, alarms: this.alarms, restoreTested: tests !== undefined,
    });
  }

  /**
   * How to restore from this plan, in Markdown and with its real names: which point to take when the damage is noticed
   * after ten minutes, four days or four months, how to restore each type, how to validate it, and who may break the
   * glass. Write it to a file where it can be read while the Region, or the account, is gone.
   */
  public restoreRunbook(): string {
    return renderRestoreRunbook(factsOf(this, this.protection));
  }

  /** Every alarm of the plan, such as for a composite alarm of yours. */
  public get alarms(): Alarm[] {
    const byTier = [this.ageAlarms, this.neverBackedUpAlarms, this.restoreTestFailedAlarms, this.restoreDurationAlarms];
    return [...byTier.flatMap(alarms => Object.values(alarms)), this.undeliveredAlarm, this.handlerAlarm];
  }

  /**
   * How old the newest backup of the tier's worst resource is, in seconds.
   *
   * @param tier The name of one of the plan's tiers.
   */
  public metricRecoveryPointAge(tier: string, options?: MetricOptions): Metric {
    return tierMetric(this.metricName(), tier, METRICS.oldestRecoveryPoint, { statistic: 'Maximum', ...options });
  }

  /**
   * How long restore tests of the tier took, in seconds.
   *
   * @param tier The name of one of the plan's tiers.
   */
  public metricRestoreDuration(tier: string, options?: MetricOptions): Metric {
    return tierMetric(this.metricName(), tier, METRICS.restoreDuration, { statistic: 'Maximum', ...options });
  }

  /**
   * Lets the other accounts that the tiers copy to use a key that backed up resources are encrypted with. EC2, EBS, RDS,
   * Aurora, DocumentDB, Neptune and FSx keep that key in a copy: without this, or with a key that AWS manages, their
   * copies to another account fail.
   *
   * @param key A customer managed key. Of an imported one synth warns what its policy must allow.
   */
  public shareKey(key: IKey): void {
    shareKeyForCopies(this, key, accountsCopiedTo(this, this.tiers));
  }

  /**
   * Puts everything in `scope` that can be tagged into the tier. The same as tagging it by hand, with the tier's name
   * checked; a tag nearer to a resource wins.
   *
   * @param scope A resource, or a construct or stack that holds resources. Imported resources can not be tagged here.
   * @param tier The name of one of the plan's tiers.
   */
  public protect(scope: IConstruct, tier: string): void {
    const findings = new Findings();
    findings.require(Object.keys(this.plans).includes(tier), `'tier' must be one of ${quoted(Object.keys(this.plans))}, got: '${tier}'; name a tier of this plan`);
    findings.throwIfAny(this);
    Tags.of(scope).add(this.tagKey, tier);
    this.node.addValidation({ validate: () => unprotectable(scope) });
    const stated = this.tiers.find(each => each.name === tier)!;
    this.node.addValidation({ validate: () => warnOfMissedObjectives(scope, this.tagKey, stated) });
    this.node.addValidation({ validate: () => warnOfUnversionedBuckets(scope, this.tagKey, tier) });
  }

  /** What the metrics of this plan are told apart by from those of others in the account and Region. */
  private metricName(): string {
    return uniqueName(this, METRIC_DIMENSION_LENGTH);
  }

  /** One stack a Region, made when the first rule copies there. */
  private copyStackIn(region: string): BackupCopyStack {
    return this.copyStacks[region] ??= createCopyStack(this, region, this.vaultName(`-from-${Stack.of(this).region}`), this.protection);
  }

  /** Literal, so that the vault can be named from anywhere. */
  private vaultName(suffix: string): string {
    return uniqueName(this, NAME_LENGTH - suffix.length) + suffix;
  }
}

/** No plan is within another, so the search ends there: an app of many plans is not searched whole for each of them. */
function plansIn(scope: IConstruct): TaggedBackupPlan[] {
  return scope instanceof TaggedBackupPlan ? [scope] : scope.node.children.flatMap(plansIn);
}

function validateProps(scope: TaggedBackupPlan, props: TaggedBackupPlanProps): void {
  const findings = new Findings();
  findTagKeyProblems(findings, scope.tagKey);
  findAdoptionProblems(findings, scope, props);
  findTierProblems(findings, props.tiers, { scope, vault: props.vault, lock: props.protection?.lock });
  if (props.protection) {
    findProtectionProblems(findings, scope, props.protection, { vault: props.vault, copyRegions: regionsCopiedTo(props.tiers) });
  }
  findOptInProblems(findings, props.optIn);
  findings.require(!props.audit?._withFramework || isKnown(scope.tagKey),
    '\'tagKey\' must be known at synth beside frameworks, got: an unresolved token; write it out, or use BackupAudit.reports()');
  if (props.restoreTesting) {
    findRestoreTestingProblems(findings, props.restoreTesting);
  }
  findings.throwIfAny(scope);
}
