/**
 * A task that writes into a directory of EFS and one that may only read it, in one account, with a replica in a second
 * Region. Health checks are the proof: on a real account a deployment ends well when the writer has written, the reader has
 * read it, and the reader was refused to write. Nothing runs on the emulator.
 */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, ContainerInsights, FargateService, FargateTaskDefinition, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DirectoryOwner, FargateEfsAccessPoint, FileSystemReplication, MountAccess } from '../src';

/** Asks no account for its zones. */
class ZonedStack extends Stack {
  public get availabilityZones(): string[] {
    return [0, 1].map(zone => Fn.select(zone, Fn.getAzs()));
  }
}

/** Public subnets alone: tasks fetch their image without a NAT gateway, and accept no connection. */
function createVpc(stack: Stack): Vpc {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }] });
  Validations.of(vpc).acknowledge({ id: 'AwsSolutions-VPC7', reason: 'a test that is there for an hour needs no flow logs' });
  return vpc;
}

export const app = new App();
const away = new ZonedStack(app, 'IntegFargateEfsAccessPointReplica', { env: { region: 'eu-central-1' } });
const replica = new FargateEfsAccessPoint(away, 'Data', {
  vpc: createVpc(away),
  directory: '/my-task/data',
  newFileSystem: { replication: FileSystemReplication.replica(), vpcSubnets: { subnetType: SubnetType.PUBLIC } },
});

const stack = new ZonedStack(app, 'IntegFargateEfsAccessPoint', { env: { region: 'eu-west-1' } });
const vpc = createVpc(stack);
const cluster = new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });
const data = new FargateEfsAccessPoint(stack, 'Data', {
  vpc,
  directory: '/my-task/data',
  owner: DirectoryOwner.of({ uid: 1234, gid: 5678, permissions: '0700' }),
  newFileSystem: {
    replication: FileSystemReplication.to(replica, { rpo: Duration.minutes(30) }),
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
  },
});

/** A service of one task that is healthy as long as the check succeeds. */
function service(id: string, access: MountAccess, command: string, check: string): FargateService {
  const taskDefinition = new FargateTaskDefinition(stack, `${id}Task`);
  const container = taskDefinition.addContainer('main', {
    image: ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:stable'),
    command: ['sh', '-c', command],
    healthCheck: { command: ['CMD-SHELL', check], interval: Duration.seconds(10), retries: 10 },
    logging: LogDriver.awsLogs({
      streamPrefix: id, logGroup: new LogGroup(stack, `${id}Logs`, { removalPolicy: RemovalPolicy.DESTROY }),
    }),
  });
  const made = new FargateService(stack, id, {
    cluster, taskDefinition, desiredCount: 1, assignPublicIp: true, circuitBreaker: { rollback: true }, minHealthyPercent: 0, maxHealthyPercent: 100,
  });
  data.mount(container, '/data', access);
  data.attachTo(made);
  return made;
}

const writer = service('Writer', MountAccess.readWrite(), 'while :; do date > /data/proof; sleep 5; done',
  // written just now, by the user of the access point, in a directory of the mode that it was created with
  'test -n "$(find /data/proof -mmin -1)" && test "$(stat -c %u:%g /data/proof)" = 1234:5678 && test "$(stat -c %a /data)" = 700');
const reader = service('Reader', MountAccess.readOnly(), 'sleep infinity', 'test -s /data/proof && ! touch /data/refused');
reader.node.addDependency(writer);

const test = new IntegTest(app, 'FargateEfsAccessPoint', {
  testCases: [stack],
  regions: ['eu-west-1'],
  // In the Region of the directory, which the assertions refer to.
  assertionStack: new Stack(app, 'IntegFargateEfsAccessPointAssertions', { env: { region: 'eu-west-1' } }),
});

const FileSystemId = data.fileSystem.fileSystemId;

test.assertions.awsApiCall('EFS', 'DescribeFileSystems', { FileSystemId }).expect(ExpectedResult.objectLike({
  FileSystems: [Match.objectLike({ Encrypted: true, KmsKeyId: data.key!.keyArn, ThroughputMode: 'elastic', NumberOfMountTargets: 2 })],
}));

test.assertions.awsApiCall('EFS', 'DescribeFileSystemPolicy', { FileSystemId }).expect(ExpectedResult.objectLike({
  Policy: Match.stringLikeRegexp('DenyInsecureTransport[^]*DenyOutsideAccessPoints[^]*DenyRoot'),
}));

test.assertions.awsApiCall('EFS', 'DescribeAccessPoints', { AccessPointId: data.accessPoint.accessPointId }).expect(ExpectedResult.objectLike({
  AccessPoints: [Match.objectLike({
    PosixUser: { Uid: 1234, Gid: 5678 },
    RootDirectory: { Path: '/my-task/data', CreationInfo: { OwnerUid: 1234, OwnerGid: 5678, Permissions: '0700' } },
  })],
}));

test.assertions.awsApiCall('EFS', 'DescribeReplicationConfigurations', { FileSystemId }).expect(ExpectedResult.objectLike({
  Replications: [Match.objectLike({ Destinations: [Match.objectLike({ Region: 'eu-central-1', Status: Match.stringLikeRegexp('^ENABL(ED|ING)$') })] })],
}));

test.assertions.awsApiCall('ECS', 'DescribeTaskDefinition', { taskDefinition: reader.taskDefinition.taskDefinitionArn }).expect(ExpectedResult.objectLike({
  taskDefinition: Match.objectLike({
    volumes: [Match.objectLike({
      efsVolumeConfiguration: {
        fileSystemId: FileSystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: data.accessPoint.accessPointId, iam: 'ENABLED' },
      },
    })],
    containerDefinitions: [Match.objectLike({ mountPoints: [Match.objectLike({ containerPath: '/data', readOnly: true })] })],
  }),
}));

// Both are deployed: the writer has written, the reader has read, and could not write.
test.assertions.awsApiCall('ECS', 'DescribeServices', { cluster: cluster.clusterName, services: [writer.serviceName, reader.serviceName] })
  .expect(ExpectedResult.objectLike({
    services: [1, 2].map(() => Match.objectLike({ runningCount: 1, deployments: [Match.objectLike({ rolloutState: 'COMPLETED', status: 'PRIMARY' })] })),
  }));

app.synth();
