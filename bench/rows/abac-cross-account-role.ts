import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AbacCrossAccountRole, AbacPermission, AccessAttribute, TrustedAccounts } from 'cdk-resilience';

export const construct = 'AbacCrossAccountRole';

export function library(stack: Stack, id: string): void {
  const science = new Construct(stack, id);
  const research = new Bucket(science, 'Research');
  new AbacCrossAccountRole(science, 'Access', {
    roleName: `data-science-${id}`,
    trusted: TrustedAccounts.of(['222222222222']).withExternalId('data-science-7f3a'),
    attributes: [AccessAttribute.matching('Project')],
    permissions: [AbacPermission.s3Objects(research).read().write().list(), AbacPermission.dynamodb().read()],
  });
}
