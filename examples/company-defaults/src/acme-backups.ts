import { Annotations, ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  BackupAudit, BackupCopy, BackupResourceType, BackupTier, RecoveryObjectives, RestoreTesting, TaggedBackupPlan, VaultLock,
} from 'cdk-resilience';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { ALARM_TOPIC, BREAK_GLASS_ROLE, COPY_REGIONS, SHORTEST_RETENTION } from './company';

/** What a resource is worth. */
export type AcmeTier = 'critical' | 'medium' | 'low' | 'records';

/** What a team of Acme may choose. */
export interface AcmeBackupsProps {
  /**
   * How long the law wants the team's records to be kept.
   *
   * @default - the team keeps none: there is no tier `records`
   */
  readonly keepRecordsFor?: Duration;
}

/**
 * Backups as Acme does them: tiers, copies, lock, alarms, restore tests and reports are decided, a team says what is worth
 * how much. It holds a TaggedBackupPlan instead of being one: what the library adds next is not offered to teams by itself.
 */
export class AcmeBackups extends Construct {
  /** For what this construct does not offer. What is reached through it is the library's API, and changes with the library. */
  public readonly plan: TaggedBackupPlan;

  constructor(scope: Construct, id: string, props: AcmeBackupsProps = {}) {
    super(scope, id);
    const stack = Stack.of(this);
    const copyTo = BackupCopy.toRegion(copyRegionOf(stack));
    const topic = Topic.fromTopicArn(this, 'AlarmTopic', stack.formatArn({ service: 'sns', resource: ALARM_TOPIC, arnFormat: ArnFormat.NO_RESOURCE_NAME }));
    this.plan = new TaggedBackupPlan(this, 'Plan', {
      tiers: [
        BackupTier.critical({ copyTo, objectives: RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.hours(2) }) }),
        BackupTier.medium({ copyTo }),
        BackupTier.low(),
        ...props.keepRecordsFor ? [recordsTier(copyTo, props.keepRecordsFor)] : [],
      ],
      alarmTopic: topic,
      restoreTesting: RestoreTesting.weekly(),
      optIn: [BackupResourceType.DYNAMODB, BackupResourceType.EFS, BackupResourceType.RDS, BackupResourceType.S3],
      protection: {
        lock: VaultLock.governance({ minRetention: SHORTEST_RETENTION }),
        breakGlass: [Role.fromRoleArn(this, 'BreakGlass', `arn:${stack.partition}:iam::${stack.account}:role/${BREAK_GLASS_ROLE}`)],
      },
      audit: BackupAudit.reports(),
    });
    Annotations.of(this.plan).acknowledgeWarning('cdk-resilience:alarmTopicPolicy', 'every account gets the topic with a policy that lets alarms and rules publish to it');
    Validations.of(this.plan).acknowledge({ id: 'BackupCoverage::BackupCoverage-EmptyTier', reason: 'every team gets every tier, and uses those that it needs' });
  }

  /** Puts everything in `scope` that can be backed up into the tier. */
  public protect(scope: IConstruct, tier: AcmeTier): void {
    this.plan.protect(scope, tier);
  }
}

function recordsTier(copyTo: BackupCopy, keepFor: Duration): BackupTier {
  return BackupTier.of('records', { objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) }), keepFor, copyTo });
}

function copyRegionOf(stack: Stack): string {
  const region = COPY_REGIONS[stack.region];
  if (region === undefined) {
    throw new Error(`stack '${stack.node.path}' must be in a Region of the company, got: '${stack.region}'; state one of ${Object.keys(COPY_REGIONS).join(', ')} as 'env.region'`);
  }
  return region;
}
