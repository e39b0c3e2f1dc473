import { Stack } from 'aws-cdk-lib/core';
import { BackupTier, TaggedBackupPlan } from '../../src';
import { ACCOUNT, IRELAND, testApp } from '../support/app';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const MESSAGE = '\'tiers\' must not back up continuously what plan \'Shop/B\' backs up continuously, got: \'backup-tier=critical\' in both; give one of them another \'tagKey\', or leave the continuous rule to one';

function plan(stack: Stack, id: string, tier = BackupTier.critical(), tagKey?: string): void {
  new TaggedBackupPlan(stack, id, { tiers: [tier], tagKey });
}

test('two plans that back the same tag up continuously are refused, once', () => {
  const app = testApp();
  const stack = new Stack(app, 'Shop', { env: IRELAND });
  plan(stack, 'A');
  plan(stack, 'B');
  const error = (() => { try { app.synth(); return ''; } catch (caught) { return (caught as Error).message; } })();
  expect(error.split(MESSAGE)).toHaveLength(2);
});

test('in two stacks of one place, too', () => {
  const app = testApp();
  plan(new Stack(app, 'One', { env: IRELAND }), 'A');
  plan(new Stack(app, 'Shop', { env: IRELAND }), 'B');
  expect(() => app.synth()).toThrow(MESSAGE);
});

test.each<[string, (app: ReturnType<typeof testApp>) => void]>([
  ['another tag key', app => {
    const stack = new Stack(app, 'Shop', { env: IRELAND });
    plan(stack, 'A');
    plan(stack, 'B', BackupTier.critical(), 'other');
  }],
  ['another tier', app => {
    const stack = new Stack(app, 'Shop', { env: IRELAND });
    plan(stack, 'A');
    plan(stack, 'B', BackupTier.of('ledger', { rules: BackupTier.critical().rules }));
  }],
  ['snapshots in one of them', app => {
    const stack = new Stack(app, 'Shop', { env: IRELAND });
    plan(stack, 'A');
    plan(stack, 'B', BackupTier.of('critical', { rules: BackupTier.medium().rules }));
  }],
  ['another Region', app => {
    plan(new Stack(app, 'One', { env: IRELAND }), 'A');
    plan(new Stack(app, 'Shop', { env: FRANKFURT }), 'B');
  }],
  ['stacks whose place is not known', app => {
    plan(new Stack(app, 'One'), 'A');
    plan(new Stack(app, 'Shop'), 'B');
  }],
])('accepts %s', (_, build) => {
  const app = testApp();
  build(app);
  expect(() => app.synth()).not.toThrow();
});
