/**
 * The example app of AbacCrossAccountRole, deployed by one `cdk deploy --all` over three accounts of the local emulator, read
 * back through the AWS APIs, and used with IAM enforced. What the emulator decides is compared with what an evaluator of
 * policies decides on the policies that were deployed. The emulator knows tags by what we add to it
 * (emulator/provisioners/iam_tags.py); what it only records is in emulator/recorded.json.
 */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetPolicyCommand, GetPolicyVersionCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand, TagRoleCommand,
} from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetBucketAbacCommand, GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import type { Attempt } from './access/attempts';
import { readItem } from './access/attempts';
import type { Somebody } from './access/people';
import {
  ALPHA_DEVELOPER, ASSUME_ATTEMPTS, CARD_DATA_OPERATOR, contextOf, DATA_SCIENTIST, HUB_ROLE, onThePlatform, PAYMENTS_ANALYST, prefixed, rightly,
  RIGHTLY,
} from './access/people';
import { AccessScene } from './access/scene';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCESS_ENVIRONMENTS, ACCOUNT, IRELAND, OTHER_ACCOUNT, THIRD_ACCOUNT, VIRGINIA } from './emulator/environments';
import { physicalId } from './emulator/physical-id';
import { formatRecorded, formatTable, recordedRows, resourcesOf } from './emulator/recorded';
import type { Credentials } from './emulator/signed-request';
import { signedRequest } from './emulator/signed-request';
import { subscriber } from './emulator/subscriber';
import { decideBy } from '../test/support/decide';

const APP = { app: 'examples/abac-cross-account-role/app.ts' };
const TRUSTED = [OTHER_ACCOUNT, THIRD_ACCOUNT];

let emulator: Emulator;
let cdk: CdkCli;
let assembly: string;
let scene: AccessScene;

beforeAll(async () => {
  emulator = await Emulator.start();
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ACCESS_ENVIRONMENTS);
  assembly = await cdk.deploy(ACCOUNT, IRELAND, APP);
  scene = await AccessScene.of(emulator);
}, 300_000);

afterAll(() => emulator?.stop());

const config = (account = ACCOUNT, region = IRELAND) => emulator.clientConfig(account, region);
const root = (account: string): Credentials => ({ accessKeyId: account, secretAccessKey: 'local' });

async function roleOf({ account, role }: Somebody) {
  const { Role } = await new IAMClient(config(account)).send(new GetRoleCommand({ RoleName: role }));
  return Role!;
}

/** What a role is trusted for. */
async function trustOf(who: Somebody) {
  return JSON.parse(decodeURIComponent((await roleOf(who)).AssumeRolePolicyDocument!));
}

/** The policies of a role, as IAM hands them out. */
async function policiesOf({ account, role: RoleName }: Somebody): Promise<any[]> {
  const iam = new IAMClient(config(account));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const attached = AttachedPolicies.map(async ({ PolicyArn }) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId }));
    return PolicyVersion!.Document!;
  });
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const inline = PolicyNames.map(async PolicyName => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument!);
  return (await Promise.all([...attached, ...inline])).map(document => JSON.parse(decodeURIComponent(document)));
}

/** The policy of what is asked for, where its service wants one. */
async function resourcePolicyOf({ action, resource }: Attempt): Promise<object | undefined> {
  if (!action.startsWith('kms:')) {
    return undefined; // the policies of buckets deny what comes without TLS, and say nothing else
  }
  const kms = new KMSClient(config(resource.split(':')[4]));
  return JSON.parse((await kms.send(new GetKeyPolicyCommand({ KeyId: resource, PolicyName: 'default' }))).Policy!);
}

const sessionOf = ({ account, role }: Somebody) => `arn:aws:sts::${account}:assumed-role/${role}/somebody`;

/** What an AWS service answers for which no client is installed, as JSON. */
async function ask(service: string, path: string, target?: string): Promise<any> {
  const { status, body } = await signedRequest({
    endpoint: emulator.endpoint, region: IRELAND, credentials: root(ACCOUNT), service, path, target, body: target && '{}',
  });
  expect(status).toBe(200);
  return JSON.parse(body);
}

test('every type that was deployed is in the list of what acts and what is only recorded', () => {
  const rows = recordedRows(resourcesOf(assembly));
  expect(rows.map(row => row.type)).toEqual(expect.arrayContaining(['AWS::AccessAnalyzer::Analyzer', 'AWS::Config::ConfigRule', 'AWS::IAM::ManagedPolicy']));
  process.stdout.write(`\n${formatRecorded(rows)}\n`);
});

describe('read back', () => {
  test('the role of the platform trusts two accounts of the organization, with an external id and their own tags', async () => {
    const hub = onThePlatform(DATA_SCIENTIST);
    expect(await roleOf(hub)).toMatchObject({ Arn: HUB_ROLE, MaxSessionDuration: 3600 });
    const { Statement: [assume, tag] } = await trustOf(hub);
    const own = { 'aws:RequestTag/Project': '${aws:PrincipalTag/Project}', 'aws:RequestTag/Environment': '${aws:PrincipalTag/Environment}' };
    const who = { Effect: 'Allow', Principal: { AWS: TRUSTED.map(account => `arn:aws:iam::${account}:root`) } };
    expect(assume).toMatchObject({ ...who, Action: 'sts:AssumeRole', Condition: { StringEquals: { ...own, 'aws:PrincipalOrgID': 'o-exampleorg1', 'sts:ExternalId': 'data-platform' } } });
    expect(tag).toMatchObject({ ...who, Action: 'sts:TagSession', Condition: { StringEquals: { ...own, 'aws:PrincipalOrgID': 'o-exampleorg1' } } });
  });

  test.each([DATA_SCIENTIST, PAYMENTS_ANALYST, ALPHA_DEVELOPER, CARD_DATA_OPERATOR])('$role have their tags', async who => {
    const { Tags = [] } = await roleOf(who);
    const own = Tags.filter(tag => !tag.Key!.startsWith('aws:cloudformation:'));
    expect(Object.fromEntries(own.map(tag => [tag.Key, tag.Value]))).toEqual(who.tags);
  });

  test.each(['Alpha', 'Beta'])('the tags of the bucket of %s count, and those of the lake do not', async project => {
    const Bucket = await physicalId(emulator, IRELAND, 'ProjectFiles', 'AWS::S3::Bucket', new RegExp(`^${project}`), OTHER_ACCOUNT);
    const s3 = new S3Client(config(OTHER_ACCOUNT));
    expect((await s3.send(new GetBucketAbacCommand({ Bucket }))).AbacStatus).toEqual({ Status: 'Enabled' });
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toContainEqual({ Key: 'Project', Value: project });
    const lake = { Bucket: await physicalId(emulator, IRELAND, 'DataPlatform', 'AWS::S3::Bucket') };
    expect((await new S3Client(config()).send(new GetBucketAbacCommand(lake))).AbacStatus).toEqual({ Status: 'Disabled' });
  });

  test('analyzers of the two kinds, and what is meant is archived', async () => {
    const { analyzers } = await ask('access-analyzer', '/analyzer');
    expect(analyzers.map((analyzer: any) => [analyzer.type, analyzer.configuration])).toEqual([
      ['ACCOUNT', undefined], ['ACCOUNT_UNUSED_ACCESS', { unusedAccess: { unusedAccessAge: 90 } }],
    ]);
    const { archiveRules } = await ask('access-analyzer', `/analyzer/${analyzers[0].name}/archive-rule`);
    expect(archiveRules).toEqual([{ ruleName: 'intended-trust', filter: { 'resource': { eq: [HUB_ROLE] }, 'principal.AWS': { contains: TRUSTED } } }]);
  });

  test('AWS Config is asked for resources without the tags that decide', async () => {
    const { ConfigRules: [rule] } = await ask('config', '/', 'StarlingDoveService.DescribeConfigRules');
    expect(rule).toMatchObject({
      Source: { Owner: 'AWS', SourceIdentifier: 'REQUIRED_TAGS' },
      Scope: { ComplianceResourceTypes: expect.arrayContaining(['AWS::DynamoDB::Table']) },
    });
    expect(JSON.parse(rule.InputParameters)).toEqual({ tag1Key: 'Project', tag2Key: 'Environment', tag2Value: 'test,prod' });
  });
});

describe('with IAM enforced', () => {
  test('the role is assumed as it is meant to be, and in no other way', async () => {
    const trust = await trustOf(onThePlatform(DATA_SCIENTIST));
    const rows: string[][] = [];
    for (const attempt of ASSUME_ATTEMPTS) {
      const answer = await scene.assume(attempt);
      const policies = { identity: await policiesOf(attempt.who), resource: trust };
      const actions = ['sts:AssumeRole', ...(Object.keys(attempt.tags!).length > 0 ? ['sts:TagSession'] : [])];
      const decisions = await Promise.all(actions.map(action =>
        decideBy(policies, { principal: sessionOf(attempt.who), action, resource: HUB_ROLE, context: contextOf(attempt) })));
      rows.push(compared([attempt.who.role, attempt.how], typeof answer !== 'string', decisions, attempt.difference));
      if (typeof answer === 'string') {
        expect(answer).toMatch(/^AccessDenied: .*not authorized to perform: sts:(AssumeRole|TagSession)/);
      }
    }
    process.stdout.write(`\n${formatTable(['Who', 'Asks for DataScienceAccess', 'Emulator', 'Evaluator', 'Compared'], rows)}\n`);
    expect(rows.filter(row => row[3] === 'allowed').map(row => row[1])).toEqual([RIGHTLY, RIGHTLY]);
    expect(rows.filter(row => row[4] !== AGREED).map(row => row[1])).toEqual(['without a policy that allows to bring tags']);
  });

  test('an account that has left the organization is refused, until it is back', async () => {
    await scene.organize([ACCOUNT, THIRD_ACCOUNT]);
    expect(await scene.assume(rightly(DATA_SCIENTIST))).toMatch(/AccessDenied/);
    expect(await scene.assume(rightly(PAYMENTS_ANALYST))).toMatchObject({ sessionToken: expect.any(String) });
    await scene.organize([ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT]);
    expect(await scene.assume(rightly(DATA_SCIENTIST))).toMatchObject({ sessionToken: expect.any(String) });
  });

  test.each([
    ['a data scientist of Gamma in production on the platform', onThePlatform(DATA_SCIENTIST), () => scene.onThePlatform(), [
      'read Gamma/prod/data', 'write Gamma/prod/new, tagged Gamma/prod', 'tag anew Gamma/prod/data, tagged Gamma/prod', 'delete Gamma/prod/old',
      'list Gamma/prod/', 'read an item of the table of Gamma/prod', 'read the secret of Gamma/prod',
    ]],
    ['a developer of Alpha', ALPHA_DEVELOPER, async () => scene.withTheFiles, [
      'read plan in the bucket of Alpha', 'write new in the bucket of Alpha', 'list in the bucket of Alpha',
    ]],
    ['an operator of card data', CARD_DATA_OPERATOR, () => scene.withCardData(), [
      'read an item of the card tokens', 'delete an item of the card tokens', 'read the login of the bank', 'encrypt with the key of the card data',
    ]],
  ])('%s reaches what has the same tags, as the evaluator says', async (_, who, attemptsOf, allowed) => {
    const session = who.role === 'DataScienceAccess' ? await assumed(DATA_SCIENTIST) : await scene.signIn(who);
    const identity = await policiesOf(who);
    const rows: string[][] = [];
    for (const attempt of await attemptsOf()) {
      const { action, resource, bucketAbac } = attempt;
      const context = { ...attempt.context, ...prefixed('aws:PrincipalTag', who.tags) };
      const done = await scene.try(attempt, session);
      const policies = { identity, resource: await resourcePolicyOf(attempt) };
      const decision = await decideBy(policies, { principal: sessionOf(who), action, resource, bucketAbac, context });
      rows.push(compared([who.role, attempt.what], done, [decision]));
    }
    process.stdout.write(`\n${formatTable(['As', 'Tries to', 'Emulator', 'Evaluator', 'Compared'], rows)}\n`);
    expect(rows.filter(row => row[2] === 'allowed').map(row => row[1])).toEqual(allowed);
    expect(rows.filter(row => row[4] !== AGREED)).toEqual([]);
  });

  test('an operator out of the scope reaches nothing, though the policy is theirs', async () => {
    const iam = new IAMClient(config(THIRD_ACCOUNT));
    await iam.send(new TagRoleCommand({ RoleName: CARD_DATA_OPERATOR.role, Tags: [{ Key: 'Scope', Value: 'none' }] }));
    const session = await scene.signIn(CARD_DATA_OPERATOR);
    const done = await Promise.all((await scene.withCardData()).map(attempt => scene.try(attempt, session)));
    expect(done).toEqual(done.map(() => false)); // nor the campaigns, whose tag is the same: it is not among those that count
    await iam.send(new TagRoleCommand({ RoleName: CARD_DATA_OPERATOR.role, Tags: [{ Key: 'Scope', Value: 'PCI' }] }));
  });

  test('a new table is reached by its tags at once, and no policy has changed', async () => {
    const dynamodb = new DynamoDBClient(config());
    const create = (TableName: string, tags: Record<string, string>) => dynamodb.send(new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }));
    const session = await assumed(DATA_SCIENTIST);
    const read = (name: string) => scene.try(readItem({ name, arn: `arn:aws:dynamodb:${IRELAND}:${ACCOUNT}:table/${name}`, tags: {} }, 'id'), session);
    await create('new', DATA_SCIENTIST.tags);
    await create('misspelt', { project: 'gamma', Environment: 'prod' });
    await create('untagged', {});
    expect([await read('new'), await read('misspelt'), await read('untagged')]).toEqual([true, false, false]);
  });
});

/** No CloudTrail runs here: its events are put in its place, as AWS documents them. */
describe.each([
  ['a change of who may assume the role', VIRGINIA, `RoleWatch-${ACCOUNT}`, 'aws.iam', {
    eventSource: 'iam.amazonaws.com', eventName: 'UpdateAssumeRolePolicy', requestParameters: { roleName: 'DataScienceAccess' },
  }, { requestParameters: { roleName: 'another' } }],
  ['a change of the tags of a table', IRELAND, 'DataPlatform', 'aws.dynamodb', {
    eventSource: 'dynamodb.amazonaws.com', eventName: 'TagResource', requestParameters: { tags: [{ key: 'Project', value: 'Delta' }] },
  }, { errorCode: 'AccessDenied' }],
])('%s', (_, region, stack, Source, detail, other) => {
  test('is announced, and others are not', async () => {
    const received = await subscriber(emulator, await physicalId(emulator, region, stack, 'AWS::SNS::Topic'), 'watcher');
    const put = (what: object) => new EventBridgeClient(config(ACCOUNT, region)).send(new PutEventsCommand({
      Entries: [{ Source, DetailType: 'AWS API Call via CloudTrail', Detail: JSON.stringify({ ...detail, ...what }) }],
    }));
    await put(other);
    await put({ userIdentity: { arn: 'arn:aws:iam::111111111111:user/mallory' } });
    const told = await received();
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain('mallory');
  });
});

test('the same program again has nothing to change', async () => {
  await emulator.enforceIam(false);
  expect(await cdk.diff(ACCOUNT, IRELAND, APP)).toContain('Number of stacks with differences: 0');
}, 120_000);

async function assumed(who: Somebody): Promise<Credentials> {
  const session = await scene.assume(rightly(who));
  if (typeof session === 'string') {
    throw new Error(session);
  }
  return session;
}

const AGREED = 'agree';

/** A row of the table: what was tried, what each of the two said, and whether they agree. */
function compared(what: string[], done: boolean, decisions: string[], difference?: string): string[] {
  const allowed = decisions.every(decision => decision === 'Allowed');
  const said = (allows: boolean) => allows ? 'allowed' : 'refused';
  return [...what, said(done), said(allowed), done === allowed ? AGREED : difference ?? 'DIFFER, and nobody knows why'];
}
