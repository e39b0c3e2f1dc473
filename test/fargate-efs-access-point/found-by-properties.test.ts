/**
 * What random programs found (see properties.test.ts), or reading for them, each as the smallest program that shows it.
 */
import { Template } from 'aws-cdk-lib/assertions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { App } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FargateEfsAccessPointProps } from '../../src';
import { FargateEfsAccessPoint, FileSystemReplication } from '../../src';
import { ACCOUNT, errorOf, shopStack } from '../support/app';

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
