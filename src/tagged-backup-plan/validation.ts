import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack, Stage } from 'aws-cdk-lib/core';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { findAirGappedVaultProblems } from './copies/air-gapped-vault';
import type { BackupCopyOptions, CopyDestination } from './copies/backup-copy';
import { destinationKey } from './copies/backup-copy';
import { findLostCopies } from './copies/lost-copies';
import type { BackupRule } from './tiers/backup-rule';
import { startsAtMostHourly } from './tiers/backup-schedule';
import type { BackupTier } from './tiers/backup-tier';
import { findObjectiveProblems } from './tiers/tier-objectives';
import { findLockedRetentionProblems } from './vault/locked-retention';
import type { VaultLock } from './vault/vault-lock';
import { duplicates, inDays, isKnown, isKnownDuration, isWholeDays, quoted, requireTokenUnit } from '../private/validation';
import type { Findings } from '../private/validation';

/** Selections and rules allow no more than this. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,49}$/;
const NAME_RULE = 'must be 1 to 50 letters, digits, \'-\', \'_\' or \'.\', the first a letter or digit,';
const VAULT_ARN = /^arn:[\w-]+:backup:[\w-]+:\d{12}:backup-vault:[\w-]{2,50}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const MAX_DAYS = 36500;
const COLD_MINIMUM_DAYS = 90;
/** What the functions are told of tiers must fit into their environment, and a look-up by tag takes 20 values. */
const MAX_TIERS = 10;
const MAX_RULES = 10;
const MAX_COPIES = 5;

/** What the tiers are judged in: the stack of the plan, and the vault when it is one of the team's. */
export interface TierContext {
  /** The plan. */
  readonly scope: Construct;
  /**
   * The vault of the plan.
   *
   * @default - a new one, which nobody can name yet
   */
  readonly vault?: IBackupVault;
  /**
   * The lock of the vaults that the plan creates.
   *
   * @default - not locked
   */
  readonly lock?: VaultLock;
}

/** What the team hands in must be where the plan is: AWS Backup and EventBridge reach no vault and no topic elsewhere. */
export function findAdoptionProblems(findings: Findings, scope: Construct, adopted: { vault?: IBackupVault; alarmTopic?: ITopic }): void {
  const here = Stack.of(scope);
  for (const [prop, resource, advice] of [
    ['vault', adopted.vault, 'to back up elsewhere as well, use BackupCopy.toVault'],
    ['alarmTopic', adopted.alarmTopic, 'subscribe to a topic of this Region'],
  ] as const) {
    for (const place of ['region', 'account'] as const) {
      const [own, its] = [here[place], resource?.env[place]];
      findings.require(its === undefined || !isKnown(own) || !isKnown(its) || own === its,
        `'${prop}' must be in the plan's ${place}, got: '${its}' and '${own}'; ${advice}`);
    }
  }
}

/** A tag key that AWS accepts and that a selection can name. */
export function findTagKeyProblems(findings: Findings, tagKey: string): void {
  if (isKnown(tagKey)) {
    findings.require(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu.test(tagKey),
      `'tagKey' must be 1 to 128 letters, digits, spaces or any of '_.:/=+-@', and must not begin with 'aws:', got: '${tagKey}'; choose another key`);
  }
}

/** Everything AWS Backup would refuse or quietly do otherwise about the tiers. */
export function findTierProblems(findings: Findings, tiers: BackupTier[], context: TierContext): void {
  findings.require(tiers.length > 0, '\'tiers\' must hold at least one tier, got: none; pass BackupTier.critical(), BackupTier.medium() or BackupTier.low()');
  findings.require(tiers.length <= MAX_TIERS, `'tiers' must be ${MAX_TIERS} at most, got: ${tiers.length}; put the others into a plan with another 'tagKey'`);
  const twice = duplicates(tiers.map(tier => tier.name));
  findings.require(twice.length === 0, `'tiers' must have names of their own, got twice: ${quoted(twice)}; merge the rules of the two or rename one`);
  findAirGappedVaultProblems(findings, context.scope, tiers);
  for (const tier of tiers) {
    findTierOwnProblems(findings, tier);
    findObjectiveProblems(findings, tier);
    for (const rule of tier.rules) {
      findRuleProblems(findings, tier, rule, context);
    }
    findLostCopies(findings, tier);
  }
}

function findTierOwnProblems(findings: Findings, tier: BackupTier): void {
  const where = `tier '${tier.name}'`;
  findings.require(isKnown(tier.name) && NAME.test(tier.name), `'name' of a tier ${NAME_RULE} and known at synth, got: '${shown(tier.name)}'; rename the tier`);
  findings.require(tier.rules.length >= 1 && tier.rules.length <= MAX_RULES,
    `'rules' of ${where} must be 1 to ${MAX_RULES}, got: ${tier.rules.length}; ${tier.rules.length === 0 ? 'add one such as BackupRule.daily(), or state \'objectives\'' : 'split the tier'}`);
  const twice = duplicates(tier.rules.filter(rule => !rule.enableContinuousBackup).map(rule => rule.name));
  findings.require(twice.length === 0, `'rules' of ${where} must have names of their own, got twice: ${quoted(twice)}; name one with BackupRule.of(name, schedule)`);
  const continuous = tier.rules.filter(rule => rule.enableContinuousBackup).length;
  findings.require(continuous <= 1,
    `'rules' of ${where} must have one continuous rule at most, got: ${continuous}; a resource has one continuous backup, keep the one with the longer 'keepFor'`);
}

function findRuleProblems(findings: Findings, tier: BackupTier, rule: BackupRule, context: TierContext): void {
  const where = `rule '${rule.name}' in tier '${tier.name}'`;
  findings.require(isKnown(rule.name) && NAME.test(rule.name), `'name' of a rule in tier '${tier.name}' ${NAME_RULE} and known at synth, got: '${shown(rule.name)}'; rename the rule`);
  findScheduleProblems(findings, rule, where);
  if (rule.enableContinuousBackup) {
    requireDays(findings, rule.keepFor, 35, `'keepFor' of continuous ${where}`, 'a second rule such as BackupRule.daily() keeps snapshots longer');
  } else {
    findLifecycleProblems(findings, rule.keepFor, rule.moveToColdStorageAfter, where);
  }
  findWindowProblems(findings, rule, where);
  findLockedRetentionProblems(findings, rule, where, context);
  const destinations = rule.copyTo?._destinations ?? [];
  findings.require(rule.copyTo === undefined || destinations.length >= 1, `'copyTo' of ${where} must name a destination, got: none; pass one to BackupCopy.toAll or leave 'copyTo' out`);
  findings.require(destinations.length <= MAX_COPIES, `'copyTo' of ${where} must name ${MAX_COPIES} destinations at most, got: ${destinations.length}; copy from the copy instead`);
  const twice = duplicates(destinations.map(destinationKey));
  findings.require(twice.length === 0, `'copyTo' of ${where} must name each destination once, got twice: ${quoted(twice)}; remove one`);
  for (const destination of destinations) {
    findDestinationProblems(findings, destination, where, context);
    findCopyLifecycleProblems(findings, rule, destination.options, `the copy of ${where} to ${destinationKey(destination)}`);
  }
}

function findScheduleProblems(findings: Findings, rule: BackupRule, where: string): void {
  const expression = rule.schedule.expressionString;
  findings.require(isKnown(expression), `'schedule' of ${where} must be known at synth, got: an unresolved token; write it as Schedule.cron`);
  if (isKnown(expression)) {
    const hourly = startsAtMostHourly(expression);
    findings.require(hourly !== undefined, `'schedule' of ${where} must be a cron expression, got: '${expression}'; use Schedule.cron`);
    findings.require(hourly !== false, `'schedule' of ${where} must run at most once an hour, got: '${expression}'; give one minute, as in Schedule.cron({ minute: '0' })`);
  }
}

function findLifecycleProblems(findings: Findings, keepFor: Duration, cold: Duration | undefined, where: string): void {
  requireDays(findings, keepFor, MAX_DAYS, `'keepFor' of ${where}`, 'pass Duration.days(n)');
  requireTokenUnit(findings, cold, 'days', `'moveToColdStorageAfter' of ${where}`);
  if (!isKnownDuration(cold)) {
    return;
  }
  requireDays(findings, cold, MAX_DAYS, `'moveToColdStorageAfter' of ${where}`, 'pass Duration.days(n)');
  if (isKnownDuration(keepFor)) {
    findings.require(inDays(keepFor) >= inDays(cold) + COLD_MINIMUM_DAYS,
      `'keepFor' of ${where} must be ${COLD_MINIMUM_DAYS} days longer than 'moveToColdStorageAfter', got: ${inDays(keepFor)} and ${inDays(cold)} days; keep it for ${inDays(cold) + COLD_MINIMUM_DAYS} days or leave it warm`);
  }
}

/** What a copy inherits has been judged with its rule; here only what it states itself. */
function findCopyLifecycleProblems(findings: Findings, rule: BackupRule, options: BackupCopyOptions, where: string): void {
  if (options.keepFor !== undefined || options.moveToColdStorageAfter !== undefined) {
    findLifecycleProblems(findings, options.keepFor ?? rule.keepFor, options.moveToColdStorageAfter, where);
  }
}

function findWindowProblems(findings: Findings, rule: BackupRule, where: string): void {
  const { startWindow, completionWindow } = rule;
  requireTokenUnit(findings, startWindow, 'minutes', `'startWindow' of ${where}`);
  requireTokenUnit(findings, completionWindow, 'minutes', `'completionWindow' of ${where}`);
  if (!isKnownDuration(startWindow)) {
    return;
  }
  const minutes = startWindow.toMinutes({ integral: false });
  findings.require(minutes >= 60 && Number.isInteger(minutes), `'startWindow' of ${where} must be whole minutes, 60 at least, got: ${minutes} minutes; pass Duration.hours(1) or more`);
  if (isKnownDuration(completionWindow)) {
    const completion = completionWindow.toMinutes({ integral: false });
    findings.require(completion > minutes && Number.isInteger(completion),
      `'completionWindow' of ${where} must be whole minutes and longer than 'startWindow', got: ${completion} and ${minutes} minutes; it counts from the schedule, so add the time a job takes`);
  }
}

function findDestinationProblems(findings: Findings, destination: CopyDestination, where: string, context: TierContext): void {
  const here = Stack.of(context.scope);
  if (destination.kind === 'region') {
    const { region } = destination;
    const valid = isKnown(region) && REGION.test(region);
    findings.require(valid, `'copyTo' of ${where} must name a Region known at synth, got: '${shown(region)}'; pass its name, as in BackupCopy.toRegion('eu-central-1')`);
    findings.require(isKnown(here.region),
      `'env.region' of stack '${here.node.path}' must be set because ${where} copies to Region ${shown(region)}, got: an unresolved token; pass env: { region } to the stack`);
    if (valid && isKnown(here.region)) {
      findings.require(region !== here.region, `'copyTo' of ${where} must name another Region than the plan's, got: '${region}'; a copy in the same Region is lost with it, choose another`);
      findPartitionProblem(findings, partitionOf(region), where, here);
    }
    return;
  }
  if (destination.kind === 'airGapped') {
    return; // there is one in the plan, and it is judged once
  }
  const arn = destination.vault.backupVaultArn;
  findings.require(Stage.of(destination.vault) === Stage.of(context.scope),
    `'copyTo' of ${where} must name a vault of the same stage, got: '${destination.vault.node.path}'; name it by its ARN, as in BackupVault.fromBackupVaultArn`);
  findings.require(destination.vault !== context.vault, `'copyTo' of ${where} must name another vault than the plan's, got: '${destination.vault.node.path}'; choose another`);
  if (isKnown(arn)) {
    findings.require(VAULT_ARN.test(arn), `'copyTo' of ${where} must name a vault by its ARN, got: '${arn}'; pass arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`);
    const own = context.vault === destination.vault ? undefined : context.vault?.backupVaultArn;
    findings.require(own === undefined || !isKnown(own) || own !== arn,
      `'copyTo' of ${where} must name another vault than the plan's, got: '${arn}'; choose another`);
    if (VAULT_ARN.test(arn) && isKnown(here.region)) {
      findPartitionProblem(findings, arn.split(':')[1], where, here);
    }
  }
}

function findPartitionProblem(findings: Findings, partition: string | undefined, where: string, here: Stack): void {
  const own = partitionOf(here.region);
  findings.require(own === undefined || partition === undefined || own === partition,
    `'copyTo' of ${where} must stay in the partition of the plan, got: '${partition}' from '${own}'; backups are not copied between partitions, choose a destination in '${own}'`);
}

function requireDays(findings: Findings, duration: Duration, max: number, what: string, advice: string): void {
  requireTokenUnit(findings, duration, 'days', what);
  if (isKnownDuration(duration)) {
    findings.require(isWholeDays(duration, 1, max), `${what} must be whole days between 1 and ${max}, got: ${inDays(duration)} days; ${advice}`);
  }
}

function partitionOf(region: string): string | undefined {
  return RegionInfo.get(region).partition;
}

function shown(value: string): string {
  return isKnown(value) ? value : 'an unresolved token';
}
