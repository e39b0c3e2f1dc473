import type { CfnSecurityGroupIngress, IConnectable, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { BaseService, CfnService, IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { CfnMountTarget, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A service of this app has a task definition; an imported one has a name. */
export function isOfThisApp(service: IBaseService): service is BaseService {
  return 'taskDefinition' in service;
}

/**
 * Who connects to the mount targets for the tasks of a service: Fargate for each task through the task's network interface,
 * everything else through that of the instance.
 *
 * Trap: a cluster knows the security groups of capacity that was added to it, and not those of its capacity providers.
 */
export function clientsOf(service: BaseService): IConnectable[] {
  return service.taskDefinition.isFargateCompatible ? [service] : [service.cluster];
}

/** Whether it has any security group that could be let in. */
export function hasSecurityGroups(client: IConnectable): boolean {
  return client.connections.securityGroups.length > 0;
}

/**
 * Both ways on the port of NFS. The rules are written on the client's side: a client of another stack needs the file
 * system's stack already, and rules there would need the client's.
 *
 * Trap: a group from which everything may go out needs no rule for it, and CDK warns of one.
 */
export function connect(client: IConnectable, fileSystem: IFileSystem): void {
  const why = 'mounts the file system';
  const { securityGroups: targets, defaultPort } = fileSystem.connections;
  for (const group of client.connections.securityGroups) {
    for (const target of targets) {
      target.addIngressRule(group, defaultPort!, why, true);
      if (!group.allowAllOutbound) {
        group.addEgressRule(target, defaultPort!, why);
      }
    }
  }
}

/**
 * Starts tasks when they can mount.
 *
 * Trap: nothing else makes a service wait for mount targets, nor for the rule that lets its tasks in: the first tasks fail,
 * and with a circuit breaker the deployment. Only the service itself waits, since the rule needs its security group.
 */
export function startAfterMountTargets(service: BaseService, clients: IConnectable[], fileSystem: IFileSystem): void {
  const text = (value: unknown) => JSON.stringify(Stack.of(service).resolve(value));
  const groups = clients.flatMap(client => client.connections.securityGroups);
  const ids = groups.map(group => text(group.securityGroupId));
  const rules = [...groups, ...fileSystem.connections.securityGroups]
    .flatMap(group => resourcesOf<CfnSecurityGroupIngress>(group, 'AWS::EC2::SecurityGroupIngress'))
    .filter(rule => Stack.of(rule) === Stack.of(service) && ids.includes(text(rule.sourceSecurityGroupId)));
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

/** The zone of a subnet of the VPC, as a text that is equal for equal zones. */
function zoneOf(vpc: IVpc, subnetId: unknown): string | undefined {
  const text = (value: unknown) => JSON.stringify(Stack.of(vpc).resolve(value));
  const subnets: ISubnet[] = [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets];
  const subnet = subnets.find(each => text(each.subnetId) === text(subnetId));
  return subnet && text(subnet.availabilityZone).replace(/^"|"$/g, '');
}
