import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';
import type { AccessAttribute } from './access-attribute';
import type { AbacStatement } from './permission-policy';
import { statementsOf } from './permission-policy';
import { selfProtection, tamperProofing } from './tamper-proofing';
import { acknowledge, acknowledgeWildcards } from '../private/acknowledgement';

/** What the policies say. */
export interface AbacPoliciesProps {
  /** The name that their names begin with. */
  readonly name: string;
  /** The tags that decide. */
  readonly attributes: AccessAttribute[];
  /** What is allowed where they match. */
  readonly permissions: AbacPermission[];
  /**
   * The ARN of the role that gets them, literal.
   *
   * @default - roles and users that are not known here: they may change nobody's tags and policies
   */
  readonly roleArn?: string;
}

/** Two managed policies: what is allowed where tags match, and what nobody who has it may change. */
export class AbacPolicies extends Construct {
  /** What is allowed where tags match. */
  public readonly permissions: ManagedPolicy;
  /** What nobody who has it may change. */
  public readonly tamperProofing: ManagedPolicy;

  constructor(scope: Construct, id: string, props: AbacPoliciesProps) {
    super(scope, id);
    const names = namesOf(props);
    const rendered = allowed(scope, props);
    this.permissions = new ManagedPolicy(this, 'Permissions', {
      managedPolicyName: names.permissions,
      description: `What is reached where tags match: ${scope.node.path}`,
      statements: rendered.map(each => each.statement),
    });
    acknowledgeWildcards(this.permissions, rendered.filter(each => !each.unscoped).flatMap(each => each.statement.resources),
      'which of these resources are reached is decided by their tags, in the conditions of the statement');
    const unscoped = rendered.flatMap(each => each.unscoped ?? []);
    if (unscoped.length > 0) {
      acknowledge(this.permissions, 'AwsSolutions-IAM5[Resource::*]', unscoped.join('; '));
    }
    this.tamperProofing = new ManagedPolicy(this, 'TamperProofing', {
      managedPolicyName: names.tamperProofing,
      description: `What nobody changes who reaches resources by tags: ${scope.node.path}`,
      statements: denied(scope, props),
    });
  }
}

/** What the two policies will say. */
export function policyStatements(scope: Construct, props: AbacPoliciesProps): Record<'permissions' | 'tamperProofing', PolicyStatement[]> {
  return { permissions: allowed(scope, props).map(each => each.statement), tamperProofing: denied(scope, props) };
}

function namesOf({ name }: AbacPoliciesProps) {
  return { permissions: `${name}-permissions`, tamperProofing: `${name}-tamper-proofing` };
}

function allowed(scope: Construct, { permissions, attributes }: AbacPoliciesProps): AbacStatement[] {
  return permissions.flatMap(permission => statementsOf(scope, permission, attributes));
}

function denied(scope: Construct, props: AbacPoliciesProps): PolicyStatement[] {
  const { partition, account } = Stack.of(scope);
  const policyArns = Object.values(namesOf(props)).map(name => `arn:${partition}:iam::${account}:policy/${name}`);
  return [...tamperProofing(props.attributes, { roleArn: props.roleArn, policyArns }), ...(props.roleArn ? [] : [selfProtection()])];
}
