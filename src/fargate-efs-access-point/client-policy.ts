import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** What an NFS client may be allowed. */
export const MOUNT = 'elasticfilesystem:ClientMount';
export const WRITE = 'elasticfilesystem:ClientWrite';
export const ROOT_ACCESS = 'elasticfilesystem:ClientRootAccess';

/**
 * The policy of a file system that is reached through access points alone, by TLS alone, and by nobody whose own policy
 * does not allow it. It allows nothing itself: having a policy at all ends the access that EFS gives to everybody.
 *
 * Trap: a policy that names an access point waits for it, and the access point waits for the file system, which has the
 * policy. So it asks for an access point of this account, and the policy of the task's role names the one.
 *
 * Backup, replication and the management of the file system are no NFS clients, and are not denied.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export function accessPointsOnly(scope: IConstruct, rootAllowed: boolean): PolicyDocument {
  const accessPoints = Stack.of(scope).formatArn({ service: 'elasticfilesystem', resource: 'access-point', resourceName: '*' });
  const clients = [MOUNT, WRITE, ROOT_ACCESS];
  return new PolicyDocument({
    statements: [
      deny('DenyInsecureTransport', clients, { Bool: { 'aws:SecureTransport': 'false' } }),
      deny('DenyOutsideAccessPoints', clients, { StringNotLike: { 'elasticfilesystem:AccessPointArn': accessPoints } }),
      ...(rootAllowed ? [] : [deny('DenyRoot', [ROOT_ACCESS])]),
    ],
  });
}

/** What the role of a task may do: mount this file system through this access point, and nothing else. */
export function allowClient(fileSystemArn: string, accessPointArn: string, actions: string[]): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions,
    resources: [fileSystemArn],
    conditions: {
      StringEquals: { 'elasticfilesystem:AccessPointArn': accessPointArn },
      Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
    },
  });
}

/** Without a resource it is about the file system that has the policy; its ARN would refer to itself. */
function deny(sid: string, actions: string[], conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, conditions });
}
