import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { FileSystem, LifecyclePolicy, OutOfInfrequentAccessPolicy, PerformanceMode, ReplicationOverwriteProtection, ThroughputMode } from 'aws-cdk-lib/aws-efs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { accessPointsOnly } from './client-policy';
import { FileSystemBackups } from './file-system-backups';
import { FileSystemLifecycle } from './file-system-lifecycle';
import type { FileSystemReplication } from './file-system-replication';
import { FileSystemThroughput } from './file-system-throughput';
import { acknowledge } from '../private/acknowledgement';
import { plain } from '../private/naming';

/** What a file system of our own is like. */
export interface NewFileSystemOptions {
  /**
   * What encrypts the files.
   *
   * @default - a new customer managed key that is rotated every year and outlives the stack
   */
  readonly encryptionKey?: IKey;

  /**
   * How fast it is.
   *
   * @default FileSystemThroughput.elastic()
   */
  readonly throughput?: FileSystemThroughput;

  /**
   * When files move to cheaper storage.
   *
   * @default - Infrequent Access after 30 days without a read, with elastic throughput Archive after 90
   */
  readonly lifecycle?: FileSystemLifecycle;

  /**
   * How it is backed up.
   *
   * @default FileSystemBackups.automatic()
   */
  readonly backups?: FileSystemBackups;

  /**
   * Its copy in another Region, or what it is the copy of.
   *
   * @default - files live in this Region only
   */
  readonly replication?: FileSystemReplication;

  /**
   * Where its mount targets are: one a zone. Every zone that runs tasks needs one.
   *
   * @default - a private subnet of each zone of the VPC
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * What happens to it when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A file system of ours, and what it is made of. */
export interface OwnFileSystem {
  /** The file system. */
  readonly fileSystem: FileSystem;
  /** What encrypts it. */
  readonly key: IKey;
  /** Of its mount targets. */
  readonly securityGroup: SecurityGroup;
}

/** The stages that a file system goes through when nobody says otherwise. */
export function lifecycleOf({ lifecycle, throughput }: NewFileSystemOptions): FileSystemLifecycle {
  const elastic = (throughput ?? FileSystemThroughput.elastic()).mode === 'elastic';
  return lifecycle ?? FileSystemLifecycle.of({
    toInfrequentAccess: LifecyclePolicy.AFTER_30_DAYS,
    toArchive: elastic ? LifecyclePolicy.AFTER_90_DAYS : undefined,
  });
}

/** A file system with its key and security group, under the construct. Files and key outlive the stack. */
export function createFileSystem(scope: Construct, vpc: IVpc, options: NewFileSystemOptions, rootAllowed: boolean): OwnFileSystem {
  const key = options.encryptionKey ?? new Key(scope, 'Key', {
    description: `Encrypts the files of ${scope.node.path}`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: plain(`Mount targets of ${scope.node.path}`),
    allowAllOutbound: false, // they answer, and never ask
  });
  const throughput = options.throughput ?? FileSystemThroughput.elastic();
  const { toInfrequentAccess, toArchive } = lifecycleOf(options);
  const backups = options.backups ?? FileSystemBackups.automatic();
  const fileSystem = new FileSystem(scope, 'FileSystem', {
    vpc,
    vpcSubnets: options.vpcSubnets ?? { onePerAz: true },
    securityGroup,
    encrypted: true,
    kmsKey: key,
    performanceMode: PerformanceMode.GENERAL_PURPOSE,
    throughputMode: { elastic: ThroughputMode.ELASTIC, bursting: ThroughputMode.BURSTING, provisioned: ThroughputMode.PROVISIONED }[throughput.mode],
    provisionedThroughputPerSecond: throughput.perSecond,
    lifecyclePolicy: toInfrequentAccess,
    transitionToArchivePolicy: toArchive,
    outOfInfrequentAccessPolicy: toInfrequentAccess ?? toArchive ? OutOfInfrequentAccessPolicy.AFTER_1_ACCESS : undefined,
    enableAutomaticBackups: backups.isAutomatic,
    // Trap: told to deny anonymous access, the L2 lets everybody write and be root who may mount. Our policy is a policy,
    // which ends anonymous access, and so the L2 is told to leave it alone.
    allowAnonymousAccess: true,
    fileSystemPolicy: accessPointsOnly(scope, rootAllowed),
    replicationOverwriteProtection: options.replication && !options.replication.destination ? ReplicationOverwriteProtection.DISABLED : undefined,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
  });
  protect(fileSystem, backups);
  return { fileSystem, key, securityGroup };
}

/** Into a tier, or with the reason why in none, where `BackupCoverage` looks for it. */
function protect(fileSystem: FileSystem, backups: FileSystemBackups): void {
  backups.plan?.protect(fileSystem, backups.tierName!);
  const reason = backups.isAutomatic ? 'AWS Backup takes it every day by its own plan and keeps it 35 days' : backups.reason;
  if (reason) {
    acknowledge(fileSystem, 'BackupCoverage-Unprotected', reason);
  }
}

/**
 * Has the file system copied to that one.
 *
 * Trap: the L2 writes the Region of the stack that imports the destination, and not the destination's.
 */
export function replicate(fileSystem: FileSystem, destination: { readonly fileSystemId: string; readonly region: string }): void {
  const resource = fileSystem.node.defaultChild as CfnFileSystem;
  resource.replicationConfiguration = { destinations: [{ fileSystemId: destination.fileSystemId, region: destination.region }] };
}

