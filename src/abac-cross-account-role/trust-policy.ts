import { AccountPrincipal, AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Tokenization } from 'aws-cdk-lib/core';
import type { AccessAttribute } from './access-attribute';
import { ownValue } from './permission-policy';
import type { Trust } from './trusted-accounts';

type Conditions = Record<string, Record<string, string | string[]>>;

/** The keys that callers bring as tags of their session. */
export function sessionTagKeys(attributes: AccessAttribute[]): string[] {
  return attributes.filter(attribute => attribute.isMatching).map(attribute => attribute.key);
}

/** The keys that sessions hand on. */
export function transitiveTagKeys(attributes: AccessAttribute[]): string[] {
  return attributes.filter(attribute => attribute.isTransitive).map(attribute => attribute.key);
}

/**
 * Who may assume the role, and with which tags: those that the caller has itself. Who could choose its project would have
 * all of them.
 *
 * Trap: the L2's `withSessionTags` puts both actions under the same conditions, of which `sts:TagSession` knows other ones
 * than `sts:AssumeRole`. AWS documents two statements, and so are these.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function trustStatements(trust: Trust, attributes: AccessAttribute[]): PolicyStatement[] {
  const principals = principalsOf(trust);
  const who = whoConditions(trust);
  const keys = sessionTagKeys(attributes);
  const own = ownTags(keys);
  const statement = (sid: string, action: string, ...conditions: Conditions[]) =>
    new PolicyStatement({ sid, effect: Effect.ALLOW, principals, actions: [action], conditions: merged(who, ...conditions) });
  return [
    statement('Assume', 'sts:AssumeRole', own, assumeConditions(trust)),
    statement('Tag', 'sts:TagSession', own, tagConditions(keys, transitiveTagKeys(attributes))),
    ...(trust.sourceIdentities ? [statement('Identify', 'sts:SetSourceIdentity', { StringLike: { 'sts:SourceIdentity': trust.sourceIdentities } })] : []),
  ];
}

function principalsOf({ accountIds }: Trust): IPrincipal[] {
  return accountIds.length > 0 ? accountIds.map(accountId => new AccountPrincipal(accountId)) : [new AnyPrincipal()];
}

function whoConditions({ organizationId, principalArns }: Trust): Conditions {
  return {
    ...(organizationId ? { StringEquals: { 'aws:PrincipalOrgID': organizationId } } : {}),
    ...(principalArns ? { ArnLike: { 'aws:PrincipalArn': principalArns } } : {}),
  };
}

/** What is asked of the caller, and of nothing that it tags. */
function assumeConditions({ externalId, mfaWithin, sourceIdentities }: Trust): Conditions {
  return merged(
    externalId ? { StringEquals: { 'sts:ExternalId': externalId } } : {},
    sourceIdentities ? { StringLike: { 'sts:SourceIdentity': sourceIdentities } } : {},
    mfaWithin ? { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': Tokenization.stringifyNumber(mfaWithin.toSeconds()) } } : {},
  );
}

/** Each tag is there, and is the caller's own. */
function ownTags(keys: string[]): Conditions {
  return {
    StringEquals: Object.fromEntries(keys.map(key => [`aws:RequestTag/${key}`, ownValue(key)])),
    Null: Object.fromEntries(keys.map(key => [`aws:RequestTag/${key}`, 'false'])),
  };
}

/** No other tags, and none handed on but those that are meant to be. */
function tagConditions(keys: string[], transitive: string[]): Conditions {
  return {
    'ForAllValues:StringEquals': {
      'aws:TagKeys': keys,
      // A list of nothing can not be stated: without transitive keys the condition below says so.
      ...(transitive.length > 0 ? { 'sts:TransitiveTagKeys': transitive } : {}),
    },
    'Null': { 'aws:TagKeys': 'false', ...(transitive.length === 0 ? { 'sts:TransitiveTagKeys': 'true' } : {}) },
  };
}

/** All conditions at once: operators of the same name are joined. */
function merged(...all: Conditions[]): Conditions {
  const result: Conditions = {};
  for (const [operator, keys] of all.flatMap(conditions => Object.entries(conditions))) {
    result[operator] = { ...result[operator], ...keys };
  }
  return result;
}
