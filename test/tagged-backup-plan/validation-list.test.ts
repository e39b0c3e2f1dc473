/**
 * The list of what a backup plan must refuse (facts on AWS Backup, B13), line by line: what is refused with its whole
 * message, and the nearest that is accepted. What can not be said with this API can not be refused: then the test shows
 * why. Every other case of each rule is in validation.test.ts, vault/, copies/ and restore-testing/.
 */
import { Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { TaggedBackupPlanProps } from '../../src';
import {
  BackupAudit, BackupCopy, BackupRule, BackupTier, CopyDestinationVault, RestoreTesting, TaggedBackupPlan, VaultLock,
} from '../../src';
import { errorOf, IRELAND, shopStack, testApp } from '../support/app';

type Props = Partial<TaggedBackupPlanProps>;

function plan(props: Props, stack: Stack): TaggedBackupPlan {
  return new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], ...props });
}

/** The findings of the one error, each without its bullet. */
function refused(props: Props, stack = shopStack()): string[] {
  return errorOf(() => plan(props, stack)).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

/** The template of the plan, which is built. */
function accepted(props: Props, stack = shopStack()): Template {
  plan(props, stack);
  return Template.fromStack(stack);
}

function propertiesOf(template: Template, type: string): any[] {
  return Object.values(template.findResources(type)).map(resource => resource.Properties);
}

const tier = (...rules: BackupRule[]): Props => ({ tiers: [BackupTier.of('ledger', { rules })] });
const daily = (options: Parameters<typeof BackupRule.daily>[0]): Props => tier(BackupRule.daily(options));
const governance = (from: number, to?: number) =>
  VaultLock.governance({ minRetention: Duration.days(from), maxRetention: to === undefined ? undefined : Duration.days(to) });
const WHERE = 'rule \'daily\' in tier \'ledger\'';

describe('1. a selection needs tags or ARNs', () => {
  test('a selection without them can not be stated: the plan writes it, with all resources and the tag', () => {
    expect(propertiesOf(accepted({}), 'AWS::Backup::BackupSelection').map(each => each.BackupSelection)).toEqual([expect.objectContaining({
      Resources: ['*'], Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup-tier', ConditionValue: 'low' }] },
    })]);
  });
  test('a tag without a key is refused', () => {
    expect(refused({ tagKey: '' })).toEqual([
      '\'tagKey\' must be 1 to 128 letters, digits, spaces or any of \'_.:/=+-@\', and must not begin with \'aws:\', got: \'\'; choose another key',
    ]);
    accepted({ tagKey: 'a' });
  });
});

describe('2. what is in cold storage lives 90 days longer', () => {
  const life = (keepFor: number) => ({ keepFor: Duration.days(keepFor), moveToColdStorageAfter: Duration.days(30) });

  test('for rules', () => {
    expect(refused(daily(life(119)))).toEqual([
      `'keepFor' of ${WHERE} must be 90 days longer than 'moveToColdStorageAfter', got: 119 and 30 days; keep it for 120 days or leave it warm`,
    ]);
    accepted(daily(life(120)));
  });
  test('and for copies', () => {
    const copied = (keepFor: number) => daily({ copyTo: BackupCopy.toRegion('eu-central-1', life(keepFor)) });
    expect(refused(copied(119))).toEqual([
      `'keepFor' of the copy of ${WHERE} to Region eu-central-1 must be 90 days longer than 'moveToColdStorageAfter', got: 119 and 30 days; keep it for 120 days or leave it warm`,
    ]);
    accepted(copied(120));
  });
});

describe('3. continuous backup: 1 to 35 days, never cold', () => {
  test.each([[0, 1], [36, 35]])('%d days are refused, %d accepted', (bad, good) => {
    expect(refused(tier(BackupRule.continuous({ keepFor: Duration.days(bad) })))).toEqual([
      `'keepFor' of continuous rule 'continuous' in tier 'ledger' must be whole days between 1 and 35, got: ${bad} days; a second rule such as BackupRule.daily() keeps snapshots longer`,
    ]);
    accepted(tier(BackupRule.continuous({ keepFor: Duration.days(good) })));
  });
  test('cold storage can not be stated: the options of a continuous rule have none', () => {
    // @ts-expect-error - no such option
    const options: Parameters<typeof BackupRule.continuous>[0] = { moveToColdStorageAfter: Duration.days(1) };
    expect(Object.keys(options!)).toHaveLength(1);
  });
});

describe('4. windows', () => {
  test('a start window is 60 minutes at least', () => {
    expect(refused(daily({ startWindow: Duration.minutes(59) }))).toEqual([
      `'startWindow' of ${WHERE} must be whole minutes, 60 at least, got: 59 minutes; pass Duration.hours(1) or more`,
    ]);
    accepted(daily({ startWindow: Duration.minutes(60) }));
  });
  test('completion comes after the start', () => {
    const startWindow = Duration.minutes(60);
    expect(refused(daily({ startWindow, completionWindow: Duration.minutes(60) }))).toEqual([
      `'completionWindow' of ${WHERE} must be whole minutes and longer than 'startWindow', got: 60 and 60 minutes; it counts from the schedule, so add the time a job takes`,
    ]);
    accepted(daily({ startWindow, completionWindow: Duration.minutes(61) }));
  });
});

test('5. a rule runs once an hour at most', () => {
  const scheduled = (expression: string) => tier(BackupRule.of('odd', Schedule.expression(expression)));
  expect(refused(scheduled('cron(*/30 * * * ? *)'))).toEqual([
    '\'schedule\' of rule \'odd\' in tier \'ledger\' must run at most once an hour, got: \'cron(*/30 * * * ? *)\'; give one minute, as in Schedule.cron({ minute: \'0\' })',
  ]);
  accepted(scheduled('cron(30 * * * ? *)'));
});

describe('6. how many', () => {
  test('rules: 10', () => {
    const rules = (count: number) => tier(...Array.from({ length: count }, (_, hour) => BackupRule.of(`at-${hour}`, Schedule.cron({ minute: '0', hour: `${hour}` }))));
    expect(refused(rules(11))).toEqual(['\'rules\' of tier \'ledger\' must be 1 to 10, got: 11; split the tier']);
    accepted(rules(10));
  });
  test('copies of a rule: 5', () => {
    const regions = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-2', 'eu-west-3', 'us-east-1'].map(region => BackupCopy.toRegion(region));
    const copied = (count: number) => daily({ copyTo: BackupCopy.toAll(...regions.slice(0, count)) });
    expect(refused(copied(6))).toEqual([`'copyTo' of ${WHERE} must name 5 destinations at most, got: 6; copy from the copy instead`]);
    accepted(copied(5));
  });
  test('conditions of a selection, 30: more than one can not be stated, a tier is one tag', () => {
    for (const { BackupSelection: selection } of propertiesOf(accepted({ tiers: [BackupTier.medium(), BackupTier.low()] }), 'AWS::Backup::BackupSelection')) {
      expect(Object.values(selection.Conditions).flat()).toHaveLength(1);
      expect(selection.ListOfTags).toBeUndefined();
    }
  });
});

describe('7. retention within the lock of its vault', () => {
  const keeping = (days: number): Props => ({ ...daily({ keepFor: Duration.days(days) }), protection: { lock: governance(7, 100) } });

  test('the vault of the plan: not shorter', () => {
    expect(refused(keeping(6))).toEqual([
      `'keepFor' of ${WHERE} must not be shorter than its vault's lock allows, got: 6 days and 'minRetention' of 7 days; every job would fail, keep it longer or lower 'minRetention'`,
    ]);
    accepted(keeping(7));
  });
  test('the vault of the plan: not longer', () => {
    expect(refused(keeping(101))).toEqual([
      `'keepFor' of ${WHERE} must not be longer than its vault's lock allows, got: 101 days and 'maxRetention' of 100 days; every job would fail, keep it shorter or raise 'maxRetention'`,
    ]);
    accepted(keeping(100));
  });
  test('the vault of a copy, when it is known', () => {
    const copying = (stack: Stack, days: number): Props => {
      const locked = new BackupVault(stack, 'Locked', { lockConfiguration: { minRetention: Duration.days(40) } });
      return daily({ copyTo: BackupCopy.toVault(locked, { keepFor: Duration.days(days) }) });
    };
    const [short, long] = [shopStack(), shopStack()];
    expect(refused(copying(short, 39), short)).toEqual([
      `'keepFor' of the copy of ${WHERE} to vault Shop/Locked must not be shorter than its vault's lock allows, got: 39 days and 'minRetention' of 40 days; every job would fail, keep it longer or lower 'minRetention'`,
    ]);
    accepted(copying(long, 40), long);
  });
  test('for ever can not be stated: without \'keepFor\' a rule keeps 35 days, and a copy as long as what it is made of', () => {
    const [{ BackupPlan }] = propertiesOf(accepted(daily({ copyTo: BackupCopy.toRegion('eu-central-1') })), 'AWS::Backup::BackupPlan');
    expect(BackupPlan.BackupPlanRule[0].Lifecycle).toEqual({ DeleteAfterDays: 35 });
    expect(BackupPlan.BackupPlanRule[0].CopyActions[0].Lifecycle).toEqual({ DeleteAfterDays: 35 });
  });
});

describe('8. locks', () => {
  const locked = (lock: VaultLock): Props => ({ protection: { lock } });
  const compliance = (changeableFor: number, acceptThatNobodyCanUndoIt: boolean) =>
    locked(VaultLock.compliance({ minRetention: Duration.days(1), changeableFor: Duration.days(changeableFor), acceptThatNobodyCanUndoIt }));

  test('the shortest retention is a day', () => {
    expect(refused(locked(governance(0)))).toEqual([
      '\'minRetention\' of the vault\'s lock must be whole days between 1 and 36500, got: 0 days; pass Duration.days(n)',
    ]);
    accepted(locked(governance(1)));
  });
  test('the longest is no shorter', () => {
    expect(refused(locked(governance(35, 34)))).toContain(
      '\'maxRetention\' of the vault\'s lock must not be shorter than \'minRetention\', got: 34 and 35 days; no backup could keep both, raise it to 35 days');
    accepted(locked(governance(35, 35)));
  });
  test('it can be changed for 3 days', () => {
    expect(refused(compliance(2, true))).toEqual([
      '\'changeableFor\' of the vault\'s lock must be whole days between 3 and 36500, got: 2 days; pass Duration.days(n), long enough to test restores',
    ]);
    accepted(compliance(3, true));
  });
  test('what nobody can undo is accepted first', () => {
    expect(refused(compliance(3, false))).toEqual([
      '\'acceptThatNobodyCanUndoIt\' of the vault\'s lock must be true, got: false; after \'changeableFor\' nobody can remove the lock, AWS and the root user included: accept it, or use VaultLock.governance',
    ]);
    accepted(compliance(3, true));
  });
});

test('9. an air-gapped vault keeps 7 days at least', () => {
  const copied = (days: number) =>
    daily({ copyTo: BackupCopy.toAirGappedVault({ minRetention: Duration.days(days), maxRetention: Duration.days(35) }) });
  expect(refused(copied(6))).toEqual([
    '\'minRetention\' of the air-gapped vault must be whole days between 7 and 36500, got: 6 days; pass Duration.days(n)',
  ]);
  accepted(copied(7));
});

describe('10. names', () => {
  test('of rules', () => {
    const named = (name: string) => tier(BackupRule.of(name, Schedule.cron({ minute: '0', hour: '5' })));
    expect(refused(named('a/b'))).toEqual([
      '\'name\' of a rule in tier \'ledger\' must be 1 to 50 letters, digits, \'-\', \'_\' or \'.\', the first a letter or digit, and known at synth, got: \'a/b\'; rename the rule',
    ]);
    accepted(named('a.b-c_d'));
  });
  test('of selections, which are those of tiers', () => {
    const named = (name: string): Props => ({ tiers: [BackupTier.of(name, { rules: [BackupRule.daily()] })] });
    expect(refused(named('a/b'))).toEqual([
      '\'name\' of a tier must be 1 to 50 letters, digits, \'-\', \'_\' or \'.\', the first a letter or digit, and known at synth, got: \'a/b\'; rename the tier',
    ]);
    const [{ BackupSelection }] = propertiesOf(accepted(named('a.b-c_d')), 'AWS::Backup::BackupSelection');
    expect(BackupSelection.SelectionName).toBe('a.b-c_d');
  });
  test('of vaults, without a dot', () => {
    const vault = (vaultName: string) => new CopyDestinationVault(shopStack(), 'Central', { vaultName, organizationId: 'o-exampleorg1' });
    expect(errorOf(() => vault('shop.backups'))).toBe([
      'CopyDestinationVault \'Shop/Central\' can not be built:',
      '  - \'vaultName\' must be 2 to 50 letters, digits, \'-\' or \'_\', and not \'Default\', got: \'shop.backups\'; choose another',
    ].join('\n'));
    vault('shop-backups');
  });
  test('of frameworks, reports and restore tests can not be stated: they follow from tiers of any name', () => {
    const named = (name: string) => BackupTier.of(name, { rules: [BackupRule.daily()] });
    const template = accepted({
      tiers: [named('1.a-b_c'), named('z'.repeat(50))],
      restoreTesting: RestoreTesting.weekly(),
      audit: BackupAudit.reportsAndFramework(),
    });
    for (const [type, property, rule, count] of [
      ['Framework', 'FrameworkName', /^[A-Za-z][A-Za-z0-9_]{0,255}$/, 2],
      ['ReportPlan', 'ReportPlanName', /^[A-Za-z][A-Za-z0-9_]{0,255}$/, 5],
      ['RestoreTestingPlan', 'RestoreTestingPlanName', /^[A-Za-z0-9_]{1,50}$/, 2],
      ['RestoreTestingSelection', 'RestoreTestingSelectionName', /^[A-Za-z0-9_]{1,50}$/, 14],
    ] as const) {
      const names = propertiesOf(template, `AWS::Backup::${type}`).map(each => each[property]);
      expect(names).toEqual(Array(count).fill(expect.stringMatching(rule)));
    }
  });
});

describe('11. where copies go', () => {
  const to = (arn: string, stack: Stack): Props => daily({ copyTo: BackupCopy.toVault(BackupVault.fromBackupVaultArn(stack, 'Other', arn)) });

  test('not to the vault they come from', () => {
    const stack = shopStack();
    const vault = new BackupVault(stack, 'Own');
    expect(refused({ vault, ...daily({ copyTo: BackupCopy.toVault(vault) }) }, stack)).toEqual([
      `'copyTo' of ${WHERE} must name another vault than the plan's, got: 'Shop/Own'; choose another`,
    ]);
    const other = shopStack();
    accepted({ vault: new BackupVault(other, 'Own'), ...daily({ copyTo: BackupCopy.toVault(new BackupVault(other, 'Other')) }) }, other);
  });
  test('nor to the Region they come from', () => {
    expect(refused(daily({ copyTo: BackupCopy.toRegion('eu-west-1') }))).toEqual([
      `'copyTo' of ${WHERE} must name another Region than the plan's, got: 'eu-west-1'; a copy in the same Region is lost with it, choose another`,
    ]);
    accepted(daily({ copyTo: BackupCopy.toRegion('eu-west-2') }));
  });
  test('to the ARN of a vault', () => {
    const [wrong, right] = ['a', 'ab'].map(name => `arn:aws:backup:eu-central-1:222222222222:backup-vault:${name}`);
    const stack = shopStack();
    expect(refused(to(wrong, stack), stack)).toEqual([
      `'copyTo' of ${WHERE} must name a vault by its ARN, got: '${wrong}'; pass arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`,
    ]);
    const other = shopStack();
    accepted(to(right, other), other);
  });
});

describe('12. one continuous backup of what carries a tag', () => {
  test('two rules of a tier', () => {
    expect(refused(tier(BackupRule.continuous(), BackupRule.continuous()))).toEqual([
      '\'rules\' of tier \'ledger\' must have one continuous rule at most, got: 2; a resource has one continuous backup, keep the one with the longer \'keepFor\'',
    ]);
    accepted(tier(BackupRule.continuous()));
  });
  test('two tiers of a plan', () => {
    const named = (...names: string[]): Props => ({ tiers: names.map(name => BackupTier.of(name, { rules: [BackupRule.continuous()] })) });
    expect(refused(named('ledger', 'ledger'))).toEqual([
      '\'tiers\' must have names of their own, got twice: \'ledger\'; merge the rules of the two or rename one',
    ]);
    accepted(named('ledger', 'journal'));
  });
  test('two plans of an app, which is seen when it is synthesized', () => {
    const twice = (tagKey?: string) => {
      const app = testApp();
      const stack = new Stack(app, 'Shop', { env: IRELAND });
      new TaggedBackupPlan(stack, 'One', { tiers: [BackupTier.critical()] });
      new TaggedBackupPlan(stack, 'Two', { tiers: [BackupTier.critical()], tagKey });
      return app;
    };
    expect(errorOf(() => twice().synth())).toContain(
      '\'tiers\' must not back up continuously what plan \'Shop/Two\' backs up continuously, got: \'backup-tier=critical\' in both; give one of them another \'tagKey\', or leave the continuous rule to one');
    twice('other').synth();
  });
});

describe('13. restore testing', () => {
  const weekly = (options: Parameters<typeof RestoreTesting.weekly>[0]): Props => ({ restoreTesting: RestoreTesting.weekly(options) });

  test('conditions without all resources can not be stated: the plan writes both', () => {
    const selections = propertiesOf(accepted(weekly({})), 'AWS::Backup::RestoreTestingSelection');
    expect(selections).toHaveLength(7);
    for (const selection of selections) {
      expect(selection.ProtectedResourceArns).toEqual(['*']);
      expect(selection.ProtectedResourceConditions).toEqual({ StringEquals: [{ Key: 'aws:ResourceTag/backup-tier', Value: 'low' }] });
    }
  });
  test.each([[0, 1], [366, 365]])('recovery points of %d days are refused, of %d accepted', (bad, good) => {
    expect(refused(weekly({ selectionWindow: Duration.days(bad) }))).toEqual([
      `'selectionWindow' of restore testing must be whole days between 1 and 365, got: ${bad} days; pass Duration.days(n)`,
    ]);
    accepted(weekly({ selectionWindow: Duration.days(good) }));
  });
  test.each([['startWindow', 0, 1], ['startWindow', 169, 168], ['validationWindow', 0, 1], ['validationWindow', 169, 168]])('a %s of %d hours is refused, of %d accepted', (prop, bad, good) => {
    expect(refused(weekly({ [prop]: Duration.hours(bad) }))).toEqual([
      `'${prop}' of restore testing must be whole hours between 1 and 168, got: ${bad} hours; pass Duration.hours(n)`,
    ]);
    accepted(weekly({ [prop]: Duration.hours(good) }));
  });
});

test('14. an action with a wildcard in the policy of a vault can not be stated: the plan writes each action out', () => {
  const [{ AccessPolicy }] = propertiesOf(accepted({ protection: { breakGlass: [] } }), 'AWS::Backup::BackupVault');
  const actions: string[] = AccessPolicy.Statement.flatMap((statement: { Action: string | string[] }) => statement.Action);
  expect(actions).toHaveLength(9);
  expect(actions.filter(action => !/^backup:[A-Za-z]+$/.test(action))).toEqual([]);
});
