import { Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { App } from 'aws-cdk-lib/core';
import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import type { ContinuousBackupRuleOptions } from '../../src';
import { BackupCopy, BackupRule, BackupTier, TaggedBackupPlan } from '../../src';
import { testApp } from '../support/app';

/**
 * Whatever is thrown at it, the construct either builds templates in which every rule is one that AWS Backup takes, or
 * throws its own error. The seed is fixed: a failure here is a failure everywhere.
 */
const SEED = 20261124;

/** Most values are good, so that whole programs are; some are at the edge or beyond it. */
const good = <T>(values: fc.Arbitrary<T>, edges: fc.Arbitrary<T>) => fc.oneof({ weight: 30, arbitrary: values }, { weight: 1, arbitrary: edges });
const days = good(
  fc.integer({ min: 1, max: 400 }).map(n => Duration.days(n)),
  fc.oneof(
    fc.integer({ min: 0, max: 40000 }).map(n => Duration.days(n)),
    fc.integer({ min: 0, max: 100 }).map(n => Duration.hours(n)),
    fc.constant(Duration.days(Lazy.number({ produce: () => 7 }))),
  ),
);
const minutes = good(
  fc.integer({ min: 60, max: 1000 }).map(n => Duration.minutes(n)),
  fc.integer({ min: 0, max: 100_000 }).map(n => Duration.seconds(n)),
);
const cron = good(
  fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), fc.constantFrom('SUN', 'MON-FRI', '1', '*'))
    .map(([m, h, d]) => Schedule.expression(`cron(${m} ${h} ? * ${d} *)`)),
  fc.oneof(
    fc.constantFrom('rate(1 day)', 'cron(*/5 * * * ? *)', 'cron(0 5 L * ? *)', 'cron(0 25 * * ? *)', '').map(text => Schedule.expression(text)),
    fc.constant(Schedule.expression(Lazy.string({ produce: () => 'cron(0 5 * * ? *)' }))),
  ),
);
const name = good(
  fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}$/),
  fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'a'.repeat(51), Token.asString({ Ref: 'Name' }))),
);
const region = good(
  fc.constantFrom('eu-central-1', 'eu-north-1', 'us-east-1'),
  fc.oneof(fc.constantFrom('eu-west-1', 'cn-north-1', '', 'Frankfurt'), fc.string(), fc.constant(Token.asString({ Ref: 'Region' }))),
);
const lifecycle = good(
  fc.oneof(
    fc.record({ keepFor: days }, { requiredKeys: [] }) as fc.Arbitrary<{ keepFor?: Duration; moveToColdStorageAfter?: Duration }>,
    fc.integer({ min: 1, max: 300 }).map(cold => ({ keepFor: Duration.days(cold + 90), moveToColdStorageAfter: Duration.days(cold) })),
  ),
  fc.record({ keepFor: days, moveToColdStorageAfter: days }, { requiredKeys: [] }),
);
const destination = fc.oneof(
  fc.record({ to: region, options: lifecycle }).map(({ to, options }) => () => BackupCopy.toRegion(to, options)),
  fc.record({ id: fc.nat({ max: 2 }), far: fc.boolean(), options: lifecycle })
    .map(({ id, far, options }) => (stack: Stack) => BackupCopy.toVault(vaultOf(stack, id, far), options)),
);
const copyTo = fc.option(good(
  fc.array(destination, { minLength: 1, maxLength: 2 }), fc.array(destination, { maxLength: 7 }),
).map(all => (stack: Stack) => BackupCopy.toAll(...all.map(each => each(stack)))), { nil: undefined });
const windows = good(
  fc.record({ startWindow: minutes }, { requiredKeys: [] }) as fc.Arbitrary<{ startWindow?: Duration; completionWindow?: Duration }>,
  fc.record({ startWindow: minutes, completionWindow: minutes }),
);
const rule = fc.oneof(
  good(
    fc.record({ keepFor: fc.integer({ min: 1, max: 35 }).map(n => Duration.days(n)), startWindow: minutes }, { requiredKeys: [] }) as
      fc.Arbitrary<ContinuousBackupRuleOptions>,
    fc.record({ keepFor: days, startWindow: minutes, completionWindow: minutes }, { requiredKeys: [] }),
  ).map(options => () => BackupRule.continuous(options)),
  fc.record({ kind: fc.constantFrom('hourly' as const, 'daily' as const, 'weekly' as const, 'monthly' as const), options: lifecycle, copyTo })
    .map(({ kind, options, copyTo: copy }) => (stack: Stack) => BackupRule[kind]({ ...options, copyTo: copy?.(stack) })),
  fc.record({ ruleName: name, schedule: cron, options: lifecycle, windows, copyTo })
    .map(({ ruleName, schedule, options, windows: opened, copyTo: copy }) => (stack: Stack) =>
      BackupRule.of(ruleName, schedule, { ...options, ...opened, copyTo: copy?.(stack) })),
);
const tier = fc.oneof(
  fc.record({ kind: fc.constantFrom('critical' as const, 'medium' as const, 'low' as const), copyTo }).map(({ kind, copyTo: copy }) => (stack: Stack) => BackupTier[kind]({ copyTo: copy?.(stack) })),
  fc.record({ tierName: name, rules: good(fc.array(rule, { minLength: 1, maxLength: 2 }), fc.array(rule, { maxLength: 11 })) })
    .map(({ tierName, rules }) => (stack: Stack) => BackupTier.of(tierName, { rules: rules.map(each => each(stack)) })),
);
const program = fc.record({
  env: good(fc.constant({ account: '111111111111', region: 'eu-west-1' } as { account?: string; region?: string }), fc.constantFrom({ region: 'eu-west-1' }, {})),
  tiers: good(fc.array(tier, { minLength: 1, maxLength: 3 }), fc.array(tier, { maxLength: 5 })),
  tagKey: fc.option(good(fc.constantFrom('backup-tier', 'acme:backup'), fc.string()), { nil: undefined }),
  vault: good(fc.constantFrom(undefined, 'own'), fc.constant('far')),
  alarmTopic: good(fc.constantFrom(undefined, 'own', 'imported'), fc.constant('far')),
});
type Program = typeof program extends fc.Arbitrary<infer P> ? P : never;

function vaultOf(stack: Stack, id: number, far: boolean) {
  const key = `${far ? 'Far' : 'Near'}${id}`;
  const existing = stack.node.tryFindChild(key) as BackupVault | undefined;
  return existing ?? (far ? BackupVault.fromBackupVaultArn(stack, key, `arn:aws:backup:eu-central-1:222222222222:backup-vault:central${id}`) : new BackupVault(stack, key));
}

/** Builds the program; the error's message when it is one of ours, else nothing. */
function build(app: App, { env, tiers, tagKey, vault, alarmTopic }: Program): Stack[] | string {
  const stack = new Stack(app, 'Shop', { env });
  try {
    const plan = new TaggedBackupPlan(stack, 'Backups', {
      tiers: tiers.map(each => each(stack)),
      tagKey,
      vault: vault && vaultOf(stack, 9, vault === 'far'),
      alarmTopic: alarmTopic && (alarmTopic === 'own'
        ? new Topic(stack, 'Topic')
        : Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${alarmTopic === 'far' ? 'eu-north-1' : 'eu-west-1'}:111111111111:alarms`)),
    });
    return [stack, ...Object.values(plan.copyStacks)];
  } catch (error) {
    if ((error as Error).name !== 'InvalidPropsError') {
      throw error;
    }
    return (error as Error).message;
  }
}

/** What AWS Backup would refuse, or do otherwise without a word. */
function checkRules(template: any): void {
  for (const resource of Object.values(template.Resources) as any[]) {
    for (const each of resource.Type === 'AWS::Backup::BackupPlan' ? resource.Properties.BackupPlan.BackupPlanRule : []) {
      expect(each.RuleName).toMatch(/^[a-zA-Z0-9\-_.]{1,50}$/);
      expect(each.ScheduleExpression).toMatch(/^cron\(\d+ /);
      expect(each.StartWindowMinutes).toBeGreaterThanOrEqual(60);
      expect(each.CompletionWindowMinutes ?? Infinity).toBeGreaterThan(each.StartWindowMinutes);
      expect(each.CopyActions?.length ?? 0).toBeLessThanOrEqual(5);
      for (const life of [each, ...(each.CopyActions ?? [])].map(action => action.Lifecycle)) {
        expect(life.DeleteAfterDays).toBeGreaterThanOrEqual(1);
        expect(life.DeleteAfterDays).toBeLessThanOrEqual(each.EnableContinuousBackup && life === each.Lifecycle ? 35 : 36500);
        // 7 is the token's value: a value that is known only at deployment is not compared.
        if (life.MoveToColdStorageAfterDays && ![life.DeleteAfterDays, life.MoveToColdStorageAfterDays].includes(7)) {
          expect(life.DeleteAfterDays - life.MoveToColdStorageAfterDays).toBeGreaterThanOrEqual(90);
        }
      }
    }
  }
}

const seen = { built: 0, refused: 0 };

test('1,000 programs: a template that AWS Backup takes, or one of our errors', () => {
  fc.assert(fc.property(program, input => {
    const app = testApp();
    const outcome = build(app, input);
    if (typeof outcome === 'string') {
      seen.refused++;
      expect(outcome).toMatch(/^TaggedBackupPlan 'Shop\/Backups' can not be built:(\n {2}- '.+' .+, got.+; .+)+$/s);
    } else {
      seen.built++;
      outcome.forEach(stack => checkRules(Template.fromStack(stack).toJSON()));
    }
  }), { numRuns: 1000, seed: SEED });
  // Both happen often: neither half of this test is idle.
  expect(seen.built).toBeGreaterThan(200);
  expect(seen.refused).toBeGreaterThan(200);
});

test('50 programs that build pass CDK\'s own validator, in strict mode', () => {
  process.env.CDK_VALIDATION = 'true';
  try {
    const sample = fc.sample(program, { numRuns: 400, seed: SEED });
    let validated = 0;
    for (const input of sample) {
      if (validated === 50) {
        break;
      }
      const app = testApp({ '@aws-cdk/core:validateAgainstDefaultRules': true });
      if (typeof build(app, input) !== 'string') {
        app.synth();
        validated++;
      }
    }
    expect(validated).toBe(50);
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
});
