import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { BackupTier } from './tiers/backup-tier';
import { isKnown } from '../private/validation';

/** What is told apart of a plan. */
interface Plan extends Construct {
  readonly tagKey: string;
  readonly tiers: BackupTier[];
}

/**
 * AWS Backup keeps one continuous backup a resource: of two rules that ask for one, the second takes snapshots, or the
 * longer retention wins. Within a plan one tag decides; two plans must not ask for the same resources.
 *
 * @param others All plans of the app; each pair is told once, by the plan that comes first.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
 */
export function findCompetingPlans(plan: Plan, others: Plan[]): string[] {
  return others.filter(other => plan.tagKey === other.tagKey && plan.node.path < other.node.path && samePlace(plan, other)).flatMap(other => {
    const both = continuousTiers(plan).filter(tier => continuousTiers(other).includes(tier));
    return both.map(tier =>
      `'tiers' must not back up continuously what plan '${other.node.path}' backs up continuously, got: '${plan.tagKey}=${tier}' in both; give one of them another 'tagKey', or leave the continuous rule to one`);
  });
}

function samePlace(plan: Plan, other: Plan): boolean {
  const [here, there] = [Stack.of(plan), Stack.of(other)];
  const known = [here.account, here.region, there.account, there.region, plan.tagKey, other.tagKey].every(isKnown);
  // Of two stacks whose place is not known nobody can say; of one stack everybody can.
  return here === there || (known && here.environment === there.environment);
}

function continuousTiers(plan: Plan): string[] {
  return plan.tiers.filter(tier => tier.rules.some(rule => rule.enableContinuousBackup)).map(tier => tier.name);
}
