import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Annotations, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AbacHubRole } from './abac-hub-role';
import type { AbacPermission } from './abac-permission';
import { AbacPolicies, policyStatements } from './abac-policies';
import type { AccessAttribute } from './access-attribute';
import { renderReport, reportOf } from './access-report';
import { enableBucketAbac } from './bucket-abac';
import { sessionTagKeys, trustStatements } from './trust-policy';
import { TrustPrincipal } from './trust-principal';
import type { TrustedAccounts } from './trusted-accounts';
import type { Sized } from './validation';
import { findAttributeProblems, findPermissionProblems, findPolicySizeProblems, findRoleProblems, findTrustProblems } from './validation';
import { Findings, isKnownDuration } from '../private/validation';

const CHAINED_SESSION = Duration.hours(1);

/** Properties of an `AbacCrossAccountRole`. */
export interface AbacCrossAccountRoleProps {
  /** The name of the role, by which other accounts know it: 1 to 64 letters, digits and _+=,.@-. */
  readonly roleName: string;

  /** Who may assume it. */
  readonly trusted: TrustedAccounts;

  /** The tags that decide. All of them must match. */
  readonly attributes: AccessAttribute[];

  /** What may be done with resources whose tags match. */
  readonly permissions: AbacPermission[];

  /**
   * How long a session may last: 1 to 12 hours. A session that was assumed from a role, as that of every program, ends after
   * an hour whatever this says.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;
}

/**
 * A role for other accounts that reaches what carries the caller's own tags: one key that fits where the tags agree. A new
 * project, person or table needs a tag, and no change of a policy.
 *
 * Callers bring their tags as session tags, and only those that they have themselves. Nobody who holds the role can change
 * the tags that decide, nor the role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html
 */
export class AbacCrossAccountRole extends Construct {
  /** The role. */
  public readonly role: Role;
  /** What is allowed where tags match. */
  public readonly permissionsPolicy: ManagedPolicy;
  /** What nobody who holds the role may change. */
  public readonly tamperProofingPolicy: ManagedPolicy;
  /** What a spoke account must know of it; literal, so that it can be handed to a stack of another account. */
  public readonly hubRole: AbacHubRole;

  /** @internal */
  public readonly _props: AbacCrossAccountRoleProps;

  constructor(scope: Construct, id: string, props: AbacCrossAccountRoleProps) {
    super(scope, id);
    this._props = props;
    const trust = props.trusted._trust;
    const stack = Stack.of(this);
    const roleArn = `arn:${stack.partition}:iam::${stack.account}:role/${props.roleName}`;
    validateProps(this, props);
    const statements = {
      trust: trustStatements(trust, props.attributes),
      ...policyStatements(this, { name: props.roleName, attributes: props.attributes, permissions: props.permissions, roleArn }),
    };
    validateSizes(this, statements);

    const policies = new AbacPolicies(this, 'Policies', props.roleName, statements);
    this.permissionsPolicy = policies.permissions;
    this.tamperProofingPolicy = policies.tamperProofing;
    enableBucketAbac(this, props.permissions);
    this.role = new Role(this, 'Role', {
      roleName: props.roleName,
      description: `Reaches what carries the caller's own tags: ${this.node.path}`,
      assumedBy: new TrustPrincipal(statements.trust),
      maxSessionDuration: props.maxSessionDuration ?? CHAINED_SESSION,
      managedPolicies: [this.permissionsPolicy, this.tamperProofingPolicy],
    });
    this.hubRole = AbacHubRole.of({
      roleArn,
      sessionTagKeys: sessionTagKeys(props.attributes),
      externalId: trust.externalId,
      sourceIdentity: trust.sourceIdentities !== undefined,
    });
    warnOfChaining(this, props);
  }

  /** Who may do what under which tags, in Markdown, for an auditor. */
  public accessReport(): string {
    return renderReport(this.facts());
  }

  /** The same as JSON, for a program. */
  public accessReportJson(): string {
    return `${JSON.stringify(this.facts(), undefined, 2)}\n`;
  }

  private facts() {
    return reportOf(this, { ...this._props, trust: this._props.trusted._trust, roleArn: this.hubRole.roleArn });
  }
}

function validateProps(scope: AbacCrossAccountRole, props: AbacCrossAccountRoleProps): void {
  const findings = new Findings();
  findRoleProblems(findings, props);
  findTrustProblems(findings, props.trusted._trust);
  findAttributeProblems(findings, props.attributes);
  findPermissionProblems(findings, props.permissions, props.attributes);
  findings.throwIfAny(scope);
}

function validateSizes(scope: AbacCrossAccountRole, statements: Sized): void {
  const findings = new Findings();
  findPolicySizeProblems(findings, scope, statements);
  findings.throwIfAny(scope);
}

/** AWS ends every session that a role assumed from a role after an hour. */
function warnOfChaining(scope: AbacCrossAccountRole, { maxSessionDuration, trusted }: AbacCrossAccountRoleProps): void {
  const long = isKnownDuration(maxSessionDuration) && maxSessionDuration.toSeconds() > CHAINED_SESSION.toSeconds();
  const { mfaWithin, principalArns } = trusted._trust;
  const people = mfaWithin !== undefined || principalArns?.every(arn => arn.includes(':user/'));
  if (long && !people) {
    Annotations.of(scope).addWarningV2('cdk-resilience:chainedSession',
      `'maxSessionDuration' is ${maxSessionDuration.toHumanString()}, and AWS ends a session that was assumed from a role after an hour; only users, and people by SAML or OIDC, have it so long`);
  }
}
