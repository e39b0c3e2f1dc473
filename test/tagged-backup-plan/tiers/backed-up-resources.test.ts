import { CfnDBCluster as CfnDocDBCluster } from 'aws-cdk-lib/aws-docdb';
import { AttributeType, CfnGlobalTable, CfnTable, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnInstance, CfnVolume, Instance, InstanceType, MachineImage, Volume, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem, FileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnFileSystem as CfnFsx } from 'aws-cdk-lib/aws-fsx';
import { CfnDBCluster as CfnNeptuneCluster } from 'aws-cdk-lib/aws-neptune';
import {
  AuroraPostgresEngineVersion, CfnDBCluster, CfnDBInstance, ClusterInstance, DatabaseCluster, DatabaseClusterEngine,
  DatabaseInstance, DatabaseInstanceEngine,
} from 'aws-cdk-lib/aws-rds';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnCondition, CfnParameter, CfnResource, Fn, Lazy, NestedStack, Size, Stack, Tags, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { BackupRule, BackupTier } from '../../../src';
import { isFoundIn, reachedRpo, tierTagOf, typeNameOf, typeOf } from '../../../src/tagged-backup-plan/tiers/backed-up-resources';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../../support/app';

const KEY = { name: 'id', type: AttributeType.STRING };
const L1_TABLE = { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] };
const L1_GLOBAL_TABLE = { ...L1_TABLE, attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }] };
const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };

let stack: Stack;
beforeEach(() => { stack = shopStack(); });

/** A value that is known at deployment, and not at synth. */
const later = (id = 'Later') => new CfnParameter(stack, id).valueAsString;
const resourcesIn = (scope: IConstruct) => scope.node.findAll().filter(CfnResource.isCfnResource);
const resourceOf = (construct: IConstruct) => construct.node.defaultChild as CfnResource;

/** After aspects were invoked, as when templates are written. */
function synthesized(construct: IConstruct): CfnResource {
  (stack.node.root as any).synth();
  return CfnResource.isCfnResource(construct) ? construct : resourceOf(construct);
}

describe('type', () => {
  const vpc = () => new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  test.each<[string, string[], () => unknown]>([
    ['Table', ['DynamoDB'], () => new Table(stack, 'X', { partitionKey: KEY })],
    ['TableV2', ['DynamoDB'], () => new TableV2(stack, 'X', { partitionKey: KEY, replicas: [{ region: 'eu-central-1' }] })],
    ['Bucket', ['S3'], () => new Bucket(stack, 'X', { enforceSSL: true })],
    ['FileSystem', ['EFS'], () => new FileSystem(stack, 'X', { vpc: vpc() })],
    ['Volume', ['EBS'], () => new Volume(stack, 'X', { availabilityZone: 'eu-west-1a', size: Size.gibibytes(1) })],
    ['Instance', ['EC2'], () => new Instance(stack, 'X', { vpc: vpc(), instanceType: new InstanceType('t3.micro'), machineImage: MachineImage.latestAmazonLinux2023() })],
    ['DatabaseInstance', ['RDS'], () => new DatabaseInstance(stack, 'X', { vpc: vpc(), engine: DatabaseInstanceEngine.MYSQL })],
    ['DatabaseCluster, whose instances hold nothing', ['Aurora'], () => new DatabaseCluster(stack, 'X', {
      vpc: vpc(),
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
      writer: ClusterInstance.provisioned('writer'),
      readers: [ClusterInstance.serverlessV2('reader')],
    })],
    ['Topic', [], () => new Topic(stack, 'X')],
  ])('of an L2 %s', (_, types, build) => {
    build();
    expect(resourcesIn(stack).map(typeNameOf).filter(name => name !== undefined)).toEqual(types);
  });

  test.each<[string, string, string | undefined, () => CfnResource]>([
    ['table', 'DynamoDB', 'DynamoDB', () => new CfnTable(stack, 'X', L1_TABLE)],
    ['global table', 'DynamoDB', 'DynamoDB', () => new CfnGlobalTable(stack, 'X', { ...L1_GLOBAL_TABLE, replicas: [] })],
    ['bucket', 'S3', 'S3', () => new CfnBucket(stack, 'X')],
    ['file system', 'EFS', 'EFS', () => new CfnFileSystem(stack, 'X')],
    ['volume', 'EBS', 'EBS', () => new CfnVolume(stack, 'X', { availabilityZone: 'eu-west-1a' })],
    ['instance', 'EC2', 'EC2', () => new CfnInstance(stack, 'X')],
    ['FSx file system', 'FSx', 'FSx', () => new CfnFsx(stack, 'X', { fileSystemType: 'LUSTRE', subnetIds: ['subnet-1'] })],
    ['DocumentDB cluster', 'DocumentDB', 'DocumentDB', () => new CfnDocDBCluster(stack, 'X')],
    ['Neptune cluster', 'Neptune', 'Neptune', () => new CfnNeptuneCluster(stack, 'X')],
    ['Aurora cluster', 'Aurora', 'Aurora', () => new CfnDBCluster(stack, 'X', { engine: 'aurora-mysql' })],
    ['Multi-AZ cluster', 'RDS', 'RDS cluster', () => new CfnDBCluster(stack, 'X', { engine: 'postgres' })],
    ['cluster with an engine that is not known', 'RDS', 'RDS cluster', () => new CfnDBCluster(stack, 'X', { engine: later() })],
    ['database instance', 'RDS', 'RDS', () => new CfnDBInstance(stack, 'X', { engine: 'mysql' })],
    ['database instance with an engine that is not known', 'RDS', 'RDS', () => new CfnDBInstance(stack, 'X', { engine: later() })],
    ['resource of no class', 'S3', 'S3', () => new CfnResource(stack, 'X', { type: 'AWS::S3::Bucket' })],
  ])('of an L1 %s', (_, type, name, build) => {
    const resource = build();
    expect([typeOf(resource)?.name, typeNameOf(resource)]).toEqual([type, name]);
  });

  test.each<[string, () => CfnResource]>([
    ['an instance of a cluster', () => new CfnDBInstance(stack, 'X', { dbClusterIdentifier: 'orders', engine: 'mysql' })],
    ['an instance of a cluster that is a token', () => new CfnDBInstance(stack, 'X', { dbClusterIdentifier: later() })],
    ['an Aurora instance', () => new CfnDBInstance(stack, 'X', { engine: 'aurora-postgresql' })],
    ['anything else', () => new CfnResource(stack, 'X', { type: 'AWS::SQS::Queue' })],
    ['a type like a property of every object', () => new CfnResource(stack, 'X', { type: 'constructor' })],
    ['a resource that does not go into the template', () => {
      class Hidden extends CfnBucket {
        protected shouldSynthesize(): boolean { return false; }
      }
      return new Hidden(stack, 'X');
    }],
  ])('none for %s', (_, build) => {
    const resource = build();
    expect([typeOf(resource), typeNameOf(resource)]).toEqual([undefined, undefined]);
  });
});

describe('tag', () => {
  const tagged = { tags: [{ key: 'tier', value: 'low' }] };
  test.each<[string, () => IConstruct]>([
    ['table', () => new CfnTable(stack, 'X', { ...L1_TABLE, ...tagged })],
    ['global table', () => new CfnGlobalTable(stack, 'X', { ...L1_GLOBAL_TABLE, replicas: [{ region: 'eu-west-1', ...tagged }] })],
    ['file system', () => new CfnFileSystem(stack, 'X', { fileSystemTags: tagged.tags })],
    ['bucket', () => new CfnBucket(stack, 'X', tagged)],
    ['resource of no class', () => new CfnResource(stack, 'X', { type: 'AWS::S3::Bucket', properties: { Tags: [{ Key: 'tier', Value: 'low' }] } })],
  ])('stated on an L1 %s', (_, build) => {
    expect(tierTagOf(synthesized(build()), 'tier')).toBe('low');
  });

  test.each<[string, () => IConstruct]>([
    ['Table', () => new Table(stack, 'X', { partitionKey: KEY })],
    ['TableV2', () => new TableV2(stack, 'X', { partitionKey: KEY })],
    ['Bucket', () => new Bucket(stack, 'X')],
    ['FileSystem', () => new FileSystem(stack, 'X', { vpc: new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) })],
    ['CfnBucket', () => new CfnBucket(stack, 'X')],
    ['CfnDBCluster', () => new CfnDBCluster(stack, 'X', { engine: 'aurora-mysql' })],
  ])('added to a %s, or to what is above it, when aspects were invoked', (_, build) => {
    const construct = build();
    Tags.of(stack).add('tier', 'medium');
    Tags.of(stack).add('above', 'yes');
    Tags.of(construct).add('tier', 'low');
    const resource = synthesized(construct);
    expect([tierTagOf(resource, 'tier'), tierTagOf(resource, 'above'), tierTagOf(resource, 'Tier')]).toEqual(['low', 'yes', undefined]);
  });

  test('Trap: a tag added to an L1 global table goes nowhere', () => {
    const table = new CfnGlobalTable(stack, 'X', { ...L1_GLOBAL_TABLE, replicas: [{ region: 'eu-west-1' }] });
    Tags.of(table).add('tier', 'low');
    expect(tierTagOf(synthesized(table), 'tier')).toBeUndefined();
  });

  test('written over, removed, and without any', () => {
    const over = new CfnBucket(stack, 'Over', tagged);
    over.addPropertyOverride('Tags', [{ Key: 'tier', Value: 'critical' }]);
    const removed = new CfnBucket(stack, 'Removed', tagged);
    Tags.of(removed).remove('tier');
    const none = new CfnBucket(stack, 'None');
    expect([over, removed, none].map(synthesized).map(resource => tierTagOf(resource, 'tier'))).toEqual(['critical', undefined, undefined]);
  });

  test('stated on the stack: CloudFormation gives it to what has no tag of its own, in nested stacks too', () => {
    stack = new Stack(testApp(), 'Shop', { env: IRELAND, tags: { tier: 'low', late: Token.asString({ Ref: 'X' }) } });
    const [own, none, nested] = [new CfnBucket(stack, 'Own', tagged), new CfnFileSystem(stack, 'None'), new CfnBucket(new NestedStack(stack, 'Nested'), 'X')];
    Tags.of(own).add('tier', 'critical');
    expect([own, none, nested].map(synthesized).map(resource => tierTagOf(resource, 'tier'))).toEqual(['critical', 'low', 'low']);
    expect(tierTagOf(none, 'late')).toBeUndefined();
  });

  test('stated on the stack does not reach the replicas of a global table', () => {
    stack = new Stack(testApp(), 'Shop', { env: IRELAND, tags: { tier: 'low' } });
    expect(tierTagOf(synthesized(new TableV2(stack, 'X', { partitionKey: KEY })), 'tier')).toBeUndefined();
  });

  test('a lazy value is known when templates are written', () => {
    const bucket = new Bucket(stack, 'X');
    Tags.of(bucket).add('tier', Lazy.string({ produce: () => 'low' }));
    expect(tierTagOf(synthesized(bucket), 'tier')).toBe('low');
  });

  test('a value, a key, tags or replicas that are not known at synth give a token', () => {
    new CfnCondition(stack, 'If', { expression: Fn.conditionEquals(later(), 'x') });
    const intrinsic = Token.asAny({ 'Fn::If': ['If', [], []] });
    const value = new Bucket(stack, 'Value');
    Tags.of(value).add('tier', later('ValueOfTag'));
    const tags = new CfnResource(stack, 'Tags', { type: 'AWS::S3::Bucket', properties: { Tags: intrinsic } });
    const key = new CfnResource(stack, 'Key', { type: 'AWS::S3::Bucket', properties: { Tags: [{ Key: later('KeyOfTag'), Value: 'low' }] } });
    const one = new CfnResource(stack, 'One', { type: 'AWS::S3::Bucket', properties: { Tags: [intrinsic] } });
    const replicas = new CfnGlobalTable(stack, 'Replicas', { ...L1_GLOBAL_TABLE, replicas: intrinsic as any });
    const replica = new CfnGlobalTable(stack, 'Replica', { ...L1_GLOBAL_TABLE, replicas: [intrinsic as any] });
    for (const resource of [value, tags, key, one, replicas, replica].map(synthesized)) {
      expect([resource.node.path, Token.isUnresolved(tierTagOf(resource, 'tier'))]).toEqual([resource.node.path, true]);
    }
  });

  test('a known key wins over one that is not', () => {
    const bucket = new CfnBucket(stack, 'X', { tags: [{ key: later(), value: 'x' }, { key: 'tier', value: 'low' }] });
    expect(tierTagOf(synthesized(bucket), 'tier')).toBe('low');
  });

  test('of a global table: that of the replica in the Region that is asked for', () => {
    const table = new TableV2(stack, 'X', {
      partitionKey: KEY, tags: [{ key: 'tier', value: 'low' }], replicas: [{ region: 'eu-central-1', tags: [{ key: 'tier', value: 'critical' }] }],
    });
    Tags.of(table).add('owner', 'us');
    const frankfurt = new Stack(stack.node.root, 'Frankfurt', { env: FRANKFURT });
    const resource = synthesized(table);
    expect([tierTagOf(resource, 'tier'), tierTagOf(resource, 'tier', frankfurt), tierTagOf(resource, 'owner', frankfurt)]).toEqual(['low', 'critical', 'us']);
  });

  test('of a global table in a stack without a Region: that of its one replica', () => {
    stack = shopStack({});
    const table = new TableV2(stack, 'X', { partitionKey: KEY, tags: [{ key: 'tier', value: 'low' }] });
    const frankfurt = new Stack(stack.node.root, 'Frankfurt', { env: FRANKFURT });
    const resource = synthesized(table);
    expect([tierTagOf(resource, 'tier'), tierTagOf(resource, 'tier', frankfurt)]).toEqual(['low', 'low']);
  });
});

describe('found in the account and Region of a stack', () => {
  const OTHER_ACCOUNT = { account: '222222222222', region: 'eu-west-1' };
  test.each<[string, object | undefined, object | undefined, boolean]>([
    ['the same', IRELAND, IRELAND, true],
    ['another Region', IRELAND, FRANKFURT, false],
    ['another account', IRELAND, OTHER_ACCOUNT, false],
    ['an unknown one, for a known resource', IRELAND, undefined, true],
    ['a known one, for an unknown resource', undefined, FRANKFURT, true],
    ['a known Region with an unknown account', { region: 'eu-west-1' }, FRANKFURT, false],
    ['an unknown one, for an unknown resource', undefined, undefined, true],
  ])('%s', (_, own, other, found) => {
    const app = testApp();
    const bucket = new CfnBucket(new Stack(app, 'Own', { env: own }), 'X');
    expect(isFoundIn(new Stack(app, 'Other', { env: other }), bucket)).toBe(found);
  });

  test('a global table: where it has a replica', () => {
    const app = stack.node.root;
    const table = resourceOf(new TableV2(stack, 'X', { partitionKey: KEY, replicas: [{ region: 'eu-central-1' }] }));
    const stacks = [IRELAND, FRANKFURT, { ...FRANKFURT, region: 'us-east-1' }, OTHER_ACCOUNT, undefined].map((env, index) => new Stack(app, `S${index}`, { env }));
    expect(stacks.map(each => isFoundIn(each, table))).toEqual([true, true, false, false, true]);
  });
});

describe('reached RPO', () => {
  const CONTINUOUS = BackupTier.of('c', { rules: [BackupRule.continuous()] });
  const DAILY = BackupTier.of('d', { rules: [BackupRule.daily()] });
  const minutes = (resource: CfnResource, tier: BackupTier, seenFrom?: Stack) => reachedRpo(resource, tier, seenFrom)?.toMinutes();
  const pitr = { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } };
  const DAY = 24 * 60 + 8 * 60; // and its start window
  const HOURS = 3 * 60; // from 04:00 over the hour that the continuous rule rests, and its start window

  test.each<[string, number | undefined, number | undefined, () => CfnResource]>([
    ['Aurora', 5, DAY, () => new CfnDBCluster(stack, 'X', { engine: 'aurora-mysql' })],
    ['RDS instance', 5, DAY, () => new CfnDBInstance(stack, 'X', { engine: 'mysql' })],
    ['RDS Multi-AZ cluster', HOURS, DAY, () => new CfnDBCluster(stack, 'X', { engine: 'mysql' })],
    ['RDS cluster that may be Aurora', undefined, undefined, () => new CfnDBCluster(stack, 'X', { engine: later() })],
    ['S3', 15, DAY, () => new CfnBucket(stack, 'X')],
    ['EFS', HOURS, DAY, () => new CfnFileSystem(stack, 'X')],
    ['EBS', HOURS, DAY, () => new CfnVolume(stack, 'X', { availabilityZone: 'a' })],
    ['EC2', HOURS, DAY, () => new CfnInstance(stack, 'X')],
    ['Neptune', HOURS, DAY, () => new CfnNeptuneCluster(stack, 'X')],
    ['DynamoDB', HOURS, DAY, () => new CfnTable(stack, 'X', L1_TABLE)],
    ['DynamoDB with point-in-time recovery', 5, 5, () => new CfnTable(stack, 'X', { ...L1_TABLE, ...pitr })],
    ['DynamoDB with point-in-time recovery, L2', 5, 5, () => resourceOf(new Table(stack, 'X', { partitionKey: KEY, ...pitr }))],
    ['global table', HOURS, DAY, () => resourceOf(new TableV2(stack, 'X', { partitionKey: KEY }))],
    ['global table with point-in-time recovery', 5, 5, () => resourceOf(new TableV2(stack, 'X', { partitionKey: KEY, ...pitr }))],
    ['DynamoDB with point-in-time recovery switched off', HOURS, DAY, () =>
      new CfnTable(stack, 'X', { ...L1_TABLE, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } })],
    ['DynamoDB with point-in-time recovery that is not known', undefined, undefined, () =>
      new CfnTable(stack, 'X', { ...L1_TABLE, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: Token.asAny({ Ref: 'X' }) as any } })],
    ['DynamoDB with a specification that is not known', undefined, undefined, () =>
      new CfnTable(stack, 'X', { ...L1_TABLE, pointInTimeRecoverySpecification: Token.asAny({ Ref: 'X' }) as any })],
    ['what holds nothing', undefined, undefined, () => resourceOf(new Topic(stack, 'X'))],
  ])('of %s, by continuous backup and by daily snapshots', (_, continuous, daily, build) => {
    const resource = build();
    expect([minutes(resource, CONTINUOUS), minutes(resource, DAILY)]).toEqual([continuous, daily]);
  });

  test('of a global table: that of the replica in the Region that is asked for', () => {
    const table = resourceOf(new TableV2(stack, 'X', {
      partitionKey: KEY, replicas: [{ region: 'eu-central-1', ...pitr }],
    }));
    const frankfurt = new Stack(stack.node.root, 'Frankfurt', { env: FRANKFURT });
    expect([minutes(table, DAILY), minutes(table, DAILY, frankfurt)]).toEqual([DAY, 5]);
  });
});
