import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AccessPoint, FileSystem, LifecyclePolicy, OutOfInfrequentAccessPolicy, PerformanceMode, ThroughputMode } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { serve } from '../service';

/**
 * The same resources with the same properties. What differs: names and descriptions, which follow from paths, and nothing
 * tells `BackupCoverage` why the file system is in no tier. No grant of the L2 is used, and its default policy is turned
 * off: they let more people do more, see docs/efs-access.md.
 */
export function byHand(stack: Stack, id: string): void {
  const shop = new Construct(stack, id);
  const { vpc, container, service } = serve(shop);
  const scope = new Construct(shop, 'Files');
  const fileSystem = createFileSystem(scope, vpc);
  watch(scope, fileSystem.fileSystemId);
  const accessPoint = new AccessPoint(scope, 'AccessPoint', {
    fileSystem,
    path: '/shop',
    createAcl: { ownerUid: '1000', ownerGid: '1000', permissions: '0750' },
    posixUser: { uid: '1000', gid: '1000' },
  });

  const volume = `${stack.stackName}-${id}-files`;
  const task = service.taskDefinition;
  task.addVolume({
    name: volume,
    efsVolumeConfiguration: {
      fileSystemId: fileSystem.fileSystemId,
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
    },
  });
  container.addMountPoints({ sourceVolume: volume, containerPath: '/data', readOnly: false });
  task.addToTaskRolePolicy(new PolicyStatement({
    actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    resources: [fileSystem.fileSystemArn],
    conditions: {
      StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn },
      Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
    },
  }));

  fileSystem.connections.allowDefaultPortFrom(service, 'mounts the file system');
  // The first tasks need the mount targets, and the rule that lets them in; the rule needs the service's security group.
  const [group] = fileSystem.connections.securityGroups;
  service.node.findChild('Service').node.addDependency(fileSystem.mountTargetsAvailable, ...group.node.children.slice(1));
}

/** Encrypted, backed up, kept, and open through access points alone. */
function createFileSystem(scope: Construct, vpc: IVpc): FileSystem {
  const key = new Key(scope, 'Key', { description: `Encrypts the files of ${scope.node.path}`, enableKeyRotation: true });
  const clients = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'];
  const accessPoints = Stack.of(scope).formatArn({ service: 'elasticfilesystem', resource: 'access-point', resourceName: '*' });
  const deny = (sid: string, actions: string[], conditions?: Record<string, unknown>) =>
    new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, conditions });
  return new FileSystem(scope, 'FileSystem', {
    vpc,
    securityGroup: new SecurityGroup(scope, 'SecurityGroup', {
      vpc, description: `Mount targets of ${scope.node.path}`, allowAllOutbound: false,
    }),
    encrypted: true,
    kmsKey: key,
    performanceMode: PerformanceMode.GENERAL_PURPOSE,
    throughputMode: ThroughputMode.ELASTIC,
    lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
    transitionToArchivePolicy: LifecyclePolicy.AFTER_90_DAYS,
    outOfInfrequentAccessPolicy: OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
    enableAutomaticBackups: true,
    allowAnonymousAccess: true,
    fileSystemPolicy: new PolicyDocument({
      statements: [
        deny('DenyInsecureTransport', clients, { Bool: { 'aws:SecureTransport': 'false' } }),
        deny('DenyOutsideAccessPoints', clients, { StringNotLike: { 'elasticfilesystem:AccessPointArn': accessPoints } }),
        deny('DenyRoot', ['elasticfilesystem:ClientRootAccess']),
      ],
    }),
  });
}

/** Two alarms on an encrypted topic that they may publish to. */
function watch(scope: Construct, fileSystemId: string): void {
  const masterKey = new Key(scope, 'AlarmTopicKey', {
    description: `Encrypts the messages of ${scope.node.path}/AlarmTopic`, enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true });
  const { account } = topic.stack;
  const statement = (actions: string[], resources: string[]) => new PolicyStatement({
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources,
    conditions: {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': topic.stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
    },
  });
  topic.addToResourcePolicy(statement(['sns:Publish'], [topic.topicArn]));
  masterKey.addToResourcePolicy(statement(['kms:Decrypt', 'kms:GenerateDataKey*'], ['*']));
  const alarm = (metricName: string, statistic: string, period: Duration, threshold: number, alarmDescription: string) =>
    new Alarm(scope, metricName, {
      alarmDescription,
      metric: new Metric({ namespace: 'AWS/EFS', metricName, dimensionsMap: { FileSystemId: fileSystemId }, statistic, period }),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(topic));
  alarm('PercentIOLimit', 'Maximum', Duration.minutes(5), 95,
    'The file system has been at its I/O limit for 15 minutes: spread files over several file systems, or ask for fewer small operations');
  alarm('ClientConnections', 'Sum', Duration.minutes(1), 20_000,
    'More than 20,000 clients are connected; AWS refuses more than 25,000 on one file system');
}
