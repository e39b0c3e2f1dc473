import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttributeType, CfnGlobalTable, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Volume } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { App, Environment, IPolicyValidationContext, PolicyValidationPluginReport, StackProps } from 'aws-cdk-lib/core';
import { CfnParameter, Duration, Lazy, NestedStack, Size, Stack, Stage, Tags, Token, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { BackupCopy, BackupCoverage, BackupRule, BackupTier, RecoveryObjectives, TaggedBackupPlan } from '../../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../../support/app';

const FRANKFURT = { account: ACCOUNT, region: 'eu-central-1' };
const KEY = { name: 'id', type: AttributeType.STRING };
const UNPROTECTED = 'BackupCoverage-Unprotected';
const OBJECTIVE = 'BackupCoverage-Objective';
const EMPTY_TIER = 'BackupCoverage-EmptyTier';

let app: App;
let stack: Stack;
beforeEach(() => {
  app = testApp({ 'aws:cdk:disable-asset-staging': true }); // nothing here is about Lambda code, and copying it takes half the time
  stack = shopStack({ env: IRELAND }, app);
});

function stackIn(env: Environment | undefined, id = 'Other', props: StackProps = {}): Stack {
  return new Stack(app, id, { env, ...props });
}

/** A plan with these tiers; by default the one that is called low. */
function planIn(scope: Construct, tiers: BackupTier[] = [BackupTier.low()], tagKey?: string): TaggedBackupPlan {
  return new TaggedBackupPlan(scope, 'Backups', { tiers, tagKey });
}

function tag(construct: IConstruct, value: string, key = 'backup-tier'): void {
  Tags.of(construct).add(key, value);
}

/** What the plugin reports when CDK asks it, at the end of a synth. */
function reportOf(scope: Construct = app): PolicyValidationPluginReport {
  const coverage = new BackupCoverage();
  const reports: PolicyValidationPluginReport[] = [];
  const validate = (context: IPolicyValidationContext) => {
    reports.push(coverage.validate(context));
    return { success: true, violations: [] };
  };
  Validations.of(scope).addPlugins({ name: coverage.name, validate });
  app.synth();
  const success = reports.every(report => report.success);
  return { success, violations: reports.flatMap(report => report.violations) };
}

/** The violations of a rule, in short: each resource with what is wrong. */
function violations(rule: string, scope?: Construct): [string, string][] {
  return reportOf(scope).violations.filter(violation => violation.ruleName === rule)
    .flatMap(violation => violation.violatingResources.map(resource => [resource.constructPath!, violation.description] as [string, string]));
}
const paths = (rule: string, scope?: Construct) => violations(rule, scope).map(([path]) => path);

describe('Unprotected', () => {
  test('a resource without the tag, told whole', () => {
    planIn(stack, [BackupTier.critical(), BackupTier.low()]);
    new Bucket(stack, 'Uploads');
    new Bucket(stack, 'Invoices');
    tag(new Table(stack, 'Orders', { partitionKey: KEY }), 'critical');
    tag(new Table(stack, 'Carts', { partitionKey: KEY }), 'low');
    expect(reportOf()).toEqual({
      success: false,
      violations: [{
        ruleName: UNPROTECTED,
        description: 'tag \'backup-tier\' of this resource (S3) must name a backup tier, got: no such tag',
        fix: 'tag it \'backup-tier\' with one of \'critical\', \'low\', as \'protect\' of plan \'Shop/Backups\' does',
        severity: 'error',
        violatingResources: [{ constructPath: 'Shop/Uploads/Resource', locations: [] }, { constructPath: 'Shop/Invoices/Resource', locations: [] }],
      }],
    });
  });

  test('a value that is no tier, told whole', () => {
    planIn(stack);
    tag(new Bucket(stack, 'Uploads'), 'gold');
    tag(new Bucket(stack, 'Invoices'), 'low');
    expect(reportOf()).toEqual({
      success: false,
      violations: [{
        ruleName: UNPROTECTED,
        description: 'tag \'backup-tier\' of this resource (S3) must name a backup tier, got: \'gold\'',
        fix: 'change the tag to one of \'low\', the tiers of plan \'Shop/Backups\'',
        severity: 'error',
        violatingResources: [{ constructPath: 'Shop/Uploads/Resource', locations: [] }],
      }],
    });
  });

  test.each([
    ['Critical', 'critical'], ['CRITICAL', 'critical'], ['critica', 'critical'], ['criticall', 'critical'], ['critikal', 'critical'],
    ['critcial', 'critical'], ['Xcritical', 'critical'], ['Critcal', 'critical'], ['critical ', 'critical'], ['lo', 'low'],
  ])('\'%s\' was meant to be \'%s\'', (value, meant) => {
    planIn(stack, [BackupTier.critical(), BackupTier.low()]);
    tag(new Bucket(stack, 'Uploads'), value);
    expect(violations(UNPROTECTED)).toEqual([
      ['Shop/Uploads/Resource', `tag 'backup-tier' of this resource (S3) must name a backup tier, got: '${value}'; did you mean '${meant}'?`],
    ]);
  });

  test.each(['crtiacl', 'critic', 'criticalxx', 'lwo!', '', 'wol', 'lowlow'])('\'%s\' may have been meant to be anything', value => {
    planIn(stack, [BackupTier.critical(), BackupTier.low()]);
    tag(new Bucket(stack, 'Uploads'), value);
    expect(violations(UNPROTECTED)).toEqual([['Shop/Uploads/Resource', `tag 'backup-tier' of this resource (S3) must name a backup tier, got: '${value}'`]]);
  });

  test('a name that differs by its case alone is nearer than one edit', () => {
    planIn(stack, ['lob', 'LOW'].map(name => BackupTier.of(name, { rules: [BackupRule.daily()] })));
    tag(new Bucket(stack, 'Uploads'), 'low');
    expect(violations(UNPROTECTED)[0][1]).toMatch(/did you mean 'LOW'\?$/);
  });

  test('an app without a plan, told whole', () => {
    tag(new Bucket(stack, 'Uploads'), 'low');
    expect(reportOf()).toEqual({
      success: false,
      violations: [{
        ruleName: UNPROTECTED,
        description: 'this resource (S3) must be in the account and Region of a TaggedBackupPlan, got: none in this app',
        fix: 'add a TaggedBackupPlan to a stack of that account and Region, and tag the resource with one of its tiers',
        severity: 'error',
        violatingResources: [{ constructPath: 'Shop/Uploads/Resource', locations: [] }],
      }],
    });
  });

  test.each<[string, Environment, string]>([
    ['another Region', FRANKFURT, 'account \'111111111111\', Region \'eu-central-1\''],
    ['another account', { account: '222222222222', region: 'eu-west-1' }, 'account \'222222222222\', Region \'eu-west-1\''],
    ['another Region of an account that is not known', { region: 'eu-central-1' }, 'account an unresolved token, Region \'eu-central-1\''],
    ['another account, in a Region that is not known', { account: '222222222222' }, 'account \'222222222222\', Region an unresolved token'],
  ])('a resource in %s than the plan', (_, env, where) => {
    planIn(stack);
    tag(new Bucket(stackIn(env), 'Uploads'), 'low');
    expect(violations(UNPROTECTED)).toEqual([
      ['Other/Uploads/Resource', `this resource (S3) must be in the account and Region of a TaggedBackupPlan, got: none in ${where}`],
    ]);
  });

  test('each account and Region has its plan: that one decides', () => {
    planIn(stack);
    const other = stackIn(FRANKFURT);
    planIn(other, [BackupTier.medium()]);
    tag(new Bucket(stack, 'Here'), 'low');
    tag(new Bucket(other, 'There'), 'low');
    expect(paths(UNPROTECTED)).toEqual(['Other/There/Resource']);
  });

  test('a plan of another stack, or with another key, is as good', () => {
    planIn(stack);
    planIn(stackIn(IRELAND, 'Central'), [BackupTier.of('gold', { rules: [BackupRule.daily()] })], 'acme:tier');
    const other = stackIn(IRELAND);
    tag(new Bucket(other, 'One'), 'low');
    tag(new Bucket(other, 'Two'), 'gold', 'acme:tier');
    tag(new Bucket(other, 'Three'), 'gold');
    tag(new Bucket(other, 'Four'), 'god', 'acme:tier');
    new Bucket(other, 'Five');
    expect(violations(UNPROTECTED)).toEqual([
      ['Other/Three/Resource', 'tag \'backup-tier\' of this resource (S3) must name a backup tier, got: \'gold\''],
      ['Other/Four/Resource', 'tag \'acme:tier\' of this resource (S3) must name a backup tier, got: \'god\'; did you mean \'gold\'?'],
      ['Other/Five/Resource', 'tag \'backup-tier\' of this resource (S3) must name a backup tier, got: no such tag'],
    ]);
  });

  test('stacks whose account and Region are not known at synth are taken to be in the same', () => {
    planIn(stack);
    const other = stackIn(undefined);
    tag(new TableV2(other, 'Orders', { partitionKey: KEY }), 'low');
    new Bucket(other, 'Uploads');
    expect(paths(UNPROTECTED)).toEqual(['Other/Uploads/Resource']);
  });

  test('protect is enough, and what is in nested stacks and stages is seen', () => {
    const nested = new NestedStack(stack, 'Nested');
    new Bucket(nested, 'Forgotten');
    const backups = planIn(stack);
    backups.protect(new TableV2(nested, 'Orders', { partitionKey: KEY }), 'low');
    const inStage = new Stack(new Stage(app, 'Prod'), 'Shop', { env: FRANKFURT });
    new Bucket(inStage, 'Forgotten');
    planIn(new NestedStack(inStage, 'Nested'));
    tag(new Bucket(new NestedStack(inStage, 'Nested2'), 'Uploads'), 'low');
    expect(paths(UNPROTECTED)).toEqual(['Shop/Nested/Forgotten/Resource', 'Prod/Shop/Forgotten/Resource']);
  });

  test('registered on a stage, it judges what is in the stage, by the plans of the app', () => {
    new Bucket(stack, 'Forgotten');
    planIn(stackIn(FRANKFURT));
    const stage = new Stage(app, 'Prod');
    const inStage = new Stack(stage, 'Shop', { env: FRANKFURT });
    new Bucket(inStage, 'Forgotten');
    tag(new Bucket(inStage, 'Uploads'), 'low');
    expect(reportOf(stage).violations.flatMap(violation => violation.violatingResources)).toEqual([{ constructPath: 'Prod/Shop/Forgotten/Resource', locations: [] }]);
  });

  test('a global table is protected by a plan in the Region of a replica', () => {
    planIn(stackIn(FRANKFURT));
    const table = (id: string, region: string) => new TableV2(stack, id, { partitionKey: KEY, replicas: [{ region }] });
    tag(table('Orders', 'eu-central-1'), 'low');
    tag(table('Carts', 'us-east-1'), 'low');
    const l1 = new CfnGlobalTable(stack, 'L1', {
      keySchema: [{ attributeName: 'id', keyType: 'HASH' }], attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }], replicas: [{ region: 'eu-central-1' }],
    });
    tag(l1, 'low');
    expect(violations(UNPROTECTED)).toEqual([
      ['Shop/Carts/Resource', 'this resource (DynamoDB) must be in the account and Region of a TaggedBackupPlan, got: none in account \'111111111111\', Region \'eu-west-1\''],
      ['Shop/L1', 'tag \'backup-tier\' of this resource (DynamoDB) must name a backup tier, got: no such tag'],
    ]);
  });

  test('and by the tag of that replica', () => {
    planIn(stackIn(FRANKFURT));
    const table = (id: string, here: string, there: string) => new TableV2(stack, id, {
      partitionKey: KEY, tags: [{ key: 'backup-tier', value: here }], replicas: [{ region: 'eu-central-1', tags: [{ key: 'backup-tier', value: there }] }],
    });
    table('Orders', 'none', 'low');
    table('Carts', 'low', 'none');
    expect(violations(UNPROTECTED)).toEqual([
      ['Shop/Carts/Resource', 'tag \'backup-tier\' of this resource (DynamoDB) must name a backup tier, got: \'none\''],
    ]);
  });

  test('what is not known at synth is not judged', () => {
    planIn(stack);
    const value = new CfnParameter(stack, 'Value').valueAsString;
    tag(new Bucket(stack, 'Uploads'), value);
    const keyed = stackIn(FRANKFURT);
    planIn(keyed, undefined, new CfnParameter(keyed, 'Key').valueAsString);
    new Bucket(keyed, 'Uploads');
    expect(reportOf()).toEqual({ success: true, violations: [] });
  });

  test('lazy keys and values are known by then', () => {
    planIn(stack, undefined, Lazy.string({ produce: () => 'acme:tier' }));
    tag(new Bucket(stack, 'Uploads'), Lazy.string({ produce: () => 'low' }), 'acme:tier');
    tag(new Bucket(stack, 'Invoices'), 'low');
    expect(paths(UNPROTECTED)).toEqual(['Shop/Invoices/Resource']);
  });

  test('what holds no state, and what a plan creates itself, is left alone', () => {
    const backups = planIn(stack, [BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-central-1') })]);
    new Bucket(backups, 'Evidence');
    new Table(backups.copyStacks['eu-central-1'], 'Table', { partitionKey: KEY });
    new Topic(stack, 'Topic');
    new CfnDBInstance(stack, 'Reader', { dbClusterIdentifier: Token.asString({ Ref: 'Cluster' }) });
    expect(paths(UNPROTECTED)).toEqual([]);
  });
});

describe('Objective', () => {
  const objectives = (rpo: Duration) => RecoveryObjectives.of({ rto: Duration.hours(4), rpo });
  const tight = (rpo = Duration.minutes(15)) => planIn(stack, [BackupTier.critical({ objectives: objectives(rpo) })]);

  // By hand: `protect` refuses them itself, at once.
  test('a type that has snapshots only, told whole', () => {
    tight();
    tag(new CfnFileSystem(stack, 'Files'), 'critical');
    expect(reportOf()).toEqual({
      success: false,
      violations: [{
        ruleName: OBJECTIVE,
        description: '\'rpo\' of tier \'critical\' must be 2 hours at least for this resource (EFS), got: 15 minutes',
        fix: 'replicate it to lose less, or choose a tier with an \'rpo\' of 2 hours or more',
        severity: 'error',
        violatingResources: [{ constructPath: 'Shop/Files', locations: [] }],
      }],
    });
  });

  test('a DynamoDB table, whose own point-in-time recovery would do, told whole', () => {
    tight();
    tag(new TableV2(stack, 'Orders', { partitionKey: KEY }), 'critical');
    expect(reportOf()).toEqual({
      success: false,
      violations: [{
        ruleName: OBJECTIVE,
        description: '\'rpo\' of tier \'critical\' must be 2 hours at least for this resource (DynamoDB), got: 15 minutes',
        fix: 'switch on the table\'s point-in-time recovery, which reaches 5 minutes, or choose a tier with an \'rpo\' of 2 hours or more',
        severity: 'error',
        violatingResources: [{ constructPath: 'Shop/Orders/Resource', locations: [] }],
      }],
    });
  });

  test.each<[string, Duration, string[]]>([
    ['5 minutes', Duration.minutes(5), ['2 hours at least for this resource (EBS)', '2 hours at least for this resource (RDS cluster)', '15 minutes at least for this resource (S3)']],
    ['14 minutes', Duration.minutes(14), ['2 hours at least for this resource (EBS)', '2 hours at least for this resource (RDS cluster)', '15 minutes at least for this resource (S3)']],
    ['15 minutes', Duration.minutes(15), ['2 hours at least for this resource (EBS)', '2 hours at least for this resource (RDS cluster)']],
    ['1 hour 59 minutes', Duration.minutes(119), ['2 hours at least for this resource (EBS)', '2 hours at least for this resource (RDS cluster)']],
    ['2 hours', Duration.hours(2), []],
  ])('with an RPO of %s', (words, rpo, expected) => {
    tight(rpo);
    const pointInTimeRecoverySpecification = { pointInTimeRecoveryEnabled: true };
    new Volume(stack, 'Volume', { availabilityZone: 'eu-west-1a', size: Size.gibibytes(1) });
    new CfnDBCluster(stack, 'MultiAz', { engine: 'postgres' });
    new CfnDBCluster(stack, 'Aurora', { engine: 'aurora-postgresql' });
    new CfnDBInstance(stack, 'Instance', { engine: 'postgres' });
    new CfnDBCluster(stack, 'Unknown', { engine: new CfnParameter(stack, 'Engine').valueAsString });
    new Bucket(stack, 'Uploads', { versioned: true });
    new Table(stack, 'Table', { partitionKey: KEY, pointInTimeRecoverySpecification });
    new TableV2(stack, 'TableV2', { partitionKey: KEY, pointInTimeRecoverySpecification });
    tag(stack, 'critical');
    expect(violations(OBJECTIVE).map(([, description]) => description).sort()).toEqual(expected.map(each => `'rpo' of tier 'critical' must be ${each}, got: ${words}`).sort());
  });

  test('a tier that states no objectives, and one whose schedules can not be read, promise nothing', () => {
    const backups = planIn(stack, [BackupTier.critical(), BackupTier.of('odd', {
      rules: [BackupRule.daily({ startWindow: Duration.minutes(Lazy.number({ produce: () => 90 })) })], objectives: objectives(Duration.minutes(5)),
    })]);
    backups.protect(new CfnFileSystem(stack, 'Files'), 'critical');
    backups.protect(new CfnFileSystem(stack, 'More'), 'odd');
    expect(reportOf()).toEqual({ success: true, violations: [] });
  });

  test('the replica in the Region of the plan is judged', () => {
    const frankfurt = stackIn(FRANKFURT);
    planIn(frankfurt, [BackupTier.critical({ objectives: objectives(Duration.minutes(15)) })]);
    const recovery = { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } };
    const table = (id: string, here: object, there: object) => new TableV2(stack, id, { partitionKey: KEY, ...here, replicas: [{ region: 'eu-central-1', ...there }] });
    tag(table('Here', recovery, { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } }), 'critical');
    tag(table('There', {}, recovery), 'critical');
    expect(paths(OBJECTIVE)).toEqual(['Shop/Here/Resource']);
  });
});

describe('EmptyTier', () => {
  test('a tier that picks up nothing, told whole; a warning, which does not fail the synth', () => {
    const backups = planIn(stack, [BackupTier.critical(), BackupTier.low()]);
    backups.protect(new Bucket(stack, 'Uploads', { versioned: true }), 'critical');
    expect(reportOf()).toEqual({
      success: true,
      violations: [{
        ruleName: EMPTY_TIER,
        description: 'tier \'low\' must pick up a resource, got: none of this app in the plan\'s account and Region',
        fix: 'tag a resource \'backup-tier\' with \'low\', or leave the tier out of \'tiers\'',
        severity: 'warning',
        violatingResources: [{ constructPath: 'Shop/Backups', locations: [] }],
      }],
    });
  });

  test('a tag on what holds no state, or is elsewhere, is not enough', () => {
    planIn(stack);
    tag(new Topic(stack, 'Topic'), 'low');
    tag(new Bucket(stackIn(FRANKFURT), 'Uploads'), 'low');
    expect(paths(EMPTY_TIER)).toEqual(['Shop/Backups']);
  });

  test('each plan is judged by what it picks up itself', () => {
    const tiers = [BackupTier.low()];
    planIn(stack, tiers);
    planIn(stackIn(FRANKFURT), tiers);
    planIn(stackIn(IRELAND, 'Central'), tiers, 'acme:tier');
    tag(new Bucket(stack, 'Uploads'), 'low');
    expect(paths(EMPTY_TIER).sort()).toEqual(['Central/Backups', 'Other/Backups']);
  });

  test('a value that is not known at synth may be any tier', () => {
    planIn(stack);
    tag(new Bucket(stack, 'Uploads'), new CfnParameter(stack, 'Tier').valueAsString);
    expect(paths(EMPTY_TIER)).toEqual([]);
  });
});

describe('acknowledged', () => {
  const acknowledge = (construct: Construct, id: string) => Validations.of(construct).acknowledge({ id, reason: 'made again every night' });

  test.each<[string, (bucket: Bucket) => Construct]>([
    ['on the resource', bucket => bucket.node.defaultChild as CfnBucket],
    ['on the L2', bucket => bucket],
    ['on a construct above', bucket => bucket.node.scope as Construct],
    ['on the stack', bucket => Stack.of(bucket)],
    ['on the app', () => app],
  ])('%s', (_, where) => {
    planIn(stack).protect(new Bucket(stack, 'Uploads', { versioned: true }), 'low');
    const bucket = new Bucket(new Construct(stack, 'Service'), 'Cache');
    acknowledge(where(bucket), UNPROTECTED);
    expect(reportOf()).toEqual({ success: true, violations: [] });
  });

  test('for one, not for another, nor for another rule', () => {
    planIn(stack).protect(new Bucket(stack, 'Uploads', { versioned: true }), 'low');
    const [one, other] = ['One', 'Other'].map(id => new Bucket(stack, id));
    new Bucket(stack, 'Neither');
    acknowledge(one, UNPROTECTED);
    acknowledge(other, OBJECTIVE);
    acknowledge(other, 'OtherPlugin::BackupCoverage-Unprotected');
    expect(paths(UNPROTECTED)).toEqual(['Shop/Other/Resource', 'Shop/Neither/Resource']);
  });

  test('objectives on the resource, empty tiers on the plan', () => {
    const objectives = RecoveryObjectives.of({ rto: Duration.hours(1), rpo: Duration.minutes(15) });
    const backups = planIn(stack, [BackupTier.low(), BackupTier.critical({ objectives })]);
    const files = new CfnFileSystem(stack, 'Files');
    tag(files, 'critical');
    acknowledge(files, OBJECTIVE);
    acknowledge(backups, EMPTY_TIER);
    expect(reportOf()).toEqual({ success: true, violations: [] });
  });
});

describe('in a synth', () => {
  const validationReport = () => JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
  beforeEach(() => {
    process.env.CDK_VALIDATION = 'true';
    planIn(stack).protect(new Bucket(stack, 'Invoices', { versioned: true, enforceSSL: true }), 'low');
    Validations.of(app).addPlugins(new BackupCoverage());
  });
  afterEach(() => { process.env.CDK_VALIDATION = 'false'; });

  test('a forgotten resource fails it, with the report', () => {
    new Bucket(stack, 'Uploads', { enforceSSL: true });
    const message = errorOf(() => app.synth());
    expect(message).toContain('ERROR tag \'backup-tier\' of this resource (S3) must name a backup tier, got: no such tag (BackupCoverage)');
    expect(message).toContain('Shop/Uploads/Resource');
    expect(message).toContain('Suggested fix: tag it \'backup-tier\' with one of \'low\', as \'protect\' of plan \'Shop/Backups\' does');
    expect(validationReport().find((report: any) => report.pluginName === 'BackupCoverage')).toMatchObject({
      conclusion: 'failure', violations: [{ ruleName: UNPROTECTED, severity: 'error', violatingConstructs: [{ constructPath: 'Shop/Uploads/Resource' }] }],
    });
  });

  test('with nothing forgotten it passes', () => {
    expect(() => app.synth()).not.toThrow();
    expect(validationReport().filter((report: any) => report.pluginName === 'BackupCoverage')).toEqual([]);
  });

  test.each([UNPROTECTED, `BackupCoverage::${UNPROTECTED}`])('acknowledged as %s it passes', id => {
    Validations.of(new Bucket(stack, 'Uploads', { enforceSSL: true })).acknowledge({ id, reason: 'made again every night' });
    expect(() => app.synth()).not.toThrow();
  });

  test('resources in several accounts and Regions are reported once', () => {
    new Bucket(stackIn(FRANKFURT), 'Uploads', { enforceSSL: true });
    new Bucket(stackIn({ ...FRANKFURT, account: '222222222222' }, 'Third'), 'Uploads', { enforceSSL: true });
    expect(errorOf(() => app.synth()).match(/\S+\/Uploads\/Resource/g)).toEqual(['Other/Uploads/Resource', 'Third/Uploads/Resource']);
  });
});

test('says its name and its rules', () => {
  const { name, ruleIds } = new BackupCoverage();
  expect([name, ruleIds]).toEqual(['BackupCoverage', [UNPROTECTED, OBJECTIVE, EMPTY_TIER]]);
});
