import type { Duration } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Everything that is wrong with the props of one construct, told in one error: a team mends its program once,
 * not once for each mistake. A message is lower case and names the prop, the rule, what it got and what to do.
 */
export class Findings {
  private readonly messages: string[] = [];

  /** Adds the message unless `holds`. A comparison with a token never reaches this place: see `isKnown`. */
  public require(holds: boolean, message: string): void {
    if (!holds) {
      this.messages.push(message);
    }
  }

  /**
   * Throws one error that lists all that was found; does nothing when nothing was.
   *
   * @param subject The construct, or the name of the value object, that can not be built.
   */
  public throwIfAny(subject: IConstruct | string): void {
    if (this.messages.length > 0) {
      throw new InvalidPropsError(typeof subject === 'string' ? subject : `${subject.constructor.name} '${subject.node.path}'`, this.messages);
    }
  }
}

/** What a construct throws when its props cannot be kept. */
export class InvalidPropsError extends Error {
  constructor(subject: string, messages: string[]) {
    super(`${subject} can not be built:\n${messages.map(message => `  - ${message}`).join('\n')}`);
    this.name = 'InvalidPropsError';
  }
}

/** Whether the value is known at synth. Tokens are resolved at deployment and are never compared. */
export function isKnown(value: unknown): boolean {
  return !Token.isUnresolved(value);
}

/** Whether the duration is known at synth. */
export function isKnownDuration(duration: Duration | undefined): duration is Duration {
  return duration !== undefined && !duration.isUnresolved();
}

/** What can be asked of a duration that is known: a token keeps the unit that it was given. */
const CONVERSIONS = { days: 'toDays', hours: 'toHours', minutes: 'toMinutes', seconds: 'toSeconds' } as const;

/** A duration that is a token can not be converted: it must have been given in the unit that AWS takes. */
export function requireTokenUnit(findings: Findings, duration: Duration | undefined, unit: keyof typeof CONVERSIONS, what: string): void {
  if (duration?.isUnresolved()) {
    let converts = true;
    try {
      duration[CONVERSIONS[unit]]();
    } catch {
      converts = false;
    }
    findings.require(converts, `${what} must be in ${unit} when its value is a token, got: '${duration.unitLabel()}'; pass Duration.${unit}(token)`);
  }
}

/** Seconds, for a metric or an alarm, which know nothing smaller. */
export function wholeSeconds(duration: Duration): number {
  return Math.round(duration.toSeconds({ integral: false }));
}

/** Days as a number that may have a fraction, so that it can be judged instead of thrown about. */
export function inDays(duration: Duration): number {
  return duration.toDays({ integral: false });
}

/** Whether the duration is a whole number of days between the two, both included. */
export function isWholeDays(duration: Duration, from: number, to: number): boolean {
  const days = inDays(duration);
  return Number.isInteger(days) && days >= from && days <= to;
}

/** `'a', 'b' and 'c'` in the house's message form. */
export function quoted(names: string[]): string {
  return names.map(name => `'${name}'`).join(', ');
}

/** What is in the list more than once, each named once. */
export function duplicates(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
