/**
 * How auditors see that backups are taken, copied, kept and can be restored: by reports that AWS Backup Audit Manager
 * writes to S3, and by a framework that judges each resource of a tier.
 *
 * AWS delivers every report once a day, in a time that it chooses; there is no schedule to set. A Region takes 20
 * report plans, 15 frameworks and 50 controls of an account, whoever makes them.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html
 */
export abstract class BackupAudit {
  /**
   * Reports of all backup, copy and restore jobs of the account and Region, every day: proof that they ran. Three
   * report plans; AWS Config is not needed.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-audit-reports.html
   */
  public static reports(): BackupAudit {
    return new Audit(false);
  }

  /**
   * The reports, and a framework for each tier with the controls that follow from its rules: in a plan, often enough,
   * kept long enough, encrypted, copied and locked where the tier says so, newest backup within the RPO, restored
   * within the RTO. Two more reports tell daily which resource and which control failed.
   *
   * AWS Config must record, in the Region, the types that are backed up and those of AWS Backup (plan, selection,
   * vault, recovery point): what is not recorded is not evaluated, and a framework that evaluates nothing shows no
   * failure. Config and each evaluation are paid for.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/turning-on-resource-tracking.html
   */
  public static reportsAndFramework(): BackupAudit {
    return new Audit(true);
  }

  /** Whether frameworks judge the tiers. @internal */
  public abstract readonly _withFramework: boolean;
}

class Audit extends BackupAudit {
  constructor(public readonly _withFramework: boolean) {
    super();
  }
}
