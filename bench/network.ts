import { IpAddresses, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** What both programs of a row have: a VPC without NAT gateways. */
export function network(scope: Construct): Vpc {
  return new Vpc(scope, 'Vpc', { ipAddresses: IpAddresses.cidr('10.0.0.0/16'), maxAzs: 2, natGateways: 0 });
}
