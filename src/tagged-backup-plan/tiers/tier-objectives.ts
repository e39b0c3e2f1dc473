import type { CfnResource } from 'aws-cdk-lib/core';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { DYNAMODB_RECOVERY_WITHIN, reachedRpo, typeNameOf, typeOf } from './backed-up-resources';
import { BackupResourceType } from './backup-resource-type';
import type { BackupTier } from './backup-tier';
import type { Findings } from '../../private/validation';
import { isKnownDuration, quoted } from '../../private/validation';

/** What a tier promises, against what AWS Backup reaches with its rules, whatever the type of resource. */
export function findObjectiveProblems(findings: Findings, tier: BackupTier): void {
  const where = `tier '${tier.name}'`;
  findings.require(tier._withoutEffect.length === 0,
    `${quoted(tier._withoutEffect)} of ${where} must be left out beside 'rules', got: both; state it in each rule, or leave 'rules' out`);
  if (!tier.objectives) {
    return;
  }
  const { rpo } = tier.objectives;
  const nearest = nearestRpo(tier);
  if (nearest === undefined) {
    return; // schedules that can not be read are refused or warned of elsewhere
  }
  const wanted = minutes(rpo);
  findings.require(wanted >= minutes(nearest.rpo), `'rpo' of ${where} must be ${words(nearest.rpo)} at least, got: ${words(rpo)}; ${nearest.reason}`);
  if (isKnownDuration(tier._keepFor)) {
    findings.require(minutes(tier._keepFor) >= wanted,
      `'keepFor' of ${where} must be as long as its 'rpo' at least, got: ${words(tier._keepFor)} and ${words(rpo)}; a backup that goes before the next one comes leaves nothing`);
  }
}

/** The shortest RPO that the tier can promise to the type that suits it best, and why it is not shorter. */
function nearestRpo(tier: BackupTier): { rpo: Duration; reason: string } | undefined {
  const bestType = BackupResourceType.values.filter(type => type.continuousWithin)
    .reduce((best, type) => minutes(type.continuousWithin!) < minutes(best.continuousWithin!) ? type : best);
  if (tier.rules.some(rule => rule.enableContinuousBackup)) {
    return {
      rpo: bestType.continuousWithin!,
      reason: `continuous backup reaches ${words(bestType.continuousWithin!)} for RDS and Aurora, ${words(BackupResourceType.S3.continuousWithin!)} for S3, and AWS Backup nothing shorter; replicate what needs less`,
    };
  }
  const rpo = tier.reachableRpo(BackupResourceType.EBS);
  return rpo && { rpo, reason: `its rules take no backup more often; use BackupTier.of('${tier.name}', { objectives }) and the schedule follows` };
}

/** Why a resource's type can not keep what its tier promises, and what to do; undefined when it can, or is not known at synth. */
export function missedObjective(resource: CfnResource, tier: BackupTier, stack = Stack.of(resource)): { got: string; fix: string } | undefined {
  const rpo = tier.objectives?.rpo;
  const reached = rpo && reachedRpo(resource, tier, stack);
  if (!rpo || !reached || minutes(reached) <= minutes(rpo)) {
    return undefined;
  }
  const remedy = typeOf(resource) === BackupResourceType.DYNAMODB
    ? `switch on the table's point-in-time recovery, which reaches ${words(DYNAMODB_RECOVERY_WITHIN)}`
    : 'replicate it to lose less';
  return {
    got: `'rpo' of tier '${tier.name}' must be ${words(reached)} at least for this resource (${typeNameOf(resource)}), got: ${words(rpo)}`,
    fix: `${remedy}, or choose a tier with an 'rpo' of ${words(reached)} or more`,
  };
}

/** A duration in the words of an error. */
export function words(duration: Duration): string {
  return Duration.minutes(minutes(duration)).toHumanString();
}

function minutes(duration: Duration): number {
  return duration.toMinutes({ integral: false });
}
