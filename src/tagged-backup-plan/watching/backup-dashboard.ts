import type { Alarm, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmStatusWidget, Dashboard, GraphWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { METRICS } from '../handler-props';
import { watchedRpo } from './recovery-point-age-alarms';
import { tierMetric } from './tier-metric';
import { wholeSeconds } from '../../private/validation';
import type { BackupTier } from '../tiers/backup-tier';

/** Properties of the dashboard. */
export interface BackupDashboardProps {
  /** The plan, as a dimension of the metrics. */
  readonly plan: string;
  /** The tiers that are watched. */
  readonly tiers: BackupTier[];
  /** What rings. */
  readonly alarms: Alarm[];
  /** Whether restores are tested. */
  readonly restoreTested: boolean;
}

/** Everything in one place: alarms; the age of backups and their RPO; jobs that failed; restores and their RTO. */
export function createDashboard(scope: Construct, id: string, props: BackupDashboardProps): Dashboard {
  return new Dashboard(scope, id, {
    defaultInterval: Duration.days(7),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms, width: 24, height: 3 })],
      props.tiers.map(tier => ageWidget(props, tier)),
      [jobsWidget(), ...props.restoreTested ? [restoreWidget(props)] : []],
    ],
  });
}

function ageWidget({ plan, tiers }: BackupDashboardProps, tier: BackupTier): IWidget {
  const rpo = watchedRpo(tier);
  return new GraphWidget({
    title: `${tier.name}: age of the oldest newest backup`,
    width: widthFor(tiers.length),
    left: [tierMetric(plan, tier.name, METRICS.oldestRecoveryPoint, { period: Duration.hours(1), statistic: 'Maximum', label: 'age' })],
    leftAnnotations: rpo ? [{ value: wholeSeconds(rpo), label: `RPO ${rpo.toHumanString()}` }] : [],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    right: [
      tierMetric(plan, tier.name, METRICS.taggedResources, { period: Duration.hours(1), statistic: 'Maximum', label: 'resources' }),
      tierMetric(plan, tier.name, METRICS.neverBackedUp, { period: Duration.hours(1), statistic: 'Maximum', label: 'never backed up' }),
    ],
    rightYAxis: { min: 0, showUnits: false },
  });
}

/** Metrics that AWS Backup publishes itself, of the account and Region. */
function jobsWidget(): IWidget {
  const metric = (name: string) => new Metric({ namespace: 'AWS/Backup', metricName: name, period: Duration.hours(1), statistic: 'Sum' });
  return new GraphWidget({
    title: 'Jobs that ended badly (account and Region)',
    width: 12,
    left: ['NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired', 'NumberOfCopyJobsFailed', 'NumberOfRestoreJobsFailed'].map(metric),
    leftYAxis: { min: 0, showUnits: false },
  });
}

function restoreWidget({ plan, tiers }: BackupDashboardProps): IWidget {
  return new GraphWidget({
    title: 'Restore tests: time to restore',
    width: 12,
    left: tiers.map(tier => tierMetric(plan, tier.name, METRICS.restoreDuration, { period: Duration.hours(1), statistic: 'Maximum', label: tier.name })),
    leftAnnotations: tiers.flatMap(({ name, objectives }) => objectives ? [{ value: wholeSeconds(objectives.rto), label: `RTO ${name}` }] : []),
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    right: tiers.map(tier => tierMetric(plan, tier.name, METRICS.restoreTestFailed, { period: Duration.hours(1), statistic: 'Sum', label: `${tier.name} failed` })),
    rightYAxis: { min: 0, showUnits: false },
  });
}

function widthFor(count: number): number {
  return count === 1 ? 24 : count === 2 ? 12 : 8;
}
