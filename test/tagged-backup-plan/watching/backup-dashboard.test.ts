import { Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { BackupTier, RecoveryObjectives, RestoreTesting, TaggedBackupPlan } from '../../../src';
import { shopStack } from '../../support/app';

function widgets(restoreTesting?: RestoreTesting): any[] {
  const stack = shopStack();
  const ledger = BackupTier.of('ledger', { objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(4) }) });
  new TaggedBackupPlan(stack, 'Backups', { tiers: [ledger, BackupTier.low()], restoreTesting });
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const text = dashboard.Properties.DashboardBody['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : 'TOKEN').join('');
  return JSON.parse(text).widgets;
}
const lines = (widget: any) => widget.properties.metrics.map(([, name]: string[]) => name);

test('alarms, the age of each tier with its RPO, and jobs that ended badly', () => {
  const shown = widgets();
  expect(shown.map(widget => widget.properties.title)).toEqual([
    'Alarms', 'ledger: age of the oldest newest backup', 'low: age of the oldest newest backup', 'Jobs that ended badly (account and Region)',
  ]);
  expect(shown[0].properties.alarms).toHaveLength(6);
  expect(shown[1].properties.annotations.horizontal).toEqual([{ value: 14_400, label: 'RPO 4 hours', yAxis: 'left' }]);
  expect(lines(shown[1])).toEqual(['OldestRecoveryPointAge', 'TaggedResources', 'NeverBackedUp']);
  expect(lines(shown[3])).toEqual(['NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired', 'NumberOfCopyJobsFailed', 'NumberOfRestoreJobsFailed']);
});

test('how long restores take, with the RTO of the tiers that state one, when they are tested', () => {
  const restores = widgets(RestoreTesting.weekly()).pop();
  expect(restores.properties.title).toBe('Restore tests: time to restore');
  expect(restores.properties.annotations.horizontal).toEqual([{ value: 28_800, label: 'RTO ledger', yAxis: 'left' }]);
  expect(lines(restores)).toEqual(['RestoreDuration', 'RestoreDuration', 'RestoreTestFailed', 'RestoreTestFailed']);
});
