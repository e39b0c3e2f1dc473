import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledgement';

/** What AWS Backup works as when it takes and copies backups. */
export function createBackupRole(scope: Construct, id: string): Role {
  return createRole(scope, id, 'Takes and copies backups', [
    'service-role/AWSBackupServiceRolePolicyForBackup',
    'AWSBackupServiceRolePolicyForS3Backup', // S3 is in none of the other policies
  ]);
}

/** What AWS Backup works as when it restores. The runbook finds the role by its description. */
export function createRestoreRole(scope: Construct, id: string): Role {
  return createRole(scope, id, 'Restores backups', [
    'service-role/AWSBackupServiceRolePolicyForRestores',
    'AWSBackupServiceRolePolicyForS3Restore',
  ]);
}

function createRole(scope: Construct, id: string, description: string, policies: string[]): Role {
  const role = new Role(scope, id, {
    description: `${description} for ${scope.node.path}`,
    // AWS Backup documents no source condition for the role it works as: who may pass the role decides.
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: policies.map(policy => ManagedPolicy.fromAwsManagedPolicyName(policy)),
  });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  for (const policy of policies) {
    acknowledge(role, `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
      'AWS Backup keeps this policy in step with the resource types it supports; a copy of it would miss the next one');
  }
  return role;
}
