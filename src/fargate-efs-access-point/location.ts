import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IResource } from 'aws-cdk-lib/core';
import { ArnFormat, CfnResource, Stack } from 'aws-cdk-lib/core';
import type { Findings } from '../private/validation';
import { isKnown } from '../private/validation';

/** Where something is, and whether this app creates it. */
export interface Location {
  /**
   * Its Region.
   *
   * @default - anywhere
   */
  readonly region?: string;
  /**
   * Its account.
   *
   * @default - anybody's
   */
  readonly account?: string;
  /** Whether this app creates it. */
  readonly isCreated: boolean;
}

/** Where a resource says that it is. */
export function locationOf(resource: IResource): Location {
  return { ...resource.env, isCreated: resource.node.children.some(child => CfnResource.isCfnResource(child)) };
}

/** Trap: a file system that is imported by its ARN says that it is where the stack is. */
export function locationOfFileSystem(fileSystem: IFileSystem): Location {
  const location = locationOf(fileSystem);
  const { region, account } = Stack.of(fileSystem).splitArn(fileSystem.fileSystemArn, ArnFormat.SLASH_RESOURCE_NAME);
  return location.isCreated ? location : { region, account, isCreated: false };
}

/**
 * What is surely in another Region or account. What this app creates is where its stack is, known or not: nothing else can
 * refer to it.
 */
export function findElsewhere(findings: Findings, here: Stack, prop: string, location: Location | undefined, advice: string): void {
  for (const place of ['region', 'account'] as const) {
    const [own, its] = [here[place], location?.[place]];
    findings.require(!location || its === undefined || own === its || !(location.isCreated || (isKnown(own) && isKnown(its))),
      `'${prop}' must be in the directory's ${place}, got: ${named(its)} and ${named(own)}${advice}`);
  }
}

function named(place: string | undefined): string {
  return isKnown(place) ? `'${place}'` : 'one that only the deployment knows';
}

/** Two that are surely not the same: a token may turn out to be anything. */
export function isOtherVpc(one: IVpc, other: IVpc): boolean {
  const created = (vpc: IVpc) => vpc.node.defaultChild !== undefined;
  return one !== other && one.vpcId !== other.vpcId && ((isKnown(one.vpcId) && isKnown(other.vpcId)) || (created(one) && created(other)));
}
