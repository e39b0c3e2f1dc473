import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';
import type { AbacStatements } from './abac-policies';
import type { AccessAttribute } from './access-attribute';
import type { Trust } from './trusted-accounts';
import type { Findings } from '../private/validation';
import { duplicates, isKnown, isKnownDuration, quoted, requireTokenUnit } from '../private/validation';

/** What AWS takes for the name of a role. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const ACCOUNT = /^\d{12}$/;
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;
const PRINCIPAL_ARN = /^arn:[\w-]+:iam::(\d{12}|\*):(role|user)\/.+$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const SOURCE_IDENTITY = /^[\w+=,.@*-]{2,64}$/;
/** What a tag may be made of. `$`, `}` and `*` are not among it: none can become a variable or a wildcard. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const TAG_RULE = 'letters, digits, spaces and _.:/=+-@';
const MAX_ATTRIBUTES = 50;
const MAX_TRUST = 2048;
/** Characters of a managed policy. */
export const MAX_MANAGED_POLICY = 6144;
/** What pseudo parameters turn into at most. */
const PSEUDO_PARAMETERS: Record<string, string> = { 'AWS::Partition': 'aws-us-gov', 'AWS::AccountId': '1'.repeat(12), 'AWS::Region': 'ap-southeast-1' };
/** What another reference may turn into: the ARN of a bucket with the longest name. */
const LONGEST_REFERENCE = `arn:aws-us-gov:s3:::${'x'.repeat(63)}`;

/** A name, and sessions that AWS has. */
export function findRoleProblems(findings: Findings, props: { readonly roleName: string; readonly maxSessionDuration?: Duration }): void {
  const { roleName, maxSessionDuration } = props;
  findings.require(isKnown(roleName), '\'roleName\' must be known at synth, got: an unresolved token; write it out, since spoke accounts know the role by it');
  findings.require(!isKnown(roleName) || ROLE_NAME.test(roleName), `'roleName' must be 1 to 64 letters, digits and _+=,.@-, got: '${roleName}'; choose another`);
  // Trap: the L2 compares a token with its limits, and says of each that it is too short.
  findings.require(maxSessionDuration?.isUnresolved() !== true, '\'maxSessionDuration\' must be known at synth, got: an unresolved token; write it out');
  if (isKnownDuration(maxSessionDuration)) {
    const seconds = maxSessionDuration.toSeconds({ integral: false });
    findings.require(Number.isInteger(seconds) && seconds >= 3600 && seconds <= 43_200,
      `'maxSessionDuration' must be 1 to 12 hours, in whole seconds, got: ${maxSessionDuration.toHumanString()}; AWS has no other sessions`);
  }
}

/** Somebody, named well enough. */
export function findTrustProblems(findings: Findings, trust: Trust): void {
  const { accountIds, organizationId, externalId, principalArns, mfaWithin, sourceIdentities } = trust;
  findings.require(accountIds.length > 0 || organizationId !== undefined,
    '\'trusted\' must name at least one account or an organization, got: none; everybody is nobody to trust');
  for (const accountId of accountIds.filter(isKnown)) {
    findings.require(ACCOUNT.test(accountId), `'trusted' must name accounts by their 12 digits, got: '${accountId}'; look it up in the account's settings`);
  }
  const twice = duplicates(accountIds);
  findings.require(twice.length === 0, `'trusted' must name each account once, got twice: ${quoted(twice)}; remove one`);
  if (organizationId !== undefined && isKnown(organizationId)) {
    findings.require(ORGANIZATION.test(organizationId), `'trusted' must name an organization as o-…, got: '${organizationId}'; look it up in AWS Organizations`);
  }
  if (externalId !== undefined && isKnown(externalId)) {
    findings.require(EXTERNAL_ID.test(externalId), `'externalId' must be 2 to 1224 letters, digits and _+=,.@:/-, got: '${externalId}'; choose another`);
  }
  if (principalArns) {
    findings.require(principalArns.length > 0, '\'onlyPrincipals\' must name at least one ARN, got: none; leave it out to trust the whole account');
    for (const arn of principalArns.filter(isKnown)) {
      findings.require(PRINCIPAL_ARN.test(arn), `'onlyPrincipals' must name roles and users by ARN, got: '${arn}'; write one like 'arn:aws:iam::111111111111:role/data-*'`);
    }
  }
  if (sourceIdentities) {
    findings.require(sourceIdentities.length > 0, '\'withSourceIdentity\' must name at least one identity, got: none; write \'*\' for any');
    for (const identity of sourceIdentities.filter(each => isKnown(each) && each !== '*')) {
      findings.require(SOURCE_IDENTITY.test(identity), `'withSourceIdentity' must be 2 to 64 letters, digits and _+=,.@-*, got: '${identity}'; choose another`);
    }
  }
  requireTokenUnit(findings, mfaWithin, 'seconds', '\'withMfa\'');
  if (isKnownDuration(mfaWithin)) {
    const seconds = mfaWithin.toSeconds({ integral: false });
    findings.require(Number.isInteger(seconds) && seconds >= 60, `'withMfa' must be a minute at least, in whole seconds, got: ${mfaWithin.toHumanString()}; nobody types so fast`);
  }
}

/** Tags that AWS takes, one of which must be the caller's. */
export function findAttributeProblems(findings: Findings, attributes: AccessAttribute[]): void {
  findings.require(attributes.some(attribute => attribute.isMatching),
    `'attributes' must have one that matches, got: ${attributes.length === 0 ? 'none' : quoted(attributes.map(each => each.key))}; add AccessAttribute.matching, or everybody reaches the same`);
  findings.require(attributes.length <= MAX_ATTRIBUTES, `'attributes' must be ${MAX_ATTRIBUTES} at most, got: ${attributes.length}; a session has no more tags`);
  findKeysTwice(findings, '\'attributes\'', attributes.map(attribute => attribute.key));
  for (const { key, values } of attributes) {
    findKeyProblems(findings, '\'key\' of an attribute', key);
    if (values) {
      findValueProblems(findings, key, values);
    }
  }
}

/** A key that AWS takes, and in which no variable begins or ends. */
export function findKeyProblems(findings: Findings, what: string, key: string): void {
  findings.require(isKnown(key), `${what} must be known at synth, got: an unresolved token; write it out`);
  if (isKnown(key)) {
    findings.require(key.length >= 1 && key.length <= 128 && TAG_TEXT.test(key), `${what} must be 1 to 128 ${TAG_RULE}, got: '${key}'; choose another`);
    findings.require(!/^aws:/i.test(key), `${what} must not begin with 'aws:', got: '${key}'; AWS keeps those for itself`);
  }
}

/** Keys that AWS tells apart. */
export function findKeysTwice(findings: Findings, what: string, keys: string[]): void {
  const twice = duplicates(keys.map(key => key.toLowerCase()));
  findings.require(twice.length === 0, `${what} must name each key once, without regard to case, got twice: ${quoted(twice)}; AWS takes them for one`);
}

function findValueProblems(findings: Findings, key: string, values: string[]): void {
  findings.require(values.length > 0, `'values' of attribute '${key}' must name at least one, got: none; name what counts`);
  for (const value of values.filter(isKnown)) {
    findings.require(value.length >= 1 && value.length <= 256 && TAG_TEXT.test(value), `'values' of attribute '${key}' must be 1 to 256 ${TAG_RULE}, got: '${value}'; an empty or odd value matches by mistake`);
  }
  const twice = duplicates(values);
  findings.require(twice.length === 0, `'values' of attribute '${key}' must be named once each, got twice: ${quoted(twice)}; remove one`);
}

/** Something is allowed, and each service has it. */
export function findPermissionProblems(findings: Findings, permissions: AbacPermission[], attributes: AccessAttribute[]): void {
  findings.require(permissions.length > 0, '\'permissions\' must allow something, got: none; add one such as AbacPermission.dynamodb().read()');
  const twice = duplicates(permissions.filter(each => each._binding.kind === 'service').map(each => each.name));
  findings.require(twice.length === 0, `'permissions' must name each service once, got twice: ${quoted(twice)}; join them, as in .read().write()`);
  for (const permission of permissions) {
    const offered = levelsOf(permission);
    findings.require(permission._levels.length > 0, `'permissions' must say what is allowed of ${permission.name}, got: nothing; add ${offered.map(level => `.${level}()`).join(' or ')}`);
    for (const level of permission._levels.filter(each => !offered.includes(each))) {
      findings.require(false, `'permissions' must ask of ${permission.name} what its tags decide, got: '${level}'; ${offered.map(each => `.${each}()`).join(' and ')} can be had`);
    }
    if (permission._binding.kind === 'buckets') {
      findings.require(permission._binding.buckets.length > 0, '\'s3Buckets\' must name at least one bucket, got: none; pass the buckets, or leave it out');
    }
    if (permission._binding.kind === 'objects' && permission._levels.includes('write')) {
      const tags = attributes.length;
      findings.require(tags <= 10, `'attributes' must be 10 at most for objects that are written, got: ${tags}; an object has no more tags`);
    }
  }
}

function levelsOf(permission: AbacPermission): string[] {
  const binding = permission._binding;
  if (binding.kind !== 'service') {
    return ['read', 'write', 'list'];
  }
  return (['read', 'write', 'create', 'list'] as const).filter(level => binding.actions[level].length > 0);
}

/** What is written, and how long it may be. */
export interface Sized extends AbacStatements {
  /**
   * The trust policy.
   *
   * @default - none: it is for roles and users that are there
   */
  readonly trust?: PolicyStatement[];
}

/** AWS counts characters, and says so at deploy time. */
export function findPolicySizeProblems(findings: Findings, scope: Construct, { trust, permissions, tamperProofing }: Sized): void {
  const trustSize = trust ? sizeOf(scope, trust) : 0;
  findings.require(trustSize <= MAX_TRUST, `'trusted' and 'attributes' must make a trust policy of ${MAX_TRUST} characters at most, got: ${trustSize}; trust an organization instead of many accounts, or use fewer keys`);
  const allowed = sizeOf(scope, permissions.map(each => each.statement));
  findings.require(allowed <= MAX_MANAGED_POLICY, `'permissions' must make a policy of ${MAX_MANAGED_POLICY} characters at most, got: ${allowed}; use two roles`);
  const denied = sizeOf(scope, tamperProofing);
  findings.require(denied <= MAX_MANAGED_POLICY, `'attributes' must make a policy against tampering of ${MAX_MANAGED_POLICY} characters at most, got: ${denied}; use fewer attributes`);
}

/** The characters of a policy of these statements. */
export function sizeOf(scope: Construct, statements: PolicyStatement[]): number {
  const rendered = Stack.of(scope).resolve(statements.map(statement => statement.toStatementJson()));
  return '{"Version":"2012-10-17","Statement":}'.length + JSON.stringify(flat(rendered)).length;
}

/** As CloudFormation will write it. */
function flat(value: any): unknown {
  if (Array.isArray(value)) {
    return value.map(flat);
  }
  if (typeof value !== 'object' || value === null) {
    return Token.isUnresolved(value) ? LONGEST_REFERENCE : value;
  }
  if ('Ref' in value) {
    return PSEUDO_PARAMETERS[value.Ref] ?? LONGEST_REFERENCE;
  }
  if ('Fn::Join' in value) {
    return (flat(value['Fn::Join'][1]) as string[]).join(value['Fn::Join'][0]);
  }
  if (Object.keys(value).some(key => key.startsWith('Fn::'))) {
    return LONGEST_REFERENCE;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, flat(each)]));
}
