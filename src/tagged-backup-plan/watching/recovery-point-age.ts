/** How old the newest backup of each tagged resource is, and of the worst of a tier. */

/** A resource that carries the tag of a tier. */
export interface TaggedResource {
  /** Its ARN. */
  readonly arn: string;
  /** The value of the tag. */
  readonly tier: string;
}

/** A recovery point as AWS Backup lists it. */
export type ListedRecoveryPoint = Partial<{
  readonly RecoveryPointArn: string;
  readonly ResourceArn: string;
  readonly Status: string;
  readonly CreationDate: Date;
}>;

/** What is measured of a tier. */
export interface TierAge {
  /** Its name. */
  readonly tier: string;
  /** How many resources carry its tag. */
  readonly resources: number;
  /** The age of the newest backup of the resource that is worst off; 0 when all is well or nothing is there. */
  readonly oldestSeconds: number;
  /** Whose that is; undefined when nothing is there. */
  readonly oldestResource: string | undefined;
  /** Resources that have no backup at all. */
  readonly neverBackedUp: string[];
}

/** What can be restored from. A continuous backup that was interrupted is STOPPED. */
const USABLE = ['COMPLETED', 'AVAILABLE'];
/** AWS Backup keeps one continuous recovery point a resource, marks it so, and writes it on. */
const CONTINUOUS = /:recovery-point:continuous:/;

/**
 * Remembers, for each resource, the time up to which it can be restored. A continuous backup reaches up to now, but for
 * minutes that AWS Backup does not tell; when it is interrupted it is no longer usable.
 */
export function noteRecoveryPoints(newest: Map<string, number>, points: ListedRecoveryPoint[], now: number): void {
  for (const { ResourceArn, RecoveryPointArn = '', Status = '', CreationDate } of points) {
    if (ResourceArn && CreationDate && USABLE.includes(Status)) {
      const reaches = CONTINUOUS.test(RecoveryPointArn) ? now : CreationDate.getTime();
      newest.set(ResourceArn, Math.max(newest.get(ResourceArn) ?? 0, reaches));
    }
  }
}

/** The worst of each tier. */
export function agesOf(tiers: string[], resources: TaggedResource[], newest: Map<string, number>, now: number): TierAge[] {
  return tiers.map(tier => {
    const own = resources.filter(resource => resource.tier === tier).map(resource => resource.arn);
    const backedUp = own.filter(arn => newest.has(arn)).sort((a, b) => newest.get(a)! - newest.get(b)!);
    return {
      tier,
      resources: own.length,
      oldestSeconds: backedUp.length > 0 ? Math.max(0, Math.round((now - newest.get(backedUp[0])!) / 1000)) : 0,
      oldestResource: backedUp[0],
      neverBackedUp: own.filter(arn => !newest.has(arn)),
    };
  });
}

/** Whether the resource is of a type that AWS Backup backs up continuously: a bucket, or a database of RDS or Aurora. */
export function canBeContinuous(arn: string): boolean {
  return /^arn:[^:]+:(s3|rds):/.test(arn);
}

/** Whether the ARN is that of a database instance, which may be a member of a cluster that is backed up as a whole. */
export function databaseInstanceIn(arn: string): string | undefined {
  return /^arn:[^:]+:rds:[^:]*:[^:]*:db:(.+)$/.exec(arn)?.[1];
}
