import type { Duration } from 'aws-cdk-lib/core';
import type { FargateEfsAccessPoint } from './fargate-efs-access-point';

/** What is expected of a replication, for `FileSystemReplication.to`. */
export interface FileSystemReplicationOptions {
  /**
   * How much of the past may be lost with the Region: 15 minutes at least, which is what AWS says of most file systems. An
   * alarm rings when the replica is older, or when nobody knows how old it is.
   *
   * @default Duration.minutes(15)
   */
  readonly rpo?: Duration;
}

/**
 * A file system and its replica in another Region. The replica is read-only until failover, which is the deletion of the
 * replication. AWS replicates files, not access points and policies: the same construct makes those there.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html
 */
export class FileSystemReplication {
  /**
   * This file system is written here and copied there.
   *
   * @param replica The same directory in a stack of another Region of the account, created with
   * `FileSystemReplication.replica()`.
   */
  public static to(replica: FargateEfsAccessPoint, options: FileSystemReplicationOptions = {}): FileSystemReplication {
    return new FileSystemReplication(replica, options.rpo);
  }

  /** This file system is the copy: it takes what another Region writes, and is read-only until failover. */
  public static replica(): FileSystemReplication {
    return new FileSystemReplication();
  }

  private constructor(
    /** Where the files are copied to; undefined for the replica itself. */
    public readonly destination?: FargateEfsAccessPoint,
    /** How much of the past may be lost. */
    public readonly rpo?: Duration,
  ) {}
}
