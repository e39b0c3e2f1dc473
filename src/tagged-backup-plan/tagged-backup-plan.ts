import type { BackupPlanCopyActionProps, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupPlan, BackupPlanRule, BackupVault, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IReusableStackSynthesizer } from 'aws-cdk-lib/core';
import { Names, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { bindDestination } from './backup-copy';
import { BackupCopyStack } from './backup-copy-stack';
import type { BackupRule } from './backup-rule';
import type { BackupTier } from './backup-tier';
import { FailedJobAlerts } from './failed-job-alerts';
import { unprotectable, warnOfUnversionedBuckets } from './protected-resources';
import { findAdoptionProblems, findTagKeyProblems, findTierProblems } from './validation';
import { acknowledge } from '../private/acknowledgement';
import { createAlarmTopic } from '../private/alarm-topic';
import { Findings, quoted } from '../private/validation';

const VAULT_NAME_LENGTH = 50;
const STACK_NAME_LENGTH = 128;

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
   * Where jobs that failed, were aborted, expired or ended in part are announced. CloudWatch alarms of the account and
   * the rules of this construct are allowed to publish to it. An imported topic must allow that itself.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
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
  /** Where failed jobs are announced. */
  public readonly alarmTopic: ITopic;
  /** The rules that find jobs which ended badly and send them to the topic. */
  public readonly failedJobRules: Rule[];
  /** Holds, for 14 days, what could not be delivered to the topic. */
  public readonly deadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue. */
  public readonly undeliveredAlarm: Alarm;

  constructor(scope: Construct, id: string, props: TaggedBackupPlanProps) {
    super(scope, id);
    this.tagKey = props.tagKey ?? 'backup-tier';
    validateProps(this, props);

    this.plans = {};
    this.selections = {};
    this.copyStacks = {};
    if (props.vault) {
      this.vault = props.vault;
    } else {
      const key = new Key(this, 'Key', { description: `Encrypts the backups of ${this.node.path}`, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
      this.key = key;
      this.vault = new BackupVault(this, 'Vault', { backupVaultName: this.vaultName(), encryptionKey: key, removalPolicy: RemovalPolicy.RETAIN });
    }
    this.role = createRole(this, 'Role', 'Takes and copies backups', [
      'service-role/AWSBackupServiceRolePolicyForBackup',
      'AWSBackupServiceRolePolicyForS3Backup', // S3 is in none of the other policies
    ]);
    this.restoreRole = createRole(this, 'RestoreRole', 'Restores backups', [
      'service-role/AWSBackupServiceRolePolicyForRestores',
      'AWSBackupServiceRolePolicyForS3Restore',
    ]);
    for (const tier of props.tiers) {
      this.addTier(new Construct(this, `Tier-${tier.name}`), tier);
    }
    this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
    const failedJobs = new FailedJobAlerts(this, 'FailedJobs', { topic: this.alarmTopic });
    this.failedJobRules = failedJobs.rules;
    this.deadLetterQueue = failedJobs.deadLetterQueue;
    this.undeliveredAlarm = failedJobs.undeliveredAlarm;
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
    this.node.addValidation({ validate: () => warnOfUnversionedBuckets(scope, this.tagKey, tier) });
  }

  private addTier(scope: Construct, tier: BackupTier): void {
    const plan = new BackupPlan(scope, 'Plan', {
      backupPlanName: `${uniqueName(this, VAULT_NAME_LENGTH)}-${tier.name}`,
      backupVault: this.vault,
      backupPlanRules: tier.rules.map(rule => this.renderRule(scope, rule)),
    });
    // Trap: the L2 selection knows only ListOfTags, whose entries are joined by OR. Conditions are joined by AND, and
    // need resources beside them to choose from.
    this.selections[tier.name] = new CfnBackupSelection(scope, 'Selection', {
      backupPlanId: plan.backupPlanId,
      backupSelection: {
        selectionName: tier.name,
        iamRoleArn: this.role.roleArn,
        resources: ['*'],
        // Trap: this property is not case-converted, and AWS ignores a lower-case operator.
        conditions: { StringEquals: [{ ConditionKey: `aws:ResourceTag/${this.tagKey}`, ConditionValue: tier.name }] },
      },
    });
    this.plans[tier.name] = plan;
  }

  private renderRule(scope: Construct, rule: BackupRule): BackupPlanRule {
    return new BackupPlanRule({
      ruleName: rule.name,
      scheduleExpression: rule.schedule,
      scheduleExpressionTimezone: rule.timeZone,
      startWindow: rule.startWindow,
      completionWindow: rule.completionWindow,
      deleteAfter: rule.keepFor,
      moveToColdStorageAfter: rule.moveToColdStorageAfter,
      enableContinuousBackup: rule.enableContinuousBackup || undefined,
      copyActions: this.renderCopies(scope, rule),
    });
  }

  private renderCopies(scope: Construct, rule: BackupRule): BackupPlanCopyActionProps[] | undefined {
    return rule.copyTo?._destinations.map(destination => ({
      destinationBackupVault: bindDestination(scope, destination, region => this.copyStackIn(region)),
      // A copy without a lifecycle would live for ever.
      deleteAfter: destination.options.keepFor ?? rule.keepFor,
      moveToColdStorageAfter: destination.options.moveToColdStorageAfter ?? (destination.options.keepFor ? undefined : rule.moveToColdStorageAfter),
    }));
  }

  /** One stack a Region, made when the first rule copies there. */
  private copyStackIn(region: string): BackupCopyStack {
    return this.copyStacks[region] ??= createCopyStack(this, region, this.vaultName(`-from-${Stack.of(this).region}`));
  }

  /** Literal, so that the vault can be named from anywhere. */
  private vaultName(suffix = ''): string {
    return uniqueName(this, VAULT_NAME_LENGTH - suffix.length) + suffix;
  }
}

function validateProps(scope: TaggedBackupPlan, props: TaggedBackupPlanProps): void {
  const findings = new Findings();
  findTagKeyProblems(findings, scope.tagKey);
  findAdoptionProblems(findings, scope, props);
  findTierProblems(findings, props.tiers, { scope, vault: props.vault });
  findings.throwIfAny(scope);
}

function createRole(scope: Construct, id: string, description: string, policies: string[]): Role {
  const role = new Role(scope, id, {
    description: `${description} for ${scope.node.path}`,
    // AWS Backup documents no source condition for the role it works as: who may pass the role decides.
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: policies.map(policy => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  for (const policy of policies) {
    acknowledge(role, `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
      'AWS Backup keeps this policy in step with the resource types it supports; a copy of it would miss the next one');
  }
  return role;
}

/** Under the plan, so that tags and the path tell where it belongs; named after our stack, so that people see it too. */
function createCopyStack(plan: TaggedBackupPlan, region: string, vaultName: string): BackupCopyStack {
  const primary = outermostStack(plan);
  return new BackupCopyStack(plan, `Copies-${region}`, {
    vaultName,
    stackName: `${uniqueName(plan, STACK_NAME_LENGTH - region.length - 1)}-${region}`,
    description: `Copies of the backups that ${plan.node.path} takes in ${primary.region}`,
    env: { region, account: Token.isUnresolved(primary.account) ? undefined : primary.account },
    synthesizer: synthesizerOf(primary),
    terminationProtection: primary.terminationProtection,
  });
}

/**
 * The synthesizer that the team gave its stack: it knows the bootstrap qualifier and roles.
 *
 * Trap: a stack holds a copy that is bound to it and can not be bound again. The copy is derived from the one the team
 * gave, which can. A synthesizer that is not reusable is left out: the copy stack takes the app's default.
 */
function synthesizerOf(stack: Stack): IReusableStackSynthesizer | undefined {
  const given = Object.getPrototypeOf(stack.synthesizer);
  return 'reusableBind' in given && given !== given.constructor.prototype ? given : undefined;
}

function uniqueName(scope: Construct, maxLength: number): string {
  return Names.uniqueResourceName(scope, { maxLength, separator: '-', allowedSpecialCharacters: '-' });
}

function outermostStack(scope: Construct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}
