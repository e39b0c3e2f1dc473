import { ok, throws } from 'node:assert';
import { test } from 'node:test';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { AcmeBackupsProps } from './acme-backups';
import { AcmeBackups } from './acme-backups';

const IRELAND = { account: '111111111111', region: 'eu-west-1' };

function shop(env = IRELAND, props?: AcmeBackupsProps): { stack: Stack; backups: AcmeBackups } {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Shop', { env });
  return { stack, backups: new AcmeBackups(stack, 'Backups', props) };
}

void test('alarms go to operations, and nobody is warned of what is settled', () => {
  const { stack } = shop();
  const topic = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sns:eu-west-1:111111111111:acme-operations']] };
  Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topic] });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

void test('the vault is locked, and a copy goes to the other Region of the company', () => {
  const { stack, backups } = shop();
  Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: { MinRetentionDays: 14 } });
  ok(backups.plan.copyStacks['eu-central-1']);
});

void test('records are kept for as long as the law wants, and only then there is such a tier', () => {
  ok(!shop().backups.plan.plans.records);
  ok(shop(IRELAND, { keepRecordsFor: Duration.days(3650) }).backups.plan.plans.records);
});

void test('a Region where the company has no second one is refused', () => {
  throws(() => shop({ account: '111111111111', region: 'us-east-1' }), {
    message: "stack 'Shop' must be in a Region of the company, got: 'us-east-1'; state one of eu-west-1, eu-central-1 as 'env.region'",
  });
});
