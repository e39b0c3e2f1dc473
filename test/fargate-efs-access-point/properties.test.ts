import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IConnectable, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { InstanceClass, InstanceSize, InstanceType, IpAddresses, Peer, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { BaseService, ContainerDefinition, IBaseService, ICluster, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  AsgCapacityProvider, Cluster, Compatibility, ContainerImage, Ec2Service, Ec2TaskDefinition, EcsOptimizedImage, ExternalService,
  ExternalTaskDefinition, FargatePlatformVersion, FargateService, FargateTaskDefinition, ManagedInstancesCapacityProvider, NetworkMode,
  OperatingSystemFamily, TaskDefinition as AnyTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import type { CfnFileSystem, IFileSystem } from 'aws-cdk-lib/aws-efs';
import { FileSystem, LifecyclePolicy } from 'aws-cdk-lib/aws-efs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { AnyPrincipal, ArnPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnResource } from 'aws-cdk-lib/core';
import { App, CfnWaitConditionHandle, Duration, Fn, Lazy, NestedStack, RemovalPolicy, Size, Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import * as fc from 'fast-check';
import type { NewFileSystemOptions } from '../../src';
import {
  BackupRule, BackupTier, DirectoryOwner, FargateEfsAccessPoint, FileSystemBackups, FileSystemLifecycle, FileSystemReplication, FileSystemThroughput,
  MountAccess, TaggedBackupPlan,
} from '../../src';
import { ACCOUNT, IRELAND, testApp } from '../support/app';

/**
 * Whatever is thrown at it, the construct either builds templates whose tasks can mount what they were given and nothing
 * else, or says what is wrong in words of its own. The seed is fixed: a failure here is a failure everywhere.
 */
const SEED = 20270118;

/** What a token becomes. It is not known at synth, so it is never compared. */
const LATE = 4567;
const late = Lazy.number({ produce: () => LATE });
const lateText = Fn.importValue('Stated');

/** Most values are good, so that whole programs are; some are at the edge or beyond it. */
const good = <T, U>(values: fc.Arbitrary<T>, edges: fc.Arbitrary<U>, share = 60) =>
  fc.oneof({ weight: share, arbitrary: values }, { weight: 1, arbitrary: edges }) as fc.Arbitrary<T | U>;
const sometimes = <T>(values: fc.Arbitrary<T>, share = 1) =>
  fc.oneof({ weight: 1, arbitrary: values }, { weight: share, arbitrary: fc.constant(undefined) });

const directory = good(
  fc.oneof(fc.stringMatching(/^(\/[a-z0-9_][a-z0-9._-]{0,12}){1,4}$/), fc.constantFrom('/data', '/données/été', '/数据', `/${'x'.repeat(99)}`, lateText, `/${lateText}`)),
  // What is thrown at it is mostly named: few texts of any characters come near a path.
  fc.oneof(
    ...Array(4).fill(fc.constantFrom(
      '', '/', '//', 'data', '/a/', '//a', '/a/b/c/d/e', '/a/b/c/d/e/f', '/.ssh', '/..', '/a/../b', '/a b', '/a$b', '/a\nb', '/a\n', '/💾', `/${'x'.repeat(100)}`,
    )) as fc.Arbitrary<string>[],
    fc.string().map(text => `/${text}`),
  ), 12,
);
const posixId = good(
  fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom(1, 4_294_967_295, late)),
  fc.constantFrom(0, -0, -1, 1.5, Number.NaN, Infinity, 4_294_967_296, 1e21, 5e-324),
);
const mode = good(
  fc.constantFrom('0750', '755', '1777', '0700', lateText),
  fc.oneof(fc.constantFrom('', '0640', '0640', '7', '75', '07777', 'rwxr-x---', '0750\n', '789'), fc.string()), 15,
);
const secondaryGids = sometimes(good(fc.array(posixId, { maxLength: 3 }), fc.array(posixId, { minLength: 15, maxLength: 18 })), 2);
const owner = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('of' as const), uid: posixId, gid: posixId, permissions: sometimes(mode), secondaryGids }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('existing' as const), uid: posixId, gid: posixId, secondaryGids }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('root' as const), reason: good(fc.constantFrom('nginx insists', lateText), fc.constantFrom('', ' ', '\n'), 15), permissions: sometimes(mode),
    }),
  },
);
type Owner = NonNullable<typeof owner extends fc.Arbitrary<infer T> ? T : never>;

const throughput = fc.oneof(
  fc.constantFrom(FileSystemThroughput.elastic(), FileSystemThroughput.bursting()),
  good(
    fc.oneof(
      fc.integer({ min: 1, max: 3414 }).map(n => Size.mebibytes(n)),
      fc.constantFrom(Size.gibibytes(1), Size.kibibytes(2048), Size.mebibytes(late)),
    ),
    fc.constantFrom(
      Size.mebibytes(0), Size.mebibytes(0.5), Size.mebibytes(3415), Size.gibibytes(0.1), Size.kibibytes(1), Size.bytes(1), Size.tebibytes(1),
      Size.gibibytes(late), Size.bytes(late),
    ), 10,
  ).map(size => FileSystemThroughput.provisioned(size)),
);
const stage = fc.constantFrom(...Object.values(LifecyclePolicy));
const lifecycle = fc.oneof(
  fc.constant(FileSystemLifecycle.keepInStandard()),
  fc.record({ toInfrequentAccess: stage }).map(options => FileSystemLifecycle.of(options)),
  fc.constant(FileSystemLifecycle.of({ toInfrequentAccess: LifecyclePolicy.AFTER_7_DAYS, toArchive: LifecyclePolicy.AFTER_180_DAYS })),
  fc.record({ toInfrequentAccess: stage, toArchive: stage }, { requiredKeys: ['toArchive'] }).map(options => FileSystemLifecycle.of(options)),
);
const ownOptions = fc.record({
  encryptionKey: good(fc.constantFrom('Own' as const, 'Imported' as const, 'Late' as const), fc.constantFrom('Far' as const, 'Elsewhere' as const), 8),
  throughput,
  lifecycle,
  backups: good(
    fc.constantFrom('automatic' as const, 'tier' as const, 'none' as const),
    fc.constantFrom('noTier' as const, 'noReason' as const, 'farPlan' as const), 15,
  ),
  vpcSubnets: good(
    fc.constantFrom<SubnetSelection>({}, { onePerAz: true }, { subnetGroupName: 'Isolated', onePerAz: true }, { subnetType: SubnetType.PRIVATE_ISOLATED, onePerAz: true }),
    fc.constantFrom<SubnetSelection>(
      { subnetType: SubnetType.PUBLIC }, { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, { subnetGroupName: 'None' }, { availabilityZones: ['nowhere'] },
      { subnetGroupName: 'Isolated', subnetType: SubnetType.PUBLIC }, { subnets: [] },
    ), 4,
  ),
  removalPolicy: good(
    fc.constantFrom(RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE), fc.constant(RemovalPolicy.SNAPSHOT), 25,
  ),
}, { requiredKeys: [] });
type Options = typeof ownOptions extends fc.Arbitrary<infer T> ? T : never;

const whichFileSystem = good(
  fc.constantFrom('first' as const, 'first' as const, 'new' as const, 'new' as const, 'team' as const, 'imported' as const),
  fc.constantFrom('open' as const, 'bare' as const, 'mixed' as const, 'text' as const, 'far' as const), 20,
);
const directoryProps = fc.record({
  id: good(fc.constantFrom('Files', 'Da-ta'), fc.constantFrom('数据', 'Da_ta', 'x'.repeat(200), 'Resource'), 10),
  directory,
  owner,
  fileSystem: whichFileSystem,
  options: sometimes(ownOptions),
  both: good(fc.constant(false), fc.constant(true), 50),
  topic: good(fc.constantFrom(undefined, undefined, 'Own' as const, 'Imported' as const), fc.constant('Far' as const)),
  withService: fc.boolean(),
});

const containerPath = good(
  fc.oneof(fc.stringMatching(/^\/mnt(\/[a-z]{1,8}){1,2}$/), fc.stringMatching(/^\/srv\/[a-z]{1,8}\/?$/), fc.constantFrom('/srv', '/données', lateText)),
  fc.constantFrom('', '/', '//', 'data', '/a:ro', '/数据', '/a b'), 50,
);
const mount = fc.record({ directory: fc.nat({ max: 2 }), container: fc.nat({ max: 1 }), containerPath, access: fc.constantFrom('rw' as const, 'ro' as const, undefined) });
const client = fc.constantFrom('Own' as const, 'Closed' as const, 'Imported' as const, 'Immutable' as const, 'Elsewhere' as const, 'Range' as const);
const task = fc.record({
  kind: good(
    fc.constantFrom('fargate' as const, 'fargate' as const, 'fargate' as const, 'bridge' as const, 'awsvpc' as const, 'either' as const, 'eitherOnEc2' as const, 'managed' as const),
    fc.constantFrom('external' as const, 'windows' as const), 30,
  ),
  role: good(
    fc.constantFrom(undefined, undefined, 'Own' as const, 'Imported' as const, 'Unchanged' as const),
    fc.constantFrom('Shared' as const, 'Elsewhere' as const, 'Refuses' as const, 'Foreign' as const), 15,
  ),
  mounts: fc.array(mount, { minLength: 1, maxLength: 4 }),
  service: good(fc.constant('own' as const), fc.constantFrom('imported' as const, 'none' as const), 5),
  platform: good(
    fc.constantFrom(undefined, FargatePlatformVersion.LATEST, FargatePlatformVersion.VERSION1_4), fc.constant(FargatePlatformVersion.VERSION1_3),
  ),
  group: fc.constantFrom(undefined, undefined, 'Closed' as const),
  subnets: good(fc.constant(undefined), fc.constant<SubnetSelection>({ availabilityZones: ['eu-west-1a'] }), 15),
  clients: fc.oneof<fc.MaybeWeightedArbitrary<('Own' | 'Closed' | 'Imported' | 'Immutable' | 'Elsewhere' | 'Range')[]>[]>({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(client, { minLength: 1, maxLength: 2 }) }),
  attachFirst: fc.boolean(),
  forgets: good(fc.constant(undefined), fc.constantFrom('attach' as const, 'mount' as const)),
});
type Task = typeof task extends fc.Arbitrary<infer T> ? T : never;
const byHand = fc.record({
  iam: fc.constantFrom('ENABLED', 'DISABLED', undefined),
  transitEncryption: fc.constantFrom('ENABLED', 'DISABLED', undefined),
  accessPoint: fc.boolean(),
  rootDirectory: fc.constantFrom('/', '/x', undefined),
});

const replication = fc.record({
  region: good(fc.constant('us-west-2'), fc.constantFrom('eu-west-1', undefined), 10),
  to: good(fc.constantFrom('replica' as const, 'nested' as const), fc.constantFrom('none' as const, 'taken' as const, 'stage' as const), 5),
  rpo: sometimes(good(
    fc.integer({ min: 15, max: 3000 }).map(n => Duration.minutes(n)),
    fc.constantFrom(Duration.minutes(14), Duration.millis(1), Duration.seconds(899.5), Duration.minutes(15.01), Duration.days(late)), 4,
  )),
});
const program = fc.record({
  env: good(
    fc.constantFrom<{ account?: string; region?: string }>(IRELAND, IRELAND, IRELAND, {}),
    fc.constantFrom({ region: 'eu-west-1' }, { account: ACCOUNT }, { account: ACCOUNT, region: 'cn-north-1' }), 6,
  ),
  place: good(fc.constant('Stack' as const), fc.constantFrom('NestedStack' as const, 'Stage' as const), 3),
  vpc: good(
    fc.constantFrom('Imported' as const, 'Imported' as const, 'Created' as const, 'Public' as const, 'Listed' as const, 'Double' as const),
    fc.constantFrom('Empty' as const, 'Far' as const, 'NoDns' as const), 30,
  ),
  network: fc.constantFrom('Files' as const, 'Network' as const),
  cluster: fc.constantFrom('Files' as const, 'Network' as const, 'Service' as const),
  instances: good(fc.constantFrom('Created' as const, 'Imported' as const), fc.constantFrom('Unknown' as const), 20),
  services: good(fc.constantFrom('Files' as const, 'Files' as const, 'Apps' as const, 'NestedApps' as const), fc.constant('FarApps' as const), 20),
  directories: good(fc.array(directoryProps, { minLength: 1, maxLength: 2 }), fc.array(directoryProps, { minLength: 3, maxLength: 3 }), 5),
  tasks: good(fc.array(task, { minLength: 1, maxLength: 1 }), fc.array(task, { maxLength: 2 }), 4),
  byHand: sometimes(byHand, 30),
  replication: sometimes(replication, 5),
  calls: fc.constantFrom(...Array<'grant' | 'allow'>(6).fill('grant', 0, 3).fill('allow', 3), 'lag' as const, 'again' as const, ...Array<undefined>(60)),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

/** A mount, or a grant, as the program asked for it. */
interface Granted { readonly role: IRole; readonly files: FargateEfsAccessPoint; readonly writes: boolean }
/** A service, or somebody else, that was let in. */
interface Attached { readonly service?: BaseService; readonly files: FargateEfsAccessPoint; readonly groups: ISecurityGroup[] }

/** A task definition of the program, and who starts it where. */
interface Part {
  readonly definition: TaskDefinition;
  readonly containers: ContainerDefinition[];
  readonly service?: IBaseService;
  /** What its instances are. */
  readonly provider?: IConnectable;
}

/** What the program hands in, made when it is first named, and what it was promised. */
class Team {
  public readonly directories: FargateEfsAccessPoint[] = [];
  public readonly granted: Granted[] = [];
  public readonly attached: Attached[] = [];
  public replica?: FargateEfsAccessPoint;
  private readonly made = new Map<string, IConstruct>();

  constructor(private readonly scope: Stage, private readonly input: Program) {}

  /** Everything that the team makes itself, and with `ours` what it makes of ours. */
  public build(ours: boolean): void {
    const { directories, tasks, calls } = this.input;
    const parts = tasks.map((each, index) => this.task(each, index));
    if (!ours) {
      return;
    }
    directories.forEach((each, index) => this.directories.push(this.directory(each, index)));
    parts.forEach((part, index) => this.use(tasks[index], part));
    const [first] = this.directories;
    switch (calls) {
      case 'grant': return this.grant(this.role('Own', 9, this.stack(this.input.services))!, first, MountAccess.readOnly());
      case 'allow': return first.allowFrom(this.client('Own'));
      case 'lag': return void first.metricReplicationLag();
      case 'again': return parts.forEach((part, index) => this.use(tasks[index], part));
    }
  }

  private use(stated: Task, part: Part): void {
    const mounted = stated.mounts.map(each => ({ ...each, files: this.directories[each.directory % this.directories.length] }));
    const attach = () => new Set(mounted.map(each => each.files)).forEach(each => this.attach(stated, part, each));
    if (stated.attachFirst && stated.forgets !== 'attach') {
      attach();
    }
    if (stated.forgets !== 'mount') {
      for (const { files: mine, container, containerPath: path, access } of mounted) {
        const choice = access && (access === 'ro' ? MountAccess.readOnly() : MountAccess.readWrite());
        mine.mount(part.containers[container % part.containers.length], path, choice);
        this.granted.push({ role: part.definition.taskRole, files: mine, writes: access !== 'ro' });
      }
    }
    if (this.input.byHand && stated.forgets !== 'mount') {
      const { iam, transitEncryption, rootDirectory, accessPoint } = this.input.byHand;
      const { fileSystem: { fileSystemId }, accessPoint: { accessPointId } } = mounted[0].files;
      const authorizationConfig = { iam, accessPointId: accessPoint ? accessPointId : undefined };
      part.definition.addVolume({ name: `by-hand-${part.definition.node.id}`, efsVolumeConfiguration: { fileSystemId, transitEncryption, rootDirectory, authorizationConfig } });
    }
    if (!stated.attachFirst && stated.forgets !== 'attach') {
      attach();
    }
  }

  private attach(stated: Task, { service, provider }: Part, mine: FargateEfsAccessPoint): void {
    const clients = [...stated.clients.map(each => this.client(each)), ...(provider ? [provider] : [])];
    if (!service) {
      const all = clients.length > 0 ? clients : [this.client('Own')];
      all.forEach(each => mine.allowFrom(each));
      this.attached.push({ files: mine, groups: all.flatMap(each => each.connections.securityGroups) });
      return;
    }
    mine.attachTo(service, ...clients);
    const own: IConnectable[] = service instanceof FargateService && !provider ? [service] : service instanceof Ec2Service ? [service.cluster] : [];
    const groups = [...own, ...clients].flatMap(each => each.connections.securityGroups);
    this.attached.push({ service: stated.service === 'own' ? service as BaseService : undefined, files: mine, groups });
  }

  private grant(role: IRole, mine: FargateEfsAccessPoint, access: MountAccess): void {
    mine.grantMount(role, access);
    this.granted.push({ role, files: mine, writes: !access.isReadOnly });
  }

  private directory(stated: Program['directories'][number], index: number): FargateEfsAccessPoint {
    const scope = this.stack(index > 0 && stated.withService ? this.input.services : 'Files');
    const shared = stated.fileSystem === 'first' ? this.directories[0]?.fileSystem : stated.fileSystem === 'new' ? undefined
      : this.fileSystem(this.input.vpc === 'Empty' ? 'imported' : stated.fileSystem); // the L2 finds no subnets there, either
    const own = !shared || stated.both;
    return new FargateEfsAccessPoint(scope, `${stated.id}${index}`, {
      vpc: this.vpc(),
      directory: stated.directory,
      owner: stated.owner && ownerOf(stated.owner),
      fileSystem: shared,
      newFileSystem: own ? this.options(stated.options, index === 0 && !shared) : undefined,
      alarmTopic: own && stated.topic ? this.topic(stated.topic) : undefined,
    });
  }

  private options(stated: Options | undefined, isFirst: boolean): NewFileSystemOptions | undefined {
    const copied = isFirst && this.input.replication ? { replication: this.replication(this.input.replication) } : undefined;
    if (!stated) {
      return copied;
    }
    const { encryptionKey, backups, ...others } = stated;
    return {
      ...others,
      ...copied,
      ...(encryptionKey ? { encryptionKey: this.key(encryptionKey) } : {}),
      ...(backups ? { backups: this.backups(backups) } : {}),
    };
  }

  private backups(which: NonNullable<Options['backups']>): FileSystemBackups {
    switch (which) {
      case 'automatic': return FileSystemBackups.automatic();
      case 'tier': return FileSystemBackups.tier(this.plan('Files'), 'kept');
      case 'none': return FileSystemBackups.none('derived');
      case 'noTier': return FileSystemBackups.tier(this.plan('Files'), 'none');
      case 'noReason': return FileSystemBackups.none(' ');
      case 'farPlan': return FileSystemBackups.tier(this.plan('FarApps'), 'kept');
    }
  }

  private replication({ to, region, rpo }: NonNullable<Program['replication']>): FileSystemReplication {
    const stack = new Stack(to === 'stage' ? new Stage(this.scope, 'Other') : this.place(), 'There', { env: { account: this.input.env.account, region } });
    const scope = to === 'nested' ? new NestedStack(stack, 'Nested') : stack;
    const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: 'vpc-4567abcd', availabilityZones: ['us-west-2a'], isolatedSubnetIds: ['subnet-89ababcd'] });
    const there = { vpc, directory: '/data', newFileSystem: to === 'none' ? undefined : { replication: FileSystemReplication.replica() } };
    this.replica = new FargateEfsAccessPoint(scope, 'Files', there);
    if (to === 'taken') {
      const newFileSystem = { replication: FileSystemReplication.to(this.replica) };
      new FargateEfsAccessPoint(this.stack('Files'), 'Taker', { vpc: this.vpc(), directory: '/data', newFileSystem });
    }
    return FileSystemReplication.to(this.replica, { rpo });
  }

  private plan(where: 'Files' | 'FarApps'): TaggedBackupPlan {
    return this.once(`Plan${where}`, this.stack(where), (scope, id) => new TaggedBackupPlan(scope, id, { tiers: [BackupTier.of('kept', { rules: [BackupRule.weekly()] })], alarmTopic: where === 'Files' ? this.topic('Imported') : undefined }));
  }

  private key(which: NonNullable<Options['encryptionKey']>): IKey {
    const arn = (region: string) => `arn:aws:kms:${region}:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`;
    const scope = this.stack(which === 'Elsewhere' ? 'FarApps' : 'Files');
    return this.once(`${which}Key`, scope, (_, id): IKey => which === 'Own' || which === 'Elsewhere' ? new Key(scope, id)
      : Key.fromKeyArn(scope, id, which === 'Imported' ? arn(Stack.of(scope).region) : which === 'Late' ? Fn.importValue('Key') : arn('us-east-1')));
  }

  private topic(which: 'Own' | 'Imported' | 'Far'): ITopic {
    return this.once(`${which}Topic`, this.stack('Files'), (scope, id): ITopic => which === 'Own' ? new Topic(scope, id)
      : Topic.fromTopicArn(scope, id, `arn:aws:sns:${which === 'Far' ? 'us-east-1' : Stack.of(scope).region}:${ACCOUNT}:rings`));
  }

  private fileSystem(kind: Exclude<Program['directories'][number]['fileSystem'], 'first' | 'new'>): IFileSystem {
    return this.once(`FileSystem-${kind}`, this.stack('Files'), (scope, id): IFileSystem => {
      switch (kind) {
        case 'imported': return FileSystem.fromFileSystemAttributes(scope, id, { fileSystemId: 'fs-0123abcd', securityGroup: this.group('Imported') });
        case 'far': return FileSystem.fromFileSystemAttributes(scope, id, { fileSystemArn: `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:file-system/fs-0123abcd`, securityGroup: this.group('Imported') });
        case 'team': return new FileSystem(scope, id, { vpc: this.vpc(), fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(scope), allowAnonymousAccess: true });
        case 'open': return new FileSystem(scope, id, { vpc: this.vpc(), fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(scope), allowAnonymousAccess: false });
        case 'bare': return new FileSystem(scope, id, { vpc: this.vpc(), allowAnonymousAccess: true });
        case 'mixed': {
          const principals = [new AnyPrincipal(), new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/one`)];
          const policy = new PolicyDocument({ statements: [new PolicyStatement({ principals, actions: ['elasticfilesystem:ClientWrite'] })] });
          return new FileSystem(scope, id, { vpc: this.vpc(), fileSystemPolicy: policy, allowAnonymousAccess: true });
        }
        case 'text': {
          const made = new FileSystem(scope, id, { vpc: this.vpc(), allowAnonymousAccess: true });
          (made.node.defaultChild as CfnFileSystem).fileSystemPolicy = { Version: '2012-10-17', Statement: { Effect: 'Deny', Principal: '*', Action: '*' } };
          return made;
        }
      }
    });
  }

  private task(stated: Task, index: number): Part {
    const scope = this.stack(this.input.services);
    const id = `Task${index}`;
    const definition = this.definition(stated, scope, id, this.role(stated.role, index, scope));
    const image = ContainerImage.fromRegistry('shop');
    const containers = ['web', 'worker'].map(name => definition.addContainer(name, { image, memoryLimitMiB: 128 }));
    if (stated.service === 'none' || this.input.vpc === 'Empty') {
      return { definition, containers };
    }
    if (stated.service === 'imported') {
      const service = FargateService.fromFargateServiceAttributes(scope, `Service${index}`, { serviceName: 'web', cluster: this.cluster(scope) });
      return { definition, containers, service };
    }
    return { definition, containers, ...this.service(stated, scope, `Service${index}`, definition) };
  }

  private definition({ kind }: Task, scope: Construct, id: string, taskRole?: IRole): TaskDefinition {
    const size = { cpu: '256', memoryMiB: '512' };
    switch (kind) {
      case 'fargate': return new FargateTaskDefinition(scope, id, { taskRole });
      case 'windows': return new FargateTaskDefinition(scope, id, { taskRole, cpu: 1024, memoryLimitMiB: 2048, runtimePlatform: { operatingSystemFamily: OperatingSystemFamily.WINDOWS_SERVER_2019_CORE } });
      case 'bridge': return new Ec2TaskDefinition(scope, id, { taskRole });
      case 'awsvpc': return new Ec2TaskDefinition(scope, id, { taskRole, networkMode: NetworkMode.AWS_VPC });
      case 'either':
      case 'eitherOnEc2': return new AnyTaskDefinition(scope, id, { taskRole, ...size, compatibility: Compatibility.EC2_AND_FARGATE, networkMode: NetworkMode.AWS_VPC });
      case 'managed': return new AnyTaskDefinition(scope, id, { taskRole, ...size, compatibility: Compatibility.FARGATE_AND_MANAGED_INSTANCES });
      case 'external': return new ExternalTaskDefinition(scope, id, { taskRole });
    }
  }

  private service(stated: Task, scope: Construct, id: string, taskDefinition: TaskDefinition): Pick<Part, 'service' | 'provider'> {
    const { kind, platform: platformVersion, group, subnets } = stated;
    const network = { securityGroups: group && [this.group(group, scope)], vpcSubnets: subnets };
    switch (kind) {
      case 'external': return { service: new ExternalService(scope, id, { cluster: this.cluster(scope), taskDefinition }) };
      case 'bridge':
      case 'awsvpc':
      case 'eitherOnEc2': {
        const { cluster, provider } = this.clusterOfInstances(scope);
        return { service: new Ec2Service(scope, id, { cluster, taskDefinition, ...(kind === 'bridge' ? {} : network) }), provider };
      }
      case 'managed': {
        const cluster = this.cluster(scope);
        const provider = this.once('Provider', Stack.of(cluster), (at, key) => new ManagedInstancesCapacityProvider(at, key, { capacityProviderName: 'managed', subnets: this.vpc().isolatedSubnets, securityGroups: [this.group('Closed', at)] }));
        cluster.addManagedInstancesCapacityProvider(provider);
        const capacityProviderStrategies = [{ capacityProvider: provider.capacityProviderName, weight: 1 }];
        return { service: new FargateService(scope, id, { cluster, taskDefinition, capacityProviderStrategies, ...network }), provider };
      }
      default: return { service: new FargateService(scope, id, { cluster: this.cluster(scope), taskDefinition, platformVersion, ...network }) };
    }
  }

  private cluster(service: Construct): Cluster {
    const { cluster, network } = this.input;
    const scope = cluster === 'Service' ? service : this.stack(cluster === 'Network' ? network : 'Files');
    return this.once('Cluster', scope, (at, id) => new Cluster(at, id, { vpc: this.vpc() }));
  }

  private clusterOfInstances(service: Construct): { cluster: ICluster; provider?: IConnectable } {
    const { instances, vpc } = this.input;
    if (instances !== 'Created' || vpc === 'Far') {
      const securityGroups = instances === 'Unknown' ? [] : [this.group('Imported', service)];
      return { cluster: this.once('InstanceCluster', service, (at, id) => Cluster.fromClusterAttributes(at, id, { clusterName: 'shop', vpc: this.vpc(), securityGroups, hasEc2Capacity: true })) };
    }
    const cluster = this.cluster(service);
    const provider = this.once('Instances', Stack.of(cluster), (scope, id) => {
      const autoScalingGroup = new AutoScalingGroup(scope, id, {
        vpc: this.vpc(),
        vpcSubnets: { onePerAz: true },
        instanceType: InstanceType.of(InstanceClass.T3, InstanceSize.MICRO),
        machineImage: EcsOptimizedImage.amazonLinux2023(),
      });
      cluster.addAsgCapacityProvider(new AsgCapacityProvider(scope, 'Capacity', { autoScalingGroup, enableManagedTerminationProtection: false, enableManagedDraining: true }));
      return autoScalingGroup;
    });
    return { cluster, provider };
  }

  private role(which: Task['role'] | 'Own', index: number, scope: Construct): IRole | undefined {
    const options = { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') };
    const imported = (account: string, other: object) => (at: Construct, id: string) => Role.fromRoleArn(at, id, `arn:aws:iam::${account}:role/tasks-${index}`, other);
    switch (which) {
      case undefined: return undefined;
      case 'Own': return this.once(`Role${index}`, scope, (at, id) => new Role(at, id, options));
      case 'Shared': return this.once('Role', scope, (at, id) => new Role(at, id, options));
      case 'Elsewhere': return this.once('Role', this.stack('Roles'), (at, id) => new Role(at, id, options));
      case 'Imported': return this.once(`Role${index}`, scope, imported(ACCOUNT, {}));
      case 'Unchanged': return this.once(`Role${index}`, scope, imported(ACCOUNT, { mutable: false }));
      case 'Refuses': return this.once(`Role${index}`, scope, imported(ACCOUNT, { mutable: false, addGrantsToResources: true }));
      case 'Foreign': return this.once(`Role${index}`, scope, imported('222222222222', {}));
    }
  }

  private client(which: Task['clients'][number]): IConnectable {
    return which === 'Range' ? Peer.ipv4('10.0.0.0/8') : which === 'Elsewhere' ? this.group('Own', this.stack(this.input.network)) : this.group(which);
  }

  private group(which: 'Own' | 'Closed' | 'Imported' | 'Immutable', scope: Construct = this.stack(this.input.services)): ISecurityGroup {
    return this.once(`${which}Group-${scope.node.id}`, scope, (at, id): ISecurityGroup => which === 'Own' || which === 'Closed'
      ? new SecurityGroup(at, id, { vpc: this.vpc(), allowAllOutbound: which === 'Own' })
      : SecurityGroup.fromSecurityGroupId(at, id, `sg-0123abc${which === 'Imported' ? 1 : 2}`, { mutable: which === 'Imported' }));
  }

  private vpc(): IVpc {
    return this.once('Vpc', this.stack(this.input.network), (scope, id): IVpc => {
      const zones = ['eu-west-1a', 'eu-west-1b'];
      const subnets = ['subnet-0123abcd', 'subnet-4567abcd'];
      const isolated = { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED };
      const created = { ipAddresses: IpAddresses.cidr('10.0.0.0/16'), maxAzs: 2, natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration: [isolated] };
      switch (this.input.vpc) {
        case 'Imported': return Vpc.fromVpcAttributes(scope, id, { vpcId: 'vpc-0123abcd', availabilityZones: zones, isolatedSubnetIds: subnets });
        case 'Empty': return Vpc.fromVpcAttributes(scope, id, { vpcId: 'vpc-0123abcd', availabilityZones: zones });
        case 'Far': return Vpc.fromVpcAttributes(scope, id, { vpcId: 'vpc-0123abcd', region: 'us-east-1', availabilityZones: zones, isolatedSubnetIds: subnets });
        case 'Listed': return Vpc.fromVpcAttributes(scope, id, {
          vpcId: Fn.importValue('Vpc'), availabilityZones: zones, isolatedSubnetIds: [Fn.importValue('Subnet1'), Fn.importValue('Subnet2')],
        });
        case 'Created': return new Vpc(scope, id, created);
        case 'NoDns': return new Vpc(scope, id, { ...created, enableDnsHostnames: false });
        case 'Public': return new Vpc(scope, id, { ...created, subnetConfiguration: [isolated, { name: 'Public', subnetType: SubnetType.PUBLIC }] });
        case 'Double': return new Vpc(scope, id, { ...created, subnetConfiguration: [isolated, { ...isolated, name: 'Other' }] });
      }
    });
  }

  /** Stacks of one app and, but for `FarApps`, of one place. */
  private stack(name: 'Files' | 'Apps' | 'NestedApps' | 'FarApps' | 'Network' | 'Roles'): Stack {
    return this.once(`Stack-${name}`, this.scope, (): Stack => {
      switch (name) {
        case 'FarApps': return new Stack(this.place(), 'FarApps', { env: { account: ACCOUNT, region: 'us-west-2' } });
        case 'NestedApps': return new NestedStack(this.stack('Files'), 'Apps');
        case 'Files': return this.input.place === 'NestedStack' ? new NestedStack(this.stack('Network'), 'Files') : new Stack(this.place(), 'Files', { env: this.input.env });
        default: {
          const stack = new Stack(this.place(), name, { env: this.input.env });
          new CfnWaitConditionHandle(stack, 'Exists'); // an empty stack can not be deployed
          return stack;
        }
      }
    });
  }

  private place(): Construct {
    return this.input.place === 'Stage' ? this.once('Stage', this.scope, (at, id) => new Stage(at, id)) : this.scope;
  }

  private once<T extends IConstruct, S extends Construct>(key: string, scope: S, make: (scope: S, key: string) => T): T {
    const made = this.made.get(key) ?? make(scope, key);
    this.made.set(key, made);
    return made as T;
  }
}

function ownerOf(stated: Owner): DirectoryOwner {
  switch (stated.kind) {
    case 'of': return DirectoryOwner.of(stated);
    case 'existing': return DirectoryOwner.existing(stated);
    case 'root': return DirectoryOwner.root(stated.reason, stated.permissions);
  }
}

/** A resource in a template, and where it is. */
interface Deployed {
  readonly stack: Stack;
  readonly id: string;
  readonly name: string;
  readonly Type: string;
  readonly Properties: any;
  readonly [attribute: string]: any;
}

/** What the templates of an app hold. Every value has one name, whatever stack, nested stack, export or parameter it comes by. */
class World {
  public readonly templates: Map<Stack, any>;
  private readonly resources: Deployed[];

  constructor(scope: Stage) {
    this.templates = new Map(scope.node.findAll().filter(Stack.isStack).map(stack =>
      [stack, JSON.parse(readFileSync(join(Stage.of(stack)!.synth().directory, stack.templateFile), 'utf8'))]));
    this.resources = [...this.templates].flatMap(([stack, template]) =>
      Object.entries<any>(template.Resources ?? {}).map(([id, resource]) => ({ ...resource, stack, id, name: `${stack.node.path}#${id}` })));
  }

  public ofType(type: string): Deployed[] {
    return this.resources.filter(each => each.Type === type);
  }

  /** The resource that a construct is. */
  public resource(construct: IConstruct): Deployed {
    const stack = Stack.of(construct);
    const id = stack.getLogicalId((construct.node.defaultChild ?? construct.node.findChild('Service')) as CfnResource);
    return this.resources.find(each => each.stack === stack && each.id === id)!;
  }

  /** The name of what a token of that stack stands for. */
  public nameOf(stack: Stack, token: unknown): string {
    return this.name(stack, stack.resolve(token));
  }

  /** The name of a value in the template of that stack. */
  public name(stack: Stack, value: any): string {
    if (typeof value !== 'object' || value === null) {
      return String(value);
    }
    const [[intrinsic, argument]] = Object.entries<any>(value);
    const template = this.templates.get(stack);
    switch (intrinsic) {
      case 'Ref': {
        const parameters = stack.nestedStackResource && this.nested(stack).Properties.Parameters;
        return parameters?.[argument] ? this.name(stack.nestedStackParent!, parameters[argument])
          : template.Resources?.[argument] ? `${stack.node.path}#${argument}` : `<${argument}>`;
      }
      case 'Fn::GetAtt': {
        const below = [...this.templates.keys()].find(each => each.nestedStackParent === stack && this.nested(each).id === argument[0]);
        return below ? this.name(below, this.templates.get(below).Outputs[argument[1].replace('Outputs.', '')].Value) : `${stack.node.path}#${argument.join('.')}`;
      }
      case 'Fn::ImportValue': {
        const exports = [...this.templates].flatMap(([from, { Outputs }]) => Object.values<any>(Outputs ?? {}).map(output => ({ ...output, from })));
        const found = exports.find(output => output.Export?.Name === argument);
        return found ? this.name(found.from, found.Value) : `<${argument}>`;
      }
      case 'Fn::Join': return argument[1].map((part: any) => this.name(stack, part)).join(argument[0]);
      default: return JSON.stringify(value, (key, each) => key !== '' && isReference(each) ? this.name(stack, each) : each);
    }
  }

  /** The resource in the parent that a nested stack is. */
  public nested(stack: Stack): Deployed {
    const parent = stack.nestedStackParent!;
    const id = parent.getLogicalId(stack.nestedStackResource as CfnResource);
    return this.resources.find(each => each.stack === parent && each.id === id)!;
  }
}

function isReference(value: any): boolean {
  return typeof value === 'object' && value !== null && ['Ref', 'Fn::GetAtt', 'Fn::ImportValue', 'Fn::Join'].includes(Object.keys(value)[0]);
}

function outermost(construct: IConstruct): Stack {
  const stack = Stack.of(construct);
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

/** Builds the program; the error's message when it is one of ours. */
function build(scope: Stage, input: Program, ours = true): Team | string {
  const team = new Team(scope, input);
  return message(() => team.build(ours)) ?? team;
}

/** The message of an error of ours; any other is a failure. */
function message(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const { name, message: text } = error as Error;
    if (name !== 'InvalidPropsError' && !text.startsWith(INVALID)) {
      throw error;
    }
    return text;
  }
}

const INVALID = 'Validation failed with the following errors:';
const CLIENT = /^elasticfilesystem:Client(Mount|Write|RootAccess)$/;

/** A program that is not built tells what is wrong, each finding with what it got and what to do. */
function checkMessage(text: string): void {
  const [title, ...findings] = text.split(text.startsWith(INVALID) ? /\n {2}(?=\[)/ : /\n {2}- /);
  expect(title).toMatch(/^FargateEfsAccessPoint '.+' can not be built:$|^Validation failed with the following errors:$/);
  expect(findings.length).toBeGreaterThan(0);
  findings.forEach(finding => expect(finding).toMatch(title === INVALID
    ? /^\[.*(Files|Da-ta|数据|Da_ta|x|Resource)\d?\] ('.+'|service '.+'|task definition '.+'|volume '.+'|the policy of .+) must .+, got: .+; .+/s
    : /^'.+' .*(must|may) .+, got: .+; .+/s));
}

/** Tasks mount by TLS, as their role, through an access point, and see what was asked for. */
function checkTasks(world: World): void {
  for (const { Properties: { Volumes = [], ContainerDefinitions } } of world.ofType('AWS::ECS::TaskDefinition')) {
    const names = Volumes.map((volume: any) => volume.Name);
    expect(new Set(names).size).toBe(names.length);
    for (const { Name, EFSVolumeConfiguration: { RootDirectory, TransitEncryption, AuthorizationConfig } } of Volumes) {
      expect(Name).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
      expect(TransitEncryption).toBe('ENABLED');
      expect(AuthorizationConfig.IAM).toBe('ENABLED');
      expect(AuthorizationConfig.AccessPointId).toBeDefined();
      expect(['/', undefined]).toContain(Name.startsWith('by-hand-') ? RootDirectory : RootDirectory ?? undefined);
      seen.volumes++;
    }
    for (const { MountPoints = [] } of ContainerDefinitions) {
      const paths = MountPoints.map((point: any) => point.ContainerPath).filter((path: any) => typeof path === 'string').map((path: string) => path.replace(/\/+$/, ''));
      expect(new Set(paths).size).toBe(paths.length);
      MountPoints.forEach((point: any) => expect(names).toContain(point.SourceVolume));
    }
  }
}

/** The policies of a role say what was granted, of one file system and one access point each, and nothing else. */
function checkRole(world: World, role: IRole, granted: Granted[]): void {
  const stack = Stack.of(role);
  const name = world.nameOf(stack, role.roleName);
  const said = world.ofType('AWS::IAM::Policy')
    .filter(policy => policy.Properties.Roles?.some((each: any) => world.name(policy.stack, each) === name))
    .flatMap(policy => policy.Properties.PolicyDocument.Statement.map((statement: any) => ({
      Effect: statement.Effect,
      Action: [statement.Action].flat().sort(),
      Resource: world.name(policy.stack, statement.Resource),
      accessPoint: world.name(policy.stack, statement.Condition.StringEquals['elasticfilesystem:AccessPointArn']),
      viaMountTarget: statement.Condition.Bool['elasticfilesystem:AccessedViaMountTarget'],
    })));
  const expected = [...new Set(granted.map(each => each.files))].map(files => {
    const writes = granted.some(each => each.files === files && each.writes);
    return {
      Effect: 'Allow',
      Action: ['Mount', ...(files.owner.isRoot ? ['RootAccess'] : []), ...(writes ? ['Write'] : [])].map(action => `elasticfilesystem:Client${action}`),
      Resource: world.nameOf(Stack.of(files.fileSystem), files.fileSystem.fileSystemArn),
      accessPoint: world.nameOf(Stack.of(files), files.accessPoint.accessPointArn),
      viaMountTarget: 'true',
    };
  });
  const isUnchanged = role.node.id.startsWith('Role') && role.constructor.name.includes('Immutable');
  const sorted = (statements: typeof expected) => [...statements].sort((a, b) => a.accessPoint.localeCompare(b.accessPoint));
  expect(sorted(said)).toEqual(isUnchanged ? [] : sorted(expected));
  seen.statements += said.length;
}

/** A file system of ours lets nobody in by itself, and outlives its stack. */
function checkFileSystem(world: World, files: FargateEfsAccessPoint, options: Options | undefined): void {
  const { Properties, DeletionPolicy, UpdateReplacePolicy } = world.resource(files.fileSystem);
  const statements = Properties.FileSystemPolicy.Statement;
  for (const { Effect, Principal, Action, Resource } of statements) {
    expect([Effect, Principal, Resource]).toEqual(['Deny', { AWS: '*' }, undefined]);
    [Action].flat().forEach(action => expect(action).toMatch(CLIENT));
  }
  expect(statements.map((each: any) => [[each.Action].flat().length, Object.keys(each.Condition ?? {})])).toEqual([
    [3, ['Bool']], [3, ['StringNotLike']], ...(files.owner.isRoot ? [] : [[1, []]]),
  ]);
  const kept = { 'destroy': 'Delete', 'retain-on-update-or-delete': 'RetainExceptOnCreate' }[String(options?.removalPolicy)] ?? 'Retain';
  expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([kept, kept === 'Delete' ? 'Delete' : 'Retain']);
  expect(Properties.Encrypted).toBe(true);
  if (!options?.encryptionKey) {
    const key = world.resource(files.key!);
    expect([key.DeletionPolicy, key.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    expect(world.name(Stack.of(files), Properties.KmsKeyId)).toBe(`${key.name}.Arn`);
  }
  const { region } = Stack.of(files);
  const [, named] = /^arn:aws:kms:([a-z0-9-]+):/.exec(world.name(Stack.of(files), Properties.KmsKeyId)) ?? [];
  expect([region, undefined]).toContain(Token.isUnresolved(region) ? region : named);
  const { ThroughputMode, ProvisionedThroughputInMibps: mebibytes } = Properties;
  expect(mebibytes !== undefined).toBe(ThroughputMode === 'provisioned');
  expect(mebibytes ?? 1).toBeGreaterThanOrEqual(1);
  expect(mebibytes === LATE ? 1 : mebibytes ?? 1).toBeLessThanOrEqual(3414);
  const subnets = targetsOf(world, files.fileSystem).map(target => world.name(target.stack, target.Properties.SubnetId));
  expect(subnets.length).toBeGreaterThan(0);
  expect(new Set(subnets).size).toBe(subnets.length);
  expect(subnets.length).toBeLessThanOrEqual(2); // all VPCs have two zones
  seen.fileSystems++;
}

function targetsOf(world: World, fileSystem: IFileSystem): Deployed[] {
  const id = world.nameOf(Stack.of(fileSystem), fileSystem.fileSystemId);
  return world.ofType('AWS::EFS::MountTarget').filter(target => world.name(target.stack, target.Properties.FileSystemId) === id);
}

/** What EFS takes, of what is known at synth. */
function checkAccessPoint({ PosixUser: { Uid, Gid, SecondaryGids = [] }, RootDirectory: { Path, CreationInfo } }: any, isRoot: boolean): void {
  for (const id of [Uid, Gid, ...SecondaryGids, ...(CreationInfo ? [CreationInfo.OwnerUid, CreationInfo.OwnerGid] : [])]) {
    expect(String(id)).toMatch(/^\d+$/);
    expect(Number(id)).toBeGreaterThanOrEqual(isRoot ? 0 : 1);
    expect(Number(id)).toBeLessThanOrEqual(4_294_967_295);
  }
  expect(SecondaryGids.length).toBeLessThanOrEqual(16);
  if (typeof Path === 'string') {
    expect(Path.length).toBeLessThanOrEqual(100);
    expect(Path).toMatch(/^(\/|(\/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4})$/);
  }
  if (typeof CreationInfo?.Permissions === 'string') {
    expect(CreationInfo.Permissions).toMatch(/^[0-7]?[1357][0-7]{2}$/);
  }
}

/** The port of NFS is open both ways, and a service starts when it and the mount targets are there. */
function checkAttached(world: World, { service, files: { fileSystem }, groups }: Attached): void {
  const targets = targetsOf(world, fileSystem);
  const group = (each: ISecurityGroup) => world.nameOf(Stack.of(each), each.securityGroupId);
  const [server] = fileSystem.connections.securityGroups.map(group);
  const rule = (type: string, of: string, [side, peer]: [string, string]) => world.ofType(`AWS::EC2::SecurityGroup${type}`)
    .filter(({ stack, Properties }) => world.name(stack, Properties.GroupId) === of && world.name(stack, Properties[side]) === peer)
    .filter(({ Properties: { FromPort, ToPort } }) => FromPort === 2049 && ToPort === 2049);
  const rules = groups.flatMap(each => {
    const into = rule('Ingress', server, ['SourceSecurityGroupId', group(each)]);
    const out = rule('Egress', group(each), ['DestinationSecurityGroupId', server]);
    // More than one says the same when a security group was imported more than once.
    expect(into.length).toBeGreaterThanOrEqual(1);
    expect(out.length).toBeGreaterThanOrEqual(each.allowAllOutbound ? 0 : 1);
    return [...into, ...out];
  });
  if (service) {
    const started = world.resource(service);
    const waitsFor = [...targets, ...rules].filter(each => each.stack === started.stack).map(each => each.id);
    expect(started.DependsOn ?? []).toEqual(expect.arrayContaining(waitsFor));
    if (targets.length > 0 && outermost(service) !== outermost(fileSystem)) {
      expect(outermost(service).dependencies).toContain(outermost(fileSystem));
    } else if (targets.length > 0 && started.stack.nestedStackParent === targets[0].stack) {
      expect(world.nested(started.stack).DependsOn).toEqual(expect.arrayContaining(targets.map(each => each.id)));
    }
    seen.services++;
  }
}

/** Each Region can be deployed with the other one dark: the replica's needs nothing of ours, and ours only its id, by name. */
function checkReplication(world: World, files: FargateEfsAccessPoint, replica: FargateEfsAccessPoint, rpo = Duration.minutes(15)): void {
  const { stack, Properties } = world.resource(files.fileSystem);
  const [{ FileSystemId, Region, ...others }] = Properties.ReplicationConfiguration.Destinations;
  expect([Region, others]).toEqual(['us-west-2', {}]);
  const { Type, Default } = world.templates.get(stack).Parameters[FileSystemId.Ref];
  expect(Type).toBe('AWS::SSM::Parameter::Value<String>');
  const [told] = world.ofType('Custom::RegionalValue');
  expect([told.Properties.Region, told.Properties.ParameterName]).toEqual(['eu-west-1', Default]);
  const copy = world.resource(replica.fileSystem);
  expect(world.name(told.stack, told.Properties.Value)).toBe(copy.name);
  expect(copy.Properties.FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'DISABLED' });
  expect(outermost(files).dependencies).toContain(outermost(replica));
  expect(JSON.stringify(world.templates.get(outermost(replica)))).not.toContain('Fn::ImportValue');
  const { Threshold, TreatMissingData } = world.resource(files.replicationLagAlarm!).Properties;
  expect([Threshold, TreatMissingData]).toEqual([Math.round(rpo.toSeconds({ integral: false })), 'breaching']);
  seen.replicas++;
}

function check(input: Program, team: Team, world: World): void {
  checkTasks(world);
  new Set(team.granted.map(each => each.role)).forEach(role => checkRole(world, role, team.granted.filter(each => each.role === role)));
  team.attached.forEach(each => checkAttached(world, each));
  if (team.replica) {
    checkReplication(world, team.directories[0], team.replica, input.replication!.rpo);
  }
  team.directories.forEach((files, index) => {
    checkAccessPoint(world.resource(files.accessPoint).Properties, files.owner.isRoot);
    if (files.key) {
      checkFileSystem(world, files, input.directories[index].options);
    }
  });
}

const { outdir } = testApp();
const newApp = () => new App({ outdir, analyticsReporting: false, treeMetadata: false });
const seen = { built: 0, refused: 0, invalid: 0, volumes: 0, statements: 0, fileSystems: 0, services: 0, replicas: 0 };

beforeAll(() => { Error.stackTraceLimit = 0; }); // a trace of each resource is a sixth of the time
afterAll(() => { Error.stackTraceLimit = 10; });

test('1,000 programs: templates whose tasks can mount what they were given, or one of our errors', () => {
  fc.assert(fc.property(program, input => {
    const app = newApp();
    const team = build(app, input);
    const invalid = typeof team === 'string' ? undefined : message(() => app.synth());
    if (typeof team === 'string') {
      seen.refused++;
      checkMessage(team);
    } else if (invalid !== undefined) {
      seen.invalid++;
      checkMessage(invalid);
    } else {
      seen.built++;
      check(input, team, new World(app));
    }
  }), { numRuns: 1000, seed: SEED });
  // All of it happens often: no part of this test is idle.
  expect(seen.built).toBeGreaterThan(350);
  expect(seen.refused).toBeGreaterThan(300);
  expect(seen.invalid).toBeGreaterThan(30);
  expect(seen.volumes).toBeGreaterThan(350);
  expect(seen.statements).toBeGreaterThan(300);
  expect(seen.fileSystems).toBeGreaterThan(250);
  expect(seen.services).toBeGreaterThan(300);
  expect(seen.replicas).toBeGreaterThan(8);
});

/** The first programs that build and synthesize, of those that the seed gives. */
function samples(count: number): Program[] {
  const inputs: Program[] = [];
  for (const input of fc.sample(program, { numRuns: 4 * count, seed: SEED })) {
    const app = newApp();
    if (inputs.length < count && typeof build(app, input) !== 'string' && message(() => app.synth()) === undefined) {
      inputs.push(input);
    }
  }
  expect(inputs.length).toBe(count);
  return inputs;
}

/** One app of all programs, each in a stage: the validator starts once an app, and that is most of its time. */
function appOf(inputs: Program[], ours = true, app = newApp()): App {
  inputs.forEach((input, index) => build(new Stage(app, `Program${index}`), input, ours));
  app.synth();
  return app;
}

function templatesOf(app: App): [string, any][] {
  return [...new World(app).templates].map(([stack, template]) => [stack.node.path, template]);
}

describe('of programs that build', () => {
  let inputs: Program[];
  let templates: [string, any][];

  beforeAll(() => {
    inputs = samples(50);
    templates = templatesOf(appOf(inputs));
  });

  test('the same gives the same templates', () => {
    expect(templatesOf(appOf(inputs))).toEqual(templates);
  });

  test('what the team makes itself has the ids that it has without us', () => {
    const ours = new Map(templates);
    const without = templatesOf(appOf(inputs, false));
    expect(without.length).toBeGreaterThan(inputs.length);
    for (const [path, { Resources = {} }] of without) {
      const types = (of: Record<string, any>) => Object.entries(of).map(([id, { Type }]) => `${id} ${Type}`);
      expect(types(ours.get(path).Resources ?? {})).toEqual(expect.arrayContaining(types(Resources)));
    }
  });

  test('50 pass CDK\'s own validator, in strict mode', () => {
    process.env.CDK_VALIDATION = 'true';
    try {
      expect(() => appOf(inputs, true, testApp({ '@aws-cdk/core:validateAgainstDefaultRules': true }))).not.toThrow();
    } finally {
      process.env.CDK_VALIDATION = 'false';
    }
  });
});
