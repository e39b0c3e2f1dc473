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

/** The statements of both policies. */
export interface AbacStatements {
  /** What is allowed. */
  readonly permissions: AbacStatement[];
  /** What is denied. */
  readonly tamperProofing: PolicyStatement[];
}

/** Two managed policies: what is allowed where tags match, and what nobody who has it may change. */
export class AbacPolicies extends Construct {
  /** What is allowed where tags match. */
  public readonly permissions: ManagedPolicy;
  /** What nobody who has it may change. */
  public readonly tamperProofing: ManagedPolicy;

  constructor(scope: Construct, id: string, name: string, { permissions, tamperProofing: denied }: AbacStatements) {
    super(scope, id);
    const names = namesOf(name);
    this.permissions = new ManagedPolicy(this, 'Permissions', {
      managedPolicyName: names.permissions,
      description: `What is reached where tags match: ${scope.node.path}`,
      statements: permissions.map(each => each.statement),
    });
    acknowledgeWildcards(this.permissions, permissions.filter(each => !each.unscoped).flatMap(each => each.statement.resources),
      'which of these resources are reached is decided by their tags, in the conditions of the statement');
    const unscoped = permissions.flatMap(each => each.unscoped ?? []);
    if (unscoped.length > 0) {
      acknowledge(this.permissions, 'AwsSolutions-IAM5[Resource::*]', unscoped.join('; '));
    }
    this.tamperProofing = new ManagedPolicy(this, 'TamperProofing', {
      managedPolicyName: names.tamperProofing,
      description: `What nobody changes who reaches resources by tags: ${scope.node.path}`,
      statements: denied,
    });
  }
}

/** What the two policies will say: their length is judged before there are any. */
export function policyStatements(scope: Construct, { name, attributes, permissions, roleArn }: AbacPoliciesProps): AbacStatements {
  const { partition, account } = Stack.of(scope);
  const policyArns = Object.values(namesOf(name)).map(policy => `arn:${partition}:iam::${account}:policy/${policy}`);
  return {
    permissions: permissions.flatMap(permission => statementsOf(scope, permission, attributes)),
    tamperProofing: [...tamperProofing(attributes, { roleArn, policyArns }), ...(roleArn ? [] : [selfProtection()])],
  };
}

function namesOf(name: string) {
  return { permissions: `${name}-permissions`, tamperProofing: `${name}-tamper-proofing` };
}
