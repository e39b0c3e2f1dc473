import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';
import type { AccessAttribute } from './access-attribute';
import { statementsOf } from './permission-policy';
import type { Trust } from './trusted-accounts';

/** What a report is made of. */
export interface Reported {
  /** The role. */
  readonly roleArn: string;
  /** Who may assume it. */
  readonly trust: Trust;
  /** The tags that decide. */
  readonly attributes: AccessAttribute[];
  /** What is allowed where they match. */
  readonly permissions: AbacPermission[];
}

/** Who may do what under which tags. */
export interface AccessFacts {
  /** The ARN of the role. */
  readonly role: string;
  /** Who may assume it, and under which conditions. */
  readonly who: { readonly accounts: string[]; readonly conditions: string[] };
  /** The tags that decide. */
  readonly tags: { readonly key: string; readonly rule: string }[];
  /** What may be done, and whether tags decide it. */
  readonly what: { readonly permission: string; readonly actions: string[]; readonly resources: string[]; readonly byTags: boolean }[];
}

/** The facts of a role, from the same statements that its policies are made of. */
export function reportOf(scope: Construct, { roleArn, trust, attributes, permissions }: Reported): AccessFacts {
  const text = (value: unknown) => readable(Stack.of(scope).resolve(value));
  return {
    role: text(roleArn),
    who: { accounts: trust.accountIds.length > 0 ? trust.accountIds.map(text) : ['every account of the organization'], conditions: conditionsOf(trust).map(text) },
    tags: attributes.map(({ key, isMatching, values }) => ({
      key,
      rule: [...(isMatching ? ['the resource\'s is the caller\'s'] : []), ...(values ? [`one of ${values.map(text).join(', ')}`] : [])].join(', and '),
    })),
    what: permissions.flatMap(permission => statementsOf(scope, permission, attributes).map(({ statement, unscoped }) => ({
      permission: `${permission.name}: ${permission._levels.join(', ')}`,
      actions: statement.actions,
      resources: statement.resources.map(text),
      byTags: unscoped === undefined,
    }))),
  };
}

function conditionsOf({ organizationId, externalId, principalArns, mfaWithin, sourceIdentities }: Trust): string[] {
  return [
    ...(organizationId ? [`the account is in organization ${organizationId}`] : []),
    ...(externalId ? [`the external id is ${externalId}`] : []),
    ...(principalArns ? [`the caller is like ${principalArns.join(' or ')}`] : []),
    ...(mfaWithin ? [`a second factor was proved within ${mfaWithin.toHumanString()}`] : []),
    ...(sourceIdentities ? [`the source identity is like ${sourceIdentities.join(' or ')}`] : []),
    'every tag of the session is the caller\'s own',
  ];
}

/** In Markdown. */
export function renderReport({ role, who, tags, what }: AccessFacts): string {
  return [
    `# Who reaches what through ${role}`,
    '',
    '## Who may assume it',
    '',
    ...who.accounts.map(account => `* ${account}`),
    '',
    `Only when ${who.conditions.join(', and ')}.`,
    '',
    '## Which tags decide',
    '',
    '| Tag | Must be |',
    '|---|---|',
    ...tags.map(({ key, rule }) => `| \`${key}\` | ${rule} |`),
    '',
    'All of them. A tag that is missing, on either side, never matches.',
    '',
    '## What may be done',
    '',
    '| Permission | Actions | Resources | Decided by tags |',
    '|---|---|---|---|',
    ...what.map(each => `| ${each.permission} | ${each.actions.join(', ')} | ${each.resources.map(arn => `\`${arn}\``).join(', ')} | ${each.byTags ? 'yes' : 'no: names only, all of them'} |`),
    '',
  ].join('\n');
}

/** References as people read them. */
function readable(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  if (value && 'Fn::Join' in value) {
    return value['Fn::Join'][1].map(readable).join(value['Fn::Join'][0]);
  }
  return value?.Ref === 'AWS::Partition' ? 'aws' : `<${value?.Ref ?? value?.['Fn::GetAtt']?.join('.') ?? JSON.stringify(value)}>`;
}
