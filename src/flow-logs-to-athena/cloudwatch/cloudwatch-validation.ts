import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { InsightsQuery } from './insights-query';
import type { RejectAlarmOptions } from './reject-alarm';
import { rejected, TCP } from './reject-alarm';
import type { Findings } from '../../private/validation';
import { isKnown, isKnownDuration, quoted } from '../../private/validation';
import type { FlowLogFormat } from '../format/flow-log-format';
import { KNOWN_COLUMNS } from '../queries/query-names';
import type { Logged } from '../validation';
import { findFormatProblems, findSourceProblems } from '../validation';

const MAX_PORT = 65_535;
const MAX_PROTOCOL = 255;
const MAX_MINUTES = 24 * 60;
const NAME = /^[A-Za-z0-9_-]{1,50}$/;
/** Protocols that have no ports: ICMP and ICMPv6 write 0. */
const WITHOUT_PORTS = [1, 58];

/** A log that CloudWatch can take. */
export function findDeliveryProblems(findings: Findings, scope: Construct, logged: Logged & { readonly encryptionKey?: IKey }): void {
  findFormatProblems(findings, logged.format);
  findSourceProblems(findings, scope, logged);
  const [own, its] = [Stack.of(scope).region, logged.encryptionKey?.env.region];
  findings.require(its === undefined || !isKnown(own) || !isKnown(its) || own === its,
    `'encryptionKey' must be in the log's region, got: '${its}' and '${own}'; a log group is encrypted with a key of its Region`);
}

/** What there is to be asked. */
export interface Asked {
  /** Which fields are logged. */
  readonly format: FlowLogFormat;
  /**
   * Which traffic is logged.
   *
   * @default - all of it
   */
  readonly traffic?: FlowLogTrafficType;
}

/** An alarm that can ring, and a filter that CloudWatch takes. */
export function findRejectAlarmProblems(findings: Findings, options: RejectAlarmOptions, log: Asked & { readonly ids: string[] }): void {
  const { format, traffic, ids } = log;
  const { threshold, port, protocol, name } = options;
  findings.require(traffic !== FlowLogTrafficType.ACCEPT,
    '\'traffic\' must be ALL or REJECT for an alarm on rejects, got: ACCEPT; what is rejected is not logged');
  const missing = Object.keys(rejected(options)).filter(column => !format.columns.includes(column));
  findings.require(missing.length === 0,
    `'format' must hold the fields that the alarm looks at, got no: ${quoted(missing)}; ${format.isTransitGateway ? 'a transit gateway rejects nothing' : 'log them, FlowLogFormat.default() does'}`);
  findWholeNumber(findings, 'threshold', threshold, 1, Number.MAX_SAFE_INTEGER, 'choose how many are too many');
  findWholeNumber(findings, 'port', port, 0, MAX_PORT, 'leave it out for any port');
  findWholeNumber(findings, 'protocol', protocol, 0, MAX_PROTOCOL, `TCP is ${TCP}, UDP is 17`);
  findings.require(port === undefined || protocol === undefined || !WITHOUT_PORTS.includes(protocol),
    `'port' must be left out for a protocol that has none, got: ${port} with protocol ${protocol}; ICMP has types and codes, which flow logs do not show`);
  findPeriodProblems(findings, options.period);
  findings.require(name === undefined ? isKnown(port) && isKnown(protocol) : isKnown(name) && NAME.test(name), name === undefined
    ? '\'name\' must be stated when \'port\' or \'protocol\' is a token, got: none; the id of the alarm follows from it'
    : `'name' must be 1 to 50 letters, digits, '-' and '_' and known at synth, got: '${isKnown(name) ? name : 'an unresolved token'}'; rename it`);
  const id = idOf(options);
  findings.require(!ids.includes(id), `'name' must tell alarms apart, got twice: '${id}'; state 'name' for one of them`);
}

/** The id of an alarm: what it looks at, or its name. */
export function idOf({ name, port, protocol }: RejectAlarmOptions): string {
  return `Rejects${name === undefined ? `${port === undefined ? '' : `Port${port}`}${protocol === undefined ? '' : `Protocol${protocol}`}` : `-${name}`}`;
}

function findPeriodProblems(findings: Findings, period: Duration | undefined): void {
  if (!period) {
    return;
  }
  const minutes = isKnownDuration(period) ? period.toMinutes({ integral: false }) : undefined;
  findings.require(minutes !== undefined && Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES,
    `'period' must be whole minutes, 1 to ${MAX_MINUTES} and known at synth, got: ${minutes === undefined ? 'an unresolved token' : `${minutes} minutes`}; pass Duration.minutes(5)`);
}

function findWholeNumber(findings: Findings, prop: string, value: number | undefined, from: number, to: number, advice: string): void {
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} at least` : `${from} to ${to}`;
  findings.require(value === undefined || !isKnown(value) || (Number.isSafeInteger(value) && value >= from && value <= to),
    `'${prop}' must be a whole number, ${range}, got: ${value}; ${advice}`);
}

/** A saved query that finds in the log what it needs, under a name that no other has. */
export function findInsightsProblems(findings: Findings, query: InsightsQuery, log: Asked & { readonly names: string[] }): void {
  const { format, traffic, names } = log;
  const lacking = query._columns.filter(column => !format.columns.includes(column));
  const unknown = lacking.filter(column => !KNOWN_COLUMNS.has(column));
  findings.require(unknown.length === 0, `query '${query.name}' must have columns of the log in braces, got: ${quoted(unknown)}; correct them`);
  const missing = lacking.filter(column => KNOWN_COLUMNS.has(column)).map(column => `field '${KNOWN_COLUMNS.get(column)}'`);
  if (query.traffic && traffic && traffic !== FlowLogTrafficType.ALL && traffic !== query.traffic) {
    missing.push(TRAFFIC[query.traffic]);
  }
  findings.require(missing.length === 0, `query '${query.name}' must find in the log what it needs, got no: ${missing.join(', ')}; log it, or leave the query out`);
  findings.require(!names.includes(query.name), `query '${query.name}' must have a name of its own, got: that of one that is there; rename it with InsightsQuery.of`);
}

const TRAFFIC = { ACCEPT: 'accepted traffic', REJECT: 'rejected traffic', ALL: 'accepted and rejected traffic' };
