import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { Emulator } from './emulator';
import { ACCOUNT } from './environments';

/** The physical id of the one resource of a type in a stack, or of the one whose logical id matches. */
export async function physicalId(emulator: Emulator, region: string, stack: string, type: string, logicalId = /./, account = ACCOUNT): Promise<string> {
  const client = new CloudFormationClient(emulator.clientConfig(account, region));
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stack, NextToken }));
    found.push(...(page.StackResourceSummaries ?? [])
      .filter(resource => resource.ResourceType === type && logicalId.test(resource.LogicalResourceId!))
      .map(resource => resource.PhysicalResourceId!));
    NextToken = page.NextToken;
  } while (NextToken);
  if (found.length !== 1) {
    throw new Error(`expected one ${type} ${logicalId} in stack ${stack}, found ${found.length}`);
  }
  return found[0];
}
