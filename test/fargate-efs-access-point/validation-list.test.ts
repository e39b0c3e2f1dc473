/**
 * The list of what a mounted directory must refuse (facts on EFS, C9), line by line: what is refused with its whole message,
 * and the nearest that is accepted. What can not be said with this API can not be refused: then the test shows why.
 */
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster, Compatibility, ContainerImage, CpuArchitecture, Ec2Service, Ec2TaskDefinition, ExternalTaskDefinition, FargatePlatformVersion,
  FargateService, FargateTaskDefinition, OperatingSystemFamily, TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { FileSystem, LifecyclePolicy } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, ArnPrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Stack, StackProps } from 'aws-cdk-lib/core';
import { Duration, Lazy, Size, Token } from 'aws-cdk-lib/core';
import type { FargateEfsAccessPointProps, NewFileSystemOptions } from '../../src';
import {
  BackupTier, DirectoryOwner, FargateEfsAccessPoint, FileSystemBackups, FileSystemLifecycle, FileSystemReplication, FileSystemThroughput,
  TaggedBackupPlan,
} from '../../src';
import { ACCOUNT, errorOf, IRELAND, testApp } from '../support/app';
import { smallVpc, webService, webTask, zonedStack } from '../support/fargate';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
type Props = Partial<FargateEfsAccessPointProps>;

function storageIn(stack: Stack, props: Props = {}, id = 'Data'): FargateEfsAccessPoint {
  return new FargateEfsAccessPoint(stack, id, { vpc: vpcOf(stack), directory: '/data', ...props });
}

function vpcOf(stack: Stack): Vpc {
  return (stack.node.tryFindChild('Vpc') ?? smallVpc(stack)) as Vpc;
}

/** The findings of the one error, each without its bullet. */
function findings(build: () => unknown): string[] {
  return errorOf(build).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

function refused(props: Props): string[] {
  return findings(() => storageIn(zonedStack(), props));
}

/** What synth says, after everything was built. */
function refusedAtSynth(stack: Stack): string[] {
  const message = errorOf(() => Template.fromStack(stack));
  return message.split('\n').map(line => line.replace(/^ *\[.*?\] /, '').trim()).filter(line => line !== '' && !/^(ValidationError|Validation failed)/.test(line));
}

function accepted(props: Props): Template {
  const stack = zonedStack();
  storageIn(stack, props);
  return Template.fromStack(stack);
}

test('everything that is wrong is said at once, under the name of the construct', () => {
  expect(errorOf(() => storageIn(zonedStack(), { directory: 'data', owner: DirectoryOwner.of({ uid: 0, gid: 1, permissions: '640' }) }))).toBe([
    'FargateEfsAccessPoint \'Shop/Data\' can not be built:',
    '  - \'directory\' must begin with \'/\', got: \'data\'; write \'/data\'',
    '  - \'uid\' of \'owner\' must be a whole number from 1 to 4294967295, got: 0; a task that must be root says why with DirectoryOwner.root',
    '  - \'permissions\' of \'owner\' must let the owner enter the directory (execute), got: \'640\'; a directory of mode 0640 can not be mounted, 0750 can',
  ].join('\n'));
});

describe('1. the path: characters, 100 of them, 4 levels', () => {
  test.each([
    ['data', ['\'directory\' must begin with \'/\', got: \'data\'; write \'/data\'']],
    [`/${'a'.repeat(100)}`, ['\'directory\' must have 100 characters at most, got: 101; choose shorter names']],
    ['/a/b/c/d/e', ['\'directory\' must be 4 levels deep at most, got: 5 in \'/a/b/c/d/e\'; EFS creates no more']],
    ['/a/.b', ['\'directory\' must have no level that begins with \'.\', got: \'/a/.b\'; rename it']],
    ['/a/', ['\'directory\' must have a name on every level, got: \'/a/\'; remove the \'/\' that is too many']],
    ['/a//b', ['\'directory\' must have a name on every level, got: \'/a//b\'; remove the \'/\' that is too many']],
    ['/a$b', ['\'directory\' must have no line break and none of $#<>;`|&?{}^*, got: \'/a$b\'; use letters, digits, \'-\' and \'_\'']],
    ['/a\nb', ['\'directory\' must have no line break and none of $#<>;`|&?{}^*, got: \'/a\nb\'; use letters, digits, \'-\' and \'_\'']],
    ['', ['\'directory\' must begin with \'/\', got: \'\'; write \'/\'']],
  ])('%j', (directory, messages) => {
    expect(errorOf(() => storageIn(zonedStack(), { directory }))).toBe(
      `FargateEfsAccessPoint 'Shop/Data' can not be built:\n${messages.map(message => `  - ${message}`).join('\n')}`);
  });

  test.each([['/a/b/c/d'], [`/${'a'.repeat(99)}`], ['/with space/ünïcode'], [Token.asString({ Ref: 'Directory' })]])('%j is accepted', directory => {
    accepted({ directory }).resourceCountIs('AWS::EFS::AccessPoint', 1);
  });
});

describe('2. the mode: octal, with execute for the owner', () => {
  const mode = (permissions: string): Props => ({ owner: DirectoryOwner.of({ uid: 1, gid: 1, permissions }) });
  test.each(['75', '07555', '788', 'rwx', ''])('%j', permissions => {
    expect(refused(mode(permissions))).toEqual([`'permissions' of 'owner' must be three or four octal digits, got: '${permissions}'; write '0750'`]);
  });
  test.each(['640', '0655', '1600'])('%j can not be entered', permissions => {
    expect(refused(mode(permissions))).toEqual([
      `'permissions' of 'owner' must let the owner enter the directory (execute), got: '${permissions}'; a directory of mode 0640 can not be mounted, 0750 can`,
    ]);
  });
  test.each(['700', '0100', '1777', Token.asString({ Ref: 'Mode' })])('%j is accepted', permissions => {
    accepted(mode(permissions)).hasResourceProperties('AWS::EFS::AccessPoint', {});
  });
});

describe('3. users and groups: whole numbers in range; root only in words', () => {
  const FIX = 'choose a user of the image, such as 1000';
  const ROOT = 'a task that must be root says why with DirectoryOwner.root';
  test.each<[string, Props, string]>([
    ['uid', { owner: DirectoryOwner.of({ uid: 0, gid: 1 }) }, `0; ${ROOT}`],
    ['gid', { owner: DirectoryOwner.of({ uid: 1, gid: 0 }) }, `0; ${ROOT}`],
    ['uid', { owner: DirectoryOwner.existing({ uid: 0, gid: 1 }) }, `0; ${ROOT}`],
    ['secondaryGids', { owner: DirectoryOwner.of({ uid: 1, gid: 1, secondaryGids: [7, 0] }) }, `0; ${ROOT}`],
    ['uid', { owner: DirectoryOwner.of({ uid: 4_294_967_296, gid: 1 }) }, `4294967296; ${FIX}`],
    ['gid', { owner: DirectoryOwner.of({ uid: 1, gid: -1 }) }, `-1; ${FIX}`],
    ['uid', { owner: DirectoryOwner.of({ uid: 1.5, gid: 1 }) }, `1.5; ${FIX}`],
    ['uid', { owner: DirectoryOwner.of({ uid: NaN, gid: 1 }) }, `NaN; ${FIX}`],
  ])('%s', (what, props, rest) => {
    expect(refused(props)).toEqual([`'${what}' of 'owner' must be a whole number from 1 to 4294967295, got: ${rest}`]);
  });
  test('17 further groups', () => {
    const secondaryGids = Array.from({ length: 17 }, (_, index) => index + 1);
    expect(refused({ owner: DirectoryOwner.of({ uid: 1, gid: 1, secondaryGids }) }))
      .toEqual(['\'secondaryGids\' of \'owner\' must be 16 at most, got: 17; EFS takes no more']);
    accepted({ owner: DirectoryOwner.of({ uid: 1, gid: 1, secondaryGids: secondaryGids.slice(1) }) });
  });
  test('root without a reason', () => {
    expect(refused({ owner: DirectoryOwner.root(' ') })).toEqual(['\'reason\' of DirectoryOwner.root must say why, got: nothing; write what insists on being root']);
  });
  test('root on the file system of a directory that is not root\'s', () => {
    const stack = zonedStack();
    const { fileSystem } = storageIn(stack);
    expect(findings(() => storageIn(stack, { fileSystem, owner: DirectoryOwner.root('the image insists') }, 'Root'))).toEqual([
      '\'owner\' must not be root on a file system whose policy denies root, got: root on that of \'Shop/Data\'; give it a file system of its own',
    ]);
  });
});

describe('4. a directory is created, or said to exist', () => {
  test('the root of a file system is never created', () => {
    expect(refused({ directory: '/' })).toEqual([
      '\'owner\' of directory \'/\' must be DirectoryOwner.existing, got: one that creates the directory; '
      + 'the root of a file system is there, and belongs to root until you change that',
    ]);
    accepted({ directory: '/', owner: DirectoryOwner.existing({ uid: 1000, gid: 1000 }) });
  });
  test('every other directory is created unless it is said to exist', () => {
    accepted({}).hasResourceProperties('AWS::EFS::AccessPoint', { RootDirectory: { CreationInfo: { Permissions: '0750' } } });
  });
});

describe('5. TLS, and no root directory beside an access point', () => {
  test('our volume can not be stated without', () => {
    const stack = zonedStack();
    expect(storageIn(stack).volume.efsVolumeConfiguration).toEqual({
      fileSystemId: expect.anything(), transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: expect.anything(), iam: 'ENABLED' },
    });
  });
  test('volumes that the same task mounts of the file system by hand', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const task = webTask(stack);
    storage.mount(task.defaultContainer!, '/data');
    storage.allowFrom(new SecurityGroup(stack, 'Tasks', { vpc: vpcOf(stack) }));
    const { fileSystemId } = storage.fileSystem;
    task.addVolume({ name: 'plain', efsVolumeConfiguration: { fileSystemId, rootDirectory: '/x' } });
    task.addVolume({
      name: 'both',
      efsVolumeConfiguration: {
        fileSystemId, rootDirectory: '/x', transitEncryption: 'DISABLED', authorizationConfig: { accessPointId: storage.accessPoint.accessPointId, iam: 'ENABLED' },
      },
    });
    task.addVolume({ name: 'good', efsVolumeConfiguration: { ...storage.volume.efsVolumeConfiguration!, rootDirectory: '/' } });
    task.addVolume({ name: 'other', efsVolumeConfiguration: { fileSystemId: 'fs-other' } });
    task.addVolume({ name: 'scratch' });
    const denied = 'the policy of the file system denies everything else';
    expect(refusedAtSynth(stack)).toEqual([
      `volume 'plain' of task definition 'Shop/Task' must go through an access point, got: none; ${denied}, use another FargateEfsAccessPoint for it`,
      `volume 'plain' of task definition 'Shop/Task' must have 'transitEncryption' ENABLED, got: none; ${denied}`,
      'volume \'plain\' of task definition \'Shop/Task\' must have \'iam\' ENABLED, got: none; the policy of the file system allows nothing to somebody without a role',
      'volume \'both\' of task definition \'Shop/Task\' must leave \'rootDirectory\' out beside an access point, got: \'/x\'; the access point says which directory it is',
      `volume 'both' of task definition 'Shop/Task' must have 'transitEncryption' ENABLED, got: DISABLED; ${denied}`,
    ]);
  });
});

describe('6. a task role that can be told what it may', () => {
  test('every task definition has one; an imported one that can not be changed is refused', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const taskRole = Role.fromRoleArn(stack, 'Imported', `arn:aws:iam::${ACCOUNT}:role/web`);
    jest.spyOn(taskRole, 'addToPrincipalPolicy').mockReturnValue({ statementAdded: false });
    const task = new FargateTaskDefinition(stack, 'Task', { taskRole });
    const [message] = findings(() => storage.mount(task.addContainer('web', { image: ContainerImage.fromRegistry('web') }), '/data'));
    const [rule, statement] = message.split('withoutPolicyUpdates(): ');
    expect(rule).toBe('\'role\' must take the permission to mount, got: \'Shop/Imported\', which can not be changed here; '
      + 'let CDK create the task\'s role, or add this to its policy and pass it ');
    expect(findings(() => storage.grantMount(taskRole))).toEqual([message]); // also when it is asked again
    expect(JSON.parse(statement)).toMatchObject({ Effect: 'Allow', Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'] });
  });
  test('of the task\'s account', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const task = new FargateTaskDefinition(stack, 'Task', { taskRole: Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::999999999999:role/web') });
    expect(findings(() => storage.mount(task.addContainer('web', { image: ContainerImage.fromRegistry('web') }), '/data'))).toEqual([
      '\'taskRole\' of task definition \'Shop/Task\' must be in the task\'s account, got: \'999999999999\' and \'111111111111\'; a task can not work as a role of another account',
    ]);
  });
  test('one of the account is accepted, and given a policy', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    storage.grantMount(Role.fromRoleArn(stack, 'Imported', `arn:aws:iam::${ACCOUNT}:role/web`));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: ['web'] });
  });
});

describe('7. the platform version', () => {
  function attach(platformVersion?: FargatePlatformVersion): Stack {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const service = webService(stack, 'Web', { vpc: vpcOf(stack), platformVersion });
    storage.mount(service.taskDefinition.defaultContainer!, '/data');
    storage.attachTo(service);
    return stack;
  }
  test.each([FargatePlatformVersion.VERSION1_3, FargatePlatformVersion.VERSION1_0])('%s', version => {
    expect(findings(() => attach(version))).toEqual([
      `'platformVersion' of service 'Shop/Web' must be 1.4.0 or later, got: ${version}; Fargate mounts EFS from 1.4.0 on, leave it out for the latest`,
    ]);
  });
  test.each([FargatePlatformVersion.VERSION1_4, FargatePlatformVersion.LATEST, undefined])('%s is accepted', version => {
    Template.fromStack(attach(version)).resourceCountIs('AWS::ECS::Service', 1);
  });
});

describe('8. Linux, and where AWS mounts EFS at all', () => {
  const mount = (task: TaskDefinition) => storageIn(task.stack, {}).mount(task.addContainer('web', { image: ContainerImage.fromRegistry('web'), memoryLimitMiB: 64 }), '/data');
  test('Windows', () => {
    const task = new FargateTaskDefinition(zonedStack(), 'Task', {
      cpu: 1024,
      memoryLimitMiB: 2048,
      runtimePlatform: { operatingSystemFamily: OperatingSystemFamily.WINDOWS_SERVER_2022_CORE, cpuArchitecture: CpuArchitecture.X86_64 },
    });
    expect(findings(() => mount(task))).toEqual(['\'container\' must run on Linux, got: container \'web\' on WINDOWS_SERVER_2022_CORE; AWS mounts no EFS on Windows']);
  });
  test('ECS Anywhere', () => {
    expect(findings(() => mount(new ExternalTaskDefinition(zonedStack(), 'Task')))).toEqual([
      '\'container\' must run on Fargate, EC2 or managed instances, got: container \'web\' of \'Shop/Task\' for ECS Anywhere; AWS mounts no EFS there',
    ]);
  });
  test.each([
    ['Linux on ARM', (stack: Stack) => new FargateTaskDefinition(stack, 'Task', { runtimePlatform: { operatingSystemFamily: OperatingSystemFamily.LINUX, cpuArchitecture: CpuArchitecture.ARM64 } })],
    ['EC2', (stack: Stack) => new Ec2TaskDefinition(stack, 'Task')],
    ['EC2 and Fargate', (stack: Stack) => new TaskDefinition(stack, 'Task', { compatibility: Compatibility.EC2_AND_FARGATE, cpu: '256', memoryMiB: '512' })],
  ])('%s is accepted', (_, build) => {
    expect(() => mount(build(zonedStack()))).not.toThrow();
  });
});

describe('9. the path in the container: absolute, and its own', () => {
  function mountAt(...paths: string[]): void {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const task = webTask(stack);
    paths.forEach(path => storage.mount(task.defaultContainer!, path));
  }
  test.each([
    [['data'], '\'containerPath\' must begin with \'/\', got: \'data\'; write \'/data\''],
    [['/'], '\'containerPath\' must be below \'/\', got: \'/\'; a mount there hides the image'],
    [['/a:ro'], '\'containerPath\' must have no \':\', got: \'/a:ro\'; ECS takes what follows for options'],
    [['/data', '/data/'], '\'containerPath\' must be mounted once in a container, got: \'/data/\' again in container \'web\'; choose another path'],
  ])('%j', (paths, message) => {
    expect(findings(() => mountAt(...paths))).toEqual([message]);
  });
  test('two paths, and a token, which is never compared', () => {
    expect(() => mountAt('/one', '/two', Token.asString({ Ref: 'Path' }), Token.asString({ Ref: 'Path' }))).not.toThrow();
  });
});

describe('10. the service is where the mount targets are', () => {
  test('another VPC', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    const other = new Vpc(stack, 'Other', { maxAzs: 1, natGateways: 0 });
    const service = webService(stack, 'Web', { vpc: other });
    expect(findings(() => storage.attachTo(service))).toEqual([
      '\'service\' must run in the VPC of the mount targets, got: \'Shop/Other\' and \'Shop/Vpc\' for service \'Shop/Web\'; a file system has mount targets in one VPC',
    ]);
  });
  test('two imported VPCs with other ids; the same VPC imported twice is accepted', () => {
    const stack = zonedStack();
    const imported = (id: string, vpcId: string) => Vpc.fromVpcAttributes(stack, id, { vpcId, availabilityZones: ['eu-west-1a'], isolatedSubnetIds: ['subnet-1'] }) as Vpc;
    const storage = storageIn(stack, { vpc: imported('One', 'vpc-1') });
    const [other, same] = [webService(stack, 'Other', { vpc: imported('Two', 'vpc-2') }), webService(stack, 'Same', { vpc: imported('Again', 'vpc-1') })];
    expect(findings(() => storage.attachTo(other))).toHaveLength(1);
    expect(() => storage.attachTo(same)).not.toThrow();
  });
  test('a zone without a mount target', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack, { newFileSystem: { vpcSubnets: { availabilityZones: ['eu-west-1a'], subnetType: SubnetType.PRIVATE_ISOLATED } } });
    expect(findings(() => storage.attachTo(webService(stack, 'Web', { vpc })))).toEqual([
      '\'service\' must run in zones with a mount target, got: none in \'eu-west-1b\' for service \'Shop/Web\'; '
      + 'choose \'vpcSubnets\' of the file system, or of the service, so that they meet',
    ]);
    expect(() => storage.attachTo(webService(stack, 'One', { vpc, vpcSubnets: { availabilityZones: ['eu-west-1a'], subnetType: SubnetType.PUBLIC }, assignPublicIp: true }))).not.toThrow();
  });
  test('an imported service, and instances, must say who connects', () => {
    const stack = zonedStack();
    const vpc = smallVpc(stack);
    const storage = storageIn(stack);
    const cluster = new Cluster(stack, 'Cluster', { vpc });
    const imported = FargateService.fromFargateServiceAttributes(stack, 'Imported', { cluster, serviceName: 'web' });
    expect(findings(() => storage.attachTo(imported))).toEqual([
      '\'clients\' must name the security groups of service \'Shop/Imported\', got: none; an imported service does not tell them, pass them after it',
    ]);
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task');
    taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('web'), memoryLimitMiB: 64 });
    jest.spyOn(cluster, 'hasEc2Capacity', 'get').mockReturnValue(true); // by a capacity provider, say
    expect(findings(() => storage.attachTo(new Ec2Service(stack, 'Service', { cluster, taskDefinition })))).toEqual([
      '\'clients\' must name the security groups of the instances of service \'Shop/Service\', got: none; its cluster does not know them, pass them after the service',
    ]);
  });
  test('a directory that was created in the service itself', () => {
    const stack = zonedStack();
    const service = webService(stack, 'Web', { vpc: vpcOf(stack) });
    const storage = new FargateEfsAccessPoint(service, 'Data', { vpc: vpcOf(stack), directory: '/data' });
    expect(findings(() => storage.attachTo(service))).toEqual([
      '\'service\' must not be the scope of the directory, got: \'Shop/Web/Data\' in service \'Shop/Web\'; '
      + 'everything in a service waits for its role, whose policy waits for the directory: create it beside the service',
    ]);
  });
  test('mounted, and nobody may connect; attached, and nothing mounted', () => {
    const stack = zonedStack();
    const storage = storageIn(stack);
    storage.mount(webTask(stack).defaultContainer!, '/data');
    expect(refusedAtSynth(stack)).toEqual([
      'task definition \'Shop/Task\' must reach the file system, got: a mount, and nobody who may connect; '
      + 'call attachTo with its service, or allowFrom for tasks that no service of this app starts',
    ]);
    const other = zonedStack();
    storageIn(other).attachTo(webService(other, 'Web', { vpc: vpcOf(other) }));
    expect(refusedAtSynth(other)).toEqual([
      'service \'Shop/Web\' must mount what it is attached to, got: task definition \'Shop/WebTask\' without a mount; call mount for one of its containers',
    ]);
  });
});

describe('11. the policy of the file system', () => {
  const ADVICE = 'pass allowAnonymousAccess: true, so that CDK adds nothing, and fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(this)';
  test('20,000 characters', () => {
    const stack = zonedStack();
    const { fileSystem } = storageIn(stack);
    for (let index = 0; index < 40; index++) {
      (fileSystem as FileSystem).addToResourcePolicy(new PolicyStatement({
        sid: `Long${index}`, effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['elasticfilesystem:ClientMount'], conditions: { StringEquals: { 'aws:PrincipalOrgID': 'o'.repeat(500) } },
      }));
    }
    expect(refusedAtSynth(stack)).toEqual([
      expect.stringMatching(/^the policy of file system 'Shop\/Data\/FileSystem' must have 20000 characters at most, got: 2\d{4}; remove statements$/),
    ]);
  });
  test('a file system of the team\'s without a policy lets everybody in', () => {
    const stack = zonedStack();
    storageIn(stack, { fileSystem: new FileSystem(stack, 'Files', { vpc: vpcOf(stack) }) });
    expect(refusedAtSynth(stack)).toEqual([`'fileSystem' must have a policy, got: none for 'Shop/Files'; EFS lets everybody in who reaches it, ${ADVICE}`]);
  });
  test('a file system of the team\'s with the policy that CDK gives it', () => {
    const stack = zonedStack();
    storageIn(stack, { fileSystem: new FileSystem(stack, 'Files', { vpc: vpcOf(stack), allowAnonymousAccess: false }) });
    expect(refusedAtSynth(stack)).toEqual([
      `'fileSystem' must allow nothing to everybody, got: 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess' for '*' on 'Shop/Files'; ${ADVICE}`,
    ]);
  });
  test('a policy of the team\'s that names everybody beside somebody', () => {
    const stack = zonedStack();
    const principals = [new ArnPrincipal('*'), new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/reader`)];
    const fileSystemPolicy = new PolicyDocument({ statements: [new PolicyStatement({ principals, actions: ['elasticfilesystem:ClientMount'] })] });
    storageIn(stack, { fileSystem: new FileSystem(stack, 'Files', { vpc: vpcOf(stack), allowAnonymousAccess: true, fileSystemPolicy }) });
    expect(refusedAtSynth(stack)).toEqual([`'fileSystem' must allow nothing to everybody, got: 'elasticfilesystem:ClientMount' for '*' on 'Shop/Files'; ${ADVICE}`]);
  });
  test('a policy of the team\'s that names who may is accepted', () => {
    const stack = zonedStack();
    const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    const fileSystemPolicy = new PolicyDocument({ statements: [new PolicyStatement({ principals: [reader], actions: ['elasticfilesystem:ClientMount'] })] });
    storageIn(stack, { fileSystem: new FileSystem(stack, 'Files', { vpc: vpcOf(stack), allowAnonymousAccess: true, fileSystemPolicy }) });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('12. DNS in the VPC', () => {
  test.each([{ enableDnsSupport: false, enableDnsHostnames: false }, { enableDnsHostnames: false }])('%j', flags => {
    const stack = zonedStack();
    const vpc = smallVpc(stack, flags);
    expect(findings(() => storageIn(stack, { vpc }))).toEqual([
      '\'vpc\' must have DNS support and DNS host names, got: \'Shop/Vpc\' without; Fargate finds a mount target by its name, leave enableDnsSupport and enableDnsHostnames on',
    ]);
  });
  test('what an imported VPC has is not known', () => {
    const stack = zonedStack();
    storageIn(stack, { vpc: Vpc.fromVpcAttributes(stack, 'Imported', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], isolatedSubnetIds: ['subnet-1'] }) });
    Template.fromStack(stack).resourceCountIs('AWS::EFS::MountTarget', 1);
  });
});

describe('beyond the list: what a new file system is like', () => {
  const options = (newFileSystem: NewFileSystemOptions): Props => ({ newFileSystem });
  test.each([0, 3415, 1.5])('%d MiB', mebibytes => {
    const perSecond = mebibytes === 1.5 ? Size.kibibytes(1536) : Size.mebibytes(mebibytes);
    expect(refused(options({ throughput: FileSystemThroughput.provisioned(perSecond) }))).toEqual([
      `'throughput' must be provisioned in whole MiB from 1 to 3414, got: ${mebibytes}; elastic throughput needs no number`,
    ]);
  });
  test('archive', () => {
    const { AFTER_30_DAYS, AFTER_90_DAYS, AFTER_180_DAYS } = LifecyclePolicy;
    const stages = (toInfrequentAccess: LifecyclePolicy, toArchive: LifecyclePolicy) => FileSystemLifecycle.of({ toInfrequentAccess, toArchive });
    expect(refused(options({ throughput: FileSystemThroughput.bursting(), lifecycle: stages(AFTER_30_DAYS, AFTER_90_DAYS) }))).toEqual(['\'toArchive\' of \'lifecycle\' must have elastic throughput beside it, got: bursting; leave \'toArchive\' out']);
    expect(refused(options({ lifecycle: stages(AFTER_90_DAYS, AFTER_90_DAYS) }))).toEqual([
      '\'toArchive\' of \'lifecycle\' must be later than \'toInfrequentAccess\', got: AFTER_90_DAYS and AFTER_90_DAYS; choose a later one',
    ]);
    accepted(options({ lifecycle: stages(AFTER_90_DAYS, AFTER_180_DAYS) }));
  });
  test('backups', () => {
    expect(refused(options({ backups: FileSystemBackups.none('') }))).toEqual([
      '\'reason\' of FileSystemBackups.none must say why nothing is lost, got: nothing; write it down, or back it up',
    ]);
    const stack = zonedStack();
    const plan = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low(), BackupTier.medium()] });
    expect(findings(() => storageIn(stack, options({ backups: FileSystemBackups.tier(plan, 'gold') })))).toEqual([
      '\'tier\' of \'backups\' must be one of \'low\', \'medium\', got: \'gold\'; name a tier of that plan',
    ]);
  });
  test('said of a file system that is there already', () => {
    const stack = zonedStack();
    const { fileSystem } = storageIn(stack);
    expect(findings(() => storageIn(stack, { fileSystem, newFileSystem: {}, alarmTopic: new Topic(stack, 'Topic') }, 'More'))).toEqual([
      '\'newFileSystem\' must be left out beside \'fileSystem\', got: both; it says what a file system is created like, and yours is created already',
      '\'alarmTopic\' must be left out beside \'fileSystem\', got: both; alarms are of the file system, and belong to who creates it',
    ]);
  });
  test('a file system of another Region', () => {
    const app = testApp();
    const { fileSystem } = storageIn(zonedStack('Standby', { env: FRANKFURT }, app));
    expect(findings(() => storageIn(zonedStack('Shop', { env: IRELAND }, app), { fileSystem }))).toEqual([
      '\'fileSystem\' must be in the directory\'s region, got: \'eu-central-1\' and \'eu-west-1\'; an access point is where its file system and its tasks are',
      '\'vpc\' must be that of the mount targets, got: \'Shop/Vpc\' and \'Standby/Vpc\' for the file system of \'Standby/Data\'; a file system has mount targets in one VPC',
    ]);
  });
});

describe('beyond the list: replication', () => {
  function replicate(there: StackProps, here: StackProps, rpo?: Duration, isReplica = true): string[] {
    const app = testApp();
    const replica = storageIn(zonedStack('Standby', there, app), isReplica ? { newFileSystem: { replication: FileSystemReplication.replica() } } : {});
    return findings(() => storageIn(zonedStack('Shop', here, app), { newFileSystem: { replication: FileSystemReplication.to(replica, { rpo }) } }));
  }
  const [ireland, frankfurt] = [{ env: IRELAND }, { env: FRANKFURT }];
  test('to the same Region, to another account, from nowhere', () => {
    expect(replicate(ireland, ireland)).toEqual(['\'replication\' must go to another Region, got: \'eu-west-1\' for both; a replica beside its source is lost with it']);
    expect(replicate({ env: { ...FRANKFURT, account: '222222222222' } }, ireland)).toEqual([
      '\'replication\' must stay in the account, got: \'111111111111\' and \'222222222222\'; copy backups to the other account instead',
    ]);
    expect(replicate(frankfurt, {})).toEqual([
      '\'replication\' must have the Region of both stacks, got: one that only the deployment knows; state \'env\' on both stacks',
    ]);
  });
  test('to what is no replica', () => {
    expect(replicate(frankfurt, ireland, undefined, false)).toEqual([
      '\'replication\' must go to a file system that is a replica, got: \'Standby/Data\', which is not; create it with newFileSystem: { replication: FileSystemReplication.replica() }',
    ]);
  });
  test.each([[Duration.minutes(14), '14 minutes'], [Duration.minutes(Lazy.number({ produce: () => 30 })), 'an unresolved token']])('an RPO that AWS does not keep', (rpo, got) => {
    expect(replicate(frankfurt, ireland, rpo)).toEqual([
      `'rpo' of 'replication' must be 15 minutes at least and known at synth, got: ${got}; AWS replicates most file systems within 15 minutes and promises nothing shorter`,
    ]);
  });
});
