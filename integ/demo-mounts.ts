/** For the demo: which task mounts which directory of EFS, as ECS and EFS tell it, and what the policies let it do there. */
import type { MountPoint, Service, Volume } from '@aws-sdk/client-ecs';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient, ListClustersCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { DescribeAccessPointsCommand, DescribeReplicationConfigurationsCommand, EFSClient } from '@aws-sdk/client-efs';
import type { Emulator } from './emulator/emulator';
import { ACCOUNT, FRANKFURT, IRELAND } from './emulator/environments';
import { formatTable } from './emulator/recorded';

/** Every mount of every service in both Regions. */
export async function mountsTable(emulator: Emulator): Promise<string> {
  const rows: string[][] = [];
  for (const region of [IRELAND, FRANKFURT]) {
    const ecs = new ECSClient(emulator.clientConfig(ACCOUNT, region));
    for (const service of await servicesOf(ecs)) {
      const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition }));
      const { containerDefinitions = [], volumes = [], taskRoleArn } = taskDefinition!;
      for (const point of containerDefinitions.flatMap(container => container.mountPoints ?? [])) {
        const volume = volumes.find(each => each.name === point.sourceVolume)!;
        const name = service.serviceName!.replace(`Uploads-${region}-`, '').replace(/Service.*$/, '');
        rows.push([region, name, String(service.desiredCount), ...await mountRow(emulator, region, point, volume, taskRoleArn!)]);
      }
    }
  }
  const header = ['Region', 'Service', 'Tasks', 'Sees', 'Which is', 'Through', 'As user', 'Mounted', 'TLS', 'Policies allow'];
  return `${formatTable(header, rows)}\n\n${await replicationLine(emulator)}`;
}

async function servicesOf(ecs: ECSClient): Promise<Service[]> {
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  const services = await Promise.all(clusterArns.map(async cluster => {
    const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    return (await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }))).services!;
  }));
  return services.flat();
}

async function mountRow(emulator: Emulator, region: string, point: MountPoint, volume: Volume, role: string): Promise<string[]> {
  const { fileSystemId, transitEncryption, authorizationConfig } = volume.efsVolumeConfiguration!;
  const { accessPointId } = authorizationConfig!;
  const efs = new EFSClient(emulator.clientConfig(ACCOUNT, region));
  const { AccessPoints } = await efs.send(new DescribeAccessPointsCommand({ AccessPointId: accessPointId }));
  const { PosixUser, RootDirectory } = AccessPoints![0];
  const allowed = await emulator.control(ACCOUNT, region, '/_efs/client', { fileSystemId, accessPointId, role }) as string[];
  return [
    point.containerPath!, `${RootDirectory!.Path} of ${fileSystemId}`, accessPointId!, `${PosixUser!.Uid}:${PosixUser!.Gid}`,
    point.readOnly ? 'read only' : 'read-write', transitEncryption === 'ENABLED' ? 'yes' : 'no', allowed.join(', ') || '-',
  ];
}

async function replicationLine(emulator: Emulator): Promise<string> {
  const efs = new EFSClient(emulator.clientConfig(ACCOUNT, IRELAND));
  const { Replications = [] } = await efs.send(new DescribeReplicationConfigurationsCommand({}));
  return Replications.flatMap(each => each.Destinations!.map(to =>
    `${each.SourceFileSystemId} in ${each.SourceFileSystemRegion} is replicated to ${to.FileSystemId} in ${to.Region}: ${to.Status}`)).join('\n');
}
