import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib/core';
import { AbacPermission, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from '../../src';
import { trustStatements } from '../../src/abac-cross-account-role/trust-policy';
import { TrustPrincipal } from '../../src/abac-cross-account-role/trust-principal';
import { accepted, accessIn, deployedProperties, PROJECT, SPOKE, SPOKE_ENV, statementsOf } from '../support/abac-roles';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../support/app';
import { decideBy } from '../support/decide';

const TRUSTED = TrustedAccounts.of([SPOKE]);
const STAGE = AccessAttribute.oneOf('Stage', ['dev', 'test']);
const OWN = '${aws:PrincipalTag/Project}';
const own = (tag: string) => ({ StringEquals: { [`${tag}/Project`]: OWN }, Null: { [`${tag}/Project`]: 'false', 'aws:PrincipalTag/Project': 'false' } });
const ours = { AWS: `arn:aws:iam::${SPOKE}:root` };
const roleOf = (role: Role) => deployedProperties(role);

describe('the role', () => {
  const access = accepted({});

  test('has its name, sessions of an hour, and both policies', () => {
    expect(roleOf(access.role)).toEqual({
      RoleName: 'Data',
      Description: 'Reaches what carries the caller\'s own tags: Shop/Access',
      MaxSessionDuration: 3600,
      ManagedPolicyArns: ['<AccessPoliciesPermissions>', '<AccessPoliciesTamperProofing>'],
      AssumeRolePolicyDocument: expect.anything(),
    });
  });
  test('its policies are named after it, so that they can name themselves', () => {
    expect([access.permissionsPolicy, access.tamperProofingPolicy].map(policy => deployedProperties(policy))).toEqual([
      expect.objectContaining({ ManagedPolicyName: 'Data-permissions', Description: 'What is reached where tags match: Shop/Access' }),
      expect.objectContaining({ ManagedPolicyName: 'Data-tamper-proofing', Description: 'What nobody changes who reaches resources by tags: Shop/Access' }),
    ]);
  });
  test('nothing else is created', () => {
    const types = Object.values<any>(Template.fromStack(Stack.of(access)).toJSON().Resources).map(each => each.Type);
    expect(types.sort()).toEqual(['AWS::IAM::ManagedPolicy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role']);
    Annotations.fromStack(Stack.of(access)).hasNoWarning('*', Match.anyValue());
  });
  test('may last longer', () => {
    expect(roleOf(accepted({ maxSessionDuration: Duration.hours(12) }).role).MaxSessionDuration).toBe(43_200);
  });
  test('can be in a stage, a nested stack, and where no account is known', () => {
    const app = testApp();
    const stage = new Stage(app, 'Prod', { env: IRELAND });
    const nested = new NestedStack(new Stack(stage, 'Shop'), 'Nested');
    expect(statementsOf(accessIn(nested).role).map(each => each.Sid)).toEqual(['Assume', 'Tag']);
    expect(statementsOf(accessIn(shopStack({})).permissionsPolicy)[0].Resource).toBe(`arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/*`);
  });
});

describe('trust', () => {
  const trustOf = (trusted: TrustedAccounts, ...others: AccessAttribute[]) =>
    statementsOf(accepted({ trusted, attributes: [PROJECT, ...others] }).role);
  const requested = { 'aws:RequestTag/Project': OWN };
  const present = { 'aws:RequestTag/Project': 'false' };

  test('two accounts, exactly', () => {
    const principals = { AWS: [ours.AWS, 'arn:aws:iam::333333333333:root'] };
    expect(trustOf(TrustedAccounts.of([SPOKE, '333333333333']))).toEqual([
      { Sid: 'Assume', Effect: 'Allow', Principal: principals, Action: 'sts:AssumeRole', Condition: { StringEquals: requested, Null: present } },
      {
        Sid: 'Tag',
        Effect: 'Allow',
        Principal: principals,
        Action: 'sts:TagSession',
        Condition: {
          'StringEquals': requested,
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['Project'] },
          'Null': { ...present, 'aws:TagKeys': 'false', 'sts:TransitiveTagKeys': 'true' },
        },
      },
    ]);
  });

  test('with everything, exactly: what is asked of the caller stands in each statement, the rest where STS knows it', () => {
    const arns = [`arn:aws:iam::${SPOKE}:role/data-*`];
    const trusted = TRUSTED.withExternalId('phoenix').inOrganization('o-abcde12345').onlyPrincipals(arns).withMfa(Duration.hours(1)).withSourceIdentity(['m*', 'ops']);
    const who = { 'aws:PrincipalOrgID': 'o-abcde12345' };
    const like = { 'aws:PrincipalArn': arns };
    const identity = { 'sts:SourceIdentity': ['m*', 'ops'] };
    expect(trustOf(trusted, AccessAttribute.matching('Team', { among: ['A'], transitive: true }), STAGE)).toEqual([
      {
        Sid: 'Assume',
        Effect: 'Allow',
        Principal: ours,
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { ...who, ...requested, 'aws:RequestTag/Team': '${aws:PrincipalTag/Team}', 'sts:ExternalId': 'phoenix' },
          ArnLike: like,
          Null: { ...present, 'aws:RequestTag/Team': 'false' },
          StringLike: identity,
          Bool: { 'aws:MultiFactorAuthPresent': 'true' },
          NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
        },
      },
      {
        Sid: 'Tag',
        Effect: 'Allow',
        Principal: ours,
        Action: 'sts:TagSession',
        Condition: {
          'StringEquals': { ...who, ...requested, 'aws:RequestTag/Team': '${aws:PrincipalTag/Team}' },
          'ArnLike': like,
          'Null': { ...present, 'aws:RequestTag/Team': 'false', 'aws:TagKeys': 'false' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['Project', 'Team'], 'sts:TransitiveTagKeys': ['Team'] },
        },
      },
      {
        Sid: 'Identify',
        Effect: 'Allow',
        Principal: ours,
        Action: 'sts:SetSourceIdentity',
        Condition: { StringEquals: who, ArnLike: like, StringLike: identity },
      },
    ]);
  });

  test('an organization, exactly: everybody, and only from there', () => {
    expect(trustOf(TrustedAccounts.ofOrganization('o-abcde12345')).map(each => [each.Principal, each.Condition.StringEquals])).toEqual(
      Array(2).fill([{ AWS: '*' }, { 'aws:PrincipalOrgID': 'o-abcde12345', ...requested }]));
  });

  test.each<[string, (trusted: TrustedAccounts) => TrustedAccounts]>([
    ['withExternalId', trusted => trusted.withExternalId('phoenix')],
    ['inOrganization', trusted => trusted.inOrganization('o-abcde12345')],
    ['onlyPrincipals', trusted => trusted.onlyPrincipals([`arn:aws:iam::${SPOKE}:role/a`])],
    ['withMfa', trusted => trusted.withMfa(Duration.hours(1))],
    ['withSourceIdentity', trusted => trusted.withSourceIdentity(['*'])],
  ])('%s narrows a copy', (_, narrow) => {
    const wide = TrustedAccounts.of([SPOKE]);
    const before = JSON.stringify(wide._trust);
    expect(JSON.stringify(narrow(wide)._trust)).not.toBe(before);
    expect(JSON.stringify(wide._trust)).toBe(before);
  });

  test('lists are taken as they are when they are handed over', () => {
    const [accounts, arns, identities] = [[SPOKE], [`arn:aws:iam::${SPOKE}:role/a`], ['maria']];
    const trusted = TrustedAccounts.of(accounts).onlyPrincipals(arns).withSourceIdentity(identities);
    [accounts, arns, identities].forEach(list => list.push('*'));
    expect(JSON.stringify(trustOf(trusted))).not.toContain('*');
  });

  test('Trap: withSessionTags of the L2 renders one statement for both actions, under the same conditions', () => {
    const stack = shopStack();
    const role = new Role(stack, 'Plain', {
      assumedBy: new AccountPrincipal(SPOKE).withSessionTags().withConditions({ StringEquals: { 'sts:ExternalId': 'phoenix' } }),
    });
    expect(statementsOf(role)).toEqual([{
      Effect: 'Allow', Principal: ours, Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: { StringEquals: { 'sts:ExternalId': 'phoenix' } },
    }]);
  });

  test('Trap: externalIds of the L2 takes what STS refuses, and so do its accounts', () => {
    const stack = shopStack();
    const role = new Role(stack, 'Plain', { assumedBy: new AccountPrincipal('123'), externalIds: ['x'] });
    expect(statementsOf(role)[0].Condition).toEqual({ StringEquals: { 'sts:ExternalId': 'x' } });
  });

  test('its principal writes the whole trust, is merged with no other, and can be named nowhere else', () => {
    const principal = new TrustPrincipal(trustStatements(TRUSTED._trust, [PROJECT]));
    const document = new PolicyDocument();
    principal.addToAssumeRolePolicy(document);
    expect(document.statementCount).toBe(2);
    expect(principal.dedupeString()).toBeUndefined();
    expect(() => principal.policyFragment).toThrow('a trust policy names several principals under several conditions, and stands in the role alone');
  });
});

describe('permissions', () => {
  const REGIONAL = `eu-west-1:${ACCOUNT}`;
  const actions = (service: string, ...names: string[]) => names.length === 1 ? `${service}:${names[0]}` : names.map(name => `${service}:${name}`);
  const used = (service: string, resource: string, ...names: string[]) =>
    ({ Effect: 'Allow', Action: actions(service, ...names), Resource: `arn:aws:${service}:${REGIONAL}:${resource}`, Condition: own('aws:ResourceTag') });
  const created = (service: string, resource: string, ...names: string[]) => ({ ...used(service, resource, ...names), Condition: own('aws:RequestTag') });
  const listed = (service: string, name: string) => ({ Effect: 'Allow', Action: `${service}:${name}`, Resource: '*' });
  const READ_ITEMS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'ConditionCheckItem', 'DescribeTable'];
  const WRITE_ITEMS = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

  test.each<[string, AbacPermission, object[]]>([
    ['dynamodb read', AbacPermission.dynamodb().read(), [used('dynamodb', 'table/*', ...READ_ITEMS)]],
    ['dynamodb write', AbacPermission.dynamodb().write(), [used('dynamodb', 'table/*', ...WRITE_ITEMS)]],
    ['dynamodb read, write', AbacPermission.dynamodb().write().read().read(), [used('dynamodb', 'table/*', ...READ_ITEMS, ...WRITE_ITEMS)]],
    ['dynamodb create', AbacPermission.dynamodb().create(), [created('dynamodb', 'table/*', 'CreateTable', 'TagResource')]],
    ['dynamodb list', AbacPermission.dynamodb().list(), [listed('dynamodb', 'ListTables')]],
    ['secrets read', AbacPermission.secrets().read(), [used('secretsmanager', 'secret:*', 'GetSecretValue', 'DescribeSecret', 'ListSecretVersionIds')]],
    ['secrets write', AbacPermission.secrets().write(), [used('secretsmanager', 'secret:*', 'PutSecretValue', 'UpdateSecretVersionStage')]],
    ['secrets create', AbacPermission.secrets().create(), [created('secretsmanager', 'secret:*', 'CreateSecret', 'TagResource')]],
    ['secrets list', AbacPermission.secrets().list(), [listed('secretsmanager', 'ListSecrets')]],
    ['parameters read', AbacPermission.parameters().read(), [used('ssm', 'parameter/*', 'GetParameter', 'GetParameters', 'GetParameterHistory')]],
    ['parameters list', AbacPermission.parameters().list(), [listed('ssm', 'DescribeParameters')]],
    ['keys read', AbacPermission.keys().read(), [used('kms', 'key/*', 'Decrypt', 'DescribeKey')]],
    ['keys write', AbacPermission.keys().write(), [used('kms', 'key/*', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo')]],
    ['keys list', AbacPermission.keys().list(), [listed('kms', 'ListAliases')]],
    ['queues read', AbacPermission.queues().read(), [used('sqs', '*', 'ReceiveMessage', 'GetQueueAttributes', 'GetQueueUrl')]],
    ['queues write', AbacPermission.queues().write(), [used('sqs', '*', 'SendMessage', 'DeleteMessage', 'ChangeMessageVisibility')]],
    ['queues create', AbacPermission.queues().create(), [created('sqs', '*', 'CreateQueue', 'TagQueue')]],
    ['queues list', AbacPermission.queues().list(), [listed('sqs', 'ListQueues')]],
    ['topics read', AbacPermission.topics().read(), [used('sns', '*', 'GetTopicAttributes', 'ListSubscriptionsByTopic')]],
    ['topics write', AbacPermission.topics().write(), [used('sns', '*', 'Publish')]],
    ['topics create', AbacPermission.topics().create(), [created('sns', '*', 'CreateTopic', 'TagResource')]],
    ['topics list', AbacPermission.topics().list(), [listed('sns', 'ListTopics')]],
    ['functions read', AbacPermission.functions().read(), [used('lambda', 'function:*', 'GetFunction', 'GetFunctionConfiguration')]],
    ['functions write', AbacPermission.functions().write(), [used('lambda', 'function:*', 'InvokeFunction')]],
    ['functions list', AbacPermission.functions().list(), [listed('lambda', 'ListFunctions')]],
    ['instances write', AbacPermission.instances().write(), [used('ec2', 'instance/*', 'StartInstances', 'StopInstances', 'RebootInstances')]],
    ['instances list', AbacPermission.instances().list(), [listed('ec2', 'DescribeInstances')]],
  ])('%s, exactly', (_, permission, statements) => {
    expect(statementsOf(accepted({ permissions: [permission] }).permissionsPolicy)).toEqual(statements);
  });

  test('each method adds to a copy', () => {
    const table = AbacPermission.dynamodb().read();
    table.write();
    expect(statementsOf(accepted({ permissions: [table] }).permissionsPolicy)).toEqual([used('dynamodb', 'table/*', ...READ_ITEMS)]);
    expect(table.name).toBe('dynamodb');
  });

  test('all attributes must hold: the same tag, the same of those that count, one of these', () => {
    const attributes = [PROJECT, AccessAttribute.matching('Team', { among: ['A', 'B'] }), STAGE];
    expect(statementsOf(accepted({ attributes, permissions: [AbacPermission.keys().read()] }).permissionsPolicy)[0].Condition).toEqual({
      StringEquals: {
        'aws:ResourceTag/Project': OWN,
        'aws:ResourceTag/Team': '${aws:PrincipalTag/Team}',
        'aws:PrincipalTag/Team': ['A', 'B'],
        'aws:ResourceTag/Stage': ['dev', 'test'],
      },
      Null: {
        'aws:ResourceTag/Project': 'false',
        'aws:PrincipalTag/Project': 'false',
        'aws:ResourceTag/Team': 'false',
        'aws:PrincipalTag/Team': 'false',
        'aws:ResourceTag/Stage': 'false',
      },
    });
  });

  test('a value that is not known before it is deployed stands as what it will be', () => {
    const attributes = [PROJECT, AccessAttribute.oneOf('Stage', [Token.asString({ Ref: 'AWS::StackName' })])];
    expect(statementsOf(accepted({ attributes }).permissionsPolicy)[0].Condition.StringEquals['aws:ResourceTag/Stage']).toEqual(['<AWS::StackName>']);
  });

  describe('S3', () => {
    const PATH = '<Bucket.Arn>';
    const READ = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'];
    function ofBucket(permission: (bucket: Bucket) => AbacPermission, attributes: AccessAttribute[] = [PROJECT]): any[] {
      const stack = shopStack();
      return statementsOf(accessIn(stack, { attributes, permissions: [permission(new Bucket(stack, 'Bucket'))] }).permissionsPolicy);
    }

    test('s3Buckets, exactly: the tags of the bucket decide', () => {
      const tags = own('aws:ResourceTag');
      expect(ofBucket(bucket => AbacPermission.s3Buckets(bucket).read().write().list())).toEqual([
        { Effect: 'Allow', Action: READ, Resource: `${PATH}/*`, Condition: tags },
        { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], Resource: `${PATH}/*`, Condition: tags },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: PATH, Condition: tags },
      ]);
    });

    test('s3Objects, exactly: the tags of each object decide who reads it, the prefix who writes', () => {
      const owner = { StringNotLike: { 'aws:PrincipalTag/Project': '*/*' }, Null: { 'aws:PrincipalTag/Project': 'false' } };
      expect(ofBucket(bucket => AbacPermission.s3Objects(bucket).read().write().list())).toEqual([
        { Effect: 'Allow', Action: READ, Resource: `${PATH}/*`, Condition: own('s3:ExistingObjectTag') },
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:PutObjectTagging'],
          Resource: `${PATH}/${OWN}/*`,
          Condition: { ...own('s3:RequestObjectTag'), StringNotLike: owner.StringNotLike },
        },
        { Effect: 'Allow', Action: ['s3:DeleteObject', 's3:AbortMultipartUpload'], Resource: `${PATH}/${OWN}/*`, Condition: owner },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: PATH, Condition: { StringLike: { 's3:prefix': `${OWN}/*` }, ...owner } },
      ].map(each => ({ ...each, Condition: JSON.parse(JSON.stringify(each.Condition), (key, value) => key === 's3:prefix' ? [value] : value) })));
    });

    test('s3Objects: with several tags the prefix has several levels; values that do not count delete and list nothing', () => {
      const attributes = [PROJECT, AccessAttribute.matching('Team', { among: ['A'] }), STAGE];
      const [, write, remove, list] = ofBucket(bucket => AbacPermission.s3Objects(bucket).read().write().list(), attributes);
      const who = {
        StringEquals: { 'aws:PrincipalTag/Team': ['A'] },
        StringNotLike: { 'aws:PrincipalTag/Project': '*/*', 'aws:PrincipalTag/Team': '*/*' },
        Null: { 'aws:PrincipalTag/Project': 'false', 'aws:PrincipalTag/Team': 'false' },
      };
      expect(write.Resource).toBe(`${PATH}/${OWN}/\${aws:PrincipalTag/Team}/*`);
      expect(write.Condition.StringEquals).toEqual({
        's3:RequestObjectTag/Project': OWN, 's3:RequestObjectTag/Team': '${aws:PrincipalTag/Team}', 'aws:PrincipalTag/Team': ['A'], 's3:RequestObjectTag/Stage': ['dev', 'test'],
      });
      expect(remove.Condition).toEqual(who);
      expect(list.Condition).toEqual({ ...who, StringLike: { 's3:prefix': [`${OWN}/\${aws:PrincipalTag/Team}/*`] } });
    });

    test('s3Objects: a project whose name has a \'/\' is not a part of another one', async () => {
      const policy = { Version: '2012-10-17', Statement: ofBucket(bucket => AbacPermission.s3Objects(bucket).read().write().list()) };
      const identity = [JSON.parse(JSON.stringify(policy).replaceAll(PATH, 'arn:aws:s3:::data'))];
      const may = (project: string, key: string) => decideBy({ identity }, {
        principal: `arn:aws:sts::${ACCOUNT}:assumed-role/Data/maria`, action: 's3:DeleteObject', resource: `arn:aws:s3:::data/${key}`, context: { 'aws:PrincipalTag/Project': project },
      });
      expect([await may('Gamma', 'Gamma/a'), await may('Gamma', 'Gamma/Sub/a')]).toEqual(['Allowed', 'Allowed']);
      expect([await may('Gamma/Sub', 'Gamma/Sub/a'), await may('Sub', 'Gamma/Sub/a')]).toEqual(['ImplicitlyDenied', 'ImplicitlyDenied']);
    });

    test('Trap: the L2 leaves ABAC of a bucket off; it is switched on for each bucket whose tags decide, in whichever stack', () => {
      const app = testApp();
      const data = new Stack(app, 'Data', { env: IRELAND });
      const stack = new Stack(app, 'Shop', { env: IRELAND });
      const [shared, mine, objects, plain] = [new Bucket(data, 'Shared'), ...['Mine', 'Objects', 'Plain'].map(id => new Bucket(stack, id))];
      const { s3Buckets, s3Objects } = AbacPermission;
      accessIn(stack, { permissions: [s3Buckets(shared, mine, mine).read(), s3Buckets(mine).list(), s3Objects(objects).read()] });
      expect([shared, mine, objects, plain].map(bucket => deployedProperties(bucket).AbacStatus)).toEqual(['Enabled', 'Enabled', undefined, undefined]);
    });

    test('each imported bucket is warned of once, objects of one not at all', () => {
      const stack = shopStack();
      const [one, two, three] = ['one', 'two', 'three'].map(name => Bucket.fromBucketName(stack, name, name));
      accessIn(stack, { permissions: [AbacPermission.s3Buckets(one, two, one).read(), AbacPermission.s3Objects(three).read()] });
      expect(Annotations.fromStack(stack).findWarning('/Shop/Access', Match.stringLikeRegexp('^ABAC of the imported bucket')).map(each => /'(.*)'/.exec(String(each.entry.data))![1]))
        .toEqual(['Shop/one', 'Shop/two']);
    });
  });
});

describe('tamper-proofing', () => {
  const SERVICES = ['dynamodb', 'secretsmanager', 'ssm', 'kms', 'sqs', 'sns', 'lambda', 'ec2', 's3'];
  const tagging: Record<string, string> = { ssm: 'AddTags*', ec2: 'CreateTags' };
  const untagging: Record<string, string> = { ssm: 'RemoveTagsFromResource', sqs: 'UntagQueue', ec2: 'DeleteTags' };
  const TAG = SERVICES.map(service => `${service}:${tagging[service] ?? 'Tag*'}`);
  const UNTAG = SERVICES.map(service => `${service}:${untagging[service] ?? 'UntagResource'}`);
  /** Whoever has no tag gives none: a variable without a value would deny nothing. */
  const OWN_OR_NONE = '${aws:PrincipalTag/Project, \'!\'}';
  const unlike = (tag: string, value: unknown) => ({ StringNotEquals: { [tag]: value }, Null: { [tag]: 'false' } });
  const deny = (Sid: string, Action: string | string[], Resource: string | string[], Condition?: object) => ({ Sid, Effect: 'Deny', Action, Resource, ...(Condition && { Condition }) });

  test('tags, role, policies and buckets stay as they are, exactly', () => {
    const { tamperProofingPolicy } = accepted({ attributes: [PROJECT, STAGE] });
    const values = ['dev', 'test'];
    expect(statementsOf(tamperProofingPolicy)).toEqual([
      deny('KeepTags', UNTAG, '*', { 'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': ['Project', 'Stage'] }, 'Null': { 'aws:TagKeys': 'false' } }),
      deny('OwnTags0', TAG, '*', unlike('aws:RequestTag/Project', OWN_OR_NONE)),
      deny('OwnTags1', TAG, '*', unlike('aws:RequestTag/Stage', values)),
      deny('OwnResources0', TAG, '*', unlike('aws:ResourceTag/Project', OWN_OR_NONE)),
      deny('OwnResources1', TAG, '*', unlike('aws:ResourceTag/Stage', values)),
      deny('OwnObjectTags0', 's3:PutObject*', '*', unlike('s3:RequestObjectTag/Project', OWN_OR_NONE)),
      deny('OwnObjectTags1', 's3:PutObject*', '*', unlike('s3:RequestObjectTag/Stage', values)),
      deny('OwnObjects0', 's3:PutObject*Tagging', '*', unlike('s3:ExistingObjectTag/Project', OWN_OR_NONE)),
      deny('OwnObjects1', 's3:PutObject*Tagging', '*', unlike('s3:ExistingObjectTag/Stage', values)),
      deny('KeepBuckets', ['s3:PutBucketAbac', 's3:PutBucketTagging', 's3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'], '*'),
      deny('KeepRole', [
        'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
        'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole',
      ].map(action => `iam:${action}`), `arn:aws:iam::${ACCOUNT}:role/Data`),
      deny('KeepPolicies', ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion'].map(action => `iam:${action}`),
        [`arn:aws:iam::${ACCOUNT}:policy/Data-permissions`, `arn:aws:iam::${ACCOUNT}:policy/Data-tamper-proofing`]),
    ]);
  });

  test('it is about the role and the policies that there are, by their names', () => {
    const { role, permissionsPolicy, tamperProofingPolicy } = accepted({ roleName: 'Other' });
    const named = statementsOf(tamperProofingPolicy).flatMap(each => each.Resource).filter((arn: string) => arn !== '*');
    expect(named).toEqual([
      `arn:aws:iam::${ACCOUNT}:role/${roleOf(role).RoleName}`,
      ...[permissionsPolicy, tamperProofingPolicy].map(policy => `arn:aws:iam::${ACCOUNT}:policy/${deployedProperties(policy).ManagedPolicyName}`),
    ]);
  });

  test('a tag that decides is not removed under another spelling either', async () => {
    const identity = [
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }] },
      { Version: '2012-10-17', Statement: statementsOf(accepted({}).tamperProofingPolicy) },
    ];
    const may = (key: string) => decideBy({ identity }, {
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/Data/maria`,
      action: 'dynamodb:UntagResource',
      resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`,
      context: { 'aws:TagKeys': [key], 'aws:PrincipalTag/Project': 'Alpha' },
    });
    expect([await may('Project'), await may('project'), await may('Owner')]).toEqual(['ExplicitlyDenied', 'ExplicitlyDenied', 'Allowed']);
  });
});

describe('hubRole', () => {
  test('is literal: what a spoke must know, and nothing that refers to the hub', () => {
    const { hubRole } = accepted({
      trusted: TRUSTED.withExternalId('phoenix').withSourceIdentity(['*']), attributes: [PROJECT, STAGE, AccessAttribute.matching('Team')],
    });
    expect(shopStack().resolve(hubRole.roleArn)).toEqual({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ACCOUNT}:role/Data`]] });
    expect([hubRole.sessionTagKeys, hubRole.externalId, hubRole.asksForSourceIdentity]).toEqual([['Project', 'Team'], 'phoenix', true]);
    const plain = accepted({}).hubRole;
    expect([plain.externalId, plain.asksForSourceIdentity]).toEqual([undefined, false]);
  });

  test('the stacks of hub and spoke do not know each other, and are deployed in any order', () => {
    const app = testApp();
    const hub = new Stack(app, 'Hub', { env: IRELAND });
    const spoke = new Stack(app, 'Spoke', { env: SPOKE_ENV });
    const team = new Role(spoke, 'Team', { assumedBy: new AccountPrincipal(SPOKE) });
    new AbacSpokeAccess(spoke, 'Data', { hubRole: accessIn(hub).hubRole, principals: [team], tags: { Project: 'Gamma' } });
    app.synth();
    expect([hub.dependencies, spoke.dependencies]).toEqual([[], []]);
    for (const stack of [hub, spoke]) {
      const template = JSON.stringify(Template.fromStack(stack).toJSON());
      expect(template).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|ExportsOutput/);
    }
  });
});

describe('the report', () => {
  const reported = () => {
    const stack = shopStack();
    return accessIn(stack, {
      trusted: TRUSTED.withExternalId('phoenix').inOrganization('o-abcde12345').onlyPrincipals([`arn:aws:iam::${SPOKE}:role/a`, `arn:aws:iam::${SPOKE}:role/b`])
        .withMfa(Duration.hours(1)).withSourceIdentity(['m*']),
      attributes: [PROJECT, AccessAttribute.matching('Team', { among: ['A', 'B'] }), AccessAttribute.oneOf('Stage', ['dev', Token.asString({ Ref: 'AWS::StackName' })])],
      permissions: [AbacPermission.s3Objects(new Bucket(stack, 'Bucket')).read(), AbacPermission.topics().write().list()],
    });
  };

  test('in Markdown', () => {
    expect(reported().accessReport().replace(/BucketS?[0-9A-F]{8}/g, 'Bucket')).toBe(`# Who reaches what through arn:aws:iam::111111111111:role/Data

## Who may assume it

* 222222222222

Only when the account is in organization o-abcde12345, and the external id is phoenix, and the caller is like arn:aws:iam::222222222222:role/a or arn:aws:iam::222222222222:role/b, and a second factor was proved within 1 hour, and the source identity is like m*, and every tag of the session is the caller's own.

## Which tags decide

| Tag | Must be |
|---|---|
| \`Project\` | the resource's is the caller's |
| \`Team\` | the resource's is the caller's, and one of A, B |
| \`Stage\` | one of dev, <AWS::StackName> |

All of them. A tag that is missing, on either side, never matches.

## What may be done

| Permission | Actions | Resources | Decided by tags |
|---|---|---|---|
| s3Objects: read | s3:GetObject, s3:GetObjectVersion, s3:GetObjectTagging | \`<Bucket.Arn>/*\` | yes |
| topics: write, list | sns:Publish | \`arn:aws:sns:eu-west-1:111111111111:*\` | yes |
| topics: write, list | sns:ListTopics | \`*\` | no: names only, all of them |
`);
  });

  test('as JSON, the same', () => {
    const report = JSON.parse(reported().accessReportJson().replace(/BucketS?[0-9A-F]{8}/g, 'Bucket'));
    expect(report).toEqual({
      role: 'arn:aws:iam::111111111111:role/Data',
      who: {
        accounts: [SPOKE],
        conditions: [
          'the account is in organization o-abcde12345',
          'the external id is phoenix',
          `the caller is like arn:aws:iam::${SPOKE}:role/a or arn:aws:iam::${SPOKE}:role/b`,
          'a second factor was proved within 1 hour',
          'the source identity is like m*',
          'every tag of the session is the caller\'s own',
        ],
      },
      tags: [
        { key: 'Project', rule: 'the resource\'s is the caller\'s' },
        { key: 'Team', rule: 'the resource\'s is the caller\'s, and one of A, B' },
        { key: 'Stage', rule: 'one of dev, <AWS::StackName>' },
      ],
      what: [
        { permission: 's3Objects: read', actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging'], resources: ['<Bucket.Arn>/*'], byTags: true },
        { permission: 'topics: write, list', actions: ['sns:Publish'], resources: ['arn:aws:sns:eu-west-1:111111111111:*'], byTags: true },
        { permission: 'topics: write, list', actions: ['sns:ListTopics'], resources: ['*'], byTags: false },
      ],
    });
    expect(reported().accessReportJson().endsWith('}\n')).toBe(true);
  });

  test('of an organization, from a stack that knows no account', () => {
    const report = accessIn(shopStack({}), { trusted: TrustedAccounts.ofOrganization(Token.asString({ 'Fn::ImportValue': 'Organization' })) }).accessReport();
    expect(report).toContain('# Who reaches what through arn:aws:iam::<AWS::AccountId>:role/Data\n');
    expect(report).toContain('* every account of the organization\n\nOnly when the account is in organization <{"Fn::ImportValue":"Organization"}>, and every tag');
  });

  test('can be asked before and after synth, and changes nothing', () => {
    const access = reported();
    const before = access.accessReport();
    Template.fromStack(Stack.of(access));
    expect(access.accessReport()).toBe(before);
  });
});
