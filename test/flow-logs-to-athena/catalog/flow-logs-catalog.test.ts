import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { FlowLogsCatalogProps } from '../../../src';
import { FlowLogAccounts, FlowLogFormat, FlowLogPartitions, FlowLogsCatalog, NamedQuery, QueryResults, QueryWindow } from '../../../src';
import { ACCOUNT, shopStack, testApp } from '../../support/app';
import { decideBy } from '../../support/decide';
import { filledIn, only } from '../../support/flow-log-stacks';

const TABLE = 'AWS::Glue::Table';

function catalogIn(stack: Stack, props: Partial<FlowLogsCatalogProps> = {}): FlowLogsCatalog {
  return new FlowLogsCatalog(stack, 'Catalog', { bucket: Bucket.fromBucketName(stack, 'Logs', 'logs'), format: FlowLogFormat.security(), ...props });
}

const settingsOf = (stack: Stack) => only(stack, 'AWS::Athena::WorkGroup').WorkGroupConfiguration;

describe('over logs that are there already', () => {
  test('of this account, Region and year', () => {
    const stack = shopStack();
    catalogIn(stack);
    expect(only(stack, TABLE).TableInput.Parameters).toMatchObject({
      'projection.aws_account_id.type': 'enum',
      'projection.aws_account_id.values': ACCOUNT,
      'projection.aws_region.values': 'eu-west-1',
      'projection.day.range': 'NOW-365DAYS,NOW',
      'storage.location.template': 's3://logs/AWSLogs/${aws_account_id}/vpcflowlogs/${aws_region}/${day}/${hour}/',
    });
    Template.fromStack(stack).resourceCountIs('AWS::EC2::FlowLog', 0);
  });

  test('of others', () => {
    const stack = shopStack();
    catalogIn(stack, {
      prefix: 'flow',
      partitions: FlowLogPartitions.hive(),
      accounts: FlowLogAccounts.of(['222222222222', '333333333333']),
      regions: ['eu-west-1', 'us-east-1'],
      retention: Duration.days(30),
    });
    const { Parameters } = only(stack, TABLE).TableInput;
    expect(Parameters).toMatchObject({ 'projection.aws_account_id.values': '222222222222,333333333333', 'projection.aws_region.values': 'eu-west-1,us-east-1' });
    expect(Parameters['storage.location.template']).toMatch(/^s3:\/\/logs\/flow\/AWSLogs\/aws-account-id=\$\{aws_account_id\}/);
  });

  test.each<[string, FlowLogAccounts]>([['many', FlowLogAccounts.ofMany(['222222222222'])], ['an organization', FlowLogAccounts.ofOrganization('o-a1b2c3d4e5')]])(
    'of %s, where each query names the accounts that it reads', (_, accounts) => {
      const stack = shopStack();
      const catalog = catalogIn(stack, { accounts });
      expect(() => catalog.addQuery(NamedQuery.topTalkers())).toThrow('got no: accounts in its window (QueryWindow.forAccounts)');
      catalog.addQuery(NamedQuery.topTalkers({ window: QueryWindow.last(Duration.days(1)).forAccounts(['222222222222']) }));
      expect(only(stack, TABLE).TableInput.Parameters).toMatchObject({ 'projection.aws_account_id.type': 'injected' });
      expect(only(stack, 'AWS::Athena::NamedQuery').QueryString).toContain('aws_account_id = \'222222222222\'');
    });
});

describe('a pack of queries', () => {
  test('leaves out what can not be asked, and says which and why', () => {
    const stack = shopStack();
    const catalog = catalogIn(stack, { format: FlowLogFormat.default(), traffic: FlowLogTrafficType.REJECT });
    const all = [NamedQuery.rejectedSshRdp(), NamedQuery.portScan(), NamedQuery.topTalkers()];
    expect(catalog.addQueries(all)).toHaveLength(1);
    Template.fromStack(stack).resourceCountIs('AWS::Athena::NamedQuery', 1);
    const [{ entry }] = Annotations.fromStack(stack).findInfo('*', Match.anyValue());
    expect(entry.data).toBe('queries are left out, since what they need is not logged: '
      + `'${all[1].name}' (field 'tcp-flags'); '${all[2].name}' (${topTalkersLacks(catalog)}) [ack: cdk-resilience:flowLogQueriesLeftOut]`);
    expect(topTalkersLacks(catalog)).toContain('accepted traffic');
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('two of one name', () => {
    const stack = shopStack();
    expect(() => catalogIn(stack).addQueries([NamedQuery.rejectedSshRdp(), NamedQuery.rejectedSshRdp()])).toThrow('must have a name of its own');
  });

  function topTalkersLacks(catalog: FlowLogsCatalog): string {
    return NamedQuery.topTalkers()._missing(catalog._table).join(', ');
  }
});

describe('results', () => {
  test('in a new bucket, with a key', () => {
    const stack = shopStack();
    catalogIn(stack, { queries: { results: QueryResults.inNewBucket({ expireAfter: Duration.days(3650), encryptionKey: new Key(stack, 'Key') }) } });
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 3650, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })] },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
    expect(filledIn(stack, settingsOf(stack).ResultConfiguration)).toEqual({
      OutputLocation: expect.stringMatching(/^s3:\/\/<CatalogResults\w+>\/$/),
      EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: expect.stringMatching(/^<Key\w+.Arn>$/) },
      ExpectedBucketOwner: ACCOUNT,
    });
  });

  test('in a bucket of the team', () => {
    const stack = shopStack();
    const bucket = Bucket.fromBucketName(stack, 'Results', 'results');
    const catalog = catalogIn(stack, { queries: { results: QueryResults.inBucket(bucket, { prefix: 'flow' }) } });
    expect(catalog.resultsBucket).toBe(bucket);
    expect(settingsOf(stack).ResultConfiguration).toEqual({ OutputLocation: 's3://results/flow/', EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } });
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('at the root of a bucket of the team', () => {
    const stack = shopStack();
    catalogIn(stack, { queries: { results: QueryResults.inBucket(Bucket.fromBucketName(stack, 'Results', 'results')) } });
    expect(settingsOf(stack).ResultConfiguration.OutputLocation).toBe('s3://results/');
  });

  test('with Athena', () => {
    const stack = shopStack();
    const catalog = catalogIn(stack, { queries: { results: QueryResults.managedByAthena() } });
    expect(catalog.resultsBucket).toBeUndefined();
    expect(settingsOf(stack)).toMatchObject({ ManagedQueryResultsConfiguration: { Enabled: true } });
    expect(settingsOf(stack)).not.toHaveProperty('ResultConfiguration');
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('with Athena, under a key', () => {
    const stack = shopStack();
    catalogIn(stack, { queries: { results: QueryResults.managedByAthena({ encryptionKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`) }) } });
    expect(settingsOf(stack).ManagedQueryResultsConfiguration).toEqual({ Enabled: true, EncryptionConfiguration: { KmsKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` } });
  });
});

describe('who may query', () => {
  const stack = shopStack();
  const key = (name: string) => Key.fromKeyArn(stack, name, `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${name}`);
  const catalog = catalogIn(stack, {
    bucket: Bucket.fromBucketAttributes(stack, 'Encrypted', { bucketName: 'logs', encryptionKey: key('logs') }),
    prefix: 'flow',
    queries: { databaseName: 'network', results: QueryResults.inBucket(Bucket.fromBucketName(stack, 'Results', 'results'), { prefix: 'answers', encryptionKey: key('results') }) },
  });
  catalog.grantQuery(new Role(stack, 'Analyst', { assumedBy: new ServicePrincipal('states.amazonaws.com') })).assertSuccess();
  const policy = filledIn(stack, only(stack, 'AWS::IAM::Policy').PolicyDocument);
  const glue = (rest: string) => `arn:aws:glue:eu-west-1:${ACCOUNT}:${rest}`;
  const workGroup = (name: string) => `arn:aws:athena:eu-west-1:${ACCOUNT}:workgroup/${name}`;

  test.each<[string, string, 'Allowed' | 'ImplicitlyDenied']>([
    ['athena:StartQueryExecution', workGroup(catalog.workGroupName), 'Allowed'],
    ['athena:GetQueryResults', workGroup(catalog.workGroupName), 'Allowed'],
    ['athena:StartQueryExecution', workGroup('primary'), 'ImplicitlyDenied'],
    ['athena:UpdateWorkGroup', workGroup(catalog.workGroupName), 'ImplicitlyDenied'],
    ['glue:GetTable', glue('table/network/flow_logs'), 'Allowed'],
    ['glue:GetTable', glue('table/network/others'), 'ImplicitlyDenied'],
    ['glue:UpdateTable', glue('table/network/flow_logs'), 'ImplicitlyDenied'],
    ['glue:GetDatabase', glue('database/network'), 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::logs/flow/AWSLogs/1/file', 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::logs/others/file', 'ImplicitlyDenied'],
    ['s3:PutObject', 'arn:aws:s3:::logs/flow/AWSLogs/1/file', 'ImplicitlyDenied'],
    ['s3:DeleteObject', 'arn:aws:s3:::logs/flow/AWSLogs/1/file', 'ImplicitlyDenied'],
    ['s3:ListBucket', 'arn:aws:s3:::logs', 'Allowed'],
    ['s3:PutObject', 'arn:aws:s3:::results/answers/1.csv', 'Allowed'],
    ['s3:GetObject', 'arn:aws:s3:::results/answers/1.csv', 'Allowed'],
    ['s3:PutObject', 'arn:aws:s3:::results/others/1.csv', 'ImplicitlyDenied'],
    ['kms:Decrypt', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/logs`, 'Allowed'],
    ['kms:GenerateDataKey', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/logs`, 'ImplicitlyDenied'],
    ['kms:GenerateDataKey', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/results`, 'Allowed'],
  ])('%s on %s: %s', async (action, resource, decision) => {
    // A key lets the account decide by policies of its own.
    const keyPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }] };
    expect(await decideBy({ identity: [policy], resource: action.startsWith('kms:') ? keyPolicy : undefined }, {
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/Analyst/session`, action, resource,
    })).toBe(decision);
  });

  test('nothing of a bucket of results that is not there', () => {
    const managed = shopStack();
    catalogIn(managed, { queries: { results: QueryResults.managedByAthena() } })
      .grantQuery(new Role(managed, 'Analyst', { assumedBy: new ServicePrincipal('states.amazonaws.com') }));
    expect(JSON.stringify(only(managed, 'AWS::IAM::Policy'))).not.toContain('s3:PutObject');
  });
});

test('two catalogs of a stack, and stages, have names of their own', () => {
  const app = testApp();
  const names = ['One', 'Two'].map(id => {
    const stack = new Stack(app, id);
    const { databaseName, workGroupName } = catalogIn(stack);
    return [databaseName, workGroupName];
  });
  expect(new Set(names.flat()).size).toBe(4);
  names.forEach(([database, workGroup]) => {
    expect(database).toMatch(/^[a-z0-9_]+$/);
    expect(workGroup).toMatch(/^[a-zA-Z0-9-]{1,128}$/);
  });
});
