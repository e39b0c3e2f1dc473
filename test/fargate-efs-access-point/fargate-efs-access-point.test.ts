import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AsgCapacityProvider, Cluster, Compatibility, ContainerImage, Ec2Service, Ec2TaskDefinition, EcsOptimizedImage, FargateService,
  FargateTaskDefinition, NetworkMode, TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { FileSystem, LifecyclePolicy } from 'aws-cdk-lib/aws-efs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import type { FargateEfsAccessPointProps, NewFileSystemOptions } from '../../src';
import {
  BackupCoverage, BackupTier, DirectoryOwner, FargateEfsAccessPoint, FileSystemBackups, FileSystemLifecycle, FileSystemReplication,
  FileSystemThroughput, MountAccess, TaggedBackupPlan,
} from '../../src';
import { ACCOUNT, IRELAND, errorOf, testApp } from '../support/app';
import { smallVpc, webService, webTask, zonedStack } from '../support/fargate';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const CLIENT = 'elasticfilesystem:Client';

function storageIn(stack: Stack, props: Partial<FargateEfsAccessPointProps> = {}, id = 'Data'): FargateEfsAccessPoint {
  return new FargateEfsAccessPoint(stack, id, { vpc: (stack.node.tryFindChild('Vpc') as Vpc) ?? smallVpc(stack), directory: '/my-task/data', ...props });
}

/** The properties of the only file system of a storage with these options. */
function fileSystemOf(options: NewFileSystemOptions): any {
  const stack = zonedStack();
  storageIn(stack, { newFileSystem: options });
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::EFS::FileSystem'));
  return { ...resource.Properties, DeletionPolicy: resource.DeletionPolicy };
}

/** The statements about file systems in all policies of the stack. */
function clientStatements(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .flatMap(policy => policy.Properties.PolicyDocument.Statement)
    .filter(statement => [statement.Action].flat().some((action: string) => action.startsWith(CLIENT)));
}

describe('the user\'s program', () => {
  const stack = zonedStack();
  const vpc = smallVpc(stack);
  const storage = storageIn(stack);
  const service = webService(stack, 'Web', { vpc });
  storage.mount(service.taskDefinition.defaultContainer!, '/data');
  storage.attachTo(service);
  const template = Template.fromStack(stack);

  test('the directory is created at the first mount, for a user that is not root', () => {
    template.hasResourceProperties('AWS::EFS::AccessPoint', {
      PosixUser: { Uid: '1000', Gid: '1000', SecondaryGids: Match.absent() },
      RootDirectory: { Path: '/my-task/data', CreationInfo: { OwnerUid: '1000', OwnerGid: '1000', Permissions: '0750' } },
    });
  });

  test('the volume goes through the access point, by TLS, as the task\'s role, and names no root directory', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Volumes: [{
        Name: storage.volume.name,
        EFSVolumeConfiguration: {
          FilesystemId: { Ref: Match.stringLikeRegexp('DataFileSystem') },
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { IAM: 'ENABLED', AccessPointId: { Ref: Match.stringLikeRegexp('DataAccessPoint') } },
          RootDirectory: Match.absent(),
        },
      }],
      ContainerDefinitions: [Match.objectLike({ MountPoints: [{ ContainerPath: '/data', ReadOnly: false, SourceVolume: storage.volume.name }] })],
    });
  });

  test('the task role may mount and write this file system through this access point, and nothing else; the execution role nothing', () => {
    expect(clientStatements(stack)).toEqual([{
      Effect: 'Allow',
      Action: [`${CLIENT}Mount`, `${CLIENT}Write`],
      Resource: { 'Fn::GetAtt': [expect.stringMatching('DataFileSystem'), 'Arn'] },
      Condition: {
        StringEquals: { 'elasticfilesystem:AccessPointArn': stack.resolve(storage.accessPoint.accessPointArn) },
        Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
      },
    }]);
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(policy.Properties.Roles).toEqual([stack.resolve((service.taskDefinition.taskRole as Role).roleName)]);
  });

  test('Trap: the policy of the file system allows nothing to anybody, where the L2 lets everybody write and be root', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::EFS::FileSystem'));
    expect(Properties.FileSystemPolicy.Statement.map((each: any) => [each.Sid, each.Effect, each.Action, each.Condition])).toEqual([
      ['DenyInsecureTransport', 'Deny', [`${CLIENT}Mount`, `${CLIENT}Write`, `${CLIENT}RootAccess`], { Bool: { 'aws:SecureTransport': 'false' } }],
      ['DenyOutsideAccessPoints', 'Deny', [`${CLIENT}Mount`, `${CLIENT}Write`, `${CLIENT}RootAccess`], {
        StringNotLike: { 'elasticfilesystem:AccessPointArn': stack.resolve(`arn:${stack.partition}:elasticfilesystem:eu-west-1:${ACCOUNT}:access-point/*`) },
      }],
      ['DenyRoot', 'Deny', `${CLIENT}RootAccess`, undefined],
    ]);
    const plain = zonedStack('Plain', { env: IRELAND }, testApp({ '@aws-cdk/aws-efs:denyAnonymousAccess': true }));
    new FileSystem(plain, 'FileSystem', { vpc: smallVpc(plain) });
    Template.fromStack(plain).hasResourceProperties('AWS::EFS::FileSystem', {
      FileSystemPolicy: { Statement: [Match.objectLike({ Effect: 'Allow', Principal: { AWS: '*' }, Action: [`${CLIENT}Write`, `${CLIENT}RootAccess`] })] },
    });
  });

  test('both security groups are open for NFS between the two, and for nothing else', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      IpProtocol: 'tcp',
      FromPort: 2049,
      ToPort: 2049,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('DataSecurityGroup'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('WebSecurityGroup'), 'GroupId'] },
    });
    const [group] = Object.values(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Mount targets of Shop/Data' } }));
    expect(group.Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
  });

  test('CDK has nothing to warn of', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('one mount target for each zone of the VPC', () => {
    const subnets = Object.values(template.findResources('AWS::EFS::MountTarget')).map(target => target.Properties.SubnetId);
    expect(subnets).toEqual(vpc.isolatedSubnets.map(subnet => stack.resolve(subnet.subnetId)));
  });

  test('Trap: the service waits for the mount targets and for the rule that lets it in, for which CDK makes nothing wait', () => {
    const [{ DependsOn }] = Object.values(template.findResources('AWS::ECS::Service'));
    const [rule] = Object.keys(template.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(DependsOn).toEqual(expect.arrayContaining([...Object.keys(template.findResources('AWS::EFS::MountTarget')), rule]));

    const plain = zonedStack('Plain');
    const files = new FileSystem(plain, 'FileSystem', { vpc: smallVpc(plain) });
    const waiting = webService(plain, 'Web', { vpc: plain.node.findChild('Vpc') as Vpc });
    files.connections.allowDefaultPortFrom(waiting);
    const [byHand] = Object.values(Template.fromStack(plain).findResources('AWS::ECS::Service'));
    expect(JSON.stringify(byHand.DependsOn)).not.toMatch(/MountTarget|from/);
  });

  test('encrypted with a key of its own, elastic, cheaper when not read, backed up, kept', () => {
    template.hasResource('AWS::EFS::FileSystem', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Encrypted: true,
        KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
        PerformanceMode: 'generalPurpose',
        ThroughputMode: 'elastic',
        LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }, { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' }, { TransitionToArchive: 'AFTER_90_DAYS' }],
        BackupPolicy: { Status: 'ENABLED' },
        FileSystemProtection: Match.absent(),
        ReplicationConfiguration: Match.absent(),
      },
    });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true, Description: 'Encrypts the files of Shop/Data' } });
  });

  test('rings when the I/O limit or the limit of connections is near', () => {
    const topic = stack.resolve(storage.alarmTopic!.topicArn);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/EFS',
      MetricName: 'PercentIOLimit',
      Dimensions: [{ Name: 'FileSystemId', Value: stack.resolve(storage.fileSystem.fileSystemId) }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 95,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [topic],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ClientConnections',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 20_000,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [topic],
    });
  });

  test('what is created can be reached', () => {
    expect([storage.key, storage.securityGroup, storage.alarmTopic, storage.ioLimitAlarm, storage.connectionsAlarm].includes(undefined)).toBe(false);
    expect([storage.burstCreditsAlarm, storage.replicationLagAlarm]).toEqual([undefined, undefined]);
    expect(stack.resolve(storage.metricPercentIOLimit({ period: Duration.minutes(1) }).toMetricConfig().metricStat)).toMatchObject({
      namespace: 'AWS/EFS', metricName: 'PercentIOLimit', statistic: 'Maximum', period: Duration.minutes(1),
    });
    expect(storage.metricClientConnections().toMetricConfig().metricStat).toMatchObject({ metricName: 'ClientConnections', statistic: 'Sum' });
  });
});

describe('owner', () => {
  function accessPointOf(owner: DirectoryOwner, directory = '/data'): any {
    const stack = zonedStack();
    storageIn(stack, { owner, directory });
    const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::EFS::AccessPoint'));
    return { user: resource.Properties.PosixUser, root: resource.Properties.RootDirectory };
  }

  test('a user, a group, a mode and further groups', () => {
    expect(accessPointOf(DirectoryOwner.of({ uid: 4_294_967_295, gid: 1, permissions: '2770', secondaryGids: [5, 6] }))).toEqual({
      user: { Uid: '4294967295', Gid: '1', SecondaryGids: ['5', '6'] },
      root: { Path: '/data', CreationInfo: { OwnerUid: '4294967295', OwnerGid: '1', Permissions: '2770' } },
    });
  });

  test('a directory that exists is not created', () => {
    expect(accessPointOf(DirectoryOwner.existing({ uid: 33, gid: 33, secondaryGids: [1] }), '/')).toEqual({
      user: { Uid: '33', Gid: '33', SecondaryGids: ['1'] }, root: { Path: '/' },
    });
  });

  test('numbers that only the deployment knows', () => {
    const stack = zonedStack();
    const uid = Lazy.number({ produce: () => 7 });
    storageIn(stack, { owner: DirectoryOwner.of({ uid, gid: uid }) });
    Template.fromStack(stack).hasResourceProperties('AWS::EFS::AccessPoint', { PosixUser: { Uid: '7', Gid: '7' } });
  });

  test('root, with a reason: the policy no longer denies root, and the task is allowed it when it writes', () => {
    const stack = zonedStack();
    const storage = storageIn(stack, { owner: DirectoryOwner.root('the image insists on it', '0700') });
    const service = webService(stack, 'Web', { vpc: stack.node.findChild('Vpc') as Vpc });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    storage.grantMount(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), MountAccess.readOnly());
    expect(clientStatements(stack).map(each => each.Action)).toEqual([
      [`${CLIENT}Mount`, `${CLIENT}Write`, `${CLIENT}RootAccess`],
      [`${CLIENT}Mount`, `${CLIENT}RootAccess`], // without it EFS makes root nobody, who may not read what is root's
    ]);
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::EFS::FileSystem'));
    expect(Properties.FileSystemPolicy.Statement.map((each: any) => each.Sid)).toEqual(['DenyInsecureTransport', 'DenyOutsideAccessPoints']);
    Template.fromStack(stack).hasResourceProperties('AWS::EFS::AccessPoint', { PosixUser: { Uid: '0', Gid: '0' }, RootDirectory: { CreationInfo: { Permissions: '0700' } } });
    expect(accessPointOf(DirectoryOwner.root('the image insists on it')).root.CreationInfo.Permissions).toBe('0750');
  });
});

describe('newFileSystem', () => {
  test('bursting: no archive, which AWS has with elastic throughput only, and an alarm before the credits are gone', () => {
    const stack = zonedStack();
    const storage = storageIn(stack, { newFileSystem: { throughput: FileSystemThroughput.bursting() } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::EFS::FileSystem', {
      ThroughputMode: 'bursting', LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }, { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'BurstCreditBalance',
      Statistic: 'Minimum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 188_743_680_000,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(storage.burstCreditsAlarm).toBeDefined();
  });

  test('provisioned throughput, also as a token', () => {
    expect(fileSystemOf({ throughput: FileSystemThroughput.provisioned(Size.mebibytes(3414)) })).toMatchObject({
      ThroughputMode: 'provisioned', ProvisionedThroughputInMibps: 3414,
    });
    expect(fileSystemOf({ throughput: FileSystemThroughput.provisioned(Size.mebibytes(Lazy.number({ produce: () => 9 }))) })).toMatchObject({
      ProvisionedThroughputInMibps: 9,
    });
  });

  test('lifecycle of one\'s own, or none', () => {
    expect(fileSystemOf({ lifecycle: FileSystemLifecycle.of({ toInfrequentAccess: LifecyclePolicy.AFTER_7_DAYS }) }).LifecyclePolicies)
      .toEqual([{ TransitionToIA: 'AFTER_7_DAYS' }, { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' }]);
    expect(fileSystemOf({ lifecycle: FileSystemLifecycle.of({ toArchive: LifecyclePolicy.AFTER_1_DAY }) }).LifecyclePolicies)
      .toEqual([{ TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' }, { TransitionToArchive: 'AFTER_1_DAY' }]);
    expect(fileSystemOf({ lifecycle: FileSystemLifecycle.keepInStandard() }).LifecyclePolicies).toBeUndefined();
  });

  test('a key, subnets and a removal policy of the team\'s', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack, {
      newFileSystem: {
        encryptionKey: new Key(stack, 'Own'), vpcSubnets: { subnetType: SubnetType.PUBLIC, availabilityZones: ['eu-west-1a'] }, removalPolicy: RemovalPolicy.DESTROY,
      },
    });
    const template = Template.fromStack(stack);
    template.hasResource('AWS::EFS::FileSystem', { DeletionPolicy: 'Delete', Properties: { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Own'), 'Arn'] } } });
    template.resourcePropertiesCountIs('AWS::EFS::MountTarget', { SubnetId: stack.resolve(vpc.publicSubnets[0].subnetId) }, 1);
    template.resourceCountIs('AWS::EFS::MountTarget', 1);
    expect(storage.key!.node.path).toBe('Shop/Own');
  });

  test('a tier of a backup plan instead of AWS\'s own', () => {
    const stack = zonedStack();
    const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()] });
    storageIn(stack, { newFileSystem: { backups: FileSystemBackups.tier(backups, 'low') } });
    Template.fromStack(stack).hasResourceProperties('AWS::EFS::FileSystem', {
      BackupPolicy: Match.absent(), FileSystemTags: Match.arrayWith([{ Key: 'backup-tier', Value: 'low' }]),
    });
  });

  test.each([
    ['none, with a reason', FileSystemBackups.none('made anew from the catalogue every night')],
    ['AWS\'s own plan', FileSystemBackups.automatic()],
  ])('backups: %s: BackupCoverage has nothing to ask', (_, backups) => {
    const app = testApp();
    const stack = zonedStack('Shop', { env: IRELAND }, app);
    storageIn(stack, { newFileSystem: { backups } });
    const { violations } = new BackupCoverage().validate({
      appConstruct: app, templatePaths: [], stackTemplates: [{ stackConstructPath: 'Shop', templatePath: '' }],
    } as unknown as Parameters<BackupCoverage['validate']>[0]);
    expect(violations).toEqual([]);
    expect(fileSystemOf({ backups }).BackupPolicy).toEqual(backups.isAutomatic ? { Status: 'ENABLED' } : undefined);
  });

  test('alarms ring where the team says, and may', () => {
    const stack = zonedStack();
    const alarmTopic = new Topic(stack, 'OnCall', { masterKey: new Key(stack, 'TopicKey') });
    storageIn(stack, { alarmTopic });
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [stack.resolve(alarmTopic.topicArn)] });
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: Match.anyValue() })] },
    });
  });
});

describe('one file system, many directories', () => {
  const stack = zonedStack();
  const vpc = smallVpc(stack);
  const uploads = storageIn(stack, { directory: '/uploads' }, 'Uploads');
  const reports = storageIn(stack, { directory: '/reports', fileSystem: uploads.fileSystem }, 'Reports');
  const web = webService(stack, 'Web', { vpc });
  const printer = webService(stack, 'Printer', { vpc });
  uploads.mount(web.taskDefinition.defaultContainer!, '/uploads');
  reports.mount(web.taskDefinition.defaultContainer!, '/reports', MountAccess.readOnly());
  reports.mount(printer.taskDefinition.defaultContainer!, '/reports');
  uploads.attachTo(web);
  reports.attachTo(web);
  reports.attachTo(printer);
  const template = Template.fromStack(stack);

  test('one file system, one key, one set of alarms; an access point each', () => {
    template.resourceCountIs('AWS::EFS::FileSystem', 1);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
    template.resourceCountIs('AWS::EFS::AccessPoint', 2);
    const { key, securityGroup, alarmTopic, ioLimitAlarm, connectionsAlarm } = reports;
    expect([key, securityGroup, alarmTopic, ioLimitAlarm, connectionsAlarm]).toEqual(Array(5).fill(undefined));
  });

  test('each task may do what it mounts, through the access point that it mounts', () => {
    const through = (storage: FargateEfsAccessPoint) => stack.resolve(storage.accessPoint.accessPointArn);
    expect(clientStatements(stack).map(each => [each.Action, each.Condition.StringEquals['elasticfilesystem:AccessPointArn']])).toEqual([
      [[`${CLIENT}Mount`, `${CLIENT}Write`], through(uploads)],
      [`${CLIENT}Mount`, through(reports)],
      [[`${CLIENT}Mount`, `${CLIENT}Write`], through(reports)],
    ]);
  });

  test('a task with two directories has two volumes', () => {
    const volumes = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(each => each.Properties.Volumes.length);
    expect(volumes.sort()).toEqual([1, 2]);
  });
});

describe('mount', () => {
  test('several containers of a task share one volume; a read-only one can not write by its mount, a task that only reads not by its role', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const service = webService(stack, 'Web', { vpc: stack.node.findChild('Vpc') as Vpc });
    const sidecar = service.taskDefinition.addContainer('sidecar', { image: ContainerImage.fromRegistry('sidecar') });
    storage.mount(sidecar, '/data', MountAccess.readOnly());
    storage.attachTo(service);
    expect(clientStatements(stack).map(each => each.Action)).toEqual([`${CLIENT}Mount`]);
  });

  test('a container that writes after one that reads: one statement, which writes', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const service = webService(stack, 'Web', { vpc: stack.node.findChild('Vpc') as Vpc });
    const sidecar = service.taskDefinition.addContainer('sidecar', { image: ContainerImage.fromRegistry('sidecar') });
    storage.mount(sidecar, '/data', MountAccess.readOnly());
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.mount(service.taskDefinition.defaultContainer!, '/again', MountAccess.readOnly());
    storage.attachTo(service);
    expect(clientStatements(stack).map(each => each.Action)).toEqual([[`${CLIENT}Mount`, `${CLIENT}Write`]]);
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      Volumes: [Match.anyValue()],
      ContainerDefinitions: [
        Match.objectLike({ Name: 'web', MountPoints: [Match.objectLike({ ContainerPath: '/data', ReadOnly: false }), Match.objectLike({ ContainerPath: '/again', ReadOnly: true })] }),
        Match.objectLike({ Name: 'sidecar', MountPoints: [Match.objectLike({ ContainerPath: '/data', ReadOnly: true })] }),
      ],
    });
  });

  test('two tasks that share a role share the statement', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const taskRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    for (const id of ['One', 'Two']) {
      const task = new FargateTaskDefinition(stack, id, { taskRole });
      storage.mount(task.addContainer('web', { image: ContainerImage.fromRegistry('web') }), '/data');
    }
    storage.allowFrom(new SecurityGroup(stack, 'Tasks', { vpc: stack.node.findChild('Vpc') as Vpc }));
    expect(clientStatements(stack)).toHaveLength(1);
  });

  test('a role whose policies the team writes itself is left alone', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    storage.grantMount(new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }).withoutPolicyUpdates());
    expect(clientStatements(stack)).toEqual([]);
  });

  test('a task definition written by hand: the volume and the permission', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const task = webTask(stack);
    task.addVolume(storage.volume);
    storage.grantMount(task.taskRole, MountAccess.readOnly());
    storage.allowFrom(new SecurityGroup(stack, 'Tasks', { vpc: stack.node.findChild('Vpc') as Vpc }));
    expect(clientStatements(stack).map(each => each.Action)).toEqual([`${CLIENT}Mount`]);
  });
});

describe('attachTo', () => {
  test('a service of the pattern with a load balancer', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack, { natGateways: 1 });
    const storage = storageIn(stack, { vpc });
    const { service, taskDefinition } = new ApplicationLoadBalancedFargateService(stack, 'Web', { vpc, taskImageOptions: { image: ContainerImage.fromRegistry('web') } });
    storage.mount(taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    const template = Template.fromStack(stack);
    const [{ DependsOn }] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(DependsOn.filter((id: string) => /MountTarget/.test(id))).toHaveLength(2);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('WebServiceSecurityGroup'), 'GroupId'] } });
  });

  test('a service that may not go out anywhere may go to the mount targets', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const closed = new SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
    const service = webService(stack, 'Web', { vpc, securityGroups: [closed] });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Closed'), 'GroupId'] },
    });
  });

  test.each([NetworkMode.BRIDGE, NetworkMode.AWS_VPC])('a service on EC2 (%s): the instances mount, those of the cluster and those of a capacity provider', networkMode => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    const cluster = new Cluster(stack, 'Cluster', { vpc, capacity: { instanceType: new InstanceType('t3.micro'), vpcSubnets } });
    const autoScalingGroup = new AutoScalingGroup(stack, 'Provided', {
      vpc, vpcSubnets, instanceType: new InstanceType('t3.micro'), machineImage: EcsOptimizedImage.amazonLinux2023(),
    });
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task', { networkMode });
    storage.mount(taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('web'), memoryLimitMiB: 64 }), '/data');
    const service = new Ec2Service(stack, 'Service', { cluster, taskDefinition, vpcSubnets: networkMode === NetworkMode.AWS_VPC ? vpcSubnets : undefined });
    storage.attachTo(service, autoScalingGroup);
    for (const group of ['^ClusterDefaultAutoScalingGroup', '^Provided']) {
      Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
        FromPort: 2049, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp(group), 'GroupId'] },
      });
    }
  });

  test('Trap: a cluster forgets the security groups of its capacity providers, so that they must be passed', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const cluster = new Cluster(stack, 'Cluster', { vpc });
    const autoScalingGroup = new AutoScalingGroup(stack, 'Provided', {
      vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, instanceType: new InstanceType('t3.micro'), machineImage: EcsOptimizedImage.amazonLinux2023(),
    });
    cluster.addAsgCapacityProvider(new AsgCapacityProvider(stack, 'Capacity', { autoScalingGroup }));
    expect(cluster.connections.securityGroups).toEqual([]);
  });

  test('managed instances, by the security groups of their capacity provider', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const taskDefinition = new TaskDefinition(stack, 'Task', { compatibility: Compatibility.MANAGED_INSTANCES, cpu: '256', memoryMiB: '512', networkMode: NetworkMode.AWS_VPC });
    storage.mount(taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('web'), memoryLimitMiB: 64 }), '/data');
    const instances = new SecurityGroup(stack, 'Managed', { vpc });
    storage.allowFrom(instances);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Managed'), 'GroupId'] } });
  });

  test('an imported service, by its security groups', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const imported = FargateService.fromFargateServiceAttributes(stack, 'Imported', { cluster: new Cluster(stack, 'Cluster', { vpc }), serviceName: 'web' });
    storage.attachTo(imported, SecurityGroup.fromSecurityGroupId(stack, 'Tasks', 'sg-0123456789abcdef0'));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049, SourceSecurityGroupId: 'sg-0123456789abcdef0' });
  });

  test('Trap: a service in another stack: the rules are on its side, so that the stacks depend one way', () => {
    const app = testApp();
    const storageStack = zonedStack('Storage', { env: IRELAND }, app);
    const vpc = smallVpc(storageStack);
    const storage = storageIn(storageStack);
    const shop = zonedStack('Shop', { env: IRELAND }, app);
    const service = webService(shop, 'Web', { vpc });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    expect(() => app.synth()).not.toThrow();
    expect(shop.dependencies).toContain(storageStack);
    expect(storageStack.dependencies).toEqual([]);
    Template.fromStack(shop).resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    expect(clientStatements(shop)).toHaveLength(1);
  });

  test('Trap: a group from which all may go out is not told again, of which CDK warns; another one is', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const service = webService(stack, 'Web', { vpc });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    storage.allowFrom(new SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false }));
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Ignoring Egress rule'));
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);

    const plain = zonedStack('Plain');
    const files = new FileSystem(plain, 'FileSystem', { vpc: smallVpc(plain) });
    new SecurityGroup(plain, 'Open', { vpc: plain.node.findChild('Vpc') as Vpc }).connections.allowToDefaultPort(files);
    Annotations.fromStack(plain).hasWarning('*', Match.stringLikeRegexp('Ignoring Egress rule'));
  });

  test('a directory in the stack of its service, on a file system of another', () => {
    const app = testApp();
    const storageStack = zonedStack('Storage', { env: IRELAND }, app);
    const vpc = smallVpc(storageStack);
    const storage = storageIn(storageStack);
    const shop = zonedStack('Shop', { env: IRELAND }, app);
    const reports = new FargateEfsAccessPoint(shop, 'Reports', { vpc, directory: '/reports', fileSystem: storage.fileSystem });
    const service = webService(shop, 'Web', { vpc });
    reports.mount(service.taskDefinition.defaultContainer!, '/reports');
    reports.attachTo(service);
    expect(() => app.synth()).not.toThrow();
    Template.fromStack(shop).resourceCountIs('AWS::EFS::AccessPoint', 1);
    Template.fromStack(storageStack).resourceCountIs('AWS::EFS::AccessPoint', 1);
  });
});

describe('a file system of the team\'s', () => {
  test('made in this app with the policy that the construct gives', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const fileSystem = new FileSystem(stack, 'Files', { vpc, allowAnonymousAccess: true, fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(stack) });
    const storage = storageIn(stack, { fileSystem });
    const service = webService(stack, 'Web', { vpc });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049 });
  });

  test('imported: nothing is known of it but its security group', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const fileSystem = FileSystem.fromFileSystemAttributes(stack, 'Files', { fileSystemId: 'fs-0123456789abcdef0', securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0') });
    const storage = storageIn(stack, { fileSystem });
    const service = webService(stack, 'Web', { vpc });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::EFS::AccessPoint', { FileSystemId: 'fs-0123456789abcdef0' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0', FromPort: 2049 });
    expect(clientStatements(stack).map(each => each.Resource)).toEqual([stack.resolve(fileSystem.fileSystemArn)]);
  });
});

describe('replication', () => {
  const app = testApp();
  const standby = zonedStack('Standby', { env: FRANKFURT }, app);
  const replica = storageIn(standby, { newFileSystem: { replication: FileSystemReplication.replica() } });
  const primary = zonedStack('Primary', { env: IRELAND }, app);
  const source = storageIn(primary, { newFileSystem: { replication: FileSystemReplication.to(replica, { rpo: Duration.minutes(30) }) } });
  const [here, there] = [Template.fromStack(primary), Template.fromStack(standby)];
  const PARAMETER = '/resilience/efs-replicas/Standby-Data-96D66EC9';

  test('the replica lets itself be overwritten, and writes its id where the source finds it', () => {
    there.hasResourceProperties('AWS::EFS::FileSystem', { FileSystemProtection: { ReplicationOverwriteProtection: 'DISABLED' }, ReplicationConfiguration: Match.absent() });
    there.hasResourceProperties('Custom::RegionalValue', { Region: 'eu-west-1', ParameterName: PARAMETER, Value: { Ref: Match.stringLikeRegexp('DataFileSystem') } });
    there.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Action: ['ssm:PutParameter', 'ssm:DeleteParameter'],
          Resource: standby.resolve(`arn:${standby.partition}:ssm:eu-west-1:${ACCOUNT}:parameter${PARAMETER}`),
        }]),
      },
    });
  });

  test('the source reads it at each deployment, is deployed after the replica, and refers to nothing there', () => {
    const [parameter] = Object.keys(here.findParameters('*', { Default: PARAMETER }));
    here.hasParameter(parameter, { Type: 'AWS::SSM::Parameter::Value<String>' });
    here.hasResourceProperties('AWS::EFS::FileSystem', {
      ReplicationConfiguration: { Destinations: [{ FileSystemId: { Ref: parameter }, Region: 'eu-central-1' }] }, FileSystemProtection: Match.absent(),
    });
    expect(primary.dependencies).toEqual([standby]);
    expect(standby.dependencies).toEqual([]);
    expect(Object.keys(there.toJSON().Outputs ?? {})).toEqual([]);
  });

  test('the same directory and user on both sides', () => {
    for (const template of [here, there]) {
      template.hasResourceProperties('AWS::EFS::AccessPoint', { RootDirectory: { Path: '/my-task/data' }, PosixUser: { Uid: '1000', Gid: '1000' } });
    }
  });

  test('rings at the source when the replica is behind the RPO, and when nobody knows', () => {
    here.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/EFS',
      MetricName: 'TimeSinceLastSync',
      Statistic: 'Maximum',
      Period: 900,
      EvaluationPeriods: 1,
      Threshold: 1800,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
      Dimensions: [
        { Name: 'DestinationFileSystemId', Value: { Ref: Match.stringLikeRegexp('SsmParameterValue') } },
        { Name: 'FileSystemId', Value: primary.resolve(source.fileSystem.fileSystemId) },
      ],
    });
    there.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'TimeSinceLastSync' }, 0);
    expect(source.metricReplicationLag({ period: Duration.hours(1) }).toMetricConfig().metricStat).toMatchObject({ metricName: 'TimeSinceLastSync', period: Duration.hours(1) });
    expect(errorOf(() => replica.metricReplicationLag())).toBe('FargateEfsAccessPoint \'Standby/Data\' can not be built:\n'
      + '  - \'replication\' must be stated for a metric of its lag, got: none; pass newFileSystem: { replication: FileSystemReplication.to(replica) }');
  });

  test('15 minutes when nobody says otherwise', () => {
    const other = testApp();
    const there2 = storageIn(zonedStack('Standby', { env: FRANKFURT }, other), { newFileSystem: { replication: FileSystemReplication.replica() } });
    const here2 = zonedStack('Primary', { env: IRELAND }, other);
    storageIn(here2, { newFileSystem: { replication: FileSystemReplication.to(there2) } });
    Template.fromStack(here2).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'TimeSinceLastSync', Threshold: 900 });
  });

  test('Trap: the L2 writes the Region of the stack that imports the destination, not the destination\'s', () => {
    const plain = zonedStack('Plain');
    const destination = FileSystem.fromFileSystemAttributes(plain, 'Destination', { fileSystemId: 'fs-1', securityGroup: SecurityGroup.fromSecurityGroupId(plain, 'Group', 'sg-1') });
    expect(destination.env.region).toBe('eu-west-1');
  });
});
