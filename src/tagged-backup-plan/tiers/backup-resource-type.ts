import { Duration } from 'aws-cdk-lib/core';

/** What AWS Backup can do for a type of resource. */
interface Ability {
  /**
   * How far behind now a continuous backup can restore.
   *
   * @default - there are snapshots only
   */
  readonly continuousWithin?: Duration;
  /** How the Resource Groups Tagging API calls it. */
  readonly tagged: string;
}

/**
 * A type of resource that AWS Backup backs up, and how close to now it can restore it: by a snapshot every hour at
 * most, or, for some, by continuous backup.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
 */
export class BackupResourceType {
  /** Amazon Aurora clusters: continuous backup, up to five minutes ago. */
  public static readonly AURORA = new BackupResourceType('Aurora', { continuousWithin: Duration.minutes(5), tagged: 'rds:cluster' });
  /** Amazon DocumentDB clusters: snapshots. */
  public static readonly DOCUMENTDB = new BackupResourceType('DocumentDB', { tagged: 'rds:cluster' });
  /** Amazon DynamoDB tables: snapshots. To the second they are restored by their own point-in-time recovery. */
  public static readonly DYNAMODB = new BackupResourceType('DynamoDB', { tagged: 'dynamodb:table' });
  /** Amazon EBS volumes: snapshots. */
  public static readonly EBS = new BackupResourceType('EBS', { tagged: 'ec2:volume' });
  /** Amazon EC2 instances, with their volumes: images. */
  public static readonly EC2 = new BackupResourceType('EC2', { tagged: 'ec2:instance' });
  /** Amazon EFS file systems: snapshots. */
  public static readonly EFS = new BackupResourceType('EFS', { tagged: 'elasticfilesystem:file-system' });
  /** Amazon FSx file systems: snapshots. */
  public static readonly FSX = new BackupResourceType('FSx', { tagged: 'fsx:file-system' });
  /** Amazon Neptune clusters: snapshots. */
  public static readonly NEPTUNE = new BackupResourceType('Neptune', { tagged: 'rds:cluster' });
  /** Amazon RDS instances: continuous backup, up to five minutes ago. Multi-AZ clusters have snapshots only. */
  public static readonly RDS = new BackupResourceType('RDS', { continuousWithin: Duration.minutes(5), tagged: 'rds:db' });
  /** Amazon S3 buckets with versioning: continuous backup, up to a quarter of an hour ago. */
  public static readonly S3 = new BackupResourceType('S3', { continuousWithin: Duration.minutes(15), tagged: 's3' });

  /** Every type that is known here, by name. */
  public static get values(): BackupResourceType[] {
    return [
      BackupResourceType.AURORA, BackupResourceType.DOCUMENTDB, BackupResourceType.DYNAMODB, BackupResourceType.EBS, BackupResourceType.EC2,
      BackupResourceType.EFS, BackupResourceType.FSX, BackupResourceType.NEPTUNE, BackupResourceType.RDS, BackupResourceType.S3,
    ];
  }

  /** How AWS Backup calls the type. */
  public readonly name: string;
  /** How far behind now a continuous backup can restore; undefined for types that have snapshots only. */
  public readonly continuousWithin?: Duration;
  /** How the Resource Groups Tagging API calls the type. @internal */
  public readonly _tagged: string;

  private constructor(name: string, ability: Ability) {
    this.name = name;
    this.continuousWithin = ability.continuousWithin;
    this._tagged = ability.tagged;
  }
}
