/**
 * What random programs found (see properties.test.ts), or reading for them, each as the smallest program that shows it.
 */
import { Template } from 'aws-cdk-lib/assertions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  Cluster, Compatibility, ContainerImage, Ec2Service, Ec2TaskDefinition, FargateService, FargateTaskDefinition, NetworkMode,
  TaskDefinition as AnyTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { CfnFileSystem, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { AnyPrincipal, ArnPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { App } from 'aws-cdk-lib/core';
import { Lazy, RemovalPolicy, Size, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FargateEfsAccessPointProps } from '../../src';
import {
  BackupTier, FargateEfsAccessPoint, FileSystemBackups, FileSystemReplication, FileSystemThroughput, TaggedBackupPlan,
} from '../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../support/app';

const OREGON = { account: ACCOUNT, region: 'us-west-2' };

function importedVpc(scope: Construct, subnets = ['subnet-1', 'subnet-2']): IVpc {
  const availabilityZones = subnets.map((_, index) => `eu-west-1${'ab'[index]}`);
  return Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: 'vpc-1', availabilityZones, isolatedSubnetIds: subnets });
}

function files(scope: Construct, props: Partial<FargateEfsAccessPointProps> = {}, id = 'Files'): FargateEfsAccessPoint {
  return new FargateEfsAccessPoint(scope, id, { vpc: props.vpc ?? importedVpc(scope), directory: '/data', ...props });
}

function container(scope: Construct, role?: IRole): ContainerDefinition {
  return web(new FargateTaskDefinition(scope, 'Task', { taskRole: role }));
}

function web(definition: TaskDefinition): ContainerDefinition {
  return definition.addContainer('web', { image: ContainerImage.fromRegistry('shop'), memoryLimitMiB: 128 });
}

function taskRole(scope: Construct): Role {
  return new Role(scope, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
}

function instances(scope: Construct, vpc: IVpc, groups: SecurityGroup[] = []) {
  return Cluster.fromClusterAttributes(scope, 'Cluster', { clusterName: 'shop', vpc, securityGroups: groups, hasEc2Capacity: true });
}

/** What is deployed first, as synth finds it. */
function before(stack: Stack): string[] {
  Template.fromStack(stack);
  return stack.dependencies.map(each => each.node.path);
}

/** The rules of this type, each as who may talk to whom. */
function rules(stack: Stack, type: 'Ingress' | 'Egress'): string[] {
  const idOf = (value: any) => String(value?.['Fn::GetAtt']?.[0] ?? value?.['Fn::ImportValue'] ?? value);
  return Object.values(Template.fromStack(stack).findResources(`AWS::EC2::SecurityGroup${type}`))
    .map(({ Properties: { GroupId, SourceSecurityGroupId, DestinationSecurityGroupId } }) => `${idOf(GroupId)} - ${idOf(SourceSecurityGroupId ?? DestinationSecurityGroupId)}`);
}

describe('the network', () => {
  test('a service that runs on instances is reached from them, whatever its task definition could run on', () => {
    const stack = shopStack();
    const vpc = importedVpc(stack);
    const group = new SecurityGroup(stack, 'Instances', { vpc });
    const taskDefinition = new AnyTaskDefinition(stack, 'Task', {
      compatibility: Compatibility.EC2_AND_FARGATE, networkMode: NetworkMode.AWS_VPC, cpu: '256', memoryMiB: '512',
    });
    const data = files(stack, { vpc });
    data.mount(web(taskDefinition), '/data');
    data.attachTo(new Ec2Service(stack, 'Service', { cluster: instances(stack, vpc, [group]), taskDefinition }));
    expect(rules(stack, 'Ingress')).toEqual([expect.stringMatching(/^FilesSecurityGroup\w+ - Instances\w+$/)]);
  });

  test('managed instances are told, whatever its task definition could run on', () => {
    const stack = shopStack();
    const vpc = importedVpc(stack);
    const taskDefinition = new AnyTaskDefinition(stack, 'Task', { compatibility: Compatibility.FARGATE_AND_MANAGED_INSTANCES, cpu: '256', memoryMiB: '512' });
    const data = files(stack, { vpc });
    data.mount(web(taskDefinition), '/data');
    const service = new FargateService(stack, 'Service', {
      cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition, capacityProviderStrategies: [{ capacityProvider: 'managed', weight: 1 }],
    });
    expect(errorOf(() => data.attachTo(service))).toBe(`FargateEfsAccessPoint 'Shop/Files' can not be built:
  - 'clients' must name the security groups of the instances of service 'Shop/Service', got: none; its cluster does not know them, pass them after the service`);
    data.attachTo(service, new SecurityGroup(stack, 'Instances', { vpc }));
    expect(rules(stack, 'Ingress')).toEqual([expect.stringMatching(/^FilesSecurityGroup\w+ - Instances\w+$/)]);
  });

  test('Fargate Spot is Fargate', () => {
    const stack = shopStack();
    const vpc = importedVpc(stack);
    const data = files(stack, { vpc });
    const mounting = container(stack);
    data.mount(mounting, '/data');
    data.attachTo(new FargateService(stack, 'Service', {
      cluster: new Cluster(stack, 'Cluster', { vpc, enableFargateCapacityProviders: true }),
      taskDefinition: mounting.taskDefinition,
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    }));
    expect(rules(stack, 'Ingress')).toEqual([expect.stringMatching(/^FilesSecurityGroup\w+ - ServiceSecurityGroup\w+$/)]);
  });

  test('a service waits for the rule that lets its tasks out, too', () => {
    const stack = shopStack();
    const vpc = importedVpc(stack);
    const data = files(stack, { vpc });
    const mounting = container(stack);
    data.mount(mounting, '/data');
    const closed = new SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
    data.attachTo(new FargateService(stack, 'Service', {
      cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition: mounting.taskDefinition, securityGroups: [closed],
    }));
    const template = Template.fromStack(stack);
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    expect(rules(stack, 'Egress')).toEqual([expect.stringMatching(/^Closed\w+ - FilesSecurityGroup\w+$/)]);
    for (const type of ['Ingress', 'Egress']) {
      expect(service.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources(`AWS::EC2::SecurityGroup${type}`))));
    }
  });

  test('instances beside the VPC, in a stack that comes first, are let in from the file system\'s side', () => {
    const app = testApp();
    const network = new Stack(app, 'Network', { env: IRELAND });
    const vpc = new Vpc(network, 'Vpc', { natGateways: 0, maxAzs: 2 });
    const cluster = instances(network, vpc, [new SecurityGroup(network, 'Instances', { vpc, allowAllOutbound: false })]);
    const stack = shopStack({ env: IRELAND }, app);
    const data = files(stack, { vpc });
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task');
    data.mount(web(taskDefinition), '/data');
    data.attachTo(new Ec2Service(stack, 'Service', { cluster, taskDefinition }));
    expect(before(stack)).toEqual(['Network']);
    for (const type of ['Ingress', 'Egress'] as const) {
      expect(rules(stack, type)).toEqual([expect.stringMatching(/Network:ExportsOutputFnGetAttInstances/)]);
      expect(rules(network, type)).toEqual([]);
    }
  });

  test('so are those of a cluster in another stack than the service and the file system', () => {
    const app = testApp();
    const platform = new Stack(app, 'Platform', { env: IRELAND });
    const cluster = instances(platform, importedVpc(platform), [new SecurityGroup(platform, 'Instances', { vpc: importedVpc(new Stack(app, 'Network', { env: IRELAND })) })]);
    const stack = shopStack({ env: IRELAND }, app);
    const data = files(stack);
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task');
    data.mount(web(taskDefinition), '/data');
    data.attachTo(new Ec2Service(stack, 'Service', { cluster, taskDefinition }));
    expect(before(stack)).toEqual(['Platform']);
    expect(rules(stack, 'Ingress')).toEqual([expect.stringMatching(/Platform:ExportsOutputFnGetAttInstances/)]);
  });
});

describe('what is mounted', () => {
  test('a role that refused once refuses again', () => {
    const stack = shopStack();
    const data = files(stack);
    const role = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/tasks`, { mutable: false, addGrantsToResources: true });
    const refused = errorOf(() => data.grantMount(role));
    expect(refused).toContain('\'role\' must take the permission to mount, got: \'Shop/Role\', which can not be changed here;');
    expect(errorOf(() => data.grantMount(role))).toBe(refused);
  });

  test('a volume by hand without the role of the task is found', () => {
    const stack = shopStack();
    const data = files(stack);
    const mounting = container(stack);
    data.mount(mounting, '/data');
    data.allowFrom(new SecurityGroup(stack, 'Tasks', { vpc: Vpc.fromVpcAttributes(stack, 'Same', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] }) }));
    mounting.taskDefinition.addVolume({
      name: 'by-hand',
      efsVolumeConfiguration: {
        fileSystemId: data.fileSystem.fileSystemId, transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: data.accessPoint.accessPointId },
      },
    });
    expect(errorOf(() => Template.fromStack(stack))).toContain('[Shop/Files] volume \'by-hand\' of task definition \'Shop/Task\' must have \'iam\' ENABLED, got: none; the policy of the file system allows nothing to somebody without a role');
  });
});

test('descriptions are of characters and lengths that AWS takes, whatever the path is', () => {
  const stack = shopStack();
  const there = new Stack(stack.node.root as App, 'There', { env: OREGON });
  const replica = files(there, { newFileSystem: { replication: FileSystemReplication.replica() } }, `数据${'x'.repeat(300)}`);
  files(stack, { newFileSystem: { replication: FileSystemReplication.to(replica) } }, '数据');
  const descriptionsOf = (of: Stack, type: string, property: string): string[] => Object.values(Template.fromStack(of).findResources(type))
    .map(({ Properties }) => Properties[property]);
  expect(descriptionsOf(stack, 'AWS::EC2::SecurityGroup', 'GroupDescription')).toEqual(['Mount targets of Shop/__']);
  expect(descriptionsOf(there, 'AWS::EC2::SecurityGroup', 'GroupDescription')).toEqual([`Mount targets of There/__${'x'.repeat(230)}`]);
  const [written] = descriptionsOf(there, 'AWS::Lambda::Function', 'Description').filter(each => each.startsWith('Makes'));
  expect(written).toBe(`Makes a value of There/__${'x'.repeat(230)}`);
});

describe('said before CDK or AWS says it', () => {
  const refused = (finding: string, path = 'Shop/Files') => `FargateEfsAccessPoint '${path}' can not be built:\n  - ${finding}`;

  function refusal(props: Partial<FargateEfsAccessPointProps> | ((stack: Stack) => Partial<FargateEfsAccessPointProps>), env = IRELAND): string {
    const stack = shopStack({ env });
    return errorOf(() => files(stack, typeof props === 'function' ? props(stack) : props));
  }

  test('a throughput that is a token of another unit', () => {
    const late = Lazy.number({ produce: () => 1 });
    expect(refusal({ newFileSystem: { throughput: FileSystemThroughput.provisioned(Size.gibibytes(late)) } })).toBe(refused(
      '\'throughput\' must be provisioned in MiB when its value is a token, got: another unit; pass Size.mebibytes(token)'));
    files(shopStack(), { newFileSystem: { throughput: FileSystemThroughput.provisioned(Size.mebibytes(late)) } });
  });

  test('a removal policy that file systems do not have', () => {
    expect(refusal({ newFileSystem: { removalPolicy: RemovalPolicy.SNAPSHOT } })).toBe(refused(
      '\'removalPolicy\' must not be SNAPSHOT, got: SNAPSHOT; a file system has no snapshots, RETAIN keeps it and backups keep what was in it'));
  });

  test('subnets that are not there, none, and several in a zone', () => {
    expect(refusal({ newFileSystem: { vpcSubnets: { subnetType: SubnetType.PUBLIC } } })).toMatch(
      /\n {2}- 'vpcSubnets' must choose one subnet in each zone, got: none, since CDK says "There are no 'Public' subnet groups in this VPC\. .*"; choose those of the zones that run tasks$/);
    expect(refusal({ newFileSystem: { vpcSubnets: { subnets: [] } } })).toBe(refused(
      '\'vpcSubnets\' must choose one subnet in each zone, got: none of \'Shop/Vpc\'; choose those of the zones that run tasks'));
    const double = Vpc.fromVpcAttributes(new Stack(testApp(), 'Network', { env: IRELAND }), 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], isolatedSubnetIds: ['subnet-1', 'subnet-2'], isolatedSubnetNames: ['One', 'Two'],
    });
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    expect(refusal({ vpc: double, newFileSystem: { vpcSubnets } })).toBe(refused(
      '\'vpcSubnets\' must choose one subnet in each zone, got: several in \'eu-west-1a\'; add onePerAz: true'));
    files(shopStack(), { vpc: double, newFileSystem: { vpcSubnets: { ...vpcSubnets, onePerAz: true } } });
  });

  test('a VPC that is only looked up at the next synth is not judged', () => {
    const stack = shopStack();
    const vpc = Vpc.fromLookup(stack, 'LookedUp', { vpcId: 'vpc-1' });
    files(stack, { vpc, newFileSystem: { vpcSubnets: { availabilityZones: ['eu-west-1a'] } } });
  });

  test('a key of another Region, imported or of this app', () => {
    const finding = (its: string, own: string) => refused(`'encryptionKey' must be in the directory's region, got: ${its} and ${own}; EFS encrypts with keys of its Region`);
    expect(refusal(stack => ({ newFileSystem: { encryptionKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-west-2:${ACCOUNT}:key/1`) } }))).toBe(finding('\'us-west-2\'', '\'eu-west-1\''));
    const stack = shopStack({});
    const there = new Stack(stack.node.root as App, 'There', { env: OREGON });
    expect(errorOf(() => files(stack, { newFileSystem: { encryptionKey: new Key(there, 'Key') } }))).toBe(finding('\'us-west-2\'', 'one that only the deployment knows'));
    files(shopStack(), { newFileSystem: { encryptionKey: Key.fromKeyArn(new Stack(), 'Key', 'arn:aws:kms:eu-west-1:222222222222:key/1') } });
  });

  test('a file system whose ARN is of another Region', () => {
    expect(refusal(stack => ({
      fileSystem: FileSystem.fromFileSystemAttributes(stack, 'Theirs', {
        fileSystemArn: `arn:aws:elasticfilesystem:us-west-2:${ACCOUNT}:file-system/fs-1`, securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
      }),
    }))).toBe(refused('\'fileSystem\' must be in the directory\'s region, got: \'us-west-2\' and \'eu-west-1\'; an access point is where its file system and its tasks are'));
  });

  test('the file system of another directory, with another VPC', () => {
    const stack = shopStack();
    const { fileSystem } = files(stack);
    const vpc = Vpc.fromVpcAttributes(stack, 'Other', { vpcId: 'vpc-2', availabilityZones: ['eu-west-1a'] });
    expect(errorOf(() => files(stack, { vpc, fileSystem }, 'More'))).toBe(refused(
      '\'vpc\' must be that of the mount targets, got: \'Shop/Other\' and \'Shop/Vpc\' for the file system of \'Shop/Files\'; a file system has mount targets in one VPC', 'Shop/More'));
  });

  test('a plan of another Region', () => {
    const stack = shopStack();
    const plan = new TaggedBackupPlan(new Stack(stack.node.root as App, 'There', { env: OREGON }), 'Backups', { tiers: [BackupTier.low()] });
    expect(errorOf(() => files(stack, { newFileSystem: { backups: FileSystemBackups.tier(plan, 'low') } }))).toBe(refused(
      '\'backups\' must be a tier of a plan in the directory\'s region, got: \'us-west-2\' and \'eu-west-1\'; a plan finds only what is beside it'));
  });

  test('a task and a service in another Region', () => {
    const stack = shopStack();
    const there = new Stack(stack.node.root as App, 'There', { env: OREGON });
    const data = files(stack);
    const mounting = container(there);
    expect(errorOf(() => data.mount(mounting, '/data'))).toBe(refused(
      '\'container\' must be in the directory\'s region, got: \'us-west-2\' and \'eu-west-1\', of container \'web\'; a task mounts what is beside it, create the directory there too'));
    const service = new FargateService(there, 'Service', { cluster: new Cluster(there, 'Cluster', { vpc: importedVpc(there) }), taskDefinition: mounting.taskDefinition });
    expect(errorOf(() => data.attachTo(service))).toBe(refused(
      '\'service\' must be in the directory\'s region, got: \'us-west-2\' and \'eu-west-1\', of service \'There/Service\'; a task mounts what is beside it, create the directory there too'));
  });

  test('a role of this app in another stack than a task beside the directory', () => {
    const stack = shopStack();
    const role = taskRole(new Stack(stack.node.root as App, 'Roles', { env: IRELAND }));
    expect(errorOf(() => files(stack).mount(container(stack, role), '/data'))).toBe(refused(
      '\'taskRole\' of task definition \'Shop/Task\' must be in its stack, got: \'Roles/Role\'; the task needs the role, and the role\'s policy the access point beside the task, so that neither stack could be first'));
  });

  test('and there it may be when the directory is in a stack that comes before both', () => {
    const stack = shopStack();
    const [roles, apps] = ['Roles', 'Apps'].map(id => new Stack(stack.node.root as App, id, { env: IRELAND }));
    const data = files(stack);
    data.mount(container(apps, taskRole(roles)), '/data');
    data.allowFrom(SecurityGroup.fromSecurityGroupId(apps, 'Tasks', 'sg-1'));
    expect(before(apps)).toEqual(expect.arrayContaining(['Shop', 'Roles']));
    expect(before(roles)).toEqual(['Shop']);
  });

  test('a grant to a role of another account, whose policy CDK would drop without a word', () => {
    const stack = shopStack();
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/tasks');
    expect(errorOf(() => files(stack).grantMount(role))).toBe(refused(
      '\'role\' must be in the directory\'s account, got: \'222222222222\' and \'111111111111\'; let tasks of this account mount it'));
  });

  describe('replication', () => {
    const replica = (scope: Construct) => files(scope, { newFileSystem: { replication: FileSystemReplication.replica() } });

    test('of two file systems to one', () => {
      const stack = shopStack();
      const there = replica(new Stack(stack.node.root as App, 'There', { env: OREGON }));
      const vpc = importedVpc(stack);
      const copied = (id: string) => files(stack, { vpc, newFileSystem: { replication: FileSystemReplication.to(there) } }, id);
      copied('Files');
      expect(errorOf(() => copied('More'))).toBe(refused(
        '\'replication\' must go to a replica of its own, got: \'There/Files\', which is that of \'Shop/Files\'; EFS copies one file system to another, create a replica for each', 'Shop/More'));
    });

    test('to another partition', () => {
      const stack = shopStack();
      const there = replica(new Stack(stack.node.root as App, 'There', { env: { account: ACCOUNT, region: 'cn-north-1' } }));
      expect(errorOf(() => files(stack, { newFileSystem: { replication: FileSystemReplication.to(there) } }))).toBe(refused(
        '\'replication\' must stay in the partition, got: \'aws-cn\' from \'aws\'; nothing is copied between partitions, choose a Region in \'aws\''));
    });

    test('to another stage', () => {
      const stack = shopStack();
      const there = replica(new Stack(new Stage(stack.node.root as App, 'Prod'), 'There', { env: OREGON }));
      expect(errorOf(() => files(stack, { newFileSystem: { replication: FileSystemReplication.to(there) } }))).toBe(refused(
        '\'replication\' must stay in its stage, got: \'Prod/There/Files\', which is of another; stages are deployed without each other, create both stacks in one'));
    });
  });

  describe('a policy of the team\'s', () => {
    const invalid = (make: (stack: Stack) => IFileSystem) => {
      const stack = shopStack();
      files(stack, { fileSystem: make(stack) });
      return errorOf(() => Template.fromStack(stack));
    };

    test('that lets in everybody and somebody', () => {
      const principals = [new AnyPrincipal(), new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/one`)];
      const fileSystemPolicy = new PolicyDocument({ statements: [new PolicyStatement({ principals, actions: ['elasticfilesystem:ClientWrite'] })] });
      expect(invalid(stack => new FileSystem(stack, 'Theirs', { vpc: importedVpc(new Stack(stack, 'Network')), fileSystemPolicy, allowAnonymousAccess: true })))
        .toContain('[Shop/Files] \'fileSystem\' must allow nothing to everybody, got: \'elasticfilesystem:ClientWrite\' for \'*\' on \'Shop/Theirs\'; pass allowAnonymousAccess: true, so that CDK adds nothing, and fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(this)');
    });

    test('whose only statement is no list', () => {
      const stack = shopStack();
      const theirs = new FileSystem(stack, 'Theirs', { vpc: importedVpc(new Stack(stack, 'Network', { env: IRELAND })), allowAnonymousAccess: true });
      (theirs.node.defaultChild as CfnFileSystem).fileSystemPolicy = { Statement: { Effect: 'Deny', Principal: '*', Action: '*' } };
      files(stack, { fileSystem: theirs });
      Template.fromStack(stack);
    });
  });
});
