import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AbacPermission } from './abac-permission';
import type { AccessAttribute } from './access-attribute';
import type { ServiceActions } from './service-actions';

type Conditions = Record<string, Record<string, string | string[]>>;

/** A statement that allows something, and what it is for. */
export interface AbacStatement {
  /** The statement. */
  readonly statement: PolicyStatement;
  /**
   * Why it names more resources than tags can narrow.
   *
   * @default - tags decide
   */
  readonly unscoped?: string;
}

/** The value that a matching tag must have: that of whoever asks. */
export function ownValue(key: string): string {
  return `\${aws:PrincipalTag/${key}}`;
}

/**
 * The tags of a resource, or of a request, that match. A missing tag never does: comparing with a missing tag gives nothing
 * by itself, and is asked for all the same, so that no later edit of the operator opens it.
 *
 * @param prefix Where the tags are: `aws:ResourceTag`, `aws:RequestTag`, `s3:ExistingObjectTag` or `s3:RequestObjectTag`.
 */
export function matching(attributes: AccessAttribute[], prefix: string): Conditions {
  const equal: Record<string, string | string[]> = {};
  const present: Record<string, string> = {};
  for (const { key, isMatching, values } of attributes) {
    present[`${prefix}/${key}`] = 'false';
    equal[`${prefix}/${key}`] = isMatching ? ownValue(key) : values!;
    if (isMatching) {
      present[`aws:PrincipalTag/${key}`] = 'false';
      if (values) {
        equal[`aws:PrincipalTag/${key}`] = values;
      }
    }
  }
  return { StringEquals: equal, Null: present };
}

/** What a permission allows, for resources whose tags match. */
export function statementsOf(scope: Construct, permission: AbacPermission, attributes: AccessAttribute[]): AbacStatement[] {
  const binding = permission._binding;
  const levels = new Set(permission._levels);
  switch (binding.kind) {
    case 'service': return serviceStatements(scope, binding.actions, levels, attributes);
    case 'buckets': return bucketStatements(binding.buckets, levels, attributes);
    case 'objects': return objectStatements(binding.bucket, levels, attributes);
  }
}

function serviceStatements(scope: Construct, actions: ServiceActions, levels: Set<string>, attributes: AccessAttribute[]): AbacStatement[] {
  const { service } = actions;
  const named = (names: string[]) => names.map(name => `${service}:${name}`);
  const arns = actions.resources.map(resource => arnOf(scope, service, resource));
  const used = [...(levels.has('read') ? actions.read : []), ...(levels.has('write') ? actions.write : [])];
  const statements: AbacStatement[] = [];
  if (used.length > 0) {
    statements.push({ statement: allow(named(used), arns, matching(attributes, 'aws:ResourceTag')) });
  }
  if (levels.has('create')) {
    // Creating with tags asks for the permission to tag as well, with the tags of the request.
    statements.push({ statement: allow(named([...actions.create, actions.tag]), arns, matching(attributes, 'aws:RequestTag')) });
  }
  if (levels.has('list')) {
    statements.push({
      statement: allow(named(actions.list), ['*']),
      unscoped: `${named(actions.list).join(', ')} names every resource of the account; no policy can narrow it`,
    });
  }
  return statements;
}

/** The tags of the bucket decide for all that is in it. */
function bucketStatements(buckets: IBucket[], levels: Set<string>, attributes: AccessAttribute[]): AbacStatement[] {
  const tags = matching(attributes, 'aws:ResourceTag');
  const objects = buckets.map(bucket => bucket.arnForObjects('*'));
  return [
    ...(levels.has('read') ? [{ statement: allow(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'], objects, tags) }] : []),
    ...(levels.has('write') ? [{ statement: allow(['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], objects, tags) }] : []),
    ...(levels.has('list') ? [{ statement: allow(['s3:ListBucket'], buckets.map(bucket => bucket.bucketArn), tags) }] : []),
  ];
}

/** The tags of each object decide who reads it; the prefix, who writes, overwrites and deletes it. */
function objectStatements(bucket: IBucket, levels: Set<string>, attributes: AccessAttribute[]): AbacStatement[] {
  const prefix = attributes.filter(attribute => attribute.isMatching).map(attribute => ownValue(attribute.key)).join('/');
  const own = bucket.arnForObjects(`${prefix}/*`);
  const who = prefixOwners(attributes);
  return [
    ...(levels.has('read') ? [{
      statement: allow(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'], [bucket.arnForObjects('*')], matching(attributes, 's3:ExistingObjectTag')),
    }] : []),
    ...(levels.has('write') ? [
      { statement: allow(['s3:PutObject', 's3:PutObjectTagging'], [own], { ...who, ...matching(attributes, 's3:RequestObjectTag') }) },
      { statement: allow(['s3:DeleteObject', 's3:AbortMultipartUpload'], [own], who) },
    ] : []),
    ...(levels.has('list') ? [{
      statement: allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [`${prefix}/*`] }, ...who }),
    }] : []),
  ];
}

/**
 * Whoever has a prefix: all tags that match, with values that count. A value with a '/' has none, or it would be a part of
 * somebody else's.
 */
function prefixOwners(attributes: AccessAttribute[]): Conditions {
  const own = attributes.filter(attribute => attribute.isMatching).map(({ key, values }) => ({ tag: `aws:PrincipalTag/${key}`, values }));
  const among = own.flatMap(({ tag, values }) => values ? [[tag, values]] : []);
  return {
    ...(among.length > 0 ? { StringEquals: Object.fromEntries(among) } : {}),
    StringNotLike: Object.fromEntries(own.map(({ tag }) => [tag, '*/*'])),
    Null: Object.fromEntries(own.map(({ tag }) => [tag, 'false'])),
  };
}

function allow(actions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions });
}

/** Resources of the account and Region of the stack. */
export function arnOf(scope: Construct, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
