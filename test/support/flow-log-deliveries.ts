import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { errorOf } from './app';
import type { FlowLogsAnalysisOptions } from '../../src';
import { Finding, FlowLogFormat, FlowLogPartitions, FlowLogsAnalysis, FlowLogSource, NamedQuery } from '../../src';
import type { AnalyzedCatalog } from '../../src/flow-logs-to-athena/catalog/analyzed-catalog';

export const VPC_ID = 'vpc-0123456789abcdef0';
export const TRANSIT_GATEWAY = FlowLogSource.transitGateway('tgw-0123456789abcdef0');

/** A VPC of this account, whose stack is another. */
export function vpcIn(stack: Stack): FlowLogSource {
  return FlowLogSource.vpc(Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: VPC_ID, availabilityZones: ['eu-west-1a'] }));
}

/** The findings of the one error, each without its bullet. */
export function refusals(build: () => unknown): string[] {
  return errorOf(build).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

/** A catalog, unless told otherwise with a bucket for logs and one for results. */
export function catalogIn(stack: Stack, overrides: Partial<AnalyzedCatalog> = {}): AnalyzedCatalog {
  return {
    table: {
      database: 'shop', table: 'flow_logs', columns: FlowLogFormat.security().columns, partitions: FlowLogPartitions.hourly(), accountsInjected: false,
    },
    workGroupName: 'shop-logs',
    bucket: Bucket.fromBucketName(stack, 'ImportedLogs', 'logs'),
    resultsBucket: Bucket.fromBucketName(stack, 'ImportedResults', 'results'),
    ...overrides,
  };
}

/** An analysis that looks for port scans, unless told otherwise. */
export function analysisIn(stack: Stack, options: Partial<FlowLogsAnalysisOptions> = {}, catalog: Partial<AnalyzedCatalog> = {}): FlowLogsAnalysis {
  return FlowLogsAnalysis._create(stack, 'Nightly', catalogIn(stack, catalog), { findings: [Finding.of(NamedQuery.portScan())], ...options });
}

/** The ids of what the resource of this construct waits for, without their hashes. */
export function waitsFor(template: any, stack: Stack, construct: IConstruct): string[] {
  const id = stack.resolve((construct.node.defaultChild as any).logicalId);
  return template.Resources[id].DependsOn.map((each: string) => each.replace(/[0-9A-F]{8}$/, ''));
}
