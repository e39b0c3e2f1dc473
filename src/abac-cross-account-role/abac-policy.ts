import type { IIdentity, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';
import { AbacPolicies, policyStatements } from './abac-policies';
import type { AccessAttribute } from './access-attribute';
import { attachPolicy } from './attach-policy';
import { enableBucketAbac } from './bucket-abac';
import { findAttributeProblems, findPermissionProblems, findPolicySizeProblems } from './validation';
import { uniqueName } from '../private/naming';
import { Findings } from '../private/validation';

const NAME_LENGTH = 64;

/** Properties of an `AbacPolicy`. */
export interface AbacPolicyProps {
  /** The tags that decide. All of them must match. */
  readonly attributes: AccessAttribute[];

  /** What may be done with resources whose tags match. */
  readonly permissions: AbacPermission[];
}

/**
 * The same for roles and users of the account itself: they reach what carries their own tags, which are those of the role
 * or user. Whoever has it changes nobody's tags and policies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html
 */
export class AbacPolicy extends Construct {
  /** What is allowed where tags match. */
  public readonly permissionsPolicy: ManagedPolicy;
  /** What nobody who has it may change. */
  public readonly tamperProofingPolicy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: AbacPolicyProps) {
    super(scope, id);
    const findings = new Findings();
    findAttributeProblems(findings, props.attributes);
    findPermissionProblems(findings, props.permissions, props.attributes);
    findings.throwIfAny(this);
    const policyProps = { name: uniqueName(this, NAME_LENGTH), ...props };
    const statements = policyStatements(this, policyProps);
    findPolicySizeProblems(findings, this, statements);
    findings.throwIfAny(this);
    const policies = new AbacPolicies(this, 'Policies', policyProps.name, statements);
    this.permissionsPolicy = policies.permissions;
    this.tamperProofingPolicy = policies.tamperProofing;
    enableBucketAbac(this, props.permissions);
  }

  /** Gives it to a role, a user or a group of the account. Their tags say what they reach; without them they reach nothing. */
  public attachTo(identity: IIdentity): void {
    attachPolicy(this.permissionsPolicy, identity);
    attachPolicy(this.tamperProofingPolicy, identity);
  }
}
