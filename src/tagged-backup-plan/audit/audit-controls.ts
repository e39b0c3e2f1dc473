/**
 * What AWS Backup Audit Manager checks of a tier: its controls follow from the rules. No CDK, no clock.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html
 */
import type { RunbookRule, RunbookTier } from '../runbook/restore-points';
import { oldestByRules } from '../tiers/recovery-point-schedule';

const HOUR = 60;
const DAY = 24 * HOUR;
/** The oldest a recovery point may be for the control on its age: 744 hours, the same 31 days. */
const OLDEST_HOURS = 744;
const MOST_FREQUENCY_HOURS = 24;
const MOST_FREQUENCY_DAYS = 31;
const MOST_ACCOUNTS = 5;

/** One control of a framework. */
export interface AuditControl {
  /** As AWS Backup calls it. */
  readonly name: string;
  /** As AWS Backup takes them: all are strings. */
  readonly parameters: Record<string, string>;
}

/** A tier as it is audited. */
export interface AuditedTier {
  /** What is checked. */
  readonly controls: AuditControl[];
  /** What can not be checked, and why. */
  readonly leftOut: string[];
}

/** How the vault is locked, as far as it is known at synth. */
export interface AuditedLock {
  /**
   * The shortest retention that the lock allows.
   *
   * @default - not checked
   */
  readonly minRetentionDays?: number;
  /**
   * The longest retention that the lock allows.
   *
   * @default - not checked
   */
  readonly maxRetentionDays?: number;
}

/** Where the plan is, to tell copies elsewhere from its own, and how its vault is locked. */
export interface AuditContext {
  /** @default - not known at synth */
  readonly region?: string;
  /** @default - not known at synth */
  readonly account?: string;
  /** @default - not locked */
  readonly lock?: AuditedLock;
}

/** The controls that the tier must pass, in the order of the console. */
export function controlsOf(tier: RunbookTier, context: AuditContext): AuditedTier {
  const leftOut: string[] = [];
  const controls = [
    control('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN'),
    frequencyControl(tier, leftOut),
    retentionControl(tier, leftOut),
    control('BACKUP_RECOVERY_POINT_ENCRYPTED'),
    ...copyControls(tier, context, leftOut),
    context.lock && control('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK', {
      minRetentionDays: context.lock.minRetentionDays, maxRetentionDays: context.lock.maxRetentionDays,
    }),
    ageControl(tier, leftOut),
    tier.rtoMinutes === undefined ? undefined : control('RESTORE_TIME_FOR_RESOURCES_MEET_TARGET', { maxRestoreTime: Math.ceil(tier.rtoMinutes) }),
  ];
  return { controls: controls.filter(each => each !== undefined), leftOut };
}

/** At least one rule of the plan runs so often and keeps so long: the most frequent that takes snapshots of every type. */
function frequencyControl(tier: RunbookTier, leftOut: string[]): AuditControl | undefined {
  const name = 'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK';
  const readable = snapshotRules(tier).map(rule => ({ rule, every: intervalOf(rule) }))
    .filter((each): each is { rule: RunbookRule; every: number } => each.every !== undefined && each.rule.keepForDays !== undefined);
  if (readable.length === 0) {
    leftOut.push(`${name}: no schedule and retention of its rules can be read at synth`);
    return undefined;
  }
  const { rule, every } = readable.reduce((best, each) => each.every < best.every ? each : best);
  const hours = Math.ceil(every / HOUR);
  const days = Math.ceil(every / DAY);
  if (days > MOST_FREQUENCY_DAYS) {
    leftOut.push(`${name}: it takes ${MOST_FREQUENCY_DAYS} days at most, and rule ${rule.name} runs every ${days}`);
    return undefined;
  }
  const frequency = hours <= MOST_FREQUENCY_HOURS ? { unit: 'hours', value: hours } : { unit: 'days', value: days };
  return control(name, { requiredFrequencyUnit: frequency.unit, requiredFrequencyValue: frequency.value, requiredRetentionDays: rule.keepForDays });
}

/** Each recovery point of the tier is of one of its rules: none lives shorter than the shortest. */
function retentionControl(tier: RunbookTier, leftOut: string[]): AuditControl | undefined {
  const name = 'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK';
  const days = tier.rules.map(rule => rule.keepForDays).filter(each => each !== undefined);
  if (days.length < tier.rules.length) {
    leftOut.push(`${name}: the retention of a rule is not known at synth`);
    return undefined;
  }
  return control(name, { requiredRetentionDays: Math.min(...days) });
}

function copyControls(tier: RunbookTier, context: AuditContext, leftOut: string[]): AuditControl[] {
  const copies = tier.rules.flatMap(rule => rule.copies);
  const elsewhere = (place: 'region' | 'account') => [...new Set(copies.map(copy => copy[place]).filter(value => value !== undefined && value !== context[place]))].sort();
  const [regions, accounts] = [elsewhere('region'), elsewhere('account')];
  if (accounts.length > MOST_ACCOUNTS) {
    leftOut.push(`BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT: of ${accounts.length} accounts, it takes the first ${MOST_ACCOUNTS}`);
  }
  return [
    ...regions.length > 0 ? [control('BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION', { crossRegionList: regions.join(',') })] : [],
    ...accounts.length > 0 ? [control('BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT', { crossAccountList: accounts.slice(0, MOST_ACCOUNTS).join(',') })] : [],
  ];
}

/**
 * The RPO, but no less than snapshots reach: a continuous recovery point is created once and written on, so that only
 * snapshots show by their age that backups are taken.
 */
function ageControl(tier: RunbookTier, leftOut: string[]): AuditControl | undefined {
  const name = 'BACKUP_LAST_RECOVERY_POINT_CREATED';
  const windows = snapshotRules(tier).map(rule => rule.windows).filter(each => each !== undefined);
  const reached = oldestByRules(windows);
  if (reached === undefined) {
    leftOut.push(`${name}: no schedule of its snapshots can be read at synth`);
    return undefined;
  }
  const hours = Math.ceil(Math.max(reached, tier.rpoMinutes ?? 0) / HOUR);
  if (hours > OLDEST_HOURS) {
    leftOut.push(`${name}: it takes ${OLDEST_HOURS} hours at most, and a backup may be ${hours} hours old`);
    return undefined;
  }
  const [unit, value] = hours % 24 === 0 ? ['days', hours / 24] : ['hours', hours];
  return control(name, { recoveryPointAgeUnit: unit, recoveryPointAgeValue: value });
}

/** The rules that take snapshots of every type; the continuous one where there is no other. */
function snapshotRules(tier: RunbookTier): RunbookRule[] {
  const rules = tier.rules.filter(rule => !rule.continuous);
  return rules.length > 0 ? rules : tier.rules;
}

/** The longest time from one start to the next. */
function intervalOf(rule: RunbookRule): number | undefined {
  return rule.windows && oldestByRules([{ starts: rule.windows.starts, windowMinutes: 0 }]);
}

function control(name: string, parameters: Record<string, string | number | undefined> = {}): AuditControl {
  const stated = Object.entries(parameters).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]);
  return { name, parameters: Object.fromEntries(stated) };
}
