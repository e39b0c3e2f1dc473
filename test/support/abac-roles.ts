import { Template } from 'aws-cdk-lib/assertions';
import type { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ACCOUNT, errorOf, shopStack } from './app';
import { render } from './deployed';
import type { AbacCrossAccountRoleProps } from '../../src';
import { AbacCrossAccountRole, AbacPermission, AccessAttribute, TrustedAccounts } from '../../src';

/** The account whose roles assume the role of the shop. */
export const SPOKE = '222222222222';
export const SPOKE_ENV = { account: SPOKE, region: 'eu-west-1' };
export const PROJECT = AccessAttribute.matching('Project');

/** A role `Data` for the spoke, which reads the tables of the caller's project unless told otherwise. */
export function accessIn(stack: Stack, props: Partial<AbacCrossAccountRoleProps> = {}, id = 'Access'): AbacCrossAccountRole {
  return new AbacCrossAccountRole(stack, id, {
    roleName: 'Data',
    trusted: TrustedAccounts.of([SPOKE]),
    attributes: [PROJECT],
    permissions: [AbacPermission.dynamodb().read()],
    ...props,
  });
}

/** The findings of the one error, each without its bullet. */
export function findingsOf(build: () => unknown): string[] {
  return errorOf(build).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

export function refused(props: Partial<AbacCrossAccountRoleProps>): string[] {
  return findingsOf(() => accessIn(shopStack(), props));
}

export function accepted(props: Partial<AbacCrossAccountRoleProps>): AbacCrossAccountRole {
  const access = accessIn(shopStack(), props);
  Template.fromStack(Stack.of(access)).resourceCountIs('AWS::IAM::Role', 1);
  return access;
}

/** The properties of what the construct is in its template, with `aws` for the partition and `<Id.Attribute>` for references. */
export function deployedProperties(construct: IConstruct): any {
  const stack = Stack.of(construct);
  const resource = (CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild) as CfnResource;
  const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': ACCOUNT, 'AWS::Region': 'eu-west-1' };
  const called = (id: string) => id.replace(/[0-9A-F]{8}$/, '');
  const { Properties = {} } = Template.fromStack(stack).toJSON().Resources[stack.resolve(resource.logicalId)];
  return render(Properties, { ref: id => pseudo[id] ?? `<${called(id)}>`, attribute: (id, name) => `<${called(id)}.${name}>` });
}

/** The statements of a role's trust, or of a managed policy. */
export function statementsOf(of: Role | ManagedPolicy): any[] {
  const properties = deployedProperties(of);
  return (properties.AssumeRolePolicyDocument ?? properties.PolicyDocument).Statement;
}
