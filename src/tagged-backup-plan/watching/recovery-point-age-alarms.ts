import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AGE_VARIABLES, METRICS } from '../handler-props';
import { MeasureRecoveryPointAgeFunction } from './measure-recovery-point-age-function';
import { METRIC_NAMESPACE, tierMetric } from './tier-metric';
import { ring } from '../../private/alarm-topic';
import { allow, handlerOptions } from '../../private/handler-options';
import { wholeSeconds } from '../../private/validation';
import { BackupResourceType } from '../tiers/backup-resource-type';
import type { BackupTier } from '../tiers/backup-tier';

/** What a tier that states no RPO is given beyond what its schedules reach: the time that a job takes. */
const JOB_ALLOWANCE = Duration.hours(1);
/** The paces at which ages are measured: often enough that a broken promise is noticed within a fraction of it. */
const PACES = [Duration.hours(1), Duration.minutes(15), Duration.minutes(5)];
const MEASUREMENTS_WITHIN_RPO = 8;
/** How far back the vault is listed. Beyond it, one look-up a resource is cheaper than pages of hourly backups. */
const LOOKBACK = Duration.hours(36);
/** CloudWatch looks back no further than a week. */
const LONGEST_EVALUATION = Duration.days(7);

/** Properties of `RecoveryPointAgeAlarms`. */
export interface RecoveryPointAgeAlarmsProps {
  /** The plan, as a dimension of the metrics. */
  readonly plan: string;
  /** The key of the tag. */
  readonly tagKey: string;
  /** The tiers that are watched. */
  readonly tiers: BackupTier[];
  /** The vault that backups are kept in. */
  readonly vault: IBackupVault;
  /** Where alarms are announced. */
  readonly topic: ITopic;
  /** Gets what could not be measured after all attempts. */
  readonly deadLetterQueue: IQueue;
}

/**
 * Measures how old the newest backup of each tagged resource is, and rings when it is older than the tier's RPO, when a
 * resource never had one, or when nobody measures any more.
 */
export class RecoveryPointAgeAlarms extends Construct {
  /** Measures. */
  public readonly handler: MeasureRecoveryPointAgeFunction;
  /** Starts the measurement. */
  public readonly schedule: Rule;
  /** Rings when the newest backup of a resource is older than the RPO, by tier. */
  public readonly ageAlarms: Record<string, Alarm> = {};
  /** Rings when a resource has had no backup for as long as the RPO, by tier. */
  public readonly neverBackedUpAlarms: Record<string, Alarm> = {};

  constructor(scope: Construct, id: string, props: RecoveryPointAgeAlarmsProps) {
    super(scope, id);
    this.handler = this.createHandler(props);
    const pace = paceFor(props.tiers);
    this.schedule = new Rule(this, 'Schedule', {
      description: `Measures the age of the backups of ${scope.node.path}`,
      schedule: Schedule.rate(pace),
      targets: [new LambdaFunction(this.handler)],
    });
    for (const tier of props.tiers) {
      const rpo = watchedRpo(tier);
      if (!rpo) {
        Annotations.of(this).addWarningV2('cdk-resilience:tierWithoutRpo',
          `the age of backups of tier '${tier.name}' is measured but rings no alarm: its schedules can not be read at synth, state 'objectives'`);
        continue;
      }
      const tierScope = new Construct(this, `Tier-${tier.name}`);
      this.ageAlarms[tier.name] = ring(new Alarm(tierScope, 'AgeAlarm', {
        alarmDescription: `The newest backup of a resource in tier '${tier.name}' is older than ${rpo.toHumanString()}: the log of ${this.handler.node.path} names it`,
        metric: tierMetric(props.plan, tier.name, METRICS.oldestRecoveryPoint, { period: pace, statistic: 'Maximum' }),
        threshold: wholeSeconds(rpo),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        treatMissingData: TreatMissingData.BREACHING, // when nobody measures, nobody knows
      }), props.topic);
      // Nobody has measured yet when it is deployed first: whom that rang out of bed hears that all is well.
      this.ageAlarms[tier.name].addOkAction(new SnsAction(props.topic));
      const period = wholeSeconds(rpo) < 3600 ? Duration.minutes(5) : Duration.hours(1);
      this.neverBackedUpAlarms[tier.name] = ring(new Alarm(tierScope, 'NeverBackedUpAlarm', {
        alarmDescription: `A resource in tier '${tier.name}' has never been backed up: see that its type is switched on in the settings of AWS Backup; the log of ${this.handler.node.path} names it`,
        metric: tierMetric(props.plan, tier.name, METRICS.neverBackedUp, { period, statistic: 'Minimum' }),
        threshold: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // A new resource has until the RPO to get its first backup.
        evaluationPeriods: Math.ceil(Math.min(wholeSeconds(rpo), LONGEST_EVALUATION.toSeconds()) / period.toSeconds()),
        treatMissingData: TreatMissingData.NOT_BREACHING, // the other alarm tells of silence
      }), props.topic);
    }
  }

  private createHandler(props: RecoveryPointAgeAlarmsProps): MeasureRecoveryPointAgeFunction {
    const databases = Stack.of(this).formatArn({ service: 'rds', resource: 'db', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    return new MeasureRecoveryPointAgeFunction(this, 'Handler', handlerOptions(this, {
      description: `Measures the age of the backups of ${props.plan}`,
      timeout: Duration.minutes(10),
      memorySize: 512,
      deadLetterQueue: props.deadLetterQueue,
      environment: {
        [AGE_VARIABLES.namespace]: METRIC_NAMESPACE,
        [AGE_VARIABLES.plan]: props.plan,
        [AGE_VARIABLES.tagKey]: props.tagKey,
        [AGE_VARIABLES.tiers]: JSON.stringify(props.tiers.map(tier => tier.name)),
        [AGE_VARIABLES.continuousTiers]: JSON.stringify(
          props.tiers.filter(tier => tier.rules.some(rule => rule.enableContinuousBackup)).map(tier => tier.name)),
        [AGE_VARIABLES.resourceTypes]: JSON.stringify([...new Set(BackupResourceType.values.map(type => type._tagged))]),
        [AGE_VARIABLES.vault]: props.vault.backupVaultName,
        [AGE_VARIABLES.lookbackSeconds]: String(LOOKBACK.toSeconds()),
      },
      wildcards: 'listing by resource, listing by tag and putting metrics know no resource (metrics are bound to one namespace); databases join by their tag, so their names are not known here',
      statements: [
        allow(['backup:ListRecoveryPointsByBackupVault'], [props.vault.backupVaultArn]),
        allow(['backup:ListRecoveryPointsByResource', 'tag:GetResources'], ['*']),
        allow(['rds:DescribeDBInstances'], [databases]),
        allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } }),
      ],
    }));
  }
}

/** The RPO that is watched: the one that is stated, or what the schedules reach and the time of a job. */
export function watchedRpo(tier: BackupTier): Duration | undefined {
  const reached = tier._snapshotRpo;
  return tier.objectives?.rpo ?? (reached && reached.plus(JOB_ALLOWANCE));
}

function paceFor(tiers: BackupTier[]): Duration {
  const shortest = Math.min(...tiers.map(watchedRpo).map(rpo => rpo ? wholeSeconds(rpo) : Infinity));
  return PACES.find(pace => pace.toSeconds() * MEASUREMENTS_WITHIN_RPO <= shortest) ?? PACES[PACES.length - 1];
}
