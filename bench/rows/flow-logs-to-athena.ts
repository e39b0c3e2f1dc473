import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { network } from '../network';
import { FlowLogsToAthena, FlowLogSource, NamedQuery } from 'cdk-resilience';

export const construct = 'FlowLogsToAthena';

export function library(stack: Stack, id: string): void {
  const shop = new Construct(stack, id);
  const logs = new FlowLogsToAthena(shop, 'FlowLogs', { source: FlowLogSource.vpc(network(shop)) });
  logs.addQuery(NamedQuery.rejectedSshRdp());
}
