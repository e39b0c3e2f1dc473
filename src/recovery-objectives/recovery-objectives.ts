import type { Duration } from 'aws-cdk-lib/core';
import { Findings, isKnownDuration } from '../private/validation';

/** What a `RecoveryObjectives` states. */
export interface RecoveryObjectivesOptions {
  /** Recovery time objective: how long the business can be without it. */
  readonly rto: Duration;
  /** Recovery point objective: how much of the past the business can lose. */
  readonly rpo: Duration;
}

/**
 * What a team promises its business: back within the RTO, with nothing lost but the RPO. Constructs choose what keeps
 * the promise, refuse what can not, and raise an alarm when it is broken.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/business-continuity-plan-bcp.html
 */
export class RecoveryObjectives {
  /** Both objectives, each longer than nothing and known at synth. */
  public static of(options: RecoveryObjectivesOptions): RecoveryObjectives {
    return new RecoveryObjectives(options);
  }

  /** Recovery time objective: how long the business can be without it. */
  public readonly rto: Duration;
  /** Recovery point objective: how much of the past the business can lose. */
  public readonly rpo: Duration;

  private constructor(options: RecoveryObjectivesOptions) {
    const findings = new Findings();
    for (const name of ['rto', 'rpo'] as const) {
      const known = isKnownDuration(options[name]);
      findings.require(known, `'${name}' must be known at synth, got: an unresolved token; write it as Duration.hours(n)`);
      findings.require(!known || options[name].toMilliseconds({ integral: false }) > 0,
        `'${name}' must be longer than nothing, got: 0; no architecture recovers in no time, ask what an hour would cost`);
    }
    findings.throwIfAny('RecoveryObjectives');
    this.rto = options.rto;
    this.rpo = options.rpo;
  }
}
