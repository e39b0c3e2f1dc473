import type { CfnTaskDefinition, ContainerDefinition, TaskDefinition, Volume } from 'aws-cdk-lib/aws-ecs';
import type { IAccessPoint, IFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { allowClient, MOUNT, ROOT_ACCESS, WRITE } from './client-policy';
import type { MountAccess } from './mount-access';

/** What tasks mount. */
export interface MountedDirectory {
  /** What it is on. */
  readonly fileSystem: IFileSystem;
  /** What keeps tasks in it. */
  readonly accessPoint: IAccessPoint;
  /** Whether tasks are root in it. */
  readonly isRoot: boolean;
}

/** The volumes, mount points and permissions that tasks have of one directory. */
export class TaskMounts {
  private readonly statements = new Map<IRole, PolicyStatement>();
  private readonly mounted = new Set<TaskDefinition>();

  constructor(private readonly volume: Volume, private readonly directory: MountedDirectory) {}

  /** The task definitions with a container that mounts it. */
  public get taskDefinitions(): TaskDefinition[] {
    return [...this.mounted];
  }

  /** One volume a task, however many of its containers mount it. */
  public mount(container: ContainerDefinition, containerPath: string, access: MountAccess): void {
    const { taskDefinition } = container;
    if (!this.mounted.has(taskDefinition)) {
      this.mounted.add(taskDefinition);
      taskDefinition.addVolume(this.volume);
    }
    container.addMountPoints({ sourceVolume: this.volume.name, containerPath, readOnly: access.isReadOnly });
  }

  /**
   * One statement a role, which grows when something of it writes.
   *
   * @returns The statement that the role refused; undefined when it took it.
   */
  public allow(role: IRole, access: MountAccess): PolicyStatement | undefined {
    // Without it EFS makes root nobody, who may not even read what is root's.
    const root = this.directory.isRoot ? [ROOT_ACCESS] : [];
    const actions = [MOUNT, ...(access.isReadOnly ? [] : [WRITE]), ...root];
    const statement = this.statements.get(role);
    if (statement) {
      statement.addActions(...actions);
      return undefined;
    }
    const { fileSystem, accessPoint } = this.directory;
    const first = allowClient(fileSystem.fileSystemArn, accessPoint.accessPointArn, actions);
    if (!role.addToPrincipalPolicy(first).statementAdded) {
      return first;
    }
    this.statements.set(role, first);
    return undefined;
  }

  /** What is wrong with volumes that the same tasks mount of the same file system by hand. */
  public findVolumesByHand(): string[] {
    return this.taskDefinitions.flatMap(task => {
      const stack = Stack.of(task);
      const fileSystemId = JSON.stringify(stack.resolve(this.directory.fileSystem.fileSystemId));
      const volumes: CfnTaskDefinition.VolumeProperty[] = stack.resolve((task.node.defaultChild as CfnTaskDefinition).volumes) ?? [];
      return volumes.filter(volume => volume.name !== this.volume.name)
        .flatMap(({ name, efsVolumeConfiguration }) => {
          const configuration = efsVolumeConfiguration as CfnTaskDefinition.EFSVolumeConfigurationProperty | undefined;
          if (!configuration || JSON.stringify(configuration.filesystemId) !== fileSystemId) {
            return [];
          }
          return volumeProblems(configuration).map(problem => `volume '${name}' of task definition '${task.node.path}' ${problem}`);
        });
    });
  }
}

function volumeProblems({ rootDirectory, transitEncryption, authorizationConfig }: CfnTaskDefinition.EFSVolumeConfigurationProperty): string[] {
  const { accessPointId, iam } = (authorizationConfig ?? {}) as CfnTaskDefinition.AuthorizationConfigProperty;
  const problems: string[] = [];
  if (accessPointId === undefined) {
    problems.push('must go through an access point, got: none; the policy of the file system denies everything else, use another FargateEfsAccessPoint for it');
  } else if (rootDirectory !== undefined && rootDirectory !== '/') {
    problems.push(`must leave 'rootDirectory' out beside an access point, got: '${rootDirectory}'; the access point says which directory it is`);
  }
  if (transitEncryption !== 'ENABLED') {
    problems.push(`must have 'transitEncryption' ENABLED, got: ${transitEncryption ?? 'none'}; the policy of the file system denies everything else`);
  }
  if (iam !== 'ENABLED') {
    problems.push(`must have 'iam' ENABLED, got: ${iam ?? 'none'}; the policy of the file system allows nothing to somebody without a role`);
  }
  return problems;
}
