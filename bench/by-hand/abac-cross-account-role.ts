import { AccountPrincipal, Effect, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

type Conditions = Record<string, Record<string, string | string[]>>;
const OWN = '${aws:PrincipalTag/Project}';
/** A variable without a value would make a denial deny nothing; no tag can have this one. */
const OWN_OR_NONE = '${aws:PrincipalTag/Project, \'!\'}';
const KNOWN = { 'aws:PrincipalTag/Project': 'false' };

/**
 * The same resources with the same properties. What differs: names and descriptions, which follow from paths, the first
 * statement of the trust has no sid, and nothing checks what is stated, warns, or reports it.
 */
export function byHand(stack: Stack, id: string): void {
  const science = new Construct(stack, id);
  const research = new Bucket(science, 'Research');
  const scope = new Construct(science, 'Access');
  const roleName = `data-science-${id}`;
  const iam = (resource: string) => stack.formatArn({ service: 'iam', region: '', resource });
  const permissions = new ManagedPolicy(scope, 'Permissions', {
    managedPolicyName: `${roleName}-permissions`,
    description: `What is reached where tags match: ${scope.node.path}`,
    statements: permit(stack, research),
  });
  const tamperProofing = new ManagedPolicy(scope, 'TamperProofing', {
    managedPolicyName: `${roleName}-tamper-proofing`,
    description: `What nobody changes who reaches resources by tags: ${scope.node.path}`,
    statements: guard(iam(`role/${roleName}`), [iam(`policy/${roleName}-permissions`), iam(`policy/${roleName}-tamper-proofing`)]),
  });
  trust(new Role(scope, 'Role', {
    roleName,
    description: `Reaches what carries the caller's own tags: ${scope.node.path}`,
    assumedBy: new AccountPrincipal('222222222222').withConditions({
      StringEquals: { 'aws:RequestTag/Project': OWN, 'sts:ExternalId': 'data-science-7f3a' },
      Null: { 'aws:RequestTag/Project': 'false' },
    }),
    maxSessionDuration: Duration.hours(1),
    managedPolicies: [permissions, tamperProofing],
  }));
}

/** Callers bring their own tag, no other one, and hand none on. */
function trust(role: Role): void {
  role.assumeRolePolicy!.addStatements(new PolicyStatement({
    sid: 'Tag',
    principals: [new AccountPrincipal('222222222222')],
    actions: ['sts:TagSession'],
    conditions: {
      'StringEquals': { 'aws:RequestTag/Project': OWN },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Project'] },
      'Null': { 'aws:RequestTag/Project': 'false', 'aws:TagKeys': 'false', 'sts:TransitiveTagKeys': 'true' },
    },
  }));
}

/** What is reached where tags match. */
function permit(stack: Stack, bucket: Bucket): PolicyStatement[] {
  const own = bucket.arnForObjects(`${OWN}/*`);
  const withoutSlash = { 'aws:PrincipalTag/Project': '*/*' };
  const matching = (key: string) => ({ StringEquals: { [key]: OWN }, Null: { [key]: 'false', ...KNOWN } });
  const allow = (actions: string[], resources: string[], conditions: Conditions) => new PolicyStatement({ actions, resources, conditions });
  return [
    allow(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'], [bucket.arnForObjects('*')], matching('s3:ExistingObjectTag/Project')),
    allow(['s3:PutObject', 's3:PutObjectTagging'], [own], { ...matching('s3:RequestObjectTag/Project'), StringNotLike: withoutSlash }),
    allow(['s3:DeleteObject', 's3:AbortMultipartUpload'], [own], { Null: KNOWN, StringNotLike: withoutSlash }),
    allow(['s3:ListBucket'], [bucket.bucketArn], { Null: KNOWN, StringNotLike: withoutSlash, StringLike: { 's3:prefix': [`${OWN}/*`] } }),
    allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:ConditionCheckItem', 'dynamodb:DescribeTable'],
      [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: '*' })], matching('aws:ResourceTag/Project')),
  ];
}

/** What nobody changes: the tags that decide, whether those of a bucket count, the role and its policies. */
function guard(roleArn: string, policyArns: string[]): PolicyStatement[] {
  const deny = (sid: string, actions: string[], resources: string[], conditions?: Conditions) =>
    new PolicyStatement({ sid, effect: Effect.DENY, actions, resources, conditions });
  const unlike = (key: string) => ({ StringNotEquals: { [key]: OWN_OR_NONE }, Null: { [key]: 'false' } });
  const tag = ['dynamodb:Tag*', 'secretsmanager:Tag*', 'ssm:AddTags*', 'kms:Tag*', 'sqs:Tag*', 'sns:Tag*', 'lambda:Tag*', 'ec2:CreateTags', 's3:Tag*'];
  const untag = [
    'dynamodb:UntagResource', 'secretsmanager:UntagResource', 'ssm:RemoveTagsFromResource', 'kms:UntagResource', 'sqs:UntagQueue', 'sns:UntagResource',
    'lambda:UntagResource', 'ec2:DeleteTags', 's3:UntagResource',
  ];
  return [
    deny('KeepTags', untag, ['*'], { 'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': ['Project'] }, 'Null': { 'aws:TagKeys': 'false' } }),
    deny('OwnTags', tag, ['*'], unlike('aws:RequestTag/Project')),
    deny('OwnResources', tag, ['*'], unlike('aws:ResourceTag/Project')),
    deny('OwnObjectTags', ['s3:PutObject*'], ['*'], unlike('s3:RequestObjectTag/Project')),
    deny('OwnObjects', ['s3:PutObject*Tagging'], ['*'], unlike('s3:ExistingObjectTag/Project')),
    deny('KeepBuckets', ['s3:PutBucketAbac', 's3:PutBucketTagging', 's3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'], ['*']),
    deny('KeepRole', [
      'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:AttachRolePolicy',
      'iam:DetachRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary', 'iam:UpdateRole', 'iam:DeleteRole',
    ], [roleArn]),
    deny('KeepPolicies', ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:DeletePolicy', 'iam:DeletePolicyVersion'], policyArns),
  ];
}
