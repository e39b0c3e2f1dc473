import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib/core';
import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Finding } from './coverage-rules';
import { findCoverageProblems, RULES } from './coverage-rules';
import { outermostStack } from '../../private/stacks';

/**
 * Proves at synth that nothing was forgotten: every resource of the app that holds state is in a tier of a
 * `TaggedBackupPlan`, and the tier can keep its RPO for it. A resource without a backup is found on the day it is
 * deployed, and not on the day it is lost.
 *
 * Register it with `Validations.of(app).addPlugins(new BackupCoverage())`. It judges with three rules, of which the
 * first two fail the synth:
 *
 * - `BackupCoverage-Unprotected`: no tier of any plan in its account and Region picks the resource up.
 * - `BackupCoverage-Objective`: the resource is in a tier whose RPO AWS Backup can not keep for its type.
 * - `BackupCoverage-EmptyTier`: a tier picks up nothing of this app; a warning, as it may serve another app.
 *
 * What may be lost is acknowledged, on the resource or on a construct above it, with
 * `Validations.of(resource).acknowledge({ id: 'BackupCoverage-Unprotected', reason })`. What is not known at synth is
 * not judged.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
 */
export class BackupCoverage implements IPolicyValidationPlugin {
  /** How reports call it. */
  public readonly name: string = 'BackupCoverage';
  /**
   * The ids of its rules: what is acknowledged.
   *
   * @default - the three rules
   */
  public readonly ruleIds?: string[] = Object.values(RULES);

  /** Judges the stacks that CDK asks about. CDK calls it when the templates are written. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    // Trap: CDK hands in the whole app also when it asks about the stacks of one stage, and older versions in our
    // peer range ask once for each account and Region.
    const stacks = new Set(context.stackTemplates.map(stack => stack.stackConstructPath));
    const findings = findCoverageProblems(context.appConstruct)
      .filter(({ construct, rule }) => stacks.has(outermostStack(construct).node.path) && !isAcknowledged(construct, rule));
    return { success: findings.every(finding => finding.severity !== 'error'), violations: violations(findings) };
  }
}

/** One violation for all constructs of which the same is wrong. */
function violations(findings: Finding[]): PolicyViolation[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.description, finding.fix]);
    groups.set(key, [...groups.get(key) ?? [], finding]);
  }
  return [...groups.values()].map(group => ({
    ruleName: group[0].rule,
    description: group[0].description,
    fix: group[0].fix,
    severity: group[0].severity,
    violatingResources: group.map(({ construct }) => ({ constructPath: construct.node.path, locations: [] })),
  }));
}

/**
 * Trap: CDK keeps an id without a plugin's name as one of its own annotations, and takes only `BackupCoverage::…` for
 * ours. Those it leaves out itself and lists as acknowledged; the plain id is for each plugin to look up.
 */
function isAcknowledged(construct: IConstruct, rule: string): boolean {
  return construct.node.scopes.flatMap(scope => scope.node.metadata)
    .filter(entry => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(entry => Object.keys(entry.data))
    .some(id => id.replace(/^annotation::/i, '') === rule);
}
