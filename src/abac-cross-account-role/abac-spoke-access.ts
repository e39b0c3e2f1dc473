import type { IIdentity } from 'aws-cdk-lib/aws-iam';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Resource, Stack, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AbacHubRole } from './abac-hub-role';
import { attachPolicy, isGroup } from './attach-policy';
import { ownValue } from './permission-policy';
import { keepPolicies, selfProtection } from './tamper-proofing';
import { findKeyProblems, findKeysTwice, MAX_MANAGED_POLICY, sizeOf } from './validation';
import { uniqueName } from '../private/naming';
import { Findings, isKnown, quoted } from '../private/validation';

const NAME_LENGTH = 110;
const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

/** Properties of an `AbacSpokeAccess`. */
export interface AbacSpokeAccessProps {
  /** The role of the hub account. */
  readonly hubRole: AbacHubRole;

  /** The roles and users of this account that may assume it. */
  readonly principals: IIdentity[];

  /**
   * The tags that say what they reach, by key: one for each that the hub role asks for. Roles and users of this app get
   * them; whoever is imported must have them.
   */
  readonly tags: Record<string, string>;
}

/**
 * The other side of an `AbacCrossAccountRole`: roles and users of a spoke account that may assume it with their own tags,
 * and can not change these.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export class AbacSpokeAccess extends Construct {
  /** What lets them assume the role with their own tags. */
  public readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: AbacSpokeAccessProps) {
    super(scope, id);
    const managedPolicyName = uniqueName(this, NAME_LENGTH);
    const { partition, account } = Stack.of(this);
    const statements = [...assumeStatements(props.hubRole), keepPolicies([`arn:${partition}:iam::${account}:policy/${managedPolicyName}`]), selfProtection()];
    validateProps(this, props, statements);
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName,
      // Not the ARN of the role: a policy that has a name can not be replaced, as it would be for another description.
      description: `Assumes a role of a hub account with one's own tags: ${this.node.path}`,
      statements,
    });
    for (const principal of props.principals) {
      attachPolicy(this.policy, principal);
      if (Resource.isOwnedResource(principal)) {
        Object.entries(props.tags).forEach(([key, value]) => Tags.of(principal).add(key, value));
      }
    }
  }
}

function assumeStatements({ roleArn, sessionTagKeys, asksForSourceIdentity }: AbacHubRole): PolicyStatement[] {
  const own = Object.fromEntries(sessionTagKeys.map(key => [`aws:RequestTag/${key}`, ownValue(key)]));
  return [
    allow('Assume', ['sts:AssumeRole'], roleArn, { StringEquals: own }),
    allow('Tag', ['sts:TagSession'], roleArn, {
      'StringEquals': own,
      'ForAllValues:StringEquals': { 'aws:TagKeys': sessionTagKeys },
      'Null': { 'aws:TagKeys': 'false' },
    }),
    ...(asksForSourceIdentity ? [allow('Identify', ['sts:SetSourceIdentity'], roleArn)] : []),
  ];
}

function allow(sid: string, actions: string[], roleArn: string, conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources: [roleArn], conditions });
}

function validateProps(scope: AbacSpokeAccess, { hubRole, principals, tags }: AbacSpokeAccessProps, statements: PolicyStatement[]): void {
  const findings = new Findings();
  findHubRoleProblems(findings, scope, hubRole);
  findings.require(principals.length > 0, '\'principals\' must name at least one role or user, got: none; pass those that may assume the role');
  const groups = principals.filter(isGroup).map(group => group.node.path);
  findings.require(groups.length === 0, `'principals' must be roles and users, got: group ${quoted(groups)}; a group has no tags, pass its users`);
  const { account } = Stack.of(scope);
  for (const principal of principals.filter(each => isKnown(account) && isKnown(each.env.account) && each.env.account !== account)) {
    findings.require(false, `'principals' must be of the account of the stack, '${account}', got: '${principal.node.path}' of '${principal.env.account}'; make an AbacSpokeAccess there`);
  }
  const keys = Object.keys(tags);
  const missing = hubRole.sessionTagKeys.filter(key => !keys.includes(key));
  findings.require(missing.length === 0, `'tags' must have each key that the hub role asks for, got: none for ${quoted(missing)}; without it nobody can assume the role`);
  const surplus = keys.filter(key => !hubRole.sessionTagKeys.includes(key));
  findings.require(surplus.length === 0, `'tags' must have no other keys than the hub role asks for, got: ${quoted(surplus)}; keys are told apart by case here, remove them`);
  for (const [key, value] of Object.entries(tags).filter(([, each]) => isKnown(each))) {
    findings.require(TAG_VALUE.test(value), `'tags' must have values of 1 to 256 letters, digits, spaces and _.:/=+-@, got: '${value}' for '${key}'; choose another`);
  }
  findings.throwIfAny(scope);
  const size = sizeOf(scope, statements);
  findings.require(size <= MAX_MANAGED_POLICY, `'hubRole' must make a policy of ${MAX_MANAGED_POLICY} characters at most, got: ${size}; use fewer attributes there`);
  findings.throwIfAny(scope);
}

function findHubRoleProblems(findings: Findings, scope: AbacSpokeAccess, { roleArn, sessionTagKeys }: AbacHubRole): void {
  findings.require(!isKnown(roleArn) || ROLE_ARN.test(roleArn), `'hubRole' must have the ARN of a role, got: '${roleArn}'; take hubRole of the AbacCrossAccountRole`);
  // A stack that was told no account names whichever account it is read in.
  const anyAccount = JSON.stringify(Stack.of(scope).resolve(roleArn)).includes('AWS::AccountId');
  findings.require(!anyAccount, '\'hubRole\' must name its account, got: \'AWS::AccountId\', which is that of the spoke here; pass env with the account to the stack of the hub role');
  findings.require(sessionTagKeys.length > 0, '\'sessionTagKeys\' of \'hubRole\' must name at least one key, got: none; name the keys that its attributes match');
  sessionTagKeys.forEach(key => findKeyProblems(findings, '\'sessionTagKeys\' of \'hubRole\'', key));
  findKeysTwice(findings, '\'sessionTagKeys\' of \'hubRole\'', sessionTagKeys);
}
