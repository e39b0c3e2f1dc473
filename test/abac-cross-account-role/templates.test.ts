/** Every construct of the folder, against CDK's own validator in strict mode and cdk-nag's AwsSolutions. */
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { App } from 'aws-cdk-lib/core';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { AbacAudit, AbacCrossAccountRole, AbacPermission, AbacPolicy, AbacRoleWatch, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from '../../src';
import { SPOKE, SPOKE_ENV } from '../support/abac-roles';
import { ACCOUNT, IRELAND, testApp } from '../support/app';
import { testWhereArnsAreAcknowledged } from '../support/peers';
import { acknowledgements, nagFindings, STRICT } from '../support/rule-packs';

function build(app: App): void {
  const hub = new Stack(app, 'Hub', { env: IRELAND });
  const logs = new Bucket(hub, 'Logs', { encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, serverAccessLogsPrefix: 'logs/' });
  const bucket = (id: string) => new Bucket(hub, id, { enforceSSL: true, serverAccessLogsBucket: logs });
  const team = new Role(hub, 'Team', { assumedBy: new AccountRootPrincipal() });
  const access = new AbacCrossAccountRole(hub, 'Access', {
    roleName: 'Data',
    trusted: TrustedAccounts.of([SPOKE]).inOrganization('o-abcde12345').withExternalId('phoenix').onlyPrincipals([`arn:aws:iam::${SPOKE}:role/*`])
      .withSourceIdentity(['*']).withMfa(Duration.hours(1)),
    attributes: [AccessAttribute.matching('Project', { transitive: true })],
    permissions: [
      AbacPermission.s3Buckets(bucket('Buckets')).read().write().list(), AbacPermission.s3Objects(bucket('Objects')).read().write().list(),
      AbacPermission.dynamodb().read().write().create().list(), AbacPermission.secrets().read().write().create().list(),
      AbacPermission.parameters().read().list(), AbacPermission.keys().read().write().list(),
    ],
  });
  new AbacPolicy(hub, 'Within', {
    attributes: [AccessAttribute.matching('Project', { among: ['Alpha'] }), AccessAttribute.oneOf('Stage', ['dev', 'test'])],
    permissions: [
      AbacPermission.queues().read().write().create().list(), AbacPermission.topics().read().write().create().list(),
      AbacPermission.functions().read().write().list(), AbacPermission.instances().write().list(),
    ],
  }).attachTo(team);
  new AbacAudit(hub, 'Audit', { access });
  new AbacRoleWatch(new Stack(app, 'Watch', { env: { account: ACCOUNT, region: 'us-east-1' } }), 'Watch', { roleNames: ['Data'] });
  const spoke = new Stack(app, 'Spoke', { env: SPOKE_ENV });
  new AbacSpokeAccess(spoke, 'Data', { hubRole: access.hubRole, principals: [new Role(spoke, 'Team', { assumedBy: new AccountRootPrincipal() })], tags: { Project: 'Gamma' } });
}

test('CDK\'s validator in strict mode', () => {
  process.env.CDK_VALIDATION = 'true';
  try {
    const app = testApp(STRICT);
    build(app);
    expect(() => app.synth()).not.toThrow();
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
});

testWhereArnsAreAcknowledged('cdk-nag, with and without merged statements', () => {
  for (const minimizePolicies of [false, true]) {
    const app = testApp({ '@aws-cdk/aws-iam:minimizePolicies': minimizePolicies });
    build(app);
    expect(nagFindings(app)).toEqual([]);
  }
});

testWhereArnsAreAcknowledged('what is acknowledged is what the policies of permissions cause, each ARN by itself, and the queues', () => {
  const app = testApp();
  build(app);
  const acknowledged = app.node.findAll().flatMap(construct => acknowledgements(construct).map(id => `${construct.node.path}: ${id}`));
  const wildcard = (resource: string) => `AwsSolutions-IAM5[Resource::${resource}]`;
  const regional = (service: string, resource: string) => wildcard(`arn:<AWS::Partition>:${service}:eu-west-1:${ACCOUNT}:${resource}`);
  const objects = (text: string) => expect.stringMatching(new RegExp(`^Hub/Access/Policies/Permissions: AwsSolutions-IAM5\\[Resource::<${text}\\*\\]$`));
  expect(acknowledged.filter(each => !each.includes('CloudFormation-Validate')).sort()).toEqual([
    'Hub/Access/Policies/Permissions: ' + wildcard('*'),
    objects('Buckets[0-9A-F]{8}\\.Arn>/'),
    objects('Objects[0-9A-F]{8}\\.Arn>/'),
    objects('Objects[0-9A-F]{8}\\.Arn>/<aws:PrincipalTag/Project>/'),
    ...[regional('dynamodb', 'table/*'), regional('kms', 'key/*'), regional('secretsmanager', 'secret:*'), regional('ssm', 'parameter/*')]
      .map(id => `Hub/Access/Policies/Permissions: ${id}`),
    'Hub/Audit/DeadLetterQueue: AwsSolutions-SQS3',
    'Hub/Within/Policies/Permissions: ' + wildcard('*'),
    ...[regional('ec2', 'instance/*'), regional('lambda', 'function:*'), regional('sns', '*'), regional('sqs', '*')]
      .map(id => `Hub/Within/Policies/Permissions: ${id}`),
    'Watch/Watch/DeadLetterQueue: AwsSolutions-SQS3',
  ]);
});
