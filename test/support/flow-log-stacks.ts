import { Template } from 'aws-cdk-lib/assertions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { render } from './deployed';
import type { FlowLogsToAthenaProps } from '../../src';
import { FlowLogsToAthena, FlowLogSource } from '../../src';

/** A VPC that is there already: its traffic can be logged, and it adds nothing to a template. */
export function anyVpc(scope: Construct, id = 'Vpc'): IVpc {
  return Vpc.fromVpcAttributes(scope, id, { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'] });
}

/** The logs of that VPC, with these props. */
export function logsIn(stack: Stack, props: Partial<FlowLogsToAthenaProps> = {}, id = 'FlowLogs'): FlowLogsToAthena {
  return new FlowLogsToAthena(stack, id, { source: FlowLogSource.vpc(anyVpc(stack, `${id}Vpc`)), ...props });
}

/** The properties of the only resource of a type. */
export function only(stack: Stack, type: string): any {
  const resources = Object.values(Template.fromStack(stack).findResources(type));
  expect(resources).toHaveLength(1);
  return resources[0].Properties;
}

/** A part of a template with pseudo parameters filled in; a resource is its logical id, and an attribute `id.Attribute`. */
export function filledIn(stack: Stack, value: unknown): any {
  const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': stack.account, 'AWS::Region': stack.region };
  return render(value, { ref: id => pseudo[id] ?? `<${id}>`, attribute: (id, name) => `<${id}.${name}>` });
}

/** The statements of the policy of the only bucket that log delivery may write to. */
export function deliveryStatements(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::S3::BucketPolicy'))
    .flatMap(policy => filledIn(stack, policy.Properties.PolicyDocument.Statement))
    .filter(statement => statement.Principal.Service === 'delivery.logs.amazonaws.com');
}
