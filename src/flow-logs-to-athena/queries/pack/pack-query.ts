import type { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import type { Findings } from '../../../private/validation';
import type { QueryValue } from '../query-value';

/** A query of the pack, before it has a window. */
export interface PackQuery {
  /** The name of the query in Athena. */
  readonly name: string;
  /** What it finds. */
  readonly description: string;
  /** What its rows do not mean. */
  readonly caveats: string[];
  /**
   * The traffic that must be logged.
   *
   * @default - it finds something in any
   */
  readonly traffic?: FlowLogTrafficType;
  /** The SQL, with names in braces. */
  readonly sql: string;
  /** What is put in place of names that are no column. */
  readonly parameters: Record<string, QueryValue>;
  /**
   * What is wrong with the options.
   *
   * @default - nothing can be
   */
  readonly find?: (findings: Findings) => void;
}

const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;

/** A whole number, one at least. */
export function findCountProblems(findings: Findings, prop: string, value: number): void {
  findings.require(Number.isSafeInteger(value) && value >= 1, `'${prop}' must be a whole number, 1 at least, got: ${value}; leave it out for the default`);
}

/** Ports, one at least. */
export function findPortProblems(findings: Findings, ports: number[]): void {
  findRangeProblems(findings, 'ports', ports, MAX_PORT);
}

/** Protocol numbers, one at least. */
export function findProtocolProblems(findings: Findings, protocols: number[]): void {
  findRangeProblems(findings, 'expected', protocols, MAX_PROTOCOL);
}

function findRangeProblems(findings: Findings, prop: string, values: number[], max: number): void {
  findings.require(values.length > 0, `'${prop}' must hold at least one number, got: none; leave it out for the default`);
  const wrong = values.filter(value => !Number.isInteger(value) || value < 0 || value > max);
  findings.require(wrong.length === 0, `'${prop}' must be whole numbers from 0 to ${max}, got: ${wrong.join(', ')}; correct them`);
}
