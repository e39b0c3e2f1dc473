/** Whose logs are taken, and whose are not, as a policy evaluator judges it over the synthesized policies. */
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import { CentralFlowLogs, CentralFlowLogsBucket, FlowLogAccounts, FlowLogPartitions } from '../../../src';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../../support/app';
import type { Delivery } from '../../support/delivery';
import { mayDeliver } from '../../support/delivery';
import { render } from '../../support/deployed';
import { logsIn } from '../../support/flow-log-stacks';

const [SHOP, BANK, STRANGER] = ['222222222222', '333333333333', '444444444444'];
const ORGANIZATION = 'o-a1b2c3d4e5';
const LOGS = 'arn:aws:s3:::logs';

/** The policy of the bucket of logs of the stack, with the bucket that it has in AWS. */
function policyOf(stack: Stack, type: 'AWS::S3::BucketPolicy' | 'AWS::KMS::Key' = 'AWS::S3::BucketPolicy'): any {
  const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': ACCOUNT, 'AWS::Region': 'eu-west-1' };
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(type)).filter(({ Properties: { Bucket } }) => !Bucket || !/Results/.test(Bucket.Ref));
  return render(Properties.PolicyDocument ?? Properties.KeyPolicy, { ref: id => pseudo[id] ?? id, attribute: () => LOGS });
}

const single = shopStack();
logsIn(single, { storage: { prefix: 'flow', encryptionKey: new Key(single, 'Key') } });

function central(accounts: FlowLogAccounts, partitions?: FlowLogPartitions): any {
  const stack = new Stack(testApp(), 'Security', { env: IRELAND });
  const bucket = CentralFlowLogsBucket.of({ bucketName: 'logs', accounts, regions: ['eu-west-1', 'us-east-1'], partitions });
  new CentralFlowLogs(stack, 'Central', { bucket });
  return policyOf(stack);
}

const folder = (account: string) => `${LOGS}/AWSLogs/${account}/vpcflowlogs/eu-west-1/2026/01/31/00/file.log.parquet`;
const own = { resource: `${LOGS}/flow/AWSLogs/${ACCOUNT}/vpcflowlogs/eu-west-1/file`, account: ACCOUNT, region: 'eu-west-1' };
const shop = { resource: folder(SHOP), account: SHOP, region: 'eu-west-1' };
const aclCheck = { action: 's3:GetBucketAcl', resource: LOGS };

const POLICIES = {
  'one account': policyOf(single),
  'a list': central(FlowLogAccounts.of([SHOP, BANK])),
  'a list, Hive': central(FlowLogAccounts.ofMany([SHOP, BANK]), FlowLogPartitions.hive()),
  'one in a list': central(FlowLogAccounts.of([SHOP])),
  'an organization': central(FlowLogAccounts.ofOrganization(ORGANIZATION, [SHOP])),
};

test.each<[keyof typeof POLICIES, string, Delivery, 'Allowed' | 'ImplicitlyDenied']>([
  ['one account', 'its log', own, 'Allowed'],
  ['one account', 'the check before', { ...own, ...aclCheck }, 'Allowed'],
  ['one account', 'of another Region', { ...own, region: 'us-east-1' }, 'ImplicitlyDenied'],
  ['one account', 'of another account', { ...own, account: STRANGER }, 'ImplicitlyDenied'],
  ['one account', 'the check for another account', { ...own, ...aclCheck, account: STRANGER }, 'ImplicitlyDenied'],
  ['one account', 'to another folder', { ...own, resource: `${LOGS}/AWSLogs/${ACCOUNT}/file` }, 'ImplicitlyDenied'],
  ['one account', 'to the folder of another account', { ...own, resource: `${LOGS}/flow/AWSLogs/${STRANGER}/file` }, 'ImplicitlyDenied'],
  ['one account', 'without giving the file to the owner', { ...own, acl: 'private' }, 'ImplicitlyDenied'],
  ['one account', 'by another service', { ...own, service: 'cloudtrail.amazonaws.com' }, 'ImplicitlyDenied'],
  ['one account', 'a file read back', { ...own, action: 's3:GetObject' }, 'ImplicitlyDenied'],
  ['a list', 'the first', shop, 'Allowed'],
  ['a list', 'the second', { ...shop, account: BANK, resource: folder(BANK) }, 'Allowed'],
  ['a list', 'in the other Region', { ...shop, region: 'us-east-1' }, 'Allowed'],
  ['a list', 'the check', { ...shop, ...aclCheck }, 'Allowed'],
  ['a list', 'in a third Region', { ...shop, region: 'us-west-2' }, 'ImplicitlyDenied'],
  ['a list', 'one that is not in it', { ...shop, account: STRANGER, resource: folder(STRANGER) }, 'ImplicitlyDenied'],
  ['a list', 'one that is not in it, to the folder of one that is', { ...shop, account: STRANGER }, 'ImplicitlyDenied'],
  ['a list', 'the check for one that is not in it', { ...shop, ...aclCheck, account: STRANGER }, 'ImplicitlyDenied'],
  ['a list', 'the account of the bucket', { ...shop, account: ACCOUNT, resource: folder(ACCOUNT) }, 'ImplicitlyDenied'],
  ['a list, Hive', 'the first', { ...shop, resource: `${LOGS}/AWSLogs/aws-account-id=${SHOP}/aws-service=vpcflowlogs/file` }, 'Allowed'],
  ['a list, Hive', 'to a folder that is not Hive\'s', shop, 'ImplicitlyDenied'],
  ['one in a list', 'it', shop, 'Allowed'],
  ['one in a list', 'in a third Region', { ...shop, region: 'us-west-2' }, 'ImplicitlyDenied'],
  ['an organization', 'one that the table lists', { ...shop, organization: ORGANIZATION }, 'Allowed'],
  ['an organization', 'one of tomorrow', { ...shop, account: STRANGER, resource: folder(STRANGER), organization: ORGANIZATION }, 'Allowed'],
  ['an organization', 'the check', { ...shop, ...aclCheck, organization: ORGANIZATION }, 'Allowed'],
  ['an organization', 'of another', { ...shop, organization: 'o-zzzzzzzzzz' }, 'ImplicitlyDenied'],
  ['an organization', 'of none', shop, 'ImplicitlyDenied'],
  ['an organization', 'in a third Region', { ...shop, organization: ORGANIZATION, region: 'us-west-2' }, 'ImplicitlyDenied'],
])('%s: %s', async (name, _, delivery, decision) => {
  expect(await mayDeliver(POLICIES[name], delivery)).toBe(decision);
});

test('the key is used for the same log, and no other', async () => {
  const key = policyOf(single, 'AWS::KMS::Key');
  const use = { ...own, action: 'kms:GenerateDataKey', resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` };
  expect(await mayDeliver(key, use)).toBe('Allowed');
  expect(await mayDeliver(key, { ...use, account: STRANGER })).toBe('ImplicitlyDenied');
  expect(await mayDeliver(key, { ...use, region: 'us-east-1' })).toBe('ImplicitlyDenied');
  expect(await mayDeliver(key, { ...use, action: 'kms:PutKeyPolicy' })).toBe('ImplicitlyDenied');
});
