import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { IIdentity } from 'aws-cdk-lib/aws-iam';
import { AccountRootPrincipal, Group, Role, User } from 'aws-cdk-lib/aws-iam';
import { Stack, Stage, Tags, Token } from 'aws-cdk-lib/core';
import type { AbacSpokeAccessProps } from '../../src';
import { AbacHubRole, AbacSpokeAccess } from '../../src';
import { accessIn, deployedProperties, findingsOf, PROJECT, SPOKE, SPOKE_ENV, statementsOf } from '../support/abac-roles';
import { ACCOUNT, errorOf, IRELAND, testApp } from '../support/app';

const HUB_ROLE = { roleArn: `arn:aws:iam::${ACCOUNT}:role/Data`, sessionTagKeys: ['Project'] };
const OWN = { 'aws:RequestTag/Project': '${aws:PrincipalTag/Project}' };

function spokeStack(app = testApp()): Stack {
  return new Stack(app, 'Spoke', { env: SPOKE_ENV });
}

const teamIn = (stack: Stack, id = 'Team') => new Role(stack, id, { assumedBy: new AccountRootPrincipal() });

function spokeIn(stack: Stack, props: Partial<AbacSpokeAccessProps> = {}, id = 'Data'): AbacSpokeAccess {
  return new AbacSpokeAccess(stack, id, {
    hubRole: AbacHubRole.of(HUB_ROLE), principals: props.principals ?? [teamIn(stack)], tags: { Project: 'Gamma' }, ...props,
  });
}

const refused = (props: Partial<AbacSpokeAccessProps>) => findingsOf(() => spokeIn(spokeStack(), props));
const propertiesOf = (construct: IIdentity | AbacSpokeAccess['policy']) => deployedProperties(construct);

describe('the policy', () => {
  test('assumes that role with one\'s own tags, and keeps tags and policies, exactly', () => {
    const { policy } = spokeIn(spokeStack());
    const { ManagedPolicyName, Description, Roles } = propertiesOf(policy);
    expect(statementsOf(policy)).toEqual([
      { Sid: 'Assume', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: HUB_ROLE.roleArn, Condition: { StringEquals: OWN } },
      {
        Sid: 'Tag',
        Effect: 'Allow',
        Action: 'sts:TagSession',
        Resource: HUB_ROLE.roleArn,
        Condition: { 'StringEquals': OWN, 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Project'] }, 'Null': { 'aws:TagKeys': 'false' } },
      },
      {
        Sid: 'KeepPolicies',
        Effect: 'Deny',
        Action: ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion'].map(action => `iam:${action}`),
        Resource: `arn:aws:iam::${SPOKE}:policy/${ManagedPolicyName}`,
      },
      { Sid: 'KeepPeople', Effect: 'Deny', Action: expect.arrayContaining(['iam:TagRole', 'iam:UntagUser', 'iam:DeleteUserPermissionsBoundary']), Resource: '*' },
    ]);
    expect([ManagedPolicyName, Description, Roles]).toEqual([
      expect.stringMatching(/^Spoke-Data-[0-9A-F]{8}$/), 'Assumes a role of a hub account with one\'s own tags: Spoke/Data', undefined,
    ]);
  });

  test('says who it is when the role asks for that, and names each key', () => {
    const hubRole = AbacHubRole.of({ ...HUB_ROLE, sessionTagKeys: ['Project', 'Team'], sourceIdentity: true, externalId: 'phoenix' });
    const { policy } = spokeIn(spokeStack(), { hubRole, tags: { Project: 'Gamma', Team: 'A' } });
    const [assume, tag, identify] = statementsOf(policy);
    expect(assume.Condition.StringEquals).toEqual({ ...OWN, 'aws:RequestTag/Team': '${aws:PrincipalTag/Team}' });
    expect(tag.Condition['ForAllValues:StringEquals']).toEqual({ 'aws:TagKeys': ['Project', 'Team'] });
    expect(identify).toEqual({ Sid: 'Identify', Effect: 'Allow', Action: 'sts:SetSourceIdentity', Resource: HUB_ROLE.roleArn });
  });

  test('stays the same policy when the role of the hub gets another name', () => {
    const [data, other] = ['Data', 'Other'].map(name => propertiesOf(spokeIn(spokeStack(), {
      hubRole: AbacHubRole.of({ ...HUB_ROLE, roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}` }),
    }).policy));
    expect(other.PolicyDocument).not.toEqual(data.PolicyDocument);
    expect(other).toEqual({ ...data, PolicyDocument: other.PolicyDocument });
  });

  test('is one for each construct', () => {
    const stack = spokeStack();
    const spokes = ['One', 'Two'].map(id => spokeIn(stack, { principals: [teamIn(stack, `${id}Team`)] }, id));
    expect(new Set(spokes.map(({ policy }) => propertiesOf(policy).ManagedPolicyName)).size).toBe(2);
  });
});

describe('principals and tags', () => {
  test('roles and users of the app get the policy and the tags', () => {
    const stack = spokeStack();
    const principals = [teamIn(stack), new User(stack, 'Maria')];
    spokeIn(stack, { principals });
    expect(principals.map(propertiesOf)).toEqual(Array(2).fill(expect.objectContaining({
      ManagedPolicyArns: ['<DataPolicy>'], Tags: [{ Key: 'Project', Value: 'Gamma' }],
    })));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('tags of the stack do not win over those that decide', () => {
    const stack = spokeStack();
    Tags.of(stack).add('Project', 'Everything');
    const team = teamIn(stack);
    spokeIn(stack, { principals: [team] });
    expect(propertiesOf(team).Tags).toEqual([{ Key: 'Project', Value: 'Gamma' }]);
  });

  test('a value that is not known before it is deployed', () => {
    const stack = spokeStack();
    const team = teamIn(stack);
    spokeIn(stack, { principals: [team], tags: { Project: Token.asString({ Ref: 'AWS::StackName' }) } });
    expect(propertiesOf(team).Tags).toEqual([{ Key: 'Project', Value: '<AWS::StackName>' }]);
  });

  test('Trap: whoever is imported is named by the policy, since an imported user of the L2 refuses one, and gets no tags', () => {
    const stack = spokeStack();
    spokeIn(stack, { principals: [Role.fromRoleName(stack, 'Team', 'team'), User.fromUserName(stack, 'Maria', 'maria')] });
    const resources = Object.values<any>(Template.fromStack(stack).toJSON().Resources);
    expect(resources).toEqual([expect.objectContaining({ Type: 'AWS::IAM::ManagedPolicy', Properties: expect.objectContaining({ Roles: ['team'], Users: ['maria'] }) })]);
    expect(JSON.stringify(resources)).not.toContain('Gamma');
  });

  test.each<[string, (stack: Stack) => Group]>([
    ['of the app', stack => new Group(stack, 'Who')],
    ['imported', stack => Group.fromGroupName(stack, 'Who', 'who') as Group],
  ])('a group %s has no tags', (_, make) => {
    const stack = spokeStack();
    expect(findingsOf(() => spokeIn(stack, { principals: [teamIn(stack), make(stack)] })))
      .toEqual(['\'principals\' must be roles and users, got: group \'Spoke/Who\'; a group has no tags, pass its users']);
  });

  test('nobody', () => {
    expect(refused({ principals: [] })).toEqual(['\'principals\' must name at least one role or user, got: none; pass those that may assume the role']);
  });

  test('somebody of another account', () => {
    const app = testApp();
    const [elsewhere, stack] = [new Stack(app, 'Elsewhere', { env: IRELAND }), spokeStack(app)];
    const imported = Role.fromRoleArn(stack, 'Imported', `arn:aws:iam::${ACCOUNT}:role/imported`);
    expect(findingsOf(() => spokeIn(stack, { principals: [teamIn(elsewhere), imported, Role.fromRoleName(stack, 'Own', 'own')] }))).toEqual([
      `'principals' must be of the account of the stack, '${SPOKE}', got: 'Elsewhere/Team' of '${ACCOUNT}'; make an AbacSpokeAccess there`,
      `'principals' must be of the account of the stack, '${SPOKE}', got: 'Spoke/Imported' of '${ACCOUNT}'; make an AbacSpokeAccess there`,
    ]);
    // What is not known is not compared.
    const anywhere = new Stack(app, 'Anywhere');
    expect(statementsOf(spokeIn(anywhere, { principals: [teamIn(anywhere)] }).policy).length).toBe(4);
  });

  test('a tag for each key that the role asks for, and no other', () => {
    expect(refused({ tags: {} })).toEqual(['\'tags\' must have each key that the hub role asks for, got: none for \'Project\'; without it nobody can assume the role']);
    expect(refused({ tags: { Project: 'Gamma', Team: 'A' } }))
      .toEqual(['\'tags\' must have no other keys than the hub role asks for, got: \'Team\'; keys are told apart by case here, remove them']);
    expect(refused({ tags: { project: 'Gamma' } })).toEqual([
      '\'tags\' must have each key that the hub role asks for, got: none for \'Project\'; without it nobody can assume the role',
      '\'tags\' must have no other keys than the hub role asks for, got: \'project\'; keys are told apart by case here, remove them',
    ]);
  });

  test.each(['', 'x'.repeat(257), 'Gam*', '${aws:PrincipalTag/Project}'])('value %j', value => {
    expect(refused({ tags: { Project: value } }))
      .toEqual([`'tags' must have values of 1 to 256 letters, digits, spaces and _.:/=+-@, got: '${value}' for 'Project'; choose another`]);
  });
  test.each(['x', 'x'.repeat(256), 'ünï 1'])('value %j is accepted', value => {
    expect(statementsOf(spokeIn(spokeStack(), { tags: { Project: value } }).policy).length).toBe(4);
  });
});

describe('hubRole', () => {
  const of = (more: Partial<Parameters<typeof AbacHubRole.of>[0]>) => ({ hubRole: AbacHubRole.of({ ...HUB_ROLE, ...more }) });

  test.each([
    '', '*', 'Data', `arn:aws:iam::${ACCOUNT}:user/Data`, 'arn:aws:iam::*:role/Data', `arn:aws:iam::${ACCOUNT}:role/*`, `arn:aws:iam::${ACCOUNT}:role/`, 'arn:aws:iam::1:role/Data',
  ])('ARN %j', roleArn => {
    expect(refused(of({ roleArn }))).toEqual([`'hubRole' must have the ARN of a role, got: '${roleArn}'; take hubRole of the AbacCrossAccountRole`]);
  });
  test.each([`arn:aws-cn:iam::${ACCOUNT}:role/path/to/Data`, Token.asString({ Ref: 'HubRole' })])('ARN %j is accepted', roleArn => {
    expect(statementsOf(spokeIn(spokeStack(), of({ roleArn })).policy)[0].Resource).toBe(roleArn.startsWith('arn') ? roleArn : '<HubRole>');
  });

  test('Trap: the account of a stack that was told none is that of whatever stack names it', () => {
    const app = testApp();
    const { hubRole } = accessIn(new Stack(app, 'Hub', { env: { region: 'eu-west-1' } }));
    const stack = spokeStack(app);
    expect(stack.resolve(hubRole.roleArn)['Fn::Join'][1]).toContainEqual({ Ref: 'AWS::AccountId' });
    expect(errorOf(() => spokeIn(stack, { hubRole }))).toBe([
      'AbacSpokeAccess \'Spoke/Data\' can not be built:',
      '  - \'hubRole\' must name its account, got: \'AWS::AccountId\', which is that of the spoke here; pass env with the account to the stack of the hub role',
    ].join('\n'));
  });

  test('no key', () => {
    expect(refused({ ...of({ sessionTagKeys: [] }), tags: {} }))
      .toEqual(['\'sessionTagKeys\' of \'hubRole\' must name at least one key, got: none; name the keys that its attributes match']);
  });
  test.each(['', 'a}', 'a*', 'a'.repeat(129)])('key %j', key => {
    expect(refused({ ...of({ sessionTagKeys: [key] }), tags: { [key]: 'x' } }))
      .toEqual([`'sessionTagKeys' of 'hubRole' must be 1 to 128 letters, digits, spaces and _.:/=+-@, got: '${key}'; choose another`]);
  });
  test('keys that AWS keeps, and such that it takes for one', () => {
    expect(refused({ ...of({ sessionTagKeys: ['aws:x', 'Team', 'team'] }), tags: { 'aws:x': 'x', 'Team': 'x', 'team': 'x' } })).toEqual([
      '\'sessionTagKeys\' of \'hubRole\' must not begin with \'aws:\', got: \'aws:x\'; AWS keeps those for itself',
      '\'sessionTagKeys\' of \'hubRole\' must name each key once, without regard to case, got twice: \'team\'; AWS takes them for one',
    ]);
  });
  test('more keys than fit', () => {
    const sessionTagKeys = Array.from({ length: 20 }, (_, index) => String(index).padStart(128, 'k'));
    expect(refused({ ...of({ sessionTagKeys }), tags: Object.fromEntries(sessionTagKeys.map(key => [key, 'x'])) }))
      .toEqual([expect.stringMatching(/^'hubRole' must make a policy of 6144 characters at most, got: \d{5}; use fewer attributes there$/)]);
  });

  test('is a value: what is done to a list afterwards changes nothing', () => {
    const sessionTagKeys = ['Project'];
    const hubRole = AbacHubRole.of({ ...HUB_ROLE, sessionTagKeys });
    sessionTagKeys.push('*');
    expect([hubRole.sessionTagKeys, hubRole.externalId, hubRole.asksForSourceIdentity]).toEqual([['Project'], undefined, false]);
  });

  test('of another stage of the app: nothing refers to it', () => {
    const app = testApp();
    const hub = new Stack(new Stage(app, 'Shared'), 'Hub', { env: IRELAND });
    const spoke = new Stack(new Stage(app, 'Teams'), 'Spoke', { env: SPOKE_ENV });
    const { policy } = spokeIn(spoke, { hubRole: accessIn(hub, { attributes: [PROJECT] }).hubRole });
    expect(statementsOf(policy)[0].Resource).toBe(HUB_ROLE.roleArn);
    expect(spoke.dependencies).toEqual([]);
  });
});
