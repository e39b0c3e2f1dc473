import type { IGroup, IIdentity, IUser, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Resource } from 'aws-cdk-lib/core';

/**
 * Gives the policy to a role, a user or a group.
 *
 * Trap: an imported user of the L2 refuses managed policies with an error, and an imported group takes them without a word
 * and has none. The policy can name both.
 */
export function attachPolicy(policy: ManagedPolicy, identity: IIdentity): void {
  const imported = !Resource.isOwnedResource(identity);
  if (imported && 'userName' in identity) {
    policy.attachToUser(identity as IUser);
  } else if (imported && isGroup(identity)) {
    policy.attachToGroup(identity);
  } else {
    identity.addManagedPolicy(policy);
  }
}

/** Whether it is a group, which has no tags. */
export function isGroup(identity: IIdentity): identity is IGroup {
  return 'groupName' in identity;
}
