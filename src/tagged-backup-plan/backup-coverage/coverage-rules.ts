/** What `BackupCoverage` judges an app by: one rule a function, from what the plans make of the app's resources. */
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { isKnown, quoted } from '../../private/validation';
import { TaggedBackupPlan } from '../tagged-backup-plan';
import { isFoundIn, tierTagOf, typeNameOf, typeOf } from '../tiers/backed-up-resources';
import type { BackupTier } from '../tiers/backup-tier';
import { missedObjective } from '../tiers/tier-objectives';

/** The ids of the rules: what is acknowledged. */
export const RULES = { unprotected: 'BackupCoverage-Unprotected', objective: 'BackupCoverage-Objective', emptyTier: 'BackupCoverage-EmptyTier' } as const;

/** One thing that is wrong, and where. */
export interface Finding {
  /** The id of the rule. */
  readonly rule: string;
  /** Where it is reported. */
  readonly construct: IConstruct;
  /** An error fails the synth. */
  readonly severity: 'error' | 'warning';
  /** What is wrong, without the construct: the report names it. */
  readonly description: string;
  /** What to do. */
  readonly fix: string;
}

/** What one plan makes of one resource that it finds in its account and Region. */
interface Pickup {
  /** The plan. */
  readonly plan: TaggedBackupPlan;
  /** The plan's tag key, resolved. */
  readonly tagKey: string;
  /** An unresolved token when it is not known at synth, undefined when there is none. */
  readonly tag: string | undefined;
  /** The tier that picks the resource up; undefined when none does. */
  readonly tier: BackupTier | undefined;
}

/** A resource with state, and every plan that finds it. */
interface Covered {
  /** The resource. */
  readonly resource: CfnResource;
  /** What each plan in its account and Region makes of it. */
  readonly pickups: Pickup[];
}

/** Everything that is wrong with the coverage of what is under `root`. */
export function findCoverageProblems(root: IConstruct): Finding[] {
  const constructs = root.node.findAll();
  const plans = constructs.filter(construct => construct instanceof TaggedBackupPlan);
  const covered = constructs.filter(CfnResource.isCfnResource)
    .filter(resource => typeOf(resource) !== undefined && !isMadeByPlan(resource))
    .map(resource => ({ resource, pickups: plans.filter(plan => isFoundIn(Stack.of(plan), resource)).map(plan => pickup(plan, resource)) }));
  return [
    ...covered.flatMap(each => findUnprotected(each, plans)),
    ...covered.flatMap(findMissedObjectives),
    ...plans.flatMap(plan => findEmptyTiers(plan, covered.flatMap(each => each.pickups).filter(each => each.plan === plan))),
  ];
}

function findUnprotected({ resource, pickups }: Covered, plans: TaggedBackupPlan[]): Finding[] {
  if (pickups.some(({ tier, tag }) => tier !== undefined || !isKnown(tag))) {
    return [];
  }
  const finding = { rule: RULES.unprotected, construct: resource, severity: 'error' } as const;
  const type = typeNameOf(resource);
  if (pickups.length === 0) {
    const { account, region } = Stack.of(resource);
    const got = plans.length === 0 ? 'none in this app' : `none in account ${shown(account)}, Region ${shown(region)}`;
    return [{
      ...finding,
      description: `this resource (${type}) must be in the account and Region of a TaggedBackupPlan, got: ${got}`,
      fix: 'add a TaggedBackupPlan to a stack of that account and Region, and tag the resource with one of its tiers',
    }];
  }
  const { plan, tagKey, tag } = pickups.find(each => each.tag !== undefined) ?? pickups[0];
  const names = plan.tiers.map(tier => tier.name);
  const meant = tag === undefined ? undefined : nearest(tag, names);
  const got = tag === undefined ? 'no such tag' : `'${tag}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`;
  return [{
    ...finding,
    description: `tag '${tagKey}' of this resource (${type}) must name a backup tier, got: ${got}`,
    fix: tag === undefined
      ? `tag it '${tagKey}' with one of ${quoted(names)}, as 'protect' of plan '${plan.node.path}' does`
      : `change the tag to one of ${quoted(names)}, the tiers of plan '${plan.node.path}'`,
  }];
}

function findMissedObjectives({ resource, pickups }: Covered): Finding[] {
  return pickups.flatMap(({ plan, tier }) => {
    const missed = tier && missedObjective(resource, tier, Stack.of(plan));
    return missed ? [{ rule: RULES.objective, construct: resource, severity: 'error', description: missed.got, fix: missed.fix }] : [];
  });
}

/** A warning: the tier may be meant for what other apps deploy. */
function findEmptyTiers(plan: TaggedBackupPlan, pickups: Pickup[]): Finding[] {
  if (pickups.some(({ tag }) => !isKnown(tag))) {
    return []; // it may be in any tier
  }
  return plan.tiers.filter(tier => !pickups.some(each => each.tier === tier)).map(tier => ({
    rule: RULES.emptyTier,
    construct: plan,
    severity: 'warning',
    description: `tier '${tier.name}' must pick up a resource, got: none of this app in the plan's account and Region`,
    fix: `tag a resource '${tagKeyOf(plan)}' with '${tier.name}', or leave the tier out of 'tiers'`,
  }));
}

function pickup(plan: TaggedBackupPlan, resource: CfnResource): Pickup {
  const tagKey = tagKeyOf(plan);
  const tag = isKnown(tagKey) ? tierTagOf(resource, tagKey, Stack.of(plan)) : tagKey;
  return { plan, tagKey, tag, tier: isKnown(tag) ? plan.tiers.find(tier => tier.name === tag) : undefined };
}

/** Lazy keys have a value by now; what is still a token has none before deployment. */
function tagKeyOf(plan: TaggedBackupPlan): string {
  const resolved: unknown = Stack.of(plan).resolve(plan.tagKey);
  return typeof resolved === 'string' ? resolved : plan.tagKey;
}

/** What a plan creates holds its own evidence, and is no state of the app. */
function isMadeByPlan(resource: CfnResource): boolean {
  return resource.node.scopes.some(scope => scope instanceof TaggedBackupPlan);
}

function shown(value: string): string {
  return isKnown(value) ? `'${value}'` : 'an unresolved token';
}

/** The name that a value was meant to be: but for its case, one edit away. */
function nearest(value: string, names: string[]): string | undefined {
  const lower = value.toLowerCase();
  return names.find(name => name.toLowerCase() === lower) ?? names.find(name => isOneEditAway(lower, name.toLowerCase()));
}

/** Whether one letter added, left out or exchanged, or two neighbours swapped, make one of the other. */
function isOneEditAway(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) {
    end++;
  }
  const [restOfA, restOfB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (restOfA.length <= 1 && restOfB.length <= 1) || (restOfA.length === 2 && restOfB === restOfA[1] + restOfA[0]);
}
