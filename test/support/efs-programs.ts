import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import type { AccessPoint, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { IRELAND, testApp } from './app';
import { ANONYMOUS, decideBy } from './decide';
import { Deployed } from './deployed';
import { DirectoryOwner, FargateEfsAccessPoint, MountAccess } from '../../src';

/** Somebody who tries to mount. */
export interface Client {
  /** A task is a session of its role. */
  readonly principal: string;
  /** What they are allowed by policies of their own. */
  readonly policies: object[];
}

/** What they try it on. */
export interface Door {
  readonly fileSystemArn: string;
  readonly fileSystemPolicy?: object;
  /** Left out when the file system is mounted as such. */
  readonly accessPointArn?: string;
}

/** A program as it is deployed: who there is, and what there is to mount. */
export interface Deployment {
  readonly clients: Record<string, Client>;
  readonly doors: Record<string, Door>;
}

export type How = 'TLS' | 'no TLS' | 'TLS, past the mount targets';
const ACTIONS = { 'mount': 'elasticfilesystem:ClientMount', 'write': 'elasticfilesystem:ClientWrite', 'be root': 'elasticfilesystem:ClientRootAccess' };
export type Does = keyof typeof ACTIONS;

/** What EFS decides when an NFS client asks for it. Writing and being root need the mount, which is asked for by itself. */
export async function mayClient({ principal, policies }: Client, door: Door, how: How, does: Does): Promise<string> {
  return decideBy({ identity: policies, resource: door.fileSystemPolicy }, {
    principal,
    action: ACTIONS[does],
    resource: door.fileSystemArn,
    context: {
      'aws:SecureTransport': String(how !== 'no TLS'),
      'elasticfilesystem:AccessedViaMountTarget': String(how !== 'TLS, past the mount targets'),
      ...(door.accessPointArn ? { 'elasticfilesystem:AccessPointArn': door.accessPointArn } : {}),
    },
  });
}

const allow = (...actions: string[]) => [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }];

/** Who is in no program. The policies are those of AWS as far as NFS clients go. */
export const OTHERS: Record<string, Client> = {
  'a stranger': { principal: `arn:aws:sts::${IRELAND.account}:assumed-role/stranger/session`, policies: [] },
  'a user without policies': { principal: `arn:aws:iam::${IRELAND.account}:user/mallory`, policies: [] },
  'AmazonElasticFileSystemClientReadWriteAccess': {
    principal: `arn:aws:sts::${IRELAND.account}:assumed-role/files/session`,
    policies: allow('elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:DescribeMountTargets'),
  },
  'AmazonElasticFileSystemClientFullAccess': {
    principal: `arn:aws:sts::${IRELAND.account}:assumed-role/all-files/session`,
    policies: allow('elasticfilesystem:ClientMount', 'elasticfilesystem:ClientRootAccess', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:DescribeMountTargets'),
  },
  'an administrator': { principal: `arn:aws:sts::${IRELAND.account}:assumed-role/admin/session`, policies: allow('*') },
  'an administrator of another account': { principal: 'arn:aws:sts::222222222222:assumed-role/admin/session', policies: allow('*') },
  'an anonymous client': { principal: ANONYMOUS, policies: [] },
};
const FOREIGN = 'arn:aws:elasticfilesystem:eu-west-1:222222222222:access-point/fsap-0123456789abcdef0';

interface Served {
  readonly task: FargateTaskDefinition;
  readonly service: FargateService;
  readonly containers: ContainerDefinition[];
}

/** A service on Fargate, whose containers log: so there is an execution role. */
function serve(stack: Stack, id: string, cluster: ICluster, ...names: string[]): Served {
  const task = new FargateTaskDefinition(stack, `${id}Task`);
  const containers = names.map(name => task.addContainer(name, {
    image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'), logging: LogDrivers.awsLogs({ streamPrefix: name }),
  }));
  const service = new FargateService(stack, `${id}Service`, {
    cluster,
    taskDefinition: task,
    securityGroups: [new SecurityGroup(stack, `${id}SecurityGroup`, { vpc: cluster.vpc, allowAllOutbound: false })],
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
  return { task, service, containers };
}

function clientOf(deployed: Deployed, role: IRole): Client {
  const [, name] = deployed.value(role, role.roleArn).split('/');
  return { principal: `arn:aws:sts::${IRELAND.account}:assumed-role/${name}/task`, policies: deployed.policiesOf(role) };
}

function doorOf(deployed: Deployed, fileSystem: IFileSystem, accessPoint?: AccessPoint): Door {
  return {
    fileSystemArn: deployed.value(fileSystem, fileSystem.fileSystemArn),
    fileSystemPolicy: deployed.policyOf(fileSystem),
    accessPointArn: accessPoint && deployed.value(accessPoint, accessPoint.accessPointArn),
  };
}

/** Directories A and B on one file system, C of another stack on it as well, one for root, one on a file system of the team. */
export function ours(flags: Record<string, unknown>): Deployment {
  const app = testApp(flags);
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });

  const a = new FargateEfsAccessPoint(stack, 'A', { vpc, directory: '/a' });
  const b = new FargateEfsAccessPoint(stack, 'B', { vpc, directory: '/b', fileSystem: a.fileSystem });
  const [onA, onB, reader] = ['OnA', 'OnB', 'Reader'].map(id => serve(stack, id, cluster, 'app'));
  a.mount(onA.containers[0], '/data');
  b.mount(onB.containers[0], '/data');
  a.mount(reader.containers[0], '/data', MountAccess.readOnly());
  const shared = serve(stack, 'Shared', cluster, 'reads', 'writes');
  a.mount(shared.containers[0], '/data', MountAccess.readOnly());
  a.mount(shared.containers[1], '/data');
  const both = serve(stack, 'Both', cluster, 'app');
  a.mount(both.containers[0], '/a');
  b.mount(both.containers[0], '/b', MountAccess.readOnly());
  [onA, reader, shared, both].forEach(({ service }) => a.attachTo(service));
  [onB, both].forEach(({ service }) => b.attachTo(service));
  const ofTheL2 = new Role(stack, 'OfTheL2', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  a.fileSystem.grantRead(ofTheL2);

  const root = new FargateEfsAccessPoint(stack, 'Root', { vpc, directory: '/r', owner: DirectoryOwner.root('the image changes its user itself') });
  const [onRoot, rootReader] = ['OnRoot', 'RootReader'].map(id => serve(stack, id, cluster, 'app'));
  root.mount(onRoot.containers[0], '/data');
  root.mount(rootReader.containers[0], '/data', MountAccess.readOnly());
  [onRoot, rootReader].forEach(({ service }) => root.attachTo(service));

  const teams = new FileSystem(stack, 'Teams', { vpc, allowAnonymousAccess: true, fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(stack) });
  const team = new FargateEfsAccessPoint(stack, 'Team', { vpc, directory: '/t', fileSystem: teams });
  const onTeam = serve(stack, 'OnTeam', cluster, 'app');
  team.mount(onTeam.containers[0], '/data');
  team.attachTo(onTeam.service);

  const otherStack = new Stack(app, 'Other', { env: IRELAND });
  const c = new FargateEfsAccessPoint(otherStack, 'C', { vpc, directory: '/c', fileSystem: a.fileSystem });
  const onC = serve(otherStack, 'OnC', new Cluster(otherStack, 'Cluster', { vpc }), 'app');
  c.mount(onC.containers[0], '/data');
  c.attachTo(onC.service);

  const deployed = new Deployed(stack, otherStack);
  const role = ({ task }: { task: FargateTaskDefinition }) => clientOf(deployed, task.taskRole);
  const doorA = doorOf(deployed, a.fileSystem, a.accessPoint);
  return {
    clients: {
      'the service on A': role(onA),
      'the service on B': role(onB),
      'the reader of A': role(reader),
      'a task that reads and writes A': role(shared),
      'a task that writes A and reads B': role(both),
      'the service on C': role(onC),
      'the service on root': role(onRoot),
      'the reader of root': role(rootReader),
      'the service of the team': role(onTeam),
      'the execution role of A': clientOf(deployed, onA.task.executionRole!),
      'a role with the L2\'s grantRead': clientOf(deployed, ofTheL2),
      ...OTHERS,
    },
    doors: {
      'A': doorA,
      'B': doorOf(deployed, b.fileSystem, b.accessPoint),
      'C': doorOf(deployed, c.fileSystem, c.accessPoint),
      'root': doorOf(deployed, root.fileSystem, root.accessPoint),
      'the team\'s': doorOf(deployed, team.fileSystem, team.accessPoint),
      'no access point': doorOf(deployed, a.fileSystem),
      'no access point of root': doorOf(deployed, root.fileSystem),
      'no access point of the team\'s': doorOf(deployed, teams),
      'an access point of another account': { ...doorA, accessPointArn: FOREIGN },
      'A, said to be on the team\'s': { ...doorOf(deployed, teams), accessPointArn: doorA.accessPointArn },
    },
  };
}

/** Directories A and B with L2s and their grants, as the documentation of CDK has it. */
export function withL2s(flags: Record<string, unknown>): Deployment {
  const stack = new Stack(testApp(flags), 'Shop', { env: IRELAND });
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const fileSystem = new FileSystem(stack, 'Files', { vpc, encrypted: true });
  const [a, b] = ['a', 'b'].map(name => fileSystem.addAccessPoint(name.toUpperCase(), {
    path: `/${name}`,
    createAcl: { ownerUid: '1000', ownerGid: '1000', permissions: '0750' },
    posixUser: { uid: '1000', gid: '1000' },
  }));
  const mount = (id: string, accessPoint: AccessPoint, readOnly: boolean) => {
    const { containers: [container], task, service } = serve(stack, id, cluster, 'app');
    task.addVolume({
      name: 'files',
      efsVolumeConfiguration: {
        fileSystemId: fileSystem.fileSystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
      },
    });
    container.addMountPoints({ sourceVolume: 'files', containerPath: '/data', readOnly });
    readOnly ? fileSystem.grantRead(task.taskRole) : fileSystem.grantReadWrite(task.taskRole);
    fileSystem.connections.allowDefaultPortFrom(service);
    return task;
  };
  const [onA, onB, reader] = [mount('OnA', a, false), mount('OnB', b, false), mount('Reader', a, true)];
  const deployed = new Deployed(stack);
  return {
    clients: {
      'the service on A': clientOf(deployed, onA.taskRole),
      'the service on B': clientOf(deployed, onB.taskRole),
      'the reader of A': clientOf(deployed, reader.taskRole),
      'the execution role of A': clientOf(deployed, onA.executionRole!),
      ...OTHERS,
    },
    doors: {
      'A': doorOf(deployed, fileSystem, a),
      'B': doorOf(deployed, fileSystem, b),
      'no access point': doorOf(deployed, fileSystem),
    },
  };
}
