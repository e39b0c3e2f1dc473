import { Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration, Lazy, Stack, Stage, TimeZone, Token } from 'aws-cdk-lib/core';
import type { TaggedBackupPlanProps } from '../../src';
import {
  BackupAudit, BackupCopy, BackupResourceType, BackupRule, BackupTier, RecoveryObjectives, RestoreTesting, TaggedBackupPlan, VaultLock,
} from '../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../support/app';

/** The one error of a plan, each finding without its bullet. */
function findings(props: Partial<TaggedBackupPlanProps>, stack: Stack = shopStack()): string[] {
  const [title, ...lines] = errorOf(() => new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], ...props })).split('\n');
  expect(title).toBe('TaggedBackupPlan \'Shop/Backups\' can not be built:');
  return lines.map(line => line.replace(/^ {2}- /, ''));
}

function accepts(props: Partial<TaggedBackupPlanProps>, stack: Stack = shopStack()): void {
  expect(() => new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], ...props })).not.toThrow();
}

const tier = (...rules: BackupRule[]) => ({ tiers: [BackupTier.of('ledger', { rules })] });
const daily = (options: Parameters<typeof BackupRule.daily>[0]) => tier(BackupRule.daily(options));
const scheduled = (expression: string) => tier(BackupRule.of('odd', Schedule.expression(expression)));
const copied = (copyTo: BackupCopy) => daily({ copyTo });
const WHERE = 'rule \'daily\' in tier \'ledger\'';

test('everything that is wrong is told in one error', () => {
  expect(findings({ tagKey: '', ...tier(BackupRule.daily({ keepFor: Duration.days(0), startWindow: Duration.minutes(5) })) })).toEqual([
    '\'tagKey\' must be 1 to 128 letters, digits, spaces or any of \'_.:/=+-@\', and must not begin with \'aws:\', got: \'\'; choose another key',
    '\'keepFor\' of rule \'daily\' in tier \'ledger\' must be whole days between 1 and 36500, got: 0 days; pass Duration.days(n)',
    '\'startWindow\' of rule \'daily\' in tier \'ledger\' must be whole minutes, 60 at least, got: 5 minutes; pass Duration.hours(1) or more',
  ]);
});

describe('tagKey', () => {
  test.each(['', 'aws:backup', 'AWS:backup', 'a'.repeat(129), 'tier!'])('fails for \'%s\'', tagKey => {
    expect(findings({ tagKey })).toEqual([
      `'tagKey' must be 1 to 128 letters, digits, spaces or any of '_.:/=+-@', and must not begin with 'aws:', got: '${tagKey}'; choose another key`,
    ]);
  });
  test.each(['a', 'a'.repeat(128), 'acme:backup/tier', 'Sicherung Stufe', 'größe'])('takes \'%s\'', tagKey => accepts({ tagKey }));
  test('a token is not judged', () => accepts({ tagKey: Lazy.string({ produce: () => 'late' }) }));
});

describe('tiers', () => {
  test('fails for none', () => {
    expect(findings({ tiers: [] })).toEqual(['\'tiers\' must hold at least one tier, got: none; pass BackupTier.critical(), BackupTier.medium() or BackupTier.low()']);
  });
  test('fails for more than 10, and takes 10', () => {
    const many = (count: number) => ({ tiers: Array.from({ length: count }, (_, index) => BackupTier.of(`tier-${index}`, { rules: [BackupRule.daily()] })) });
    expect(findings(many(11))).toEqual(['\'tiers\' must be 10 at most, got: 11; put the others into a plan with another \'tagKey\'']);
    accepts(many(10));
  });
  test('fails for the same name twice', () => {
    expect(findings({ tiers: [BackupTier.low(), BackupTier.low()] })).toEqual([
      '\'tiers\' must have names of their own, got twice: \'low\'; merge the rules of the two or rename one',
    ]);
  });
  test.each(['', '-a', 'a b', 'a/b', 'a'.repeat(51), '__proto__'])('fails for the name \'%s\'', name => {
    expect(findings({ tiers: [BackupTier.of(name, { rules: [BackupRule.daily()] })] })).toEqual([
      `'name' of a tier must be 1 to 50 letters, digits, '-', '_' or '.', the first a letter or digit, and known at synth, got: '${name}'; rename the tier`,
    ]);
  });
  test.each(['a', '6-years.v2_b', 'a'.repeat(50), 'constructor', 'Default', 'Resource'])('takes the name \'%s\'', name => {
    accepts({ tiers: [BackupTier.of(name, { rules: [BackupRule.daily()] })] });
  });
  test('fails for a name that is a token', () => {
    expect(findings({ tiers: [BackupTier.of(Token.asString({ Ref: 'X' }), { rules: [BackupRule.daily()] })] })).toContain(
      '\'name\' of a tier must be 1 to 50 letters, digits, \'-\', \'_\' or \'.\', the first a letter or digit, and known at synth, got: \'an unresolved token\'; rename the tier');
  });
});

describe('rules', () => {
  const numbered = (count: number) => tier(...Array.from({ length: count }, (_, i) => BackupRule.of(`r${i}`, Schedule.cron({ minute: '0', hour: `${i}` }))));
  test('fails for none', () => {
    expect(findings(tier())).toEqual(['\'rules\' of tier \'ledger\' must be 1 to 10, got: 0; add one such as BackupRule.daily(), or state \'objectives\'']);
  });
  test('takes ten, fails for eleven', () => {
    accepts(numbered(10));
    expect(findings(numbered(11))).toEqual(['\'rules\' of tier \'ledger\' must be 1 to 10, got: 11; split the tier']);
  });
  test('fails for the same name twice', () => {
    expect(findings(tier(BackupRule.daily(), BackupRule.daily()))).toEqual([
      '\'rules\' of tier \'ledger\' must have names of their own, got twice: \'daily\'; name one with BackupRule.of(name, schedule)',
    ]);
  });
  test('fails for two continuous rules', () => {
    expect(findings(tier(BackupRule.continuous(), BackupRule.continuous()))).toEqual([
      '\'rules\' of tier \'ledger\' must have one continuous rule at most, got: 2; a resource has one continuous backup, keep the one with the longer \'keepFor\'',
    ]);
  });
  test('fails for a name that a plan does not take', () => {
    expect(findings(tier(BackupRule.of('every night', Schedule.cron({ minute: '0', hour: '1' }))))).toEqual([
      '\'name\' of a rule in tier \'ledger\' must be 1 to 50 letters, digits, \'-\', \'_\' or \'.\', the first a letter or digit, and known at synth, got: \'every night\'; rename the rule',
    ]);
  });
});

describe('schedule', () => {
  test.each(['rate(1 day)', 'at(2030-01-01T00:00:00)', 'cron(0 5 * *)'])('fails for %s', expression => {
    expect(findings(scheduled(expression))).toEqual([`'schedule' of rule 'odd' in tier 'ledger' must be a cron expression, got: '${expression}'; use Schedule.cron`]);
  });
  test.each(['cron(*/30 * * * ? *)', 'cron(0,30 * * * ? *)', 'cron(* * * * ? *)'])('fails for %s', expression => {
    expect(findings(scheduled(expression))).toEqual([
      `'schedule' of rule 'odd' in tier 'ledger' must run at most once an hour, got: '${expression}'; give one minute, as in Schedule.cron({ minute: '0' })`,
    ]);
  });
  test('takes every hour', () => accepts(scheduled('cron(0 * * * ? *)')));
  test('takes a day that only AWS can read', () => accepts(scheduled('cron(0 5 L * ? *)')));
  test('fails for a token', () => {
    expect(findings(scheduled(Lazy.string({ produce: () => 'cron(0 5 * * ? *)' })))).toEqual([
      '\'schedule\' of rule \'odd\' in tier \'ledger\' must be known at synth, got: an unresolved token; write it as Schedule.cron',
    ]);
  });
});

describe('keepFor', () => {
  test.each([[Duration.days(0), '0'], [Duration.days(36501), '36501'], [Duration.hours(36), '1.5']])('fails for %s', (keepFor, got) => {
    expect(findings(daily({ keepFor }))).toEqual([`'keepFor' of ${WHERE} must be whole days between 1 and 36500, got: ${got} days; pass Duration.days(n)`]);
  });
  test.each([Duration.days(1), Duration.days(36500), Duration.hours(48)])('takes %s', keepFor => accepts(daily({ keepFor })));
  test.each([[Duration.days(0), '0'], [Duration.days(36), '36'], [Duration.hours(12), '0.5']])('of a continuous rule fails for %s', (keepFor, got) => {
    expect(findings(tier(BackupRule.continuous({ keepFor })))).toEqual([
      `'keepFor' of continuous rule 'continuous' in tier 'ledger' must be whole days between 1 and 35, got: ${got} days; a second rule such as BackupRule.daily() keeps snapshots longer`,
    ]);
  });
  test.each([1, 35])('of a continuous rule takes %d days', days => accepts(tier(BackupRule.continuous({ keepFor: Duration.days(days) }))));
  test('a token is not judged', () => {
    const days = Duration.days(Lazy.number({ produce: () => 1 }));
    accepts(tier(BackupRule.continuous({ keepFor: days }), BackupRule.daily({ keepFor: days, moveToColdStorageAfter: days })));
  });
});

describe('moveToColdStorageAfter', () => {
  test('fails when less than 90 days are left', () => {
    expect(findings(daily({ keepFor: Duration.days(119), moveToColdStorageAfter: Duration.days(30) }))).toEqual([
      `'keepFor' of ${WHERE} must be 90 days longer than 'moveToColdStorageAfter', got: 119 and 30 days; keep it for 120 days or leave it warm`,
    ]);
  });
  test('takes exactly 90 days', () => accepts(daily({ keepFor: Duration.days(120), moveToColdStorageAfter: Duration.days(30) })));
  test('fails for no whole day', () => {
    expect(findings(daily({ keepFor: Duration.days(120), moveToColdStorageAfter: Duration.hours(12) }))).toEqual([
      `'moveToColdStorageAfter' of ${WHERE} must be whole days between 1 and 36500, got: 0.5 days; pass Duration.days(n)`,
    ]);
  });
});

describe('windows', () => {
  test.each([59, 0.5])('fails to start within %d minutes', minutes => {
    expect(findings(daily({ startWindow: Duration.seconds(minutes * 60) }))).toEqual([
      `'startWindow' of ${WHERE} must be whole minutes, 60 at least, got: ${minutes} minutes; pass Duration.hours(1) or more`,
    ]);
  });
  test('takes an hour', () => accepts(daily({ startWindow: Duration.minutes(60) })));
  test('fails to complete before it must have started', () => {
    expect(findings(daily({ startWindow: Duration.hours(2), completionWindow: Duration.hours(2) }))).toEqual([
      `'completionWindow' of ${WHERE} must be whole minutes and longer than 'startWindow', got: 120 and 120 minutes; it counts from the schedule, so add the time a job takes`,
    ]);
  });
  test('takes a minute more', () => accepts(daily({ startWindow: Duration.hours(2), completionWindow: Duration.minutes(121) })));
  test('of a continuous rule are judged alike', () => {
    expect(findings(tier(BackupRule.continuous({ startWindow: Duration.minutes(1) })))).toEqual([
      '\'startWindow\' of rule \'continuous\' in tier \'ledger\' must be whole minutes, 60 at least, got: 1 minutes; pass Duration.hours(1) or more',
    ]);
  });
});

describe('copyTo', () => {
  const OTHER = 'arn:aws:backup:eu-central-1:222222222222:backup-vault:central';
  const vault = (stack: Stack, id: string, arn: string) => BackupVault.fromBackupVaultArn(stack, id, arn);

  test('fails for the Region of the plan', () => {
    expect(findings(copied(BackupCopy.toRegion('eu-west-1')))).toEqual([
      `'copyTo' of ${WHERE} must name another Region than the plan's, got: 'eu-west-1'; a copy in the same Region is lost with it, choose another`,
    ]);
  });
  test.each(['', 'Frankfurt', 'eu-central', 'eu-central-1a'])('fails for the Region \'%s\'', region => {
    expect(findings(copied(BackupCopy.toRegion(region)))).toEqual([
      `'copyTo' of ${WHERE} must name a Region known at synth, got: '${region}'; pass its name, as in BackupCopy.toRegion('eu-central-1')`,
    ]);
  });
  test('fails for a Region that is a token', () => {
    expect(findings(copied(BackupCopy.toRegion(Token.asString({ Ref: 'Region' }))))).toEqual([
      `'copyTo' of ${WHERE} must name a Region known at synth, got: 'an unresolved token'; pass its name, as in BackupCopy.toRegion('eu-central-1')`,
    ]);
  });
  test('fails in a stack whose Region is not stated', () => {
    expect(findings(copied(BackupCopy.toRegion('eu-central-1')), shopStack({}))).toEqual([
      `'env.region' of stack 'Shop' must be set because ${WHERE} copies to Region eu-central-1, got: an unresolved token; pass env: { region } to the stack`,
    ]);
  });
  test('fails out of the partition', () => {
    expect(findings(copied(BackupCopy.toRegion('cn-north-1')))).toEqual([
      `'copyTo' of ${WHERE} must stay in the partition of the plan, got: 'aws-cn' from 'aws'; backups are not copied between partitions, choose a destination in 'aws'`,
    ]);
    const stack = shopStack();
    expect(findings(copied(BackupCopy.toVault(vault(stack, 'Gov', 'arn:aws-us-gov:backup:us-gov-west-1:222222222222:backup-vault:central'))), stack)).toEqual([
      `'copyTo' of ${WHERE} must stay in the partition of the plan, got: 'aws-us-gov' from 'aws'; backups are not copied between partitions, choose a destination in 'aws'`,
    ]);
  });
  test('takes a Region that this CDK does not know yet', () => accepts(copied(BackupCopy.toRegion('eu-somewhere-7'))));
  test('fails for an ARN of something else', () => {
    const stack = shopStack();
    const arn = 'arn:aws:backup:eu-central-1:222222222222:backup-vault:a';
    expect(findings(copied(BackupCopy.toVault(vault(stack, 'Odd', arn))), stack)).toEqual([
      `'copyTo' of ${WHERE} must name a vault by its ARN, got: '${arn}'; pass arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`,
    ]);
  });
  test('fails for the plan\'s own vault, by itself or by its ARN', () => {
    const stack = shopStack();
    const own = new BackupVault(stack, 'Own');
    expect(findings({ vault: own, ...copied(BackupCopy.toVault(own)) }, stack)).toEqual([
      `'copyTo' of ${WHERE} must name another vault than the plan's, got: 'Shop/Own'; choose another`,
    ]);
    const other = shopStack();
    const arn = `arn:aws:backup:eu-west-1:${ACCOUNT}:backup-vault:own`;
    expect(findings({ vault: vault(other, 'A', arn), ...copied(BackupCopy.toVault(vault(other, 'B', arn))) }, other)).toEqual([
      `'copyTo' of ${WHERE} must name another vault than the plan's, got: '${arn}'; choose another`,
    ]);
  });
  test('fails for a vault of another stage', () => {
    const app = testApp();
    const elsewhere = new BackupVault(new Stack(new Stage(app, 'Prod'), 'Central', { env: IRELAND }), 'Vault');
    expect(findings(copied(BackupCopy.toVault(elsewhere)), shopStack({ env: IRELAND }, app))).toEqual([
      `'copyTo' of ${WHERE} must name a vault of the same stage, got: 'Prod/Central/Vault'; name it by its ARN, as in BackupVault.fromBackupVaultArn`,
    ]);
  });
  test('an ARN that is a token is not judged', () => {
    const stack = shopStack();
    accepts(copied(BackupCopy.toVault(vault(stack, 'Late', Lazy.string({ produce: () => OTHER })))), stack);
  });
  test('fails for no destination', () => {
    expect(findings(copied(BackupCopy.toAll()))).toEqual([`'copyTo' of ${WHERE} must name a destination, got: none; pass one to BackupCopy.toAll or leave 'copyTo' out`]);
  });
  test('takes five destinations, fails for six', () => {
    const regions = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-2', 'eu-west-3', 'us-east-1'].map(region => BackupCopy.toRegion(region));
    accepts(copied(BackupCopy.toAll(...regions.slice(0, 5))));
    expect(findings(copied(BackupCopy.toAll(...regions)))).toEqual([`'copyTo' of ${WHERE} must name 5 destinations at most, got: 6; copy from the copy instead`]);
  });
  test('fails for one destination twice', () => {
    expect(findings(copied(BackupCopy.toAll(BackupCopy.toRegion('eu-north-1'), BackupCopy.toRegion('eu-north-1'))))).toEqual([
      `'copyTo' of ${WHERE} must name each destination once, got twice: 'Region eu-north-1'; remove one`,
    ]);
  });
  test('the lifecycle of a copy is judged like that of a rule', () => {
    const options = { moveToColdStorageAfter: Duration.days(30) };
    expect(findings(copied(BackupCopy.toRegion('eu-north-1', options)))).toEqual([
      `'keepFor' of the copy of ${WHERE} to Region eu-north-1 must be 90 days longer than 'moveToColdStorageAfter', got: 35 and 30 days; keep it for 120 days or leave it warm`,
    ]);
    expect(findings(copied(BackupCopy.toRegion('eu-north-1', { keepFor: Duration.hours(1) })))).toEqual([
      `'keepFor' of the copy of ${WHERE} to Region eu-north-1 must be whole days between 1 and 36500, got: ${1 / 24} days; pass Duration.days(n)`,
    ]);
  });
});

describe('overlapping start windows', () => {
  const frankfurt = BackupCopy.toRegion('eu-central-1');
  const lost = (kept: string, out: string, at: string) => [
    `'rules' of tier 'ledger' must not lose a copy, got: start windows of '${kept}' and '${out}' that overlap at ${at}, where AWS Backup runs one of them and '${kept}' is not copied to Region eu-central-1; give '${kept}' the same 'copyTo', or move one of the two`,
  ];

  test('fails when the rule that is left out has the copy', () => {
    expect(findings(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly()))).toEqual(lost('weekly', 'daily', 'SUN 05:00'));
  });
  test('fails on a tie, either way round', () => {
    const keepFor = Duration.days(35);
    expect(findings(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly({ keepFor })))).toEqual(lost('weekly', 'daily', 'SUN 05:00'));
    expect(findings(tier(BackupRule.daily(), BackupRule.weekly({ keepFor, copyTo: frankfurt })))).toEqual(lost('daily', 'weekly', 'SUN 05:00'));
  });
  test('takes it when the rule that stays is copied there too', () => accepts(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly({ copyTo: frankfurt }))));
  test('takes it when only the rule that stays is copied', () => accepts(tier(BackupRule.daily(), BackupRule.weekly({ copyTo: frankfurt }))));
  test('takes rules that never meet', () => {
    accepts(tier(BackupRule.daily({ copyTo: frankfurt, startWindow: Duration.hours(1) }), BackupRule.of('weekly', Schedule.cron({ minute: '0', hour: '6', weekDay: 'SUN' }), { keepFor: Duration.days(90) })));
  });
  test('the window counts, not the start alone', () => {
    expect(findings(tier(BackupRule.daily({ copyTo: frankfurt, startWindow: Duration.hours(2) }), BackupRule.of('weekly', Schedule.cron({ minute: '0', hour: '6', weekDay: 'SUN' }), { keepFor: Duration.days(90) }))))
      .toEqual(lost('weekly', 'daily', 'SUN 06:00'));
  });
  test('rules of different time zones, and days that only AWS can read, are not judged', () => {
    accepts(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly({ timeZone: TimeZone.EUROPE_BERLIN })));
    accepts(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.of('last', Schedule.expression('cron(0 5 L * ? *)'), { keepFor: Duration.days(90) })));
    accepts(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly({ startWindow: Duration.minutes(Lazy.number({ produce: () => 60 })) })));
    accepts(tier(BackupRule.daily({ copyTo: frankfurt }), BackupRule.weekly({ keepFor: Duration.days(Lazy.number({ produce: () => 90 })) })));
  });
  test('tiers that the library defines never lose a copy', () => {
    accepts({ tiers: [BackupTier.critical({ copyTo: frankfurt }), BackupTier.medium({ copyTo: frankfurt }), BackupTier.low({ copyTo: frankfurt })] });
  });
});

describe('what is handed in', () => {
  test('fails for a vault in another Region or account', () => {
    const stack = shopStack();
    const vault = BackupVault.fromBackupVaultArn(stack, 'Far', 'arn:aws:backup:eu-central-1:222222222222:backup-vault:far');
    expect(findings({ vault }, stack)).toEqual([
      '\'vault\' must be in the plan\'s region, got: \'eu-central-1\' and \'eu-west-1\'; to back up elsewhere as well, use BackupCopy.toVault',
      `'vault' must be in the plan's account, got: '222222222222' and '${ACCOUNT}'; to back up elsewhere as well, use BackupCopy.toVault`,
    ]);
  });
  test('fails for a topic in another Region', () => {
    const stack = shopStack();
    const alarmTopic = Topic.fromTopicArn(stack, 'Far', `arn:aws:sns:eu-central-1:${ACCOUNT}:alarms`);
    expect(findings({ alarmTopic }, stack)).toEqual(['\'alarmTopic\' must be in the plan\'s region, got: \'eu-central-1\' and \'eu-west-1\'; subscribe to a topic of this Region']);
  });
  test('places that are not known at synth are not judged', () => {
    const stack = shopStack({});
    accepts({ vault: new BackupVault(stack, 'Own'), alarmTopic: Topic.fromTopicArn(stack, 'T', `arn:aws:sns:eu-central-1:${ACCOUNT}:alarms`) }, stack);
  });
});

describe('objectives', () => {
  const objectives = (rpo: Duration) => RecoveryObjectives.of({ rto: Duration.hours(8), rpo });
  const tiers = (rpo: Duration, more: object = {}) => ({ tiers: [BackupTier.of('ledger', { objectives: objectives(rpo), ...more })] });

  test('fails for an RPO that AWS Backup can not meet, and names the nearest', () => {
    expect(findings(tiers(Duration.minutes(4)))).toEqual([
      '\'rpo\' of tier \'ledger\' must be 5 minutes at least, got: 4 minutes; continuous backup reaches 5 minutes for RDS and Aurora, 15 minutes for S3, and AWS Backup nothing shorter; replicate what needs less',
    ]);
  });
  test.each([5, 15, 119, 120, 100_000])('takes an RPO of %i minutes', minutes => accepts(tiers(Duration.minutes(minutes), { keepFor: Duration.days(100) })));

  test('fails for an RPO that the rules beside it can not keep', () => {
    expect(findings(tiers(Duration.hours(4), { rules: [BackupRule.daily()] }))).toEqual([
      '\'rpo\' of tier \'ledger\' must be 1 day 8 hours at least, got: 4 hours; its rules take no backup more often; use BackupTier.of(\'ledger\', { objectives }) and the schedule follows',
    ]);
    expect(findings({ tiers: [BackupTier.low({ objectives: objectives(Duration.days(7)) })] })).toEqual([
      '\'rpo\' of tier \'low\' must be 7 days 8 hours at least, got: 7 days; its rules take no backup more often; use BackupTier.of(\'low\', { objectives }) and the schedule follows',
    ]);
  });
  test('takes an RPO that the rules beside it keep', () => {
    accepts(tiers(Duration.hours(32), { rules: [BackupRule.daily()] }));
    accepts({ tiers: [BackupTier.critical({ objectives: objectives(Duration.minutes(5)) })] });
  });
  test('rules that can not be read at synth are not judged', () => {
    accepts(tiers(Duration.hours(1), { rules: [BackupRule.of('odd', Schedule.cron({ minute: '0', hour: '5', day: 'L' }))] }));
  });

  test('fails for what has no effect beside rules', () => {
    expect(findings({ tiers: [BackupTier.of('ledger', { rules: [BackupRule.daily()], keepFor: Duration.days(5), copyTo: BackupCopy.toRegion('eu-central-1') })] })).toEqual([
      '\'keepFor\', \'copyTo\' of tier \'ledger\' must be left out beside \'rules\', got: both; state it in each rule, or leave \'rules\' out',
    ]);
  });

  test('fails for backups that go before the next one comes', () => {
    expect(findings(tiers(Duration.days(8), { keepFor: Duration.days(7) }))).toEqual([
      '\'keepFor\' of tier \'ledger\' must be as long as its \'rpo\' at least, got: 7 days and 8 days; a backup that goes before the next one comes leaves nothing',
    ]);
  });
  test('takes a life as long as the RPO, and a token', () => {
    accepts(tiers(Duration.days(8), { keepFor: Duration.days(8) }));
    accepts(tiers(Duration.days(8), { keepFor: Duration.days(Lazy.number({ produce: () => 7 })) }));
  });
  test('fails for a life that AWS Backup does not know', () => {
    expect(findings(tiers(Duration.hours(4), { keepFor: Duration.days(36501) }))).toEqual([
      '\'keepFor\' of rule \'monthly\' in tier \'ledger\' must be whole days between 1 and 36500, got: 36501 days; pass Duration.days(n)',
    ]);
  });
});

describe('opting in', () => {
  test('fails for types that are none', () => {
    expect(findings({ optIn: [] })).toEqual(['\'optIn\' must name at least one type of resource, got: none; pass one such as BackupResourceType.S3, or leave \'optIn\' out']);
  });
});

describe('restore testing', () => {
  const { DYNAMODB, S3, FSX } = BackupResourceType;
  const weekly = (options: Parameters<typeof RestoreTesting.weekly>[0]) => ({ restoreTesting: RestoreTesting.weekly(options) });

  test('fails for a schedule that is no cron expression', () => {
    expect(findings({ restoreTesting: RestoreTesting.of(Schedule.rate(Duration.days(1))) })).toEqual([
      '\'schedule\' of restore testing must be a cron expression, got: \'rate(1 day)\'; use Schedule.cron',
    ]);
  });
  test('fails for types that are none, or twice the same', () => {
    expect(findings(weekly({ types: [] }))).toEqual(['\'types\' of restore testing must name a type, got: none; leave it out to test those that need no further facts']);
    expect(findings(weekly({ types: [S3, S3] }))).toEqual(['\'types\' of restore testing must name each type once, got twice: \'S3\'; remove one']);
  });
  test('fails for overrides of what is not tested, or twice the same', () => {
    expect(findings(weekly({ overrides: [{ type: FSX }] }))).toEqual(['\'overrides\' of restore testing must be of types that are tested, got: \'FSx\'; add it to \'types\'']);
    expect(findings(weekly({ overrides: [{ type: DYNAMODB }, { type: DYNAMODB }] }))).toEqual(['\'overrides\' of restore testing must name each type once, got twice: \'DynamoDB\'; remove one']);
  });
  test.each([0, 366, 1.5])('fails for a selection window of %p days', days => {
    expect(findings(weekly({ selectionWindow: Duration.minutes(days * 1440) }))).toEqual([
      `'selectionWindow' of restore testing must be whole days between 1 and 365, got: ${days} days; pass Duration.days(n)`,
    ]);
  });
  test.each(['startWindow', 'validationWindow'])('fails for a %s that is no whole hours between 1 and 168', prop => {
    for (const hours of [0, 169, 1.5]) {
      expect(findings(weekly({ [prop]: Duration.minutes(hours * 60) }))).toEqual([
        `'${prop}' of restore testing must be whole hours between 1 and 168, got: ${hours} hours; pass Duration.hours(n)`,
      ]);
    }
  });
  test('takes what lies on the boundaries, and tokens', () => {
    accepts(weekly({ selectionWindow: Duration.days(365), startWindow: Duration.hours(168), validationWindow: Duration.hours(1) }));
    accepts(weekly({ types: [FSX], overrides: [{ type: FSX }] }));
    const hours = Duration.hours(Lazy.number({ produce: () => 500 }));
    accepts({ restoreTesting: RestoreTesting.of(Schedule.expression(Lazy.string({ produce: () => 'rate(1 day)' })), { startWindow: hours, validationWindow: hours, selectionWindow: Duration.days(Lazy.number({ produce: () => 0 })) }) });
  });
});

describe('tokens of durations', () => {
  const late = Lazy.number({ produce: () => 40 });
  const unit = (what: string, wanted: string, got: string) => `${what} must be in ${wanted} when its value is a token, got: '${got}'; pass Duration.${wanted}(token)`;

  test('fail in another unit than AWS Backup\'s, into which they can not be converted', () => {
    expect(findings(daily({
      keepFor: Duration.hours(late),
      moveToColdStorageAfter: Duration.minutes(late),
      startWindow: Duration.hours(late),
      completionWindow: Duration.days(late),
    }))).toEqual([
      unit(`'keepFor' of ${WHERE}`, 'days', 'hours'),
      unit(`'moveToColdStorageAfter' of ${WHERE}`, 'days', 'minutes'),
      unit(`'startWindow' of ${WHERE}`, 'minutes', 'hours'),
      unit(`'completionWindow' of ${WHERE}`, 'minutes', 'days'),
    ]);
    const lock = VaultLock.compliance({
      minRetention: Duration.hours(late), maxRetention: Duration.minutes(late), changeableFor: Duration.hours(late), acceptThatNobodyCanUndoIt: true,
    });
    expect(findings({ protection: { lock } })).toEqual([
      unit('\'minRetention\' of the vault\'s lock', 'days', 'hours'),
      unit('\'maxRetention\' of the vault\'s lock', 'days', 'minutes'),
      unit('\'changeableFor\' of the vault\'s lock', 'days', 'hours'),
    ]);
    expect(findings({ restoreTesting: RestoreTesting.weekly({ selectionWindow: Duration.hours(late), startWindow: Duration.days(late) }) })).toEqual([
      unit('\'selectionWindow\' of restore testing', 'days', 'hours'),
      unit('\'startWindow\' of restore testing', 'hours', 'days'),
    ]);
  });
  test('pass in AWS Backup\'s own', () => {
    accepts(daily({ keepFor: Duration.days(late), startWindow: Duration.minutes(late), completionWindow: Duration.minutes(late) }));
  });
});

describe('audit', () => {
  test('fails for a tag key that only the deployment knows, beside frameworks', () => {
    const tagKey = Token.asString({ Ref: 'Key' });
    expect(findings({ tagKey, audit: BackupAudit.reportsAndFramework() })).toEqual([
      '\'tagKey\' must be known at synth beside frameworks, got: an unresolved token; write it out, or use BackupAudit.reports()',
    ]);
    accepts({ tagKey, audit: BackupAudit.reports() });
  });
  test('takes a lock whose retention is a token: no control compares with it', () => {
    const stack = shopStack();
    const lock = VaultLock.governance({ minRetention: Duration.days(Lazy.number({ produce: () => 7 })), maxRetention: Duration.days(365) });
    accepts({ protection: { lock }, audit: BackupAudit.reportsAndFramework() }, stack);
    const frameworks = JSON.stringify(Template.fromStack(stack).findResources('AWS::Backup::Framework'));
    expect(frameworks).toContain('"ParameterName":"maxRetentionDays","ParameterValue":"365"');
    expect(frameworks).not.toContain('"ParameterName":"minRetentionDays"');
  });
});

test('an RPO of no whole seconds is watched by the second', () => {
  const stack = shopStack();
  accepts({ tiers: [BackupTier.of('a', { objectives: RecoveryObjectives.of({ rto: Duration.hours(1), rpo: Duration.days(2.3) }) })] }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'OldestRecoveryPointAge', Threshold: 198_720 });
});
