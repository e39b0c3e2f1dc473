import type { Duration } from 'aws-cdk-lib/core';
import type { Finding } from './finding';
import type { FlowLogsAnalysisOptions } from './flow-logs-analysis';
import type { Findings } from '../../private/validation';
import { duplicates, isKnown, isKnownDuration, quoted } from '../../private/validation';
import type { AnalyzedCatalog } from '../catalog/analyzed-catalog';

/** Athena shows 1,000 rows at most. One is the header, and one more than the threshold must be seen. */
const MAX_THRESHOLD = 998;
const MAX_FINDINGS = 100;
const MAX_CONCURRENCY = 20;
const MAX_WINDOW = 1440;
/** What Step Functions carries from state to state, with room for what each query adds. */
const MAX_INPUT = 250_000;
/** What dimensions of metrics, folders and SQL all take. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 _.-]*$/;

/** Queries that can be asked, and whose rows can be counted. */
export function findAnalysisProblems(findings: Findings, { findings: asked, ...options }: FlowLogsAnalysisOptions, catalog: AnalyzedCatalog): void {
  findings.require(asked.length > 0 && asked.length <= MAX_FINDINGS,
    `'findings' must hold 1 to ${MAX_FINDINGS}, got: ${asked.length || 'none'}; pass Finding.of(NamedQuery.portScan()), and split many over two analyses`);
  const names = asked.map(({ query }) => query.name);
  const twice = duplicates(names);
  findings.require(twice.length === 0, `'findings' must ask each query once, got twice: ${quoted(twice)}; rename one with NamedQuery.of`);
  const wrong = names.filter(name => isKnown(name) && !NAME.test(name));
  findings.require(wrong.length === 0,
    `'findings' must have queries named by letters, digits, spaces and any of '_.-', got: ${quoted(wrong)}; a metric and a folder are named after them`);
  asked.forEach(finding => findFindingProblems(findings, finding, catalog));
  const { schedule, concurrency } = options;
  findings.require(!schedule || !schedule.expressionString.startsWith('at('),
    `'schedule' must come again, got: '${schedule?.expressionString}'; pass ScheduleExpression.rate or ScheduleExpression.cron`);
  findWindowProblems(findings, options.flexibleWindow);
  findings.require(concurrency === undefined || isWhole(concurrency, 1, MAX_CONCURRENCY),
    `'concurrency' must be a whole number, 1 to ${MAX_CONCURRENCY} and known at synth, got: ${isKnown(concurrency) ? concurrency : 'an unresolved token'}; Athena runs 20 queries of an account at once where nobody asked for more`);
  findings.require(!options.resultFormat?._isParquet || catalog.resultsBucket !== undefined,
    '\'resultFormat\' must be CSV where Athena keeps results, got: Parquet; keep results in a bucket with QueryResults.inNewBucket()');
}

function findFindingProblems(findings: Findings, { query, threshold }: Finding, { table }: AnalyzedCatalog): void {
  const missing = query._missing(table);
  findings.require(missing.length === 0,
    `query '${query.name}' must find in the log what it needs, got no: ${missing.join(', ')}; log it, or leave the query out`);
  findings.require(isWhole(threshold, 0, MAX_THRESHOLD),
    `'threshold' of '${query.name}' must be a whole number, 0 to ${MAX_THRESHOLD} and known at synth, got: ${isKnown(threshold) ? threshold : 'an unresolved token'}; Athena shows 1000 rows at most, let the query count with HAVING`);
}

function isWhole(value: number, from: number, to: number): boolean {
  return isKnown(value) && Number.isInteger(value) && value >= from && value <= to;
}

function findWindowProblems(findings: Findings, window: Duration | undefined): void {
  if (!window) {
    return;
  }
  const minutes = isKnownDuration(window) ? window.toMinutes({ integral: false }) : undefined;
  findings.require(minutes !== undefined && Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_WINDOW,
    `'flexibleWindow' must be whole minutes, 1 to ${MAX_WINDOW} and known at synth, got: ${minutes === undefined ? 'an unresolved token' : `${minutes} minutes`}; pass Duration.minutes(15)`);
}

/** Queries that Step Functions can carry. */
export function findInputProblems(findings: Findings, items: unknown[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(items));
  findings.require(bytes <= MAX_INPUT, `'findings' must have ${MAX_INPUT} bytes of SQL together at most, got: ${bytes}; split them over two analyses`);
}
