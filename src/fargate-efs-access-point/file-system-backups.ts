import type { TaggedBackupPlan } from '../tagged-backup-plan/tagged-backup-plan';

/** How a file system is backed up. */
export class FileSystemBackups {
  /**
   * AWS Backup's own plan: every day, kept 35 days, in the account's default vault. Nobody measures it against an RPO.
   *
   * @see https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html
   */
  public static automatic(): FileSystemBackups {
    return new FileSystemBackups(true);
  }

  /** A tier of your plan, with its schedule, copies, alarms and restore tests. */
  public static tier(plan: TaggedBackupPlan, tier: string): FileSystemBackups {
    return new FileSystemBackups(false, plan, tier);
  }

  /**
   * None. Replication is no backup: it copies a deleted file as a deleted file.
   *
   * @param reason Why nothing is lost: `BackupCoverage` keeps it with the file system.
   */
  public static none(reason: string): FileSystemBackups {
    return new FileSystemBackups(false, undefined, undefined, reason);
  }

  private constructor(
    /** Whether AWS Backup's own plan takes it. */
    public readonly isAutomatic: boolean,
    /** The plan whose tier takes it, if one does. */
    public readonly plan?: TaggedBackupPlan,
    /** The tier's name. */
    public readonly tierName?: string,
    /** Why there is none; undefined when there is one. */
    public readonly reason?: string,
  ) {}
}
