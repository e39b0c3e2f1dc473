import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../../private/acknowledgement';
import { allow } from '../../private/handler-options';
import { plain } from '../../private/naming';
import type { FlowLogSource } from '../source/flow-log-source';

/** Who delivers logs. */
export const DELIVERY = 'delivery.logs.amazonaws.com';
/** The path of each role that delivers into another account, so that the other account can say whom it trusts before it is there. */
export const ROLE_PATH = '/flow-logs-to-firehose/';

const KINDS: Record<string, string> = {
  VPC: 'vpc', Subnet: 'subnet', NetworkInterface: 'network-interface', TransitGateway: 'transit-gateway', TransitGatewayAttachment: 'transit-gateway-attachment',
};

/**
 * The role of the account whose traffic is logged, for a delivery stream of another.
 *
 * AWS documents no condition for whom the service delivers: one could silence it. What the role can do is bound to the one
 * source and the one role of the other account.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/firehose-cross-account-delivery.html
 */
export function createSourceRole(scope: Construct, source: FlowLogSource, deliveryRoleArn: string): Role {
  const role = new Role(scope, 'Role', {
    path: ROLE_PATH,
    description: plain(`Delivers the flow logs of ${scope.node.path} into another account`),
    assumedBy: new ServicePrincipal(DELIVERY),
  });
  sourceRoleStatements(scope, role.roleArn, source, deliveryRoleArn).forEach(statement => role.addToPolicy(statement));
  acknowledge(role.node.findChild('DefaultPolicy'), 'AwsSolutions-IAM5[Resource::*]', 'deliveries of logs have no ARN that a policy could name');
  return role;
}

function sourceRoleStatements(scope: Construct, roleArn: string, source: FlowLogSource, deliveryRoleArn: string): PolicyStatement[] {
  const { resourceId: resourceName, resourceType } = source._resourceType;
  return [
    allow(['iam:PassRole'], [roleArn], {
      StringEquals: { 'iam:PassedToService': DELIVERY },
      StringLike: { 'iam:AssociatedResourceARN': [Stack.of(scope).formatArn({ service: 'ec2', resource: KINDS[resourceType], resourceName })] },
    }),
    allow(['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:GetLogDelivery'], ['*']),
    allow(['sts:AssumeRole'], [deliveryRoleArn]),
  ];
}
