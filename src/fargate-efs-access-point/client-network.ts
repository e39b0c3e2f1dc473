import type { CfnSecurityGroupEgress, CfnSecurityGroupIngress, IConnectable, ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { BaseService, CfnService, IBaseService } from 'aws-cdk-lib/aws-ecs';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { CfnMountTarget, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { outermostStack } from '../private/stacks';

/** Where the mount targets are. */
export interface Place {
  /** The VPC that they are in. */
  readonly vpc: IVpc;
  /** What they lead to. */
  readonly fileSystem: IFileSystem;
}

/** A service of this app has a task definition; an imported one has a name. */
export function isOfThisApp(service: IBaseService): service is BaseService {
  return 'taskDefinition' in service;
}

/**
 * Who connects to the mount targets for the tasks of a service: Fargate for each task through the task's network interface,
 * everything else through that of the instance. The service says where it runs, the task definition only where it could.
 * What managed instances are is known to nobody but their capacity provider, of which a service has the name.
 *
 * Trap: a cluster knows the security groups of capacity that was added to it, and not those of its capacity providers.
 */
export function clientsOf(service: BaseService): IConnectable[] {
  if (!(service instanceof FargateService)) {
    return [service.cluster];
  }
  const { capacityProviderStrategy } = resourceOf<CfnService>(service, 'AWS::ECS::Service')!;
  const strategy: CfnService.CapacityProviderStrategyItemProperty[] = Stack.of(service).resolve(capacityProviderStrategy) ?? [];
  return strategy.every(({ capacityProvider }) => String(capacityProvider).startsWith('FARGATE')) ? [service] : [];
}

/** Whether it has any security group that could be let in. */
export function hasSecurityGroups(client: IConnectable): boolean {
  return client.connections.securityGroups.length > 0;
}

/**
 * Both ways on the port of NFS. The rules are written on the client's side: a client of another stack needs the file
 * system's stack already, and rules there would need the client's. It is the other way round when the client is in the
 * stack of the VPC, or of the cluster of a service beside the file system: that stack comes first.
 *
 * Trap: a group from which everything may go out needs no rule for it, and CDK warns of one.
 */
export function connect(client: IConnectable, { vpc, fileSystem }: Place, service?: BaseService): void {
  const why = 'mounts the file system';
  const here = outermostStack(fileSystem);
  const isBeside = service !== undefined && outermostStack(service) === here;
  const { securityGroups: groups } = client.connections;
  const { securityGroups: targets, defaultPort } = fileSystem.connections;
  const comesFirst = groups.map(outermostStack).some(stack => stack !== here && (isBeside || stack === outermostStack(vpc)));
  for (const group of groups) {
    for (const target of targets) {
      target.addIngressRule(group, defaultPort!, why, !comesFirst);
      if (!group.allowAllOutbound) {
        group.addEgressRule(target, defaultPort!, why, comesFirst);
      }
    }
  }
}

/**
 * Starts tasks when they can mount.
 *
 * Trap: nothing else makes a service wait for mount targets, nor for the rules that let its tasks out and in: the first
 * tasks fail, and with a circuit breaker the deployment. Only the service itself waits, since the rules need its security
 * group.
 */
export function startAfterMountTargets(service: BaseService, clients: IConnectable[], fileSystem: IFileSystem): void {
  const text = (value: unknown) => JSON.stringify(Stack.of(service).resolve(value));
  const groups = clients.flatMap(client => client.connections.securityGroups);
  const targets = fileSystem.connections.securityGroups;
  const isOf = (some: ISecurityGroup[], id: unknown) => some.some(group => text(group.securityGroupId) === text(id));
  const all = [...groups, ...targets];
  const rules = [
    ...all.flatMap(group => resourcesOf<CfnSecurityGroupIngress>(group, 'AWS::EC2::SecurityGroupIngress'))
      .filter(rule => isOf(groups, rule.sourceSecurityGroupId) && isOf(targets, rule.groupId)),
    ...all.flatMap(group => resourcesOf<CfnSecurityGroupEgress>(group, 'AWS::EC2::SecurityGroupEgress'))
      .filter(rule => isOf(groups, rule.groupId) && isOf(targets, rule.destinationSecurityGroupId)),
  ].filter(rule => Stack.of(rule) === Stack.of(service));
  resourceOf(service, 'AWS::ECS::Service')!.node.addDependency(fileSystem.mountTargetsAvailable, ...rules);
}

/** The only resource of that type in the construct, such as the service of an L2. */
export function resourceOf<T extends CfnResource>(construct: IConstruct, type: string): T | undefined {
  return resourcesOf<T>(construct, type)[0];
}

function resourcesOf<T extends CfnResource>(construct: IConstruct, type: string): T[] {
  return construct.node.findAll().filter((child): child is T => CfnResource.isCfnResource(child) && child.cfnResourceType === type);
}

/** The zones that the tasks of the service may start in and that have no mount target; none when it can not be seen. */
export function zonesWithoutMountTarget(service: BaseService, fileSystem: IFileSystem, vpc: IVpc): string[] {
  const targets = resourcesOf<CfnMountTarget>(fileSystem, 'AWS::EFS::MountTarget').map(target => zoneOf(vpc, target.subnetId));
  if (targets.length === 0 || targets.includes(undefined)) {
    return []; // imported, or in subnets that the VPC does not know
  }
  const { networkConfiguration } = resourceOf<CfnService>(service, 'AWS::ECS::Service') ?? {};
  const network = Stack.of(service).resolve(networkConfiguration)?.awsvpcConfiguration;
  const zones: (string | undefined)[] = (network?.subnets ?? []).map((subnetId: string) => zoneOf(vpc, subnetId));
  return [...new Set(zones)].filter((zone): zone is string => zone !== undefined && !targets.includes(zone));
}

/** The zone of a subnet of the VPC, as a text that is equal for equal zones; undefined when the VPC does not know it. */
export function zoneOf(vpc: IVpc, subnetId: unknown): string | undefined {
  const text = (value: unknown) => JSON.stringify(Stack.of(vpc).resolve(value));
  const subnets: ISubnet[] = [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets];
  const subnet = subnets.find(each => text(each.subnetId) === text(subnetId));
  return subnet && text(subnet.availabilityZone).replace(/^"|"$/g, '');
}
