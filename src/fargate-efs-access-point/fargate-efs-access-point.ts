import type { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConnectable, IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { BaseService, ContainerDefinition, IBaseService, Volume } from 'aws-cdk-lib/aws-ecs';
import type { IFileSystem } from 'aws-cdk-lib/aws-efs';
import { AccessPoint } from 'aws-cdk-lib/aws-efs';
import type { IRole, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Duration, Stack, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { clientsOf, connect, hasSecurityGroups, isOfThisApp, startAfterMountTargets } from './client-network';
import { accessPointsOnly } from './client-policy';
import { findMountProblems, findRoleProblems, findServiceProblems, findUnreachable, refusedByRole } from './client-validation';
import { DirectoryOwner } from './directory-owner';
import { FileSystemAlarms, fileSystemMetric, replicationLagMetric } from './file-system-alarms';
import { isOtherVpc } from './location';
import { MountAccess } from './mount-access';
import type { NewFileSystemOptions } from './new-file-system';
import { createFileSystem, replicate } from './new-file-system';
import { TaskMounts } from './task-mounts';
import { findAdoptionProblems, findDirectoryProblems, findNewFileSystemProblems, findOwnerProblems, findPolicyProblems, findSubnetProblems } from './validation';
import { allowAlarmsToPublish, createAlarmTopic } from '../private/alarm-topic';
import { uniqueName } from '../private/naming';
import { RegionalValue } from '../private/regional-value/regional-value';
import { outermostStack } from '../private/stacks';
import { Findings } from '../private/validation';

const VOLUME_NAME_LENGTH = 100;
/** Where the stacks of a Region find the file systems that theirs are copied to. */
const PARAMETER_ROOT = '/resilience/efs-replicas';

/** Properties of a `FargateEfsAccessPoint`. */
export interface FargateEfsAccessPointProps {
  /** The VPC of the tasks, in which the file system has its mount targets. It needs DNS support and DNS host names. */
  readonly vpc: IVpc;

  /**
   * The directory on the file system: absolute, four levels and 100 characters at most. It is created at the first mount
   * when it is not there. Tasks see it as the root and can not leave it.
   */
  readonly directory: string;

  /**
   * Who owns the directory, and as whom everything in it is done, whatever user a container runs as. It has no effect on
   * the owner and mode of a directory that exists.
   *
   * @default - user and group 1000, mode 0750
   */
  readonly owner?: DirectoryOwner;

  /**
   * The file system that the directory is on: that of another `FargateEfsAccessPoint`, or one of yours, which keeps its
   * settings. The policy of yours must let nobody in by itself: `FargateEfsAccessPoint.fileSystemPolicy`.
   *
   * @default - a new one
   */
  readonly fileSystem?: IFileSystem;

  /**
   * What a new file system is like.
   *
   * @default - encrypted with a key of its own, elastic throughput, files that are not read move to cheaper storage,
   * backed up every day, kept when the stack goes
   */
  readonly newFileSystem?: NewFileSystemOptions;

  /**
   * Where the alarms of a new file system ring. CloudWatch alarms of the account are allowed to publish to it.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
}

/**
 * A directory of EFS for the tasks of a service: there at the first mount without any code, open to these tasks alone, and
 * kept when they and their Region are gone.
 *
 * Tasks mount it by TLS, as their role, through an access point that keeps them in their directory and in their user.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
 */
export class FargateEfsAccessPoint extends Construct {
  /**
   * The policy that a file system of yours needs: reached through access points of this account alone, by TLS alone, by
   * nobody whose own policy does not allow it, and as root by nobody. Pass it as `fileSystemPolicy`, with
   * `allowAnonymousAccess: true`, so that CDK adds nothing to it.
   */
  public static fileSystemPolicy(scope: Construct): PolicyDocument {
    return accessPointsOnly(scope, false);
  }

  /** The directory on the file system. */
  public readonly directory: string;
  /** Who owns the directory. */
  public readonly owner: DirectoryOwner;
  /** The file system that the directory is on. */
  public readonly fileSystem: IFileSystem;
  /** What keeps tasks in the directory. It can not be changed: whatever is changed of it makes a new one. */
  public readonly accessPoint: AccessPoint;
  /** What encrypts the files; undefined for a file system of yours. */
  public readonly key?: IKey;
  /** Of the mount targets; undefined for a file system of yours. */
  public readonly securityGroup?: SecurityGroup;
  /** Where alarms ring; undefined for a file system of yours. */
  public readonly alarmTopic?: ITopic;
  /** Rings when the file system is at its I/O limit; undefined for a file system of yours. */
  public readonly ioLimitAlarm?: Alarm;
  /** Rings when nearly as many clients are connected as AWS allows; undefined for a file system of yours. */
  public readonly connectionsAlarm?: Alarm;
  /** Rings before burst credits are used up; undefined without bursting throughput. */
  public readonly burstCreditsAlarm?: Alarm;
  /** Rings when the replica is further behind than the RPO, or when nobody knows; undefined without replication. */
  public readonly replicationLagAlarm?: Alarm;
  /** The volume of a task definition that is written by hand; `mount` adds it by itself. */
  public readonly volume: Volume;

  /** @internal */
  public readonly _isReplica: boolean;
  /** @internal */
  public readonly _vpc: IVpc;

  private readonly mounts: TaskMounts;
  private readonly attached: BaseService[] = [];
  private readonly replicaId?: string;
  private source?: FargateEfsAccessPoint;
  private hasClients = false;

  constructor(scope: Construct, id: string, props: FargateEfsAccessPointProps) {
    super(scope, id);
    this._vpc = props.vpc;
    this.directory = props.directory;
    this.owner = props.owner ?? DirectoryOwner.of({ uid: 1000, gid: 1000 });
    validateProps(this, props);

    const replication = props.newFileSystem?.replication;
    this._isReplica = replication !== undefined && replication.destination === undefined;
    if (props.fileSystem) {
      this.fileSystem = props.fileSystem;
    } else {
      const own = createFileSystem(this, props.vpc, props.newFileSystem ?? {}, this.owner.isRoot);
      this.fileSystem = own.fileSystem;
      this.key = own.key;
      this.securityGroup = own.securityGroup;
      if (replication?.destination) {
        this.replicaId = this.findReplica(replication.destination);
        replicate(own.fileSystem, { fileSystemId: this.replicaId, region: Stack.of(replication.destination).region });
      }
      this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
      allowAlarmsToPublish(this, this.alarmTopic, []);
      const alarms = new FileSystemAlarms(this, 'Alarms', {
        fileSystemId: this.fileSystem.fileSystemId,
        topic: this.alarmTopic,
        bursting: props.newFileSystem?.throughput?.mode === 'bursting',
        replication: this.replicaId ? { destinationId: this.replicaId, rpo: replication!.rpo ?? Duration.minutes(15) } : undefined,
      });
      this.ioLimitAlarm = alarms.ioLimit;
      this.connectionsAlarm = alarms.connections;
      this.burstCreditsAlarm = alarms.burstCredits;
      this.replicationLagAlarm = alarms.replicationLag;
    }
    this.accessPoint = createAccessPoint(this, this.fileSystem, props.directory, this.owner);
    this.volume = {
      name: uniqueName(this, VOLUME_NAME_LENGTH),
      efsVolumeConfiguration: {
        fileSystemId: this.fileSystem.fileSystemId,
        // Trap: the L2 takes a root directory beside an access point, and no encryption; ECS and EFS take neither.
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: this.accessPoint.accessPointId, iam: 'ENABLED' },
      },
    };
    this.mounts = new TaskMounts(this.volume, {
      fileSystem: this.fileSystem, accessPoint: this.accessPoint, isRoot: this.owner.isRoot,
    });
    this.node.addValidation({
      validate: () => [
        ...findPolicyProblems(this.fileSystem),
        ...this.mounts.findVolumesByHand(),
        ...findUnreachable(this.mounts.taskDefinitions, this.attached, this.hasClients),
      ],
    });
  }

  /**
   * Mounts the directory in a container: the task gets the volume, the container the mount point, and the role of the task
   * the permission for this directory and no other. (The execution role has no part in it.)
   *
   * @param container Of a task definition for Fargate, for EC2 with Linux, or for managed instances.
   * @param containerPath Where the container sees the directory: absolute, and not used by another mount.
   * @param access What the container may do with it; `MountAccess.readWrite()` when left out.
   */
  public mount(container: ContainerDefinition, containerPath: string, access: MountAccess = MountAccess.readWrite()): void {
    const findings = new Findings();
    findMountProblems(findings, this, container, containerPath);
    findings.throwIfAny(this);
    this.mounts.mount(container, containerPath, access);
    this.grantMount(container.taskDefinition.taskRole, access);
  }

  /**
   * Lets the tasks of a service reach the file system, and starts them when the mount targets are there. The service may
   * be on Fargate, as made by hand or by `ApplicationLoadBalancedFargateService`, on EC2 or on managed instances.
   *
   * @param service Of this app, or imported.
   * @param clients Further security groups that its tasks connect from: those of an imported service, or of instances that
   * the cluster does not know.
   */
  public attachTo(service: IBaseService, ...clients: IConnectable[]): void {
    const findings = new Findings();
    findServiceProblems(findings, this, service, clients, { vpc: this._vpc, fileSystem: this.fileSystem });
    findings.throwIfAny(this);
    const all = isOfThisApp(service) ? [...clientsOf(service).filter(hasSecurityGroups), ...clients] : clients;
    all.forEach(client => this.connect(client, isOfThisApp(service) ? service : undefined));
    if (isOfThisApp(service)) {
      this.attached.push(service);
      startAfterMountTargets(service, all, this.fileSystem);
    }
  }

  /** Lets tasks that no service of this app starts reach the file system, such as scheduled ones: by their security groups. */
  public allowFrom(client: IConnectable): void {
    this.connect(client);
  }

  /**
   * Lets the role of a task mount this directory, and no other, for a task definition that is written by hand or
   * elsewhere. `mount` does it by itself.
   *
   * @param role The task role, not the execution role.
   * @param access What may be done with the directory; `MountAccess.readWrite()` when left out.
   */
  public grantMount(role: IRole, access: MountAccess = MountAccess.readWrite()): void {
    const findings = new Findings();
    findRoleProblems(findings, this, role);
    findings.throwIfAny(this);
    const refused = this.mounts.allow(role, access);
    if (refused) {
      findings.require(false, refusedByRole(role, Stack.of(this).resolve(refused.toStatementJson())));
      findings.throwIfAny(this);
    }
  }

  /**
   * What this one is the replica of.
   *
   * @internal
   */
  public get _source(): FargateEfsAccessPoint | undefined {
    return this.source;
  }

  /** How close the file system is to its I/O limit, in percent. */
  public metricPercentIOLimit(options?: MetricOptions): Metric {
    return fileSystemMetric('PercentIOLimit', this.fileSystem.fileSystemId, { statistic: 'Maximum', ...options });
  }

  /** How many clients are connected. */
  public metricClientConnections(options?: MetricOptions): Metric {
    return fileSystemMetric('ClientConnections', this.fileSystem.fileSystemId, { statistic: 'Sum', ...options });
  }

  /**
   * How far the replica is behind, in seconds. It is in this Region and is lost with it.
   *
   * @throws When this file system is copied nowhere.
   */
  public metricReplicationLag(options?: MetricOptions): Metric {
    const findings = new Findings();
    findings.require(this.replicaId !== undefined, '\'replication\' must be stated for a metric of its lag, got: none; pass newFileSystem: { replication: FileSystemReplication.to(replica) }');
    findings.throwIfAny(this);
    return replicationLagMetric(this.fileSystem.fileSystemId, this.replicaId!, options);
  }

  private connect(client: IConnectable, service?: BaseService): void {
    this.hasClients = true;
    connect(client, { vpc: this._vpc, fileSystem: this.fileSystem }, service);
  }

  /** The id of the replica, as its stack tells it; that stack is deployed first. */
  private findReplica(replica: FargateEfsAccessPoint): string {
    outermostStack(this).addStackDependency(outermostStack(replica), 'its file system is the replica of ours');
    return StringParameter.valueForStringParameter(this, replica._announceTo(this));
  }

  /** @internal */
  public _announceTo(source: FargateEfsAccessPoint): string {
    this.source = source;
    const { region } = Stack.of(source);
    const parameterName = `${PARAMETER_ROOT}/${uniqueName(this, VOLUME_NAME_LENGTH)}`;
    new RegionalValue(this, `KnownIn-${region}`, { region, parameterName, value: this.fileSystem.fileSystemId });
    return parameterName;
  }
}

function createAccessPoint(scope: Construct, fileSystem: IFileSystem, path: string, owner: DirectoryOwner): AccessPoint {
  const text = (id: number) => Tokenization.stringifyNumber(id);
  const [uid, gid] = [text(owner.uid), text(owner.gid)];
  return new AccessPoint(scope, 'AccessPoint', {
    fileSystem,
    path,
    createAcl: owner.permissions === undefined ? undefined : { ownerUid: uid, ownerGid: gid, permissions: owner.permissions },
    posixUser: { uid, gid, secondaryGids: owner.secondaryGids.length > 0 ? owner.secondaryGids.map(text) : undefined },
  });
}

function validateProps(scope: FargateEfsAccessPoint, props: FargateEfsAccessPointProps): void {
  const findings = new Findings();
  findDirectoryProblems(findings, scope.directory, scope.owner);
  findOwnerProblems(findings, scope.owner);
  findAdoptionProblems(findings, scope, props);
  if (props.newFileSystem) {
    findNewFileSystemProblems(findings, scope, props.newFileSystem);
  }
  if (!props.fileSystem) {
    findSubnetProblems(findings, props.vpc, props.newFileSystem?.vpcSubnets);
  }
  const creator = props.fileSystem?.node.scope;
  if (creator instanceof FargateEfsAccessPoint) {
    findings.require(!scope.owner.isRoot || creator.owner.isRoot,
      `'owner' must not be root on a file system whose policy denies root, got: root on that of '${creator.node.path}'; give it a file system of its own`);
    findings.require(!isOtherVpc(creator._vpc, props.vpc),
      `'vpc' must be that of the mount targets, got: '${props.vpc.node.path}' and '${creator._vpc.node.path}' for the file system of '${creator.node.path}'; a file system has mount targets in one VPC`);
  }
  findings.throwIfAny(scope);
}
