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
/** What becomes of the points of a period; the last entry of a line says how it is drawn. */
const statistics = (widget: any) => widget.properties.metrics.map((line: any[]) => line[line.length - 1].stat);
const lines = (widget: any) => widget.properties.metrics.map(([, name]: string[]) => name);

test('alarms, the age of each tier with its RPO, and jobs that ended badly', () => {
  const shown = widgets();
  expect(shown.map(widget => widget.properties.title)).toEqual([
    'Alarms', 'ledger: age of the oldest newest backup', 'low: age of the oldest newest backup', 'Jobs that ended badly (account and Region)',
  ]);
  expect(shown[0].properties.alarms).toHaveLength(6);
  expect(shown[1].properties.annotations.horizontal).toEqual([{ value: 14_400, label: 'RPO 4 hours', yAxis: 'left' }]);
  expect(shown[2].properties.annotations.horizontal).toEqual([{ value: 177 * 3600, label: 'RPO 7 days 9 hours', yAxis: 'left' }]);
  expect(lines(shown[1])).toEqual(['OldestRecoveryPointAge', 'TaggedResources', 'NeverBackedUp']);
  expect(statistics(shown[1])).toEqual(['Maximum', 'Maximum', 'Maximum']);
  expect(statistics(shown[3])).toEqual(['Sum', 'Sum', 'Sum', 'Sum']);
  expect(lines(shown[3])).toEqual(['NumberOfBackupJobsFailed', 'NumberOfBackupJobsExpired', 'NumberOfCopyJobsFailed', 'NumberOfRestoreJobsFailed']);
});

test.each([[1, 24], [2, 12], [3, 8]])('%i tiers side by side are %i wide each, up to a row', (count, width) => {
  const stack = shopStack();
  new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low(), BackupTier.medium(), BackupTier.critical()].slice(0, count) });
  const body = JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  expect(body.split(`\\"width\\":${width},\\"height\\":6,\\"x\\":0,\\"y\\":3`)).toHaveLength(2);
});

test('how long restores take, with the RTO of the tiers that state one, when they are tested', () => {
  const restores = widgets(RestoreTesting.weekly()).pop();
  expect(restores.properties.title).toBe('Restore tests: time to restore');
  expect(restores.properties.annotations.horizontal).toEqual([{ value: 28_800, label: 'RTO ledger', yAxis: 'left' }]);
  expect(lines(restores)).toEqual(['RestoreDuration', 'RestoreDuration', 'RestoreTestFailed', 'RestoreTestFailed']);
  expect(statistics(restores)).toEqual(['Maximum', 'Maximum', 'Sum', 'Sum']);
});
