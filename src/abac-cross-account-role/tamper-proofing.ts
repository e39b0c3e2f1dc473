import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AccessAttribute } from './access-attribute';
import { ownValue } from './permission-policy';
import { SERVICES } from './service-actions';

const named = (service: string, actions: string[]) => actions.map(action => `${service}:${action}`);
/** `ssm:AddTags*` for `ssm:AddTagsToResource`: AWS counts the characters of a policy, and these stand in it for each attribute. */
const shortened = (action: string) => action.replace(/(To)?(Resource|Queue)$/, '*');
/** Tag Editor's own actions are not here: they know no condition, and AWS asks for these as well. */
const TAG = [...new Set(Object.values(SERVICES).map(({ service, tag }) => `${service}:${shortened(tag)}`)), 's3:Tag*'];
const UNTAG = [...new Set(Object.values(SERVICES).map(({ service, untag }) => `${service}:${untag}`)), 's3:UntagResource'];
const SELF = named('iam', [
  'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
  'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole',
]);
const PEOPLE = named('iam', [
  'TagUser', 'UntagUser', 'PutUserPolicy', 'AttachUserPolicy', 'DetachUserPolicy', 'DeleteUserPolicy', 'PutUserPermissionsBoundary',
  'DeleteUserPermissionsBoundary', 'PutGroupPolicy', 'DeleteGroupPolicy', 'AttachGroupPolicy', 'DetachGroupPolicy', 'AddUserToGroup',
  'RemoveUserFromGroup',
]);
/** Whoever may write a policy that is attached already needs no other. */
const POLICIES = named('iam', ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion']);

/** What is guarded besides tags. */
export interface Guarded {
  /**
   * The ARN of the role, literal: a policy that refers to its own role is a circle.
   *
   * @default - none that is known
   */
  readonly roleArn?: string;
  /** ARNs of the policies that say all this. */
  readonly policyArns: string[];
}

/**
 * Whatever else somebody is allowed: the tags that decide are not changed, the role and its policies neither, and buckets
 * keep looking at tags. Creating with one's own tags stays possible, since a request whose tags are one's own passes.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
 */
export function tamperProofing(attributes: AccessAttribute[], guarded: Guarded): PolicyStatement[] {
  const keys = attributes.map(attribute => attribute.key);
  // `aws:ResourceTag/project` is the tag `Project` as well: whoever could remove that could take what has it.
  const decides = { 'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': keys }, 'Null': { 'aws:TagKeys': 'false' } };
  return [
    deny('KeepTags', UNTAG, ['*'], decides),
    // Tags that decide may be given only as they are one's own…
    ...attributes.map((attribute, index) => deny(`OwnTags${index}`, TAG, ['*'], {
      StringNotEquals: { [`aws:RequestTag/${attribute.key}`]: valuesOf(attribute) },
      Null: { [`aws:RequestTag/${attribute.key}`]: 'false' },
    })),
    // …and only to what is nobody else's.
    ...attributes.map((attribute, index) => deny(`OwnResources${index}`, TAG, ['*'], {
      StringNotEquals: { [`aws:ResourceTag/${attribute.key}`]: valuesOf(attribute) },
      Null: { [`aws:ResourceTag/${attribute.key}`]: 'false' },
    })),
    // The same for objects.
    ...attributes.map((attribute, index) => deny(`OwnObjectTags${index}`, ['s3:PutObject*'], ['*'], {
      StringNotEquals: { [`s3:RequestObjectTag/${attribute.key}`]: valuesOf(attribute) },
      Null: { [`s3:RequestObjectTag/${attribute.key}`]: 'false' },
    })),
    ...attributes.map((attribute, index) => deny(`OwnObjects${index}`, ['s3:PutObject*Tagging'], ['*'], {
      StringNotEquals: { [`s3:ExistingObjectTag/${attribute.key}`]: valuesOf(attribute) },
      Null: { [`s3:ExistingObjectTag/${attribute.key}`]: 'false' },
    })),
    deny('KeepBuckets', ['s3:PutBucketAbac', 's3:PutBucketTagging', 's3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'], ['*']),
    ...(guarded.roleArn ? [deny('KeepRole', SELF, [guarded.roleArn])] : []),
    keepPolicies(guarded.policyArns),
  ];
}

/** What these policies say stays as it is. */
export function keepPolicies(policyArns: string[]): PolicyStatement {
  return deny('KeepPolicies', POLICIES, policyArns);
}

/** Whoever has the policy changes no tags and policies of roles and users, its own among them. */
export function selfProtection(): PolicyStatement {
  return deny('KeepPeople', [...SELF, ...PEOPLE], ['*']);
}

/**
 * What passes. A variable without a value would make the statement deny nothing, and whoever has no tag could give any: so
 * it has one, which no tag can have.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function valuesOf({ key, isMatching, values }: AccessAttribute): string | string[] {
  return isMatching ? ownValue(key).replace('}', ', \'!\'}') : values!;
}

function deny(sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, resources, conditions });
}
