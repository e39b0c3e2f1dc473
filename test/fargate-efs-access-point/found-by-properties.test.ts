/**
 * What random programs found (see properties.test.ts), or reading for them, each as the smallest program that shows it.
 */
import { Template } from 'aws-cdk-lib/assertions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  Cluster, Compatibility, ContainerImage, Ec2Service, Ec2TaskDefinition, FargateService, FargateTaskDefinition, NetworkMode, TaskDefinition as AnyTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { App } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FargateEfsAccessPointProps } from '../../src';
import { FargateEfsAccessPoint, FileSystemReplication } from '../../src';
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
