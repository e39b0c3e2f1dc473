import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Group, ManagedPolicy, Role, User } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Tags } from 'aws-cdk-lib/core';
import type { AbacPolicyProps } from '../../src';
import { AbacPermission, AbacPolicy, AccessAttribute } from '../../src';
import { deployedProperties, PROJECT, statementsOf } from '../support/abac-roles';
import { ACCOUNT, IRELAND, errorOf, shopStack, testApp } from '../support/app';

function policyIn(stack: Stack, props: Partial<AbacPolicyProps> = {}, id = 'Access'): AbacPolicy {
  return new AbacPolicy(stack, id, { attributes: [PROJECT], permissions: [AbacPermission.keys().read()], ...props });
}

const propertiesOf = (policy: ManagedPolicy) => deployedProperties(policy);
/** Whom both policies name themselves: imported roles, users and groups. */
const namedIn = ({ permissionsPolicy, tamperProofingPolicy }: AbacPolicy) => [permissionsPolicy, tamperProofingPolicy].map(policy => {
  const { Roles, Users, Groups } = propertiesOf(policy);
  return { Roles, Users, Groups };
});

test('allows what the tags of whoever has it match, exactly as a role of a hub does', () => {
  expect(statementsOf(policyIn(shopStack()).permissionsPolicy)).toEqual([{
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/*`,
    Condition: {
      StringEquals: { 'aws:ResourceTag/Project': '${aws:PrincipalTag/Project}' },
      Null: { 'aws:ResourceTag/Project': 'false', 'aws:PrincipalTag/Project': 'false' },
    },
  }]);
});

test('whoever has it changes nobody\'s tags and policies, nor the two of its own', () => {
  const statements = statementsOf(policyIn(shopStack()).tamperProofingPolicy);
  expect(statements.map(each => each.Sid)).toEqual(['KeepTags', 'OwnTags0', 'OwnResources0', 'OwnObjectTags0', 'OwnObjects0', 'KeepBuckets', 'KeepPolicies', 'KeepPeople']);
  expect(statements.at(-2)).toEqual({
    Sid: 'KeepPolicies',
    Effect: 'Deny',
    Action: ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion'].map(action => `iam:${action}`),
    Resource: ['permissions', 'tamper-proofing'].map(name => expect.stringMatching(new RegExp(`^arn:aws:iam::${ACCOUNT}:policy/Shop-Access-[0-9A-F]{8}-${name}$`))),
  });
  expect(statements.at(-1)).toEqual({
    Sid: 'KeepPeople',
    Effect: 'Deny',
    Action: [
      'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
      'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole',
      'TagUser', 'UntagUser', 'PutUserPolicy', 'AttachUserPolicy', 'DetachUserPolicy', 'DeleteUserPolicy', 'PutUserPermissionsBoundary',
      'DeleteUserPermissionsBoundary', 'PutGroupPolicy', 'DeleteGroupPolicy', 'AttachGroupPolicy', 'DetachGroupPolicy', 'AddUserToGroup', 'RemoveUserFromGroup',
    ].map(action => `iam:${action}`),
    Resource: '*',
  });
});

test('the policies that are guarded are those that there are, of each construct its own', () => {
  const stack = shopStack();
  const both = [policyIn(stack), policyIn(stack, {}, 'Other')];
  const names = both.flatMap(each => [each.permissionsPolicy, each.tamperProofingPolicy]).map(policy => propertiesOf(policy).ManagedPolicyName);
  expect(new Set(names).size).toBe(4);
  expect(both.flatMap(each => statementsOf(each.tamperProofingPolicy).at(-2).Resource)).toEqual(names.map(name => `arn:aws:iam::${ACCOUNT}:policy/${name}`));
});

test('the name fits, however deep the construct is', () => {
  const deep = policyIn(new Stack(testApp(), 'S'.repeat(128), { env: IRELAND }), {}, 'A'.repeat(200));
  expect(propertiesOf(deep.tamperProofingPolicy).ManagedPolicyName.length).toBeLessThanOrEqual(128);
  expect(propertiesOf(policyIn(shopStack()).permissionsPolicy).Description).toBe('What is reached where tags match: Shop/Access');
});

test('attributes as of a role: one that matches, values that count, one of these', () => {
  const policy = policyIn(shopStack(), { attributes: [AccessAttribute.matching('Scope', { among: ['PCI'] }), AccessAttribute.oneOf('Stage', ['dev'])] });
  expect(statementsOf(policy.permissionsPolicy)[0].Condition.StringEquals).toEqual({
    'aws:ResourceTag/Scope': '${aws:PrincipalTag/Scope}', 'aws:PrincipalTag/Scope': ['PCI'], 'aws:ResourceTag/Stage': ['dev'],
  });
});

test('buckets look at their tags, and imported ones are warned of', () => {
  const stack = shopStack();
  const [own, imported] = [new Bucket(stack, 'Own'), Bucket.fromBucketName(stack, 'Imported', 'imported')];
  policyIn(stack, { permissions: [AbacPermission.s3Buckets(own, imported).read()] });
  expect(deployedProperties(own).AbacStatus).toBe('Enabled');
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue()).length).toBe(1);
});

test('nothing wrong, nothing warned of, nothing else created', () => {
  const stack = shopStack();
  policyIn(stack);
  expect(Object.values<any>(Template.fromStack(stack).toJSON().Resources).map(each => each.Type)).toEqual(['AWS::IAM::ManagedPolicy', 'AWS::IAM::ManagedPolicy']);
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

describe('attachTo', () => {
  test.each<[string, (stack: Stack) => Role | User | Group]>([
    ['a role', stack => new Role(stack, 'Who', { assumedBy: new AccountRootPrincipal() })],
    ['a user', stack => new User(stack, 'Who')],
    ['a group', stack => new Group(stack, 'Who')],
  ])('%s of the app', (_, make) => {
    const stack = shopStack();
    const policy = policyIn(stack);
    const who = make(stack);
    policy.attachTo(who);
    expect(deployedProperties(who).ManagedPolicyArns).toEqual(['<AccessPoliciesPermissions>', '<AccessPoliciesTamperProofing>']);
    expect(namedIn(policy)).toEqual(Array(2).fill({}));
  });

  test('an imported role', () => {
    const stack = shopStack();
    const policy = policyIn(stack);
    policy.attachTo(Role.fromRoleName(stack, 'Who', 'team'));
    expect(namedIn(policy)).toEqual(Array(2).fill({ Roles: ['team'] }));
  });

  test('Trap: an imported user of the L2 refuses managed policies; the policy names it', () => {
    const stack = shopStack();
    const policy = policyIn(stack);
    const maria = User.fromUserName(stack, 'Maria', 'maria');
    policy.attachTo(maria);
    policy.attachTo(User.fromUserArn(stack, 'Ops', `arn:aws:iam::${ACCOUNT}:user/path/ops`));
    expect(namedIn(policy)).toEqual(Array(2).fill({ Users: ['maria', 'ops'] }));
    expect(errorOf(() => maria.addManagedPolicy(policy.permissionsPolicy))).toContain('Cannot add managed policy to imported User');
  });

  test('Trap: an imported group of the L2 takes managed policies without a word, and has none; the policy names it', () => {
    const stack = shopStack();
    const policy = policyIn(stack);
    const [analysts, plain] = ['analysts', 'plain'].map(name => Group.fromGroupName(stack, name, name));
    policy.attachTo(analysts);
    plain.addManagedPolicy(policy.permissionsPolicy);
    expect(namedIn(policy)).toEqual(Array(2).fill({ Groups: ['analysts'] }));
  });

  test('gives no tags: those of whoever has it are theirs', () => {
    const stack = shopStack();
    const [policy, ...who] = [policyIn(stack), ...['Who', 'Alpha'].map(id => new Role(stack, id, { assumedBy: new AccountRootPrincipal() }))] as const;
    who.forEach(each => policy.attachTo(each));
    Tags.of(who[1]).add('Project', 'Alpha');
    expect(who.map(each => deployedProperties(each).Tags)).toEqual([undefined, [{ Key: 'Project', Value: 'Alpha' }]]);
  });
});
