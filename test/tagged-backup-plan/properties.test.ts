import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { CfnResource } from 'aws-cdk-lib/core';
import { App, Duration, Lazy, NestedStack, Stack, Stage, TimeZone, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import * as fc from 'fast-check';
import type { ContinuousBackupRuleOptions } from '../../src';
import {
  BackupAudit, BackupCopy, BackupResourceType, BackupRule, BackupTier, RecoveryObjectives, RestoreTestChoice, RestoreTesting, TaggedBackupPlan,
  VaultLock,
} from '../../src';
import { ACCOUNT, IRELAND, testApp } from '../support/app';
import { expectStrictValidation } from '../support/random-programs';

/**
 * Whatever is thrown at it, the construct either builds templates in which everything is what AWS Backup takes and keeps
 * what was promised, or throws its own error. The seed is fixed: a failure here is a failure everywhere.
 */
const SEED = 20261124;

/** What a token becomes. It is not known at synth, so it is never compared. */
const LATE = 4567;
const late = Lazy.number({ produce: () => LATE });

/** Most values are good, so that whole programs are; some are at the edge or beyond it. */
const good = <T, U>(values: fc.Arbitrary<T>, edges: fc.Arbitrary<U>, share = 9) =>
  fc.oneof({ weight: share, arbitrary: values }, { weight: 1, arbitrary: edges }) as fc.Arbitrary<T | U>;
const sometimes = <T>(values: fc.Arbitrary<T>, share = 1) =>
  fc.oneof({ weight: 1, arbitrary: values }, { weight: share, arbitrary: fc.constant(undefined) });
const daysBetween = (min: number, max: number) => fc.integer({ min, max }).map(n => Duration.days(n));
const hoursBetween = (min: number, max: number) => fc.integer({ min, max }).map(n => Duration.hours(n));
const minutesBetween = (min: number, max: number) => fc.integer({ min, max }).map(n => Duration.minutes(n));

const days = good(
  daysBetween(1, 400),
  fc.oneof(daysBetween(0, 40_000), hoursBetween(0, 100), fc.constantFrom(Duration.days(late), Duration.hours(late))),
);
const windowHours = good(
  hoursBetween(1, 168),
  fc.oneof(minutesBetween(0, 20_000), fc.constantFrom(Duration.hours(late), Duration.minutes(late))),
);
const minutes = good(
  minutesBetween(60, 1000),
  fc.oneof(fc.integer({ min: 0, max: 100_000 }).map(n => Duration.seconds(n)), fc.constantFrom(Duration.minutes(late), Duration.hours(late))),
);
const cron = good(
  fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), fc.constantFrom('SUN', 'MON-FRI', '1', '*'))
    .map(([m, h, d]) => `cron(${m} ${h} ? * ${d} *)`),
  fc.constantFrom(
    'rate(1 day)', 'cron(*/5 * * * ? *)', 'cron(0 5 L * ? *)', 'cron(0 25 * * ? *)', '', Lazy.string({ produce: () => 'cron(0 5 * * ? *)' }),
  ),
).map(text => Schedule.expression(text));
const name = good(
  fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}$/),
  fc.oneof(
    fc.string(), fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{49}$/),
    fc.constantFrom('constructor', '__proto__', 'a'.repeat(51), Token.asString({ Ref: 'Name' })),
  ),
);
const region = good(
  fc.constantFrom('eu-central-1', 'eu-north-1', 'us-east-1'),
  fc.oneof(fc.constantFrom('eu-west-1', 'cn-north-1', '', 'Frankfurt', Token.asString({ Ref: 'Region' })), fc.string()),
);
const lifecycle = good(
  fc.oneof(
    fc.record({ keepFor: days }, { requiredKeys: [] }) as fc.Arbitrary<{ keepFor?: Duration; moveToColdStorageAfter?: Duration }>,
    fc.integer({ min: 1, max: 300 }).map(cold => ({ keepFor: Duration.days(cold + 90), moveToColdStorageAfter: Duration.days(cold) })),
  ),
  fc.record({ keepFor: days, moveToColdStorageAfter: days }, { requiredKeys: [] }),
);
const objectives = fc.record({
  rto: good(
    hoursBetween(1, 200),
    fc.constantFrom(Duration.millis(1), Duration.minutes(1.5), Duration.days(100_000), Duration.days(0), Duration.hours(late)),
  ),
  rpo: good(
    fc.oneof(minutesBetween(5, 200), hoursBetween(2, 200), daysBetween(1, 30)),
    fc.oneof(
      fc.integer({ min: 0, max: 2_000_000 }).map(n => Duration.seconds(n)),
      fc.constantFrom(
        Duration.millis(1), Duration.millis(7_200_001), Duration.minutes(120.5), Duration.days(100_000), Duration.days(0), Duration.minutes(late),
      ),
    ), 10,
  ),
});
const limits = good(
  fc.constant({ minRetention: Duration.days(1) } as { minRetention: Duration; maxRetention?: Duration }),
  fc.record({ minRetention: days, maxRetention: days }, { requiredKeys: ['minRetention'] }), 4,
);

const destination = fc.oneof(
  { weight: 4, arbitrary: fc.record({ to: fc.constant('region' as const), region, options: lifecycle }) },
  {
    weight: 4,
    arbitrary: fc.record({
      to: fc.constant('vault' as const),
      which: fc.constantFrom('Near' as const, 'Locked' as const, 'Far' as const, 'Elsewhere' as const),
      id: fc.nat({ max: 1 }),
      options: lifecycle,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      to: fc.constant('airGapped' as const),
      limits: good(
        fc.constant({ minRetention: Duration.days(7), maxRetention: Duration.days(400) }),
        fc.record({ minRetention: days, maxRetention: days }), 10,
      ),
      keepFor: good(daysBetween(7, 400), sometimes(days), 3),
    }),
  },
);
type Destination = typeof destination extends fc.Arbitrary<infer T> ? T : never;
const copyTo = sometimes(good(fc.array(destination, { minLength: 1, maxLength: 2 }), fc.array(destination, { maxLength: 7 })), 2);
const windows = good(
  fc.record({ startWindow: minutes }, { requiredKeys: [] }) as fc.Arbitrary<{ startWindow?: Duration; completionWindow?: Duration }>,
  fc.record({ startWindow: minutes, completionWindow: minutes }),
);
const rule = fc.oneof(
  fc.record({
    kind: fc.constant('continuous' as const),
    options: good(
      fc.record({ keepFor: daysBetween(1, 35), startWindow: minutes }, { requiredKeys: [] }) as fc.Arbitrary<ContinuousBackupRuleOptions>,
      fc.record({ keepFor: days, startWindow: minutes, completionWindow: minutes }, { requiredKeys: [] }),
    ),
  }),
  fc.record({ kind: fc.constantFrom('hourly' as const, 'daily' as const, 'weekly' as const, 'monthly' as const), options: lifecycle, copyTo }),
  fc.record({
    kind: fc.constant('of' as const),
    ruleName: name,
    schedule: cron,
    options: lifecycle,
    windows,
    copyTo,
    timeZone: sometimes(fc.constantFrom(TimeZone.EUROPE_BERLIN, TimeZone.ETC_UTC), 3),
  }),
);
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;
const rules = good(fc.array(rule, { minLength: 1, maxLength: 2 }), fc.array(rule, { maxLength: 11 }));
const tier = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('critical' as const, 'medium' as const, 'low' as const), copyTo, objectives: sometimes(objectives, 3) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rules' as const), tierName: name, rules }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('derived' as const), tierName: name, objectives, keepFor: sometimes(good(daysBetween(31, 400), days, 5)), copyTo,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mixed' as const),
      tierName: name,
      objectives: sometimes(objectives),
      rules: sometimes(rules),
      keepFor: sometimes(days, 10),
      copyTo: sometimes(copyTo, 10),
    }),
  },
);
type Tier = typeof tier extends fc.Arbitrary<infer T> ? T : never;

const TYPES = BackupResourceType.values;
const types = good(
  fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 }),
  fc.array(fc.constantFrom(...TYPES), { maxLength: 3 }), 10,
);
const override = fc.record({
  type: fc.constantFrom(...TYPES), metadata: fc.constant({ dbSubnetGroupName: 'private' }), check: fc.constantFrom('Own' as const, 'Imported' as const),
}, { requiredKeys: ['type'] });
const restoreTesting = fc.record({
  kind: fc.constantFrom('daily' as const, 'weekly' as const, 'monthly' as const, 'of' as const),
  schedule: cron,
  types: sometimes(types),
  overrides: good(fc.constantFrom('none' as const, 'tested' as const), fc.array(override, { maxLength: 3 }), 5),
  options: fc.record({
    choice: fc.constantFrom(RestoreTestChoice.LATEST, RestoreTestChoice.RANDOM),
    selectionWindow: good(daysBetween(1, 365), days),
    startWindow: windowHours,
    validationWindow: windowHours,
  }, { requiredKeys: [] }),
});
const protection = fc.record({
  lock: sometimes(fc.oneof(
    fc.record({ mode: fc.constant('governance' as const), limits }),
    fc.record({
      mode: fc.constant('compliance' as const),
      limits,
      changeableFor: good(daysBetween(3, 400), days, 10),
      accepted: good(fc.constant(true), fc.constant(false), 10),
    }),
  )),
  breakGlass: sometimes(good(
    fc.array(fc.constant('Imported' as const), { maxLength: 3 }),
    fc.array(fc.constantFrom('Imported' as const, 'Own' as const, 'Elsewhere' as const), { maxLength: 7 }), 4,
  )),
});
type Protection = typeof protection extends fc.Arbitrary<infer T> ? T : never;
const program = fc.record({
  env: good(
    fc.constant(IRELAND as { account?: string; region?: string }),
    fc.constantFrom({ region: 'eu-west-1' }, { account: ACCOUNT }, {}, { account: ACCOUNT, region: 'cn-north-1' }), 8,
  ),
  place: good(fc.constant('Stack' as const), fc.constantFrom('NestedStack' as const, 'Stage' as const), 3),
  tiers: good(fc.array(tier, { minLength: 1, maxLength: 2 }), fc.array(tier, { maxLength: 11 })),
  tagKey: sometimes(good(
    fc.constantFrom('backup-tier', 'acme:backup'),
    fc.oneof(fc.string(), fc.constant(Token.asString({ Ref: 'Key' }))),
  )),
  // Mostly one of the two: together they are refused.
  keeping: good(fc.oneof(
    fc.record({ vault: good(fc.constantFrom('Near' as const, 'Locked' as const, 'Imported' as const), fc.constant('Far' as const), 10) }),
    fc.record({ protection }),
    fc.constant({}),
  ), fc.record({ vault: fc.constant('Near' as const), protection })) as fc.Arbitrary<{ vault?: 'Near' | 'Locked' | 'Far' | 'Imported'; protection?: Protection }>,
  alarmTopic: good(fc.constantFrom(undefined, 'Own' as const, 'Encrypted' as const, 'Imported' as const), fc.constant('Far' as const)),
  restoreTesting: sometimes(restoreTesting, 2),
  evidenceBucket: good(fc.constantFrom(undefined, 'Own' as const, 'Encrypted' as const, 'Imported' as const), fc.constant('Far' as const)),
  optIn: sometimes(types, 3),
  audit: fc.constantFrom(undefined, undefined, 'reports' as const, 'frameworks' as const),
  calls: fc.constantFrom('protect' as const, 'runbook' as const, 'shareKey' as const, ...Array<undefined>(9)),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

/** What the program hands in, made when it is first named. */
class Team {
  constructor(private readonly stack: Stack) {}

  public vault(which: 'Near' | 'Locked' | 'Far' | 'Elsewhere' | 'Imported', id = 9): IBackupVault {
    return this.once(`${which}Vault${id}`, (scope, key) => {
      switch (which) {
        case 'Near': return new BackupVault(scope, key);
        case 'Locked': return new BackupVault(scope, key, { lockConfiguration: { minRetention: Duration.days(2), maxRetention: Duration.days(390) } });
        case 'Far': return BackupVault.fromBackupVaultArn(scope, key, `arn:aws:backup:eu-central-1:222222222222:backup-vault:central${id}`);
        case 'Imported': return BackupVault.fromBackupVaultName(scope, key, 'kept');
        case 'Elsewhere': return new BackupVault(this.elsewhere(), key, { lockConfiguration: { minRetention: Duration.days(2) } });
      }
    });
  }

  public copy(destinations: Destination[]): BackupCopy {
    const copies = destinations.map(each => {
      switch (each.to) {
        case 'region': return BackupCopy.toRegion(each.region, each.options);
        case 'vault': return BackupCopy.toVault(this.vault(each.which, each.id), each.options);
        case 'airGapped': return BackupCopy.toAirGappedVault({ ...each.limits, keepFor: each.keepFor });
      }
    });
    return copies.length === 1 ? copies[0] : BackupCopy.toAll(...copies);
  }

  public tier(stated: Tier): BackupTier {
    const promised = stated.kind !== 'rules' && stated.objectives ? RecoveryObjectives.of(stated.objectives) : undefined;
    const copies = stated.kind !== 'rules' && stated.copyTo ? this.copy(stated.copyTo) : undefined;
    switch (stated.kind) {
      case 'rules': return BackupTier.of(stated.tierName, { rules: stated.rules.map(each => this.rule(each)) });
      case 'derived': return BackupTier.of(stated.tierName, { objectives: promised, keepFor: stated.keepFor, copyTo: copies });
      case 'mixed': {
        const own = stated.rules?.map(each => this.rule(each));
        return BackupTier.of(stated.tierName, { objectives: promised, keepFor: stated.keepFor, copyTo: copies, rules: own });
      }
      default: return BackupTier[stated.kind]({ copyTo: copies, objectives: promised });
    }
  }

  public roles(roles: ('Imported' | 'Own' | 'Elsewhere')[]): IRole[] {
    return roles.map((which, index) => this.once(`${which}Role${index}`, (scope, key) => which === 'Imported'
      ? Role.fromRoleArn(scope, key, `arn:aws:iam::111111111111:role/break-glass-${index}`)
      : new Role(which === 'Own' ? scope : this.elsewhere(), key, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })));
  }

  public lock(lock: NonNullable<Protection['lock']>): VaultLock {
    return lock.mode === 'governance'
      ? VaultLock.governance(lock.limits)
      : VaultLock.compliance({ ...lock.limits, changeableFor: lock.changeableFor, acceptThatNobodyCanUndoIt: lock.accepted });
  }

  public testing({ kind, schedule, types: tested, overrides, options }: NonNullable<Program['restoreTesting']>): RestoreTesting {
    const stated = overrides === 'none' ? undefined
      : overrides === 'tested' ? (tested ?? [BackupResourceType.RDS]).map(type => ({ type, metadata: { a: 'b' }, check: this.check('Own') }))
        : overrides.map(each => ({ ...each, check: each.check && this.check(each.check) }));
    const all = { ...options, types: tested, overrides: stated };
    return kind === 'of' ? RestoreTesting.of(schedule, all) : RestoreTesting[kind](all);
  }

  public topic(which: 'Own' | 'Encrypted' | 'Imported' | 'Far'): ITopic {
    return this.once('Topic', (scope, key) => which === 'Own' || which === 'Encrypted'
      ? new Topic(scope, key, { masterKey: which === 'Encrypted' ? new Key(scope, 'TopicKey') : undefined })
      : Topic.fromTopicArn(scope, key, `arn:aws:sns:${which === 'Far' ? 'eu-north-1' : 'eu-west-1'}:111111111111:alarms`));
  }

  public bucket(which: 'Own' | 'Encrypted' | 'Imported' | 'Far'): IBucket {
    return this.once('Bucket', (scope, key) => which === 'Own' || which === 'Encrypted'
      ? new Bucket(scope, key, { encryption: which === 'Own' ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS, enforceSSL: true })
      : Bucket.fromBucketAttributes(scope, key, { bucketArn: 'arn:aws:s3:::evidence', account: which === 'Far' ? '222222222222' : undefined }));
  }

  public rule(each: Rule): BackupRule {
    const copies = each.kind !== 'continuous' && each.copyTo ? this.copy(each.copyTo) : undefined;
    switch (each.kind) {
      case 'continuous': return BackupRule.continuous(each.options);
      case 'of': return BackupRule.of(each.ruleName, each.schedule, { ...each.options, ...each.windows, timeZone: each.timeZone, copyTo: copies });
      default: return BackupRule[each.kind]({ ...each.options, copyTo: copies });
    }
  }

  private check(which: 'Own' | 'Imported'): IFunction {
    return this.once(`${which}Check`, (scope, key): IFunction => which === 'Imported'
      ? LambdaFunction.fromFunctionArn(scope, key, 'arn:aws:lambda:eu-west-1:111111111111:function:check')
      : new LambdaFunction(scope, key, { runtime: Runtime.NODEJS_LATEST, handler: 'index.handler', code: Code.fromInline('exports.handler = 1;') }));
  }

  private elsewhere(): Stack {
    return this.once('Elsewhere', scope => new Stack(scope.node.scope!, 'Elsewhere', { env: { account: '111111111111', region: 'us-west-2' } }));
  }

  private readonly made = new Map<string, IConstruct>();

  private once<T extends IConstruct>(key: string, make: (scope: Stack, key: string) => T): T {
    const made = this.made.get(key) ?? make(this.stack, key);
    this.made.set(key, made);
    return made as T;
  }
}

/** Builds the program; the error's message when it is one of ours. */
function build(scope: Stage, input: Program): TaggedBackupPlan | string {
  const stack = new Stack(input.place === 'Stage' ? new Stage(scope, 'Prod') : scope, 'Shop', { env: input.env });
  const team = new Team(stack);
  const { vault, protection: { lock, breakGlass } = {} } = input.keeping;
  try {
    const plan = new TaggedBackupPlan(input.place === 'NestedStack' ? new NestedStack(stack, 'Nested') : stack, 'Backups', {
      tiers: input.tiers.map(each => team.tier(each)),
      tagKey: input.tagKey,
      vault: vault && team.vault(vault),
      protection: input.keeping.protection && { lock: lock && team.lock(lock), breakGlass: breakGlass && team.roles(breakGlass) },
      alarmTopic: input.alarmTopic && team.topic(input.alarmTopic),
      restoreTesting: input.restoreTesting && team.testing(input.restoreTesting),
      evidenceBucket: input.evidenceBucket && team.bucket(input.evidenceBucket),
      optIn: input.optIn,
      audit: input.audit && (input.audit === 'reports' ? BackupAudit.reports() : BackupAudit.reportsAndFramework()),
    });
    switch (input.calls) {
      case 'protect': plan.protect(new TableV2(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } }), plan.tiers[0].name); break;
      case 'runbook': expect(plan.restoreRunbook()).toContain(plan.tiers[0].name); break;
      case 'shareKey': plan.shareKey(new Key(stack, 'Shared')); break;
    }
    return plan;
  } catch (error) {
    if ((error as Error).name !== 'InvalidPropsError') {
      throw error;
    }
    return (error as Error).message;
  }
}

/** Every stack of the app with its template. */
type Templates = Map<Stack, any>;

function synthesize(app: App): Templates {
  app.synth();
  return new Map(app.node.findAll().filter(Stack.isStack).map(stack =>
    [stack, JSON.parse(readFileSync(join(Stage.of(stack)!.synth().directory, stack.templateFile), 'utf8'))]));
}

function ofType(template: any, type: string): any[] {
  return Object.values<any>(template.Resources ?? {}).filter(resource => resource.Type === type).map(resource => resource.Properties);
}

/** What AWS Backup would refuse, or do otherwise without a word. */
function checkPlan({ BackupPlanRule }: any, vaultOf: (named: any) => any): void {
  expect(BackupPlanRule.filter((each: any) => each.EnableContinuousBackup).length).toBeLessThanOrEqual(1);
  for (const each of BackupPlanRule) {
    expect(each.RuleName).toMatch(/^[a-zA-Z0-9\-_.]{1,50}$/);
    expect(each.ScheduleExpression).toMatch(/^cron\(\d+ /);
    expect(each.StartWindowMinutes).toBeGreaterThanOrEqual(60);
    if (each.StartWindowMinutes !== LATE && each.CompletionWindowMinutes !== LATE) {
      expect(each.CompletionWindowMinutes ?? Infinity).toBeGreaterThan(each.StartWindowMinutes);
    }
    expect(each.CopyActions?.length ?? 0).toBeLessThanOrEqual(5);
    checkLifecycle(each.Lifecycle, each.EnableContinuousBackup ? 35 : 36500, vaultOf(each.TargetBackupVault));
    for (const copy of each.CopyActions ?? []) {
      checkLifecycle(copy.Lifecycle, 36500, vaultOf(copy.DestinationBackupVaultArn));
    }
  }
}

function checkLifecycle({ DeleteAfterDays: keep, MoveToColdStorageAfterDays: cold }: any, most: number, vault: any): void {
  if (keep === LATE) {
    return;
  }
  expect(keep).toBeGreaterThanOrEqual(1);
  expect(keep).toBeLessThanOrEqual(most);
  if (cold !== undefined && cold !== LATE) {
    expect(keep - cold).toBeGreaterThanOrEqual(90);
  }
  const { MinRetentionDays: least, MaxRetentionDays: longest = Infinity } = vault?.LockConfiguration ?? vault ?? {};
  if (least !== undefined) {
    seen.locked++;
    expect(keep).toBeGreaterThanOrEqual(least === LATE ? 0 : least);
    expect(keep).toBeLessThanOrEqual(longest === LATE ? Infinity : longest);
  }
}

/** The vault that a value in the template of the stack names; undefined when it is not of the app. */
function vaultNamed(value: any, stack: Stack, templates: Templates): any {
  const id = value.Ref ?? value['Fn::GetAtt']?.[0];
  if (id === undefined) {
    const literal = /backup-vault:([\w-]+)/.exec(JSON.stringify(value))?.[1];
    return [...templates.values()].flatMap(template => ofType(template, 'AWS::Backup::BackupVault')).find(vault => vault.BackupVaultName === literal);
  }
  const own = templates.get(stack).Resources[id];
  if (own) {
    return own.Properties;
  }
  // A parameter of a nested stack, which its parent fills in.
  const parent = stack.nestedStackParent!;
  const nested = templates.get(parent).Resources[parent.getLogicalId(stack.nestedStackResource as CfnResource)];
  return vaultNamed(nested.Properties.Parameters[id], parent, templates);
}

/** All actions with a wildcard that somebody is allowed. */
function wildcards(value: any): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = value.Effect === 'Allow' ? [value.Action].flat().filter(action => action.includes('*')) : [];
  return [...own, ...Object.values(value).flatMap(wildcards)];
}

/** Of AWS's own making: a key is opened to the policies of its account, and the two families of kms are always written so. */
const USUAL_WILDCARDS = ['AWS::KMS::Key kms:*', ...['AWS::KMS::Key', 'AWS::IAM::Policy'].flatMap(type => [`${type} kms:GenerateDataKey*`, `${type} kms:ReEncrypt*`])];

function checkTemplate(template: any): void {
  for (const alarm of ofType(template, 'AWS::CloudWatch::Alarm')) {
    expect(alarm.AlarmActions.length).toBeGreaterThan(0);
    expect(alarm.ActionsEnabled).not.toBe(false);
  }
  for (const [type, property, allowed] of [
    ['AWS::Backup::RestoreTestingPlan', 'RestoreTestingPlanName', /^[A-Za-z0-9_]{1,50}$/],
    ['AWS::Backup::Framework', 'FrameworkName', /^[A-Za-z][_A-Za-z0-9]{0,255}$/],
    ['AWS::Backup::ReportPlan', 'ReportPlanName', /^[A-Za-z][_A-Za-z0-9]{0,255}$/],
    ['AWS::Backup::BackupVault', 'BackupVaultName', /^[a-zA-Z0-9_-]{2,50}$/],
    ['AWS::Backup::LogicallyAirGappedBackupVault', 'BackupVaultName', /^[a-zA-Z0-9_-]{2,50}$/],
  ] as const) {
    const names = ofType(template, type).map(resource => resource[property]);
    names.forEach(each => expect(each).toMatch(allowed));
    expect(new Set(names).size).toBe(names.length);
  }
  for (const resource of Object.values<any>(template.Resources ?? {})) {
    expect(USUAL_WILDCARDS).toEqual(expect.arrayContaining(wildcards(resource).map(action => `${resource.Type} ${action}`)));
  }
}

/** Every hour of two years, the first one a leap year: another clock than the one that schedules are derived with. */
const HOURS = Array.from({ length: (366 + 365) * 24 }, (_, hour) => new Date(Date.UTC(2028, 0, 1, hour)))
  .map(time => [time.getUTCHours(), time.getUTCDate(), time.getUTCMonth() + 1, time.getUTCDay() + 1]);

/**
 * How far snapshots can be apart by these rules, in minutes: one is taken as soon as its window opens, the next at the end
 * of its own. Rules that start at once take one snapshot. Read a second time from what AWS Backup is told, and simply.
 */
function furthestApart(rendered: any[]): number {
  const schedules = rendered.map(each => ({ fields: fieldsOf(each.ScheduleExpression), window: each.StartWindowMinutes }));
  let [last, furthest] = [-1, 0];
  HOURS.forEach((now, hour) => {
    const due = schedules.filter(({ fields }) => fields.every((field, index) => field.has(now[index])));
    if (due.length > 0) {
      furthest = last < 0 ? 0 : Math.max(furthest, (hour - last) * 60 + Math.max(...due.map(each => each.window)));
      last = hour;
    }
  });
  return furthest;
}

/** The hours, days, months and weekdays of an expression; these rules start on the hour. */
function fieldsOf(expression: string): Set<number>[] {
  const [minute, ...fields] = expression.slice('cron('.length, -1).replace('SUN', '1').split(' ');
  expect(minute).toBe('0');
  return fields.slice(0, 4).map(field => new Set([...Array(32).keys()].filter(value => ['*', '?'].includes(field)
    || field.split(',').map(part => part.split('-').map(Number)).some(([from, to = from]) => from <= value && value <= to))));
}

/** A tier whose rules are the library's keeps its RPO: the simulation says so, and so does the tier. */
function checkObjectives(built: BackupTier, rendered: any[]): void {
  const furthest = furthestApart(rendered);
  expect(built.reachableRpo(BackupResourceType.DYNAMODB)?.toMinutes()).toBe(furthest);
  if (built.objectives) {
    seen.promised++;
    const rpo = built.objectives.rpo.toMinutes({ integral: false });
    const continuous = rendered.some(each => each.EnableContinuousBackup);
    // Snapshots keep two hours at best; continuous backup keeps less, for the types that have it.
    expect(furthest).toBeLessThanOrEqual(continuous ? Math.max(rpo, 120) : rpo);
    expect(built.reachableRpo(BackupResourceType.AURORA)!.toMinutes()).toBeLessThanOrEqual(rpo);
  }
}

function check(input: Program, plan: TaggedBackupPlan, templates: Templates): void {
  for (const [stack, template] of templates) {
    checkTemplate(template);
    ofType(template, 'AWS::Backup::BackupPlan').forEach(each => checkPlan(each.BackupPlan, value => vaultNamed(value, stack, templates)));
  }
  const { Resources } = templates.get(Stack.of(plan));
  const selections = ofType({ Resources }, 'AWS::Backup::BackupSelection');
  expect(selections.length).toBe(plan.tiers.length);
  plan.tiers.forEach((each, index) => {
    const selection = selections.find(({ BackupSelection }) => BackupSelection.Conditions.StringEquals[0].ConditionValue === each.name);
    if (!hasOwnRules(input.tiers[index])) {
      checkObjectives(each, Resources[selection.BackupPlanId['Fn::GetAtt'][0]].Properties.BackupPlan.BackupPlanRule);
    }
  });
}

function hasOwnRules(stated: Tier): boolean {
  return stated.kind === 'rules' || (stated.kind === 'mixed' && stated.rules !== undefined);
}

/** A program that is not built tells what is wrong, each finding with what it got and what to do. */
function checkMessage(input: Program, message: string): void {
  const [title, ...findings] = message.split('\n  - ');
  expect(title).toMatch(/^(TaggedBackupPlan|AuditReports|BackupCopyStack) '[\w/-]+' can not be built:$|^RecoveryObjectives can not be built:$/);
  expect(findings.length).toBeGreaterThan(0);
  findings.forEach(finding => expect(finding).toMatch(/^'.+' .+, got( twice)?: .+; .+/s));
  // Rules that follow from an RPO keep it: it is never said of them that they do not.
  const following = input.tiers.filter(each => each.kind === 'derived').map(each => each.tierName);
  const others = input.tiers.filter(each => each.kind === 'rules' || each.kind === 'mixed').map(each => each.tierName);
  for (const tierName of following.filter(each => !others.includes(each))) {
    findings.forEach(finding => expect(finding.includes('take no backup more often') && finding.startsWith(`'rpo' of tier '${tierName}' `)).toBe(false));
  }
}

const { outdir } = testApp();
const newApp = () => new App({ outdir, analyticsReporting: false, treeMetadata: false });
const seen = { built: 0, refused: 0, locked: 0, promised: 0 };

beforeAll(() => { Error.stackTraceLimit = 0; }); // a trace of each resource is a sixth of the time
afterAll(() => { Error.stackTraceLimit = 10; });

test('1,000 programs: a template that AWS Backup takes, or one of our errors', () => {
  fc.assert(fc.property(program, input => {
    const app = newApp();
    const outcome = build(app, input);
    if (typeof outcome === 'string') {
      seen.refused++;
      checkMessage(input, outcome);
    } else {
      const templates = synthesize(app);
      seen.built++;
      check(input, outcome, templates);
    }
  }), { numRuns: 1000, seed: SEED });
  // All of it happens often: no part of this test is idle.
  expect(seen.built).toBeGreaterThan(200);
  expect(seen.refused).toBeGreaterThan(200);
  expect(seen.locked).toBeGreaterThan(200);
  expect(seen.promised).toBeGreaterThan(100);
});

/** The first programs that build, of those that the seed gives, each in a stage of one app and with a tag of its own. */
function appOf(count: number, app: App): Program[] {
  const inputs: Program[] = [];
  for (const sample of fc.sample(program, { numRuns: 20 * count, seed: SEED })) {
    const id = `Program${inputs.length}`;
    const input = { ...sample, tagKey: `backup-tier-${inputs.length}` };
    if (inputs.length < count) {
      isBuilt(new Stage(app, id), input) ? inputs.push(input) : app.node.tryRemoveChild(id);
    }
  }
  expect(inputs.length).toBe(count);
  return inputs;
}

function isBuilt(scope: Stage, input: Program): boolean {
  return typeof build(scope, input) !== 'string';
}

test('the same program gives the same templates', () => {
  const app = newApp();
  const inputs = appOf(20, app);
  const again = newApp();
  inputs.forEach((input, index) => build(new Stage(again, `Program${index}`), input));
  const [first, second] = [app, again].map(each => [...synthesize(each)].map(([stack, template]) => [stack.node.path, template]));
  expect(first.length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});

test('50 programs that build pass CDK\'s own validator, in strict mode', () => {
  expectStrictValidation(app => appOf(50, app));
});
