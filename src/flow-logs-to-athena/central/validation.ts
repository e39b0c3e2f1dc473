import type { CentralFlowLogsBucket } from './central-flow-logs-bucket';
import type { Findings } from '../../private/validation';
import { findAccountProblems, findFormatProblems, findPartitionProblems, findPrefixProblems } from '../validation';

/** What all accounts agreed on, as each of them judges it. */
export function findBucketProblems(findings: Findings, bucket: CentralFlowLogsBucket): void {
  findFormatProblems(findings, bucket.format);
  findPartitionProblems(findings, bucket.partitions, bucket.format.columns);
  findPrefixProblems(findings, '\'prefix\'', bucket.prefix);
  findAccountProblems(findings, bucket.accounts, bucket.regions);
  findings.require(!bucket.format.isTransitGateway || bucket._stated.traffic === undefined,
    `'traffic' must be left out for transit gateways, got: ${bucket._stated.traffic}; they reject nothing`);
}
