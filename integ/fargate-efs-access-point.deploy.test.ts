/**
 * The example app of FargateEfsAccessPoint, deployed by one `cdk deploy --all` over two Regions of the local emulator, read
 * back through the AWS APIs, changed twice, and destroyed. Nothing is mounted there: what the emulator weighs are the
 * policies of a mount, as it holds them (provisioners/efs_clients.py); what it only records is in emulator/recorded.json.
 */
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeAccessPointsCommand, DescribeBackupPolicyCommand, DescribeFileSystemPolicyCommand, DescribeFileSystemsCommand,
  DescribeLifecycleConfigurationCommand, DescribeMountTargetSecurityGroupsCommand, DescribeMountTargetsCommand,
  DescribeReplicationConfigurationsCommand, EFSClient, ListTagsForResourceCommand,
} from '@aws-sdk/client-efs';
import { DeleteRolePolicyCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyRotationStatusCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, FRANKFURT, IRELAND } from './emulator/environments';
import { physicalId } from './emulator/physical-id';
import { formatRecorded, recordedRows, resourcesOf } from './emulator/recorded';

const APP = { app: 'examples/fargate-efs-access-point/app.ts' };
const WITH_DIRECTORY = { app: 'integ/changed-uploads.ts', context: { change: 'directory' } };
const WITH_REPLICA = { app: 'integ/changed-uploads.ts', context: { change: 'replica' } };
const REGIONS = [IRELAND, FRANKFURT];
const PARAMETERS = '/resilience/efs-replicas';
const CLIENT = 'elasticfilesystem:Client';

let emulator: Emulator;
let cdk: CdkCli;
let assembly: string;

beforeAll(async () => {
  emulator = await Emulator.start();
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS.filter(environment => environment.account === ACCOUNT));
  assembly = await cdk.deploy(ACCOUNT, IRELAND, APP);
}, 300_000);

afterAll(() => emulator?.stop());

const config = (region: string) => emulator.clientConfig(ACCOUNT, region);
const efs = (region: string) => new EFSClient(config(region));
const stackIn = (region: string) => `Uploads-${region}`;
const deployed = (region: string, type: string, logicalId?: RegExp) => physicalId(emulator, region, stackIn(region), type, logicalId);
const fileSystemIn = (region: string) => deployed(region, 'AWS::EFS::FileSystem');
const fileSystemArn = (region: string, id: string) => `arn:aws:elasticfilesystem:${region}:${ACCOUNT}:file-system/${id}`;
const accessPointIn = (region: string, name: string) => deployed(region, 'AWS::EFS::AccessPoint', new RegExp(`^${name}AccessPoint`));
const accessPointArn = (region: string, id: string) => `arn:aws:elasticfilesystem:${region}:${ACCOUNT}:access-point/${id}`;
const groupIn = (region: string, logicalId: RegExp) => deployed(region, 'AWS::EC2::SecurityGroup', logicalId);

/** A service as ECS tells it, with the task definition that it runs. */
async function serviceIn(region: string, name: string) {
  const ecs = new ECSClient(config(region));
  const arn = await deployed(region, 'AWS::ECS::Service', new RegExp(`^${name}Service`));
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: await deployed(region, 'AWS::ECS::Cluster'), services: [arn] }));
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: services![0].taskDefinition }));
  return { service: services![0], task: taskDefinition! };
}

/** The inline policies of the role that tasks work as. */
async function taskRolePolicies(region: string, name: string) {
  const { task } = await serviceIn(region, name);
  const iam = new IAMClient(config(region));
  const RoleName = task.taskRoleArn!.split('/').pop();
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = await Promise.all(PolicyNames.map(PolicyName => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))));
  return { attached: AttachedPolicies, statements: policies.flatMap(policy => JSON.parse(decodeURIComponent(policy.PolicyDocument!)).Statement) };
}

/** The physical id of everything in the stack, by logical id. */
async function everythingIn(region: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient(config(region));
  const ids: Record<string, string> = {};
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stackIn(region), NextToken }));
    page.StackResourceSummaries!.forEach(resource => { ids[resource.LogicalResourceId!] = resource.PhysicalResourceId!; });
    NextToken = page.NextToken;
  } while (NextToken);
  return ids;
}

/** What is new, or is another thing than before, without the hashes of its names. */
function changes(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys({ ...before, ...after }).filter(id => before[id] !== after[id]).map(id => id.replace(/[A-F0-9]{8}$/, '')).sort();
}

async function replicaKnownToIreland(): Promise<string> {
  const { Parameters = [] } = await new SSMClient(config(IRELAND)).send(new GetParametersByPathCommand({ Path: PARAMETERS }));
  expect(Parameters).toHaveLength(1);
  return Parameters[0].Value!;
}

async function replicationOf(region: string, FileSystemId: string) {
  const { Replications = [] } = await efs(region).send(new DescribeReplicationConfigurationsCommand({ FileSystemId }));
  return Replications;
}

test('every type that was deployed is in the list of what acts and what is only recorded', () => {
  const rows = recordedRows(resourcesOf(assembly));
  expect(rows.map(row => row.type)).toEqual(expect.arrayContaining(['AWS::EFS::FileSystem', 'AWS::EFS::MountTarget', 'AWS::EFS::AccessPoint', 'AWS::ECS::Service']));
  process.stdout.write(`\n${formatRecorded(rows)}\n`);
});

describe.each(REGIONS)('the file system in %s', region => {
  test('is encrypted with the key of the stack, which rotates, and elastic', async () => {
    const { FileSystems } = await efs(region).send(new DescribeFileSystemsCommand({ FileSystemId: await fileSystemIn(region) }));
    const kms = new KMSClient(config(region));
    const KeyId = FileSystems![0].KmsKeyId;
    expect(FileSystems).toEqual([expect.objectContaining({
      Encrypted: true, PerformanceMode: 'generalPurpose', ThroughputMode: 'elastic', LifeCycleState: 'available', NumberOfMountTargets: 2,
    })]);
    expect(KeyId!.split('/').pop()).toBe(await deployed(region, 'AWS::KMS::Key', /^UploadsKey/));
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({ Enabled: true, KeyManager: 'CUSTOMER' });
    expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled).toBe(true);
  });

  test('moves what is not read to cheaper storage, and what is read back', async () => {
    const { LifecyclePolicies } = await efs(region).send(new DescribeLifecycleConfigurationCommand({ FileSystemId: await fileSystemIn(region) }));
    expect(LifecyclePolicies).toEqual([
      { TransitionToIA: 'AFTER_30_DAYS' }, { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' }, { TransitionToArchive: 'AFTER_90_DAYS' },
    ]);
  });

  test('has a policy that denies, and allows nobody anything', async () => {
    const FileSystemId = await fileSystemIn(region);
    const { Policy } = await efs(region).send(new DescribeFileSystemPolicyCommand({ FileSystemId }));
    const Action = [`${CLIENT}Mount`, `${CLIENT}Write`, `${CLIENT}RootAccess`];
    const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: fileSystemArn(region, FileSystemId) };
    expect(JSON.parse(Policy!).Statement).toEqual([
      { ...deny, Sid: 'DenyInsecureTransport', Action, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...deny, Sid: 'DenyOutsideAccessPoints', Action, Condition: { StringNotLike: { 'elasticfilesystem:AccessPointArn': accessPointArn(region, '*') } } },
      { ...deny, Sid: 'DenyRoot', Action: `${CLIENT}RootAccess` },
    ]);
  });

  test('is backed up by the tier in Ireland, by nothing in Frankfurt, and nowhere by the plan of AWS', async () => {
    const FileSystemId = await fileSystemIn(region);
    const { BackupPolicy } = await efs(region).send(new DescribeBackupPolicyCommand({ FileSystemId }));
    const { Tags = [] } = await efs(region).send(new ListTagsForResourceCommand({ ResourceId: FileSystemId }));
    expect(BackupPolicy).toEqual({ Status: 'DISABLED' });
    expect(Tags.find(tag => tag.Key === 'backup-tier')?.Value).toBe(region === IRELAND ? 'uploads' : undefined);
  });

  test('has a mount target in each zone, in a private subnet, with the security group of the construct', async () => {
    const { MountTargets = [] } = await efs(region).send(new DescribeMountTargetsCommand({ FileSystemId: await fileSystemIn(region) }));
    expect(MountTargets.map(target => [target.AvailabilityZoneName, target.LifeCycleState]).sort())
      .toEqual([[`${region}a`, 'available'], [`${region}b`, 'available']]);
    const SubnetIds = MountTargets.map(target => target.SubnetId!);
    const { Subnets = [] } = await new EC2Client(config(region)).send(new DescribeSubnetsCommand({ SubnetIds }));
    expect(Subnets.map(subnet => subnet.Tags!.find(tag => tag.Key === 'aws-cdk:subnet-type')?.Value)).toEqual(['Private', 'Private']);
    for (const { MountTargetId } of MountTargets) {
      const { SecurityGroups } = await efs(region).send(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId }));
      expect(SecurityGroups).toEqual([await groupIn(region, /^UploadsSecurityGroup/)]);
    }
  });

  test.each([['Uploads', '/uploads', 1000], ['Reports', '/reports', 2000]])('has the access point %s to %s as user %i', async (name, Path, id) => {
    const AccessPointId = await accessPointIn(region, name);
    const { AccessPoints } = await efs(region).send(new DescribeAccessPointsCommand({ AccessPointId }));
    expect(AccessPoints).toEqual([expect.objectContaining({
      AccessPointArn: accessPointArn(region, AccessPointId),
      FileSystemId: await fileSystemIn(region),
      LifeCycleState: 'available',
      PosixUser: { Uid: id, Gid: id },
      RootDirectory: { Path, CreationInfo: { OwnerUid: id, OwnerGid: id, Permissions: '0750' } },
    })]);
  });

  test('lets in both services on the port of NFS, and nobody else; their groups let everything out', async () => {
    const own = await groupIn(region, /^UploadsSecurityGroup/);
    const services = [await groupIn(region, /^UploadServiceSecurityGroup/), await groupIn(region, /^ReportServiceSecurityGroup/)];
    const { SecurityGroups = [] } = await new EC2Client(config(region)).send(new DescribeSecurityGroupsCommand({ GroupIds: [own, ...services] }));
    const group = (id: string) => SecurityGroups.find(each => each.GroupId === id)!;
    const rules = group(own).IpPermissions!;
    expect(rules.flatMap(rule => rule.UserIdGroupPairs!.map(pair => [rule.IpProtocol, rule.FromPort, rule.ToPort, pair.GroupId])).sort())
      .toEqual(services.map(id => ['tcp', 2049, 2049, id]).sort());
    expect(rules.flatMap(rule => [...rule.IpRanges ?? [], ...rule.Ipv6Ranges ?? [], ...rule.PrefixListIds ?? []])).toEqual([]);
    expect(group(own).IpPermissionsEgress!.map(rule => rule.IpRanges!.map(range => range.CidrIp))).toEqual([['255.255.255.255/32']]);
    for (const id of services) {
      expect(group(id).IpPermissionsEgress!.map(rule => [rule.IpProtocol, rule.IpRanges!.map(range => range.CidrIp)])).toEqual([['-1', ['0.0.0.0/0']]]);
    }
  });
});

describe.each(REGIONS)('the services in %s', region => {
  /** A volume as ECS must hold it: TLS, IAM, the access point, and no root directory. */
  const volume = async (name: string) => ({
    name: expect.stringContaining(name),
    efsVolumeConfiguration: {
      fileSystemId: await fileSystemIn(region),
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: await accessPointIn(region, name), iam: 'ENABLED' },
    },
  });
  const point = (name: string, containerPath: string, readOnly: boolean) =>
    ({ sourceVolume: expect.stringContaining(name), containerPath, readOnly });

  test('the one for uploads mounts them to write', async () => {
    const { task } = await serviceIn(region, 'Upload');
    expect(task.volumes).toEqual([await volume('Uploads')]);
    expect(task.containerDefinitions!.map(container => container.mountPoints)).toEqual([[point('Uploads', '/uploads', false)]]);
  });

  test('the one for reports mounts the uploads to read and its own directory to write', async () => {
    const { task } = await serviceIn(region, 'Report');
    expect(task.volumes).toEqual([await volume('Uploads'), await volume('Reports')]);
    const [{ mountPoints }] = task.containerDefinitions!;
    expect(mountPoints).toEqual([point('Uploads', '/uploads', true), point('Reports', '/reports', false)]);
    expect(mountPoints!.map(each => each.sourceVolume)).toEqual(task.volumes!.map(each => each.name));
  });

  test.each([
    ['Upload', region === IRELAND ? 2 : 1, 100, 200],
    ['Report', region === IRELAND ? 1 : 0, 0, 100],
  ])('%s runs where it can mount, and goes back when a deployment fails', async (name, desiredCount, minimumHealthyPercent, maximumPercent) => {
    const { service, task } = await serviceIn(region, name);
    expect(service).toMatchObject({
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount,
      runningCount: desiredCount,
      taskDefinition: task.taskDefinitionArn,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true }, minimumHealthyPercent, maximumPercent },
    });
    const network = service.networkConfiguration!.awsvpcConfiguration!;
    expect(network.assignPublicIp).toBe('DISABLED');
    expect(network.securityGroups).toEqual([await groupIn(region, new RegExp(`^${name}ServiceSecurityGroup`))]);
    const { MountTargets = [] } = await efs(region).send(new DescribeMountTargetsCommand({ FileSystemId: await fileSystemIn(region) }));
    expect([...network.subnets!].sort()).toEqual(MountTargets.map(target => target.SubnetId).sort());
  });

  test.each([
    ['Upload', [['Uploads', [`${CLIENT}Mount`, `${CLIENT}Write`]]]],
    ['Report', [['Uploads', `${CLIENT}Mount`], ['Reports', [`${CLIENT}Mount`, `${CLIENT}Write`]]]],
  ])('the tasks of %s may mount what they mount, and nothing else', async (name, allowed) => {
    const { attached, statements } = await taskRolePolicies(region, name);
    expect(attached).toEqual([]);
    expect(statements).toEqual(await Promise.all(allowed.map(async ([directory, Action]) => ({
      Effect: 'Allow',
      Action,
      Resource: fileSystemArn(region, await fileSystemIn(region)),
      Condition: {
        StringEquals: { 'elasticfilesystem:AccessPointArn': accessPointArn(region, await accessPointIn(region, directory as string)) },
        Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
      },
    }))));
  });
});

describe.each(REGIONS)('policies as EFS weighs them at a mount in %s', region => {
  const MOUNT = ['ClientMount'];
  const WRITE = ['ClientMount', 'ClientWrite'];

  test.each([
    ['the upload service', 'Upload', 'Uploads', true, WRITE],
    ['the upload service, into the reports', 'Upload', 'Reports', true, []],
    ['the report service', 'Report', 'Reports', true, WRITE],
    ['the report service, into the uploads', 'Report', 'Uploads', true, MOUNT],
    ['the report service without TLS', 'Report', 'Reports', false, []],
    ['the report service around the access points', 'Report', undefined, true, []],
    ['somebody without a role', undefined, 'Uploads', true, []],
    ['somebody without a role, around the access points', undefined, undefined, true, []],
  ])('%s may do what it should', async (_, service, directory, tls, allowed) => {
    const role = service && (await serviceIn(region, service)).task.taskRoleArn;
    const accessPointId = directory && await accessPointIn(region, directory);
    expect(await emulator.control(ACCOUNT, region, '/_efs/client', { fileSystemId: await fileSystemIn(region), role, accessPointId, tls })).toEqual(allowed);
  });

  test('the execution role may not mount: it has no part in it', async () => {
    const { task } = await serviceIn(region, 'Upload');
    const client = { fileSystemId: await fileSystemIn(region), role: task.executionRoleArn, accessPointId: await accessPointIn(region, 'Uploads') };
    expect(await emulator.control(ACCOUNT, region, '/_efs/client', client)).toEqual([]);
  });
});

describe('the replication', () => {
  test('goes from Ireland to Frankfurt, and both Regions tell of it', async () => {
    const [source, destination] = [await fileSystemIn(IRELAND), await fileSystemIn(FRANKFURT)];
    for (const [region, id] of [[IRELAND, source], [FRANKFURT, destination]]) {
      expect(await replicationOf(region, id)).toEqual([expect.objectContaining({
        SourceFileSystemId: source,
        SourceFileSystemRegion: IRELAND,
        Destinations: [expect.objectContaining({ FileSystemId: destination, Region: FRANKFURT, Status: 'ENABLED' })],
      })]);
    }
    const { FileSystems } = await efs(FRANKFURT).send(new DescribeFileSystemsCommand({ FileSystemId: destination }));
    expect(FileSystems![0].FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'REPLICATING' });
  });

  test('learned the replica from a parameter in Ireland, which Frankfurt wrote', async () => {
    expect(await replicaKnownToIreland()).toBe(await fileSystemIn(FRANKFURT));
  });

  test.each([
    [IRELAND, [['ClientConnections', 20_000, 'notBreaching'], ['PercentIOLimit', 95, 'notBreaching'], ['TimeSinceLastSync', 1800, 'breaching']]],
    [FRANKFURT, [['ClientConnections', 20_000, 'notBreaching'], ['PercentIOLimit', 95, 'notBreaching']]],
  ])('has its lag and the limits watched in %s, and a topic that is told', async (region, expected) => {
    const { MetricAlarms = [] } = await new CloudWatchClient(config(region)).send(new DescribeAlarmsCommand({}));
    const alarms = MetricAlarms.filter(alarm => alarm.Namespace === 'AWS/EFS');
    expect(alarms.map(alarm => [alarm.MetricName, alarm.Threshold, alarm.TreatMissingData]).sort()).toEqual(expected);
    const topic = await deployed(region, 'AWS::SNS::Topic');
    for (const alarm of alarms) {
      expect(alarm.AlarmActions).toEqual([topic]);
      expect(alarm.Dimensions).toContainEqual({ Name: 'FileSystemId', Value: await fileSystemIn(region) });
    }
    const lag = alarms.find(alarm => alarm.MetricName === 'TimeSinceLastSync');
    expect(lag?.Dimensions?.find(dimension => dimension.Name === 'DestinationFileSystemId')?.Value).toBe(lag && await fileSystemIn(FRANKFURT));
  });

  test('nobody tells its lag for a period: that rings', async () => {
    const periods = (count: number) => (Math.floor(Date.now() / 900_000) + count) * 900;
    const states = await emulator.control(ACCOUNT, IRELAND, '/_cloudwatch/evaluate', { at: periods(2) }) as Record<string, string>;
    expect(states[await deployed(IRELAND, 'AWS::CloudWatch::Alarm', /^UploadsAlarmsReplicationLag/)]).toBe('ALARM');
    expect(states[await deployed(IRELAND, 'AWS::CloudWatch::Alarm', /^UploadsAlarmsIoLimit/)]).toBe('OK');
  });
});

describe('with IAM enforced, the function in Frankfurt that makes the replica known', () => {
  let role: string;
  let name: string;
  beforeAll(async () => {
    role = await deployed(FRANKFURT, 'AWS::IAM::Role', /^UploadsKnownIn.*WriterRole/);
    const { Parameters = [] } = await new SSMClient(config(IRELAND)).send(new GetParametersByPathCommand({ Path: PARAMETERS }));
    name = Parameters[0].Name!;
    await emulator.enforceIam();
  });
  afterAll(() => emulator.enforceIam(false));

  async function write(Value: string, ParameterName = name): Promise<string> {
    const FunctionName = await deployed(FRANKFURT, 'AWS::Lambda::Function', /WriterFunction/);
    const event = { RequestType: 'Update', ResourceProperties: { Region: IRELAND, ParameterName, Value } };
    const invocation = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) });
    const { Payload, FunctionError } = await new LambdaClient(config(FRANKFURT)).send(invocation);
    return `${FunctionError ?? 'done'}: ${Buffer.from(Payload!).toString()}`;
  }
  const value = async () => (await new SSMClient(config(IRELAND)).send(new GetParameterCommand({ Name: name }))).Parameter!.Value;

  test('writes its own parameter, and no other', async () => {
    expect(await write('fs-other')).toMatch(/^done/);
    expect(await value()).toBe('fs-other');
    expect(await write('fs-other', '/resilience/efs-replicas/another')).toMatch(/^Unhandled.*(AccessDenied|not authorized)/s);
    expect(await write(await fileSystemIn(FRANKFURT))).toMatch(/^done/);
  });

  test('fails without its permission', async () => {
    const iam = new IAMClient(config(FRANKFURT));
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: PolicyNames![0] }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: PolicyNames![0] }));
    expect(await write('fs-other')).toMatch(/^Unhandled.*(AccessDenied|not authorized)/s);
    expect(await value()).toBe(await fileSystemIn(FRANKFURT));
    await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: PolicyNames![0], PolicyDocument: decodeURIComponent(PolicyDocument!) }));
    expect(await write(await fileSystemIn(FRANKFURT))).toMatch(/^done/);
  });
});

describe('later', () => {
  test('a directory that is added changes nothing but the tasks that mount it', async () => {
    const [ireland, frankfurt] = [await everythingIn(IRELAND), await everythingIn(FRANKFURT)];
    const before = await serviceIn(IRELAND, 'Report');
    await cdk.deploy(ACCOUNT, IRELAND, WITH_DIRECTORY);
    expect(changes(ireland, await everythingIn(IRELAND))).toEqual(['ArchiveAccessPoint', 'ReportTask']);
    expect(changes(frankfurt, await everythingIn(FRANKFURT))).toEqual([]);
    const after = await serviceIn(IRELAND, 'Report');
    expect(after.task.revision).toBe(before.task.revision! + 1);
    expect(after.task.volumes!.slice(0, 2)).toEqual(before.task.volumes);
    expect(after.task.volumes![2].efsVolumeConfiguration!.authorizationConfig!.accessPointId).toBe(await accessPointIn(IRELAND, 'Archive'));
    expect((await taskRolePolicies(IRELAND, 'Report')).statements).toHaveLength(3);
  }, 120_000);

  test('the same program again has nothing to change', async () => {
    expect(await cdk.diff(ACCOUNT, IRELAND, WITH_DIRECTORY)).toContain('Number of stacks with differences: 0');
  }, 120_000);

  test('a replica that is made anew is known in Ireland, whose stack follows, though its template is the same', async () => {
    const [ireland, frankfurt] = [await everythingIn(IRELAND), await everythingIn(FRANKFURT)];
    const [source, old] = [await fileSystemIn(IRELAND), await fileSystemIn(FRANKFURT)];
    await cdk.deploy(ACCOUNT, IRELAND, WITH_REPLICA);
    const replica = await fileSystemIn(FRANKFURT);
    expect(replica).not.toBe(old);
    expect(changes(ireland, await everythingIn(IRELAND))).toEqual([]);
    expect(changes(frankfurt, await everythingIn(FRANKFURT))).toEqual([
      'OtherKey', 'ReportTask', 'ReportsAccessPoint', 'UploadServiceTaskDef', 'UploadsAccessPoint', 'UploadsFileSystem',
      'UploadsFileSystemEfsMountTarget1', 'UploadsFileSystemEfsMountTarget2',
    ]);
    expect(await replicaKnownToIreland()).toBe(replica);
    const [replication] = await replicationOf(IRELAND, source);
    expect(replication.Destinations!.map(destination => destination.FileSystemId)).toEqual([replica]);
    const { FileSystems } = await efs(FRANKFURT).send(new DescribeFileSystemsCommand({ FileSystemId: old }));
    expect(FileSystems).toHaveLength(1); // with all its files: it was replaced, and is kept
  }, 120_000);

  test('when the stacks are destroyed, file systems and keys stay; access points, mount targets and the parameter go', async () => {
    const kept: [string, string, string][] = [];
    for (const region of REGIONS) {
      kept.push([region, await fileSystemIn(region), await deployed(region, 'AWS::KMS::Key', /^UploadsKey/)]);
    }
    await cdk.destroy(ACCOUNT, IRELAND, WITH_REPLICA);
    for (const [region, FileSystemId, KeyId] of kept) {
      const { FileSystems } = await efs(region).send(new DescribeFileSystemsCommand({ FileSystemId }));
      expect(FileSystems).toEqual([expect.objectContaining({ LifeCycleState: 'available', NumberOfMountTargets: 0 })]);
      expect((await new KMSClient(config(region)).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.KeyState).toBe('Enabled');
      expect((await efs(region).send(new DescribeAccessPointsCommand({ FileSystemId }))).AccessPoints).toEqual([]);
      expect((await efs(region).send(new DescribeFileSystemPolicyCommand({ FileSystemId }))).Policy).toContain('DenyOutsideAccessPoints');
    }
    expect((await new SSMClient(config(IRELAND)).send(new GetParametersByPathCommand({ Path: PARAMETERS }))).Parameters).toEqual([]);
  }, 120_000);
});
