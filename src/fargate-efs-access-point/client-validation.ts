import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { BaseService, CfnService, CfnTaskDefinition, ContainerDefinition, IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import type { Place } from './client-network';
import { clientsOf, hasSecurityGroups, isOfThisApp, resourceOf, zonesWithoutMountTarget } from './client-network';
import { findElsewhere, isOtherVpc, locationOf } from './location';
import { outermostStack } from '../private/stacks';
import type { Findings } from '../private/validation';
import { isKnown, quoted } from '../private/validation';

/** A container that can mount, at a path that is its own. */
export function findMountProblems(findings: Findings, scope: Construct, container: ContainerDefinition, containerPath: string): void {
  const task = container.taskDefinition;
  const where = `container '${container.containerName}'`;
  if (isKnown(containerPath)) {
    findings.require(containerPath.startsWith('/'), `'containerPath' must begin with '/', got: '${containerPath}'; write '/${containerPath}'`);
    findings.require(!/^\/+$/.test(containerPath), `'containerPath' must be below '/', got: '${containerPath}'; a mount there hides the image`);
    findings.require(!containerPath.includes(':'), `'containerPath' must have no ':', got: '${containerPath}'; ECS takes what follows for options`);
    findings.require(!container.mountPoints.some(point => withoutSlash(point.containerPath) === withoutSlash(containerPath)),
      `'containerPath' must be mounted once in a container, got: '${containerPath}' again in ${where}; choose another path`);
  }
  findings.require(!task.isExternalCompatible, `'container' must run on Fargate, EC2 or managed instances, got: ${where} of '${task.node.path}' for ECS Anywhere; AWS mounts no EFS there`);
  findElsewhere(findings, Stack.of(scope), 'container', locationOf(task), `, of ${where}; a task mounts what is beside it, create the directory there too`);
  const family = osFamilyOf(container);
  findings.require(!family.startsWith('WINDOWS'), `'container' must run on Linux, got: ${where} on ${family}; AWS mounts no EFS on Windows`);
  const [own, its] = [Stack.of(task).account, task.taskRole.env.account];
  findings.require(!isKnown(own) || !isKnown(its) || own === its,
    `'taskRole' of task definition '${task.node.path}' must be in the task's account, got: '${its}' and '${own}'; a task can not work as a role of another account`);
  const [first, then] = [outermostStack(task.taskRole), outermostStack(task)];
  findings.require(!Role.isRole(task.taskRole) || first === then || outermostStack(scope) !== then,
    `'taskRole' of task definition '${task.node.path}' must be in its stack, got: '${task.taskRole.node.path}'; the task needs the role, and the role's policy the access point beside the task, so that neither stack could be first`);
}

/** A role that can be let in: the policy of the file system allows nobody of another account. */
export function findRoleProblems(findings: Findings, scope: Construct, role: IRole): void {
  const [own, its] = [Stack.of(scope).account, role.env.account];
  findings.require(!isKnown(own) || !isKnown(its) || own === its,
    `'role' must be in the directory's account, got: '${its}' and '${own}'; let tasks of this account mount it`);
}

/** Mounting is done as the task's role, so it must be told what it may. */
export function refusedByRole(role: IRole, statement: object): string {
  return `'role' must take the permission to mount, got: '${role.node.path}', which can not be changed here; let CDK create the task's role, or add this to its policy and pass it withoutPolicyUpdates(): ${JSON.stringify(statement)}`;
}

/** A service whose tasks can reach the mount targets. */
export function findServiceProblems(findings: Findings, scope: Construct, service: IBaseService, clients: IConnectable[], place: Place): void {
  const where = `service '${service.node.path}'`;
  findings.require(!scope.node.scopes.includes(service),
    `'service' must not be the scope of the directory, got: '${scope.node.path}' in ${where}; everything in a service waits for its role, whose policy waits for the directory: create it beside the service`);
  findElsewhere(findings, Stack.of(scope), 'service', locationOf(service), `, of ${where}; a task mounts what is beside it, create the directory there too`);
  if (!isOfThisApp(service)) {
    findings.require(clients.some(hasSecurityGroups), `'clients' must name the security groups of ${where}, got: none; an imported service does not tell them, pass them after it`);
    return;
  }
  findings.require([...clients, ...clientsOf(service)].some(hasSecurityGroups),
    `'clients' must name the security groups of the instances of ${where}, got: none; its cluster does not know them, pass them after the service`);
  const version = resourceOf<CfnService>(service, 'AWS::ECS::Service')?.platformVersion;
  findings.require(!version || !isKnown(version) || !/^1\.[0-3]\./.test(version),
    `'platformVersion' of ${where} must be 1.4.0 or later, got: ${version}; Fargate mounts EFS from 1.4.0 on, leave it out for the latest`);
  const vpc = vpcOf(service);
  const other = vpc && isOtherVpc(vpc, place.vpc);
  findings.require(!other, `'service' must run in the VPC of the mount targets, got: '${vpc?.node.path}' and '${place.vpc.node.path}' for ${where}; a file system has mount targets in one VPC`);
  const zones = other ? [] : zonesWithoutMountTarget(service, place.fileSystem, place.vpc);
  findings.require(zones.length === 0,
    `'service' must run in zones with a mount target, got: none in ${quoted(zones)} for ${where}; choose 'vpcSubnets' of the file system, or of the service, so that they meet`);
}

/** Mounted, and out of reach: each task would wait minutes for its mount, and then fail. */
export function findUnreachable(tasks: IConstruct[], attached: BaseService[], anyClient: boolean): string[] {
  const problems = attached.filter(service => !tasks.includes(service.taskDefinition))
    .map(service => `service '${service.node.path}' must mount what it is attached to, got: task definition '${service.taskDefinition.node.path}' without a mount; call mount for one of its containers`);
  return anyClient || tasks.length === 0 ? problems : [...problems,
    `task definition ${quoted(tasks.map(task => task.node.path))} must reach the file system, got: a mount, and nobody who may connect; call attachTo with its service, or allowFrom for tasks that no service of this app starts`];
}

function vpcOf(service: BaseService): IVpc | undefined {
  try {
    return service.cluster.vpc;
  } catch {
    return undefined; // a cluster that was imported by its ARN does not know it
  }
}

function osFamilyOf(container: ContainerDefinition): string {
  const { runtimePlatform } = container.taskDefinition.node.defaultChild as CfnTaskDefinition;
  const family = Stack.of(container).resolve(runtimePlatform)?.operatingSystemFamily;
  return typeof family === 'string' ? family : 'LINUX';
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
