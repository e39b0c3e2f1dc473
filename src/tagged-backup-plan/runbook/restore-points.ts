/** Which recovery point helps, computed from the rules of a tier: no CDK, no clock. Times are minutes. */
import type { Windows } from '../tiers/backup-schedule';
import { oldestByRules } from '../tiers/recovery-point-schedule';

const DAY = 24 * 60;

/** Where a rule copies its backups to. */
export interface RunbookCopy {
  /**
   * Its name.
   *
   * @default - not known at synth
   */
  readonly vault?: string;
  /** @default - not known at synth */
  readonly region?: string;
  /** @default - the plan's own */
  readonly account?: string;
  /** @default - not known at synth */
  readonly arn?: string;
  /** Whether AWS keeps it apart from the account: what is in it survives whoever gets into the account. */
  readonly airGapped: boolean;
  /** @default - not known at synth */
  readonly keepForDays?: number;
  /** @default - the copy stays warm */
  readonly coldAfterDays?: number;
}

/** A rule of a tier. */
export interface RunbookRule {
  /** Its name in the plan. */
  readonly name: string;
  /** As in the plan, such as `cron(0 5 * * ? *)`. */
  readonly schedule: string;
  /** @default 'Etc/UTC' */
  readonly timeZone?: string;
  /**
   * When it starts.
   *
   * @default - the schedule can not be read at synth
   */
  readonly windows?: Windows;
  /** @default - not known at synth */
  readonly keepForDays?: number;
  /** @default - backups stay warm */
  readonly coldAfterDays?: number;
  /** Whether types that can be are backed up continuously; all others get snapshots from the same rule. */
  readonly continuous: boolean;
  /** Where its backups are copied to. */
  readonly copies: RunbookCopy[];
}

/** Types of resources that AWS Backup restores alike. */
export interface RunbookKind {
  /** As AWS Backup calls them. */
  readonly types: string[];
  /**
   * How far behind now a continuous backup can restore.
   *
   * @default - the types have snapshots only
   */
  readonly continuousWithinMinutes?: number;
  /** Whether AWS Backup has no cold storage for the types. */
  readonly staysWarm: boolean;
  /**
   * How old the newest backup can get.
   *
   * @default - the schedules can not be read at synth
   */
  readonly reachableRpoMinutes?: number;
}

/** A tier of the plan. */
export interface RunbookTier {
  /** The value of the tag. */
  readonly name: string;
  /** When backups are taken and how long they live. */
  readonly rules: RunbookRule[];
  /** Every type once, by how close to now it can be restored. */
  readonly kinds: RunbookKind[];
  /** @default - not stated */
  readonly rpoMinutes?: number;
  /** @default - not stated */
  readonly rtoMinutes?: number;
}

/** Whether a recovery point is in cold storage. Types without it stay warm. */
export type Cold = 'no' | 'perhaps' | 'yes';

/** A recovery point from before the damage. */
export interface RestorePoint {
  /** There is one. */
  readonly found: true;
  /** The rule that most often took it. */
  readonly rule: string;
  /** Whether it restores to any second, rather than to the time at which it was taken. */
  readonly continuous: boolean;
  /**
   * What may be missing from before the damage, at most.
   *
   * @default - can not be told at synth
   */
  readonly missingMinutes?: number;
  /** False when it may have expired already, depending on the day. */
  readonly certain: boolean;
  /** Whether it is in cold storage. */
  readonly cold: Cold;
}

/** Why there is no recovery point from before the damage. */
export interface NoRestorePoint {
  /** There is none. */
  readonly found: false;
  /** The reason, as the end of a sentence. */
  readonly why: string;
}

/** What a tier has for one kind of type. */
export type PointForKind = (RestorePoint | NoRestorePoint) & {
  /** Which types. */
  readonly kind: RunbookKind;
};

/** What is in a vault elsewhere, when the primary is lost. */
export interface CopyPoint extends RestorePoint {
  /** Where it is. */
  readonly copy: RunbookCopy;
  /** The rules that copy there. */
  readonly rules: string[];
}

/**
 * The newest recovery point from before a damage that is noticed so late, for each kind of type. A point is there for
 * certain when its rule keeps it longer than the delay and the longest time between two backups together.
 */
export function pointFor(tier: RunbookTier, noticedAfterMinutes: number): PointForKind[] {
  return tier.kinds.map(kind => {
    const point = pointForKind(tier, kind, noticedAfterMinutes);
    return { kind, ...point, ...point.found && kind.staysWarm ? { cold: 'no' } : {} } as PointForKind;
  });
}

/** What is left in vaults elsewhere when nothing of the primary is: one for each vault. */
export function copiesOf(tier: RunbookTier, elsewhere: (copy: RunbookCopy) => boolean): CopyPoint[] {
  const byVault = new Map<string, { copy: RunbookCopy; rules: RunbookRule[] }>();
  for (const rule of tier.rules) {
    for (const copy of rule.copies.filter(elsewhere)) {
      const there = byVault.get(vaultKey(copy)) ?? { copy, rules: [] };
      // What a copy states itself is how long it lives; the rest is as in the rule.
      there.rules.push({ ...rule, keepForDays: copy.keepForDays, coldAfterDays: copy.coldAfterDays });
      byVault.set(vaultKey(copy), there);
    }
  }
  return [...byVault.values()].flatMap(({ copy, rules }) => {
    const point = newestSnapshot(rules, 0);
    return point.found ? [{ ...point, copy, rules: rules.map(rule => rule.name) }] : [];
  });
}

/** What tells two vaults apart. */
export function vaultKey(copy: RunbookCopy): string {
  return copy.arn ?? [copy.account, copy.region, copy.vault].join(':');
}

/** A time span in words: `4 days`, `2 hours 30 minutes`. */
export function span(minutes: number): string {
  const whole = Math.ceil(minutes);
  const parts: [number, string][] = [[Math.floor(whole / DAY), 'day'], [Math.floor(whole % DAY / 60), 'hour'], [whole % 60, 'minute']];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ') || 'nothing';
}

function pointForKind(tier: RunbookTier, kind: RunbookKind, noticedAfter: number): RestorePoint | NoRestorePoint {
  const within = kind.continuousWithinMinutes;
  if (within === undefined) {
    return newestSnapshot(tier.rules, noticedAfter);
  }
  const rule = tier.rules.find(each => each.continuous);
  if (rule && noticedAfter < kept(rule)) {
    return {
      found: true,
      rule: rule.name,
      continuous: true,
      certain: rule.keepForDays !== undefined,
      cold: 'no',
      // What lies behind now by less than AWS Backup lags can not be restored yet.
      missingMinutes: Math.max(0, within - noticedAfter),
    };
  }
  return newestSnapshot(tier.rules.filter(each => !each.continuous), noticedAfter);
}

function newestSnapshot(rules: RunbookRule[], noticedAfter: number): RestorePoint | NoRestorePoint {
  // What was taken just before the damage is as old as the damage: a rule that keeps it no longer has lost it.
  const possible = rules.filter(rule => noticedAfter < kept(rule));
  if (possible.length === 0) {
    return { found: false, why: whyNone(rules, noticedAfter) };
  }
  const certain = possible.filter(rule => noticedAfter + (gapOf(rule) ?? Infinity) <= kept(rule) && rule.keepForDays !== undefined);
  const candidates = certain.length > 0 ? certain : possible;
  const rule = candidates.reduce((best, each) => (gapOf(each) ?? Infinity) < (gapOf(best) ?? Infinity) ? each : best);
  const missingMinutes = certain.length > 0 ? gapOfAll(certain) : gapOf(rule);
  return {
    found: true,
    rule: rule.name,
    continuous: false,
    missingMinutes,
    certain: certain.length > 0,
    cold: coldOf(candidates, noticedAfter, missingMinutes ?? Infinity),
  };
}

function whyNone(rules: RunbookRule[], noticedAfter: number): string {
  const longest = Math.max(...rules.map(kept));
  return rules.length === 0
    ? 'the tier takes no snapshots of these types'
    : `the tier keeps them for ${span(longest)} at most, and what is older than the damage is older than ${span(noticedAfter)}`;
}

/** The newest point may be of any of the rules: where their start windows meet, AWS Backup runs the one that keeps longer. */
function coldOf(rules: RunbookRule[], youngest: number, missing: number): Cold {
  const states = rules.map((rule): Cold => {
    const after = rule.coldAfterDays === undefined ? Infinity : rule.coldAfterDays * DAY;
    return youngest >= after ? 'yes' : youngest + missing > after && after !== Infinity ? 'perhaps' : 'no';
  });
  return states.every(state => state === states[0]) ? states[0] : 'perhaps';
}

function kept(rule: RunbookRule): number {
  return rule.keepForDays === undefined ? Infinity : rule.keepForDays * DAY;
}

function gapOf(rule: RunbookRule): number | undefined {
  return rule.windows && oldestByRules([rule.windows]);
}

/** By all of them together where that can be told: time zones shift against each other. */
function gapOfAll(rules: RunbookRule[]): number | undefined {
  const oneZone = rules.every(rule => (rule.timeZone ?? 'Etc/UTC') === (rules[0].timeZone ?? 'Etc/UTC'));
  return oneZone
    ? oldestByRules(rules.map(rule => rule.windows).filter(windows => windows !== undefined))
    : Math.min(...rules.map(rule => gapOf(rule) ?? Infinity));
}
