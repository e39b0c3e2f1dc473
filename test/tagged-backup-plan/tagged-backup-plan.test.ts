import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault, BackupVaultEvents } from 'aws-cdk-lib/aws-backup';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, DefaultStackSynthesizer, Duration, Lazy, NestedStack, Stack, StackSynthesizer, Stage, Tags, TimeZone } from 'aws-cdk-lib/core';
import { BackupAudit, BackupCopy, BackupRule, BackupTier, RecoveryObjectives, TaggedBackupPlan } from '../../src';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../support/app';

const PLAN = 'AWS::Backup::BackupPlan';
const SELECTION = 'AWS::Backup::BackupSelection';
const FRANKFURT = 'eu-central-1';

function planOf(stack: Stack, name: string): any {
  const plans = Object.values(Template.fromStack(stack).findResources(PLAN)) as any[];
  return plans.map(plan => plan.Properties.BackupPlan).find(plan => plan.BackupPlanName.endsWith(`-${name}`));
}

function vaultNamesOf(stack: Stack): string[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupVault')).map(vault => vault.Properties.BackupVaultName);
}

function backupPlan(stack: Stack, tiers: BackupTier[] = [BackupTier.medium()]): TaggedBackupPlan {
  return new TaggedBackupPlan(stack, 'Backups', { tiers });
}

describe('tiers', () => {
  test('critical: continuous, daily, weekly and monthly, cold after 30 days', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.critical()]);
    const rule = (name: string, schedule: string, lifecycle: object, more: object = {}) => ({
      RuleName: name, ScheduleExpression: schedule, Lifecycle: lifecycle, StartWindowMinutes: 60, TargetBackupVault: expect.anything(), ...more,
    });
    expect(planOf(stack, 'critical').BackupPlanRule).toEqual([
      rule('continuous', 'cron(0 0-4,6-23 * * ? *)', { DeleteAfterDays: 35 }, { EnableContinuousBackup: true }),
      rule('daily', 'cron(0 5 * * ? *)', { DeleteAfterDays: 35 }),
      rule('weekly', 'cron(0 5 ? * SUN *)', { DeleteAfterDays: 90 }),
      rule('monthly', 'cron(0 5 1 * ? *)', { DeleteAfterDays: 365, MoveToColdStorageAfterDays: 30 }),
    ]);
  });

  test('medium: daily and weekly; low: weekly, kept 35 days', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.medium(), BackupTier.low()]);
    expect(planOf(stack, 'medium').BackupPlanRule.map((rule: any) => [rule.RuleName, rule.Lifecycle.DeleteAfterDays, rule.StartWindowMinutes]))
      .toEqual([['daily', 35, 480], ['weekly', 90, 480]]);
    expect(planOf(stack, 'low').BackupPlanRule.map((rule: any) => [rule.RuleName, rule.ScheduleExpression, rule.Lifecycle.DeleteAfterDays]))
      .toEqual([['weekly', 'cron(0 5 ? * SUN *)', 35]]);
  });

  test('a tier of one\'s own, with everything a rule can state', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.of('ledger', {
      rules: [
        BackupRule.of('nightly', Schedule.cron({ minute: '30', hour: '1' }), {
          keepFor: Duration.days(2190),
          moveToColdStorageAfter: Duration.days(90),
          startWindow: Duration.hours(2),
          completionWindow: Duration.hours(12),
          timeZone: TimeZone.EUROPE_BERLIN,
        }),
        BackupRule.hourly(),
        BackupRule.continuous({ keepFor: Duration.days(7), startWindow: Duration.hours(2), completionWindow: Duration.hours(3) }),
      ],
    })]);
    expect(planOf(stack, 'ledger').BackupPlanRule).toEqual([
      {
        RuleName: 'nightly',
        ScheduleExpression: 'cron(30 1 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        StartWindowMinutes: 120,
        CompletionWindowMinutes: 720,
        Lifecycle: { DeleteAfterDays: 2190, MoveToColdStorageAfterDays: 90 },
        TargetBackupVault: expect.anything(),
      },
      { RuleName: 'hourly', ScheduleExpression: 'cron(0 * * * ? *)', StartWindowMinutes: 60, Lifecycle: { DeleteAfterDays: 1 }, TargetBackupVault: expect.anything() },
      {
        RuleName: 'continuous',
        ScheduleExpression: 'cron(0 0-4,6-23 * * ? *)',
        EnableContinuousBackup: true,
        StartWindowMinutes: 120,
        CompletionWindowMinutes: 180,
        Lifecycle: { DeleteAfterDays: 7 },
        TargetBackupVault: expect.anything(),
      },
    ]);
  });

  test('the rules of a tier and the tiers of a plan are copies: changing them changes nothing', () => {
    const tier = BackupTier.low();
    tier.rules.pop();
    expect(tier.rules.map(rule => rule.name)).toEqual(['weekly']);
    const rules = [BackupRule.daily()];
    const own = BackupTier.of('own', { rules });
    rules.pop();
    expect(own.rules.map(rule => rule.name)).toEqual(['daily']);
    const tiers = [tier];
    const backups = backupPlan(shopStack(), tiers);
    tiers.pop();
    expect(backups.tiers).toEqual([tier]);
  });

  test('tokens pass through uncompared', () => {
    const stack = shopStack();
    const days = Duration.days(Lazy.number({ produce: () => 40 }));
    backupPlan(stack, [BackupTier.of('late', {
      rules: [BackupRule.daily({ keepFor: days, moveToColdStorageAfter: days, startWindow: Duration.minutes(Lazy.number({ produce: () => 90 })) })],
    })]);
    expect(planOf(stack, 'late').BackupPlanRule[0]).toMatchObject({
      Lifecycle: { DeleteAfterDays: 40, MoveToColdStorageAfterDays: 40 }, StartWindowMinutes: 90,
    });
  });
});

describe('selection', () => {
  test('one a tier, by its tag, with conditions joined by AND and all resources to choose from', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.medium(), BackupTier.low()]);
    const template = Template.fromStack(stack);
    template.resourceCountIs(SELECTION, 2);
    template.hasResourceProperties(SELECTION, {
      BackupPlanId: stack.resolve(backups.plans.low.backupPlanId),
      BackupSelection: {
        SelectionName: 'low',
        Resources: ['*'],
        // The exact letters: AWS ignores `stringEquals`.
        Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup-tier', ConditionValue: 'low' }] },
        IamRoleArn: stack.resolve(backups.role.roleArn),
        ListOfTags: Match.absent(),
      },
    });
    expect(Object.keys(backups.selections)).toEqual(['medium', 'low']);
  });

  test('the tag key is the team\'s choice', () => {
    const stack = shopStack();
    new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], tagKey: 'acme:backup' });
    Template.fromStack(stack).hasResourceProperties(SELECTION, {
      BackupSelection: { Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/acme:backup', ConditionValue: 'low' }] } },
    });
  });

  test('trap: the L2 selection still joins two tags by OR', () => {
    // When this fails CDK has learned Conditions, and CfnBackupSelection can go.
    const stack = shopStack();
    const { BackupPlan, BackupResource } = jest.requireActual('aws-cdk-lib/aws-backup');
    const plan = BackupPlan.daily35DayRetention(stack, 'Plan');
    plan.addSelection('Selection', { resources: [BackupResource.fromTag('a', '1'), BackupResource.fromTag('b', '2')] });
    Template.fromStack(stack).hasResourceProperties(SELECTION, { BackupSelection: { ListOfTags: Match.anyValue(), Conditions: Match.absent() } });
  });
});

describe('vault and roles', () => {
  test('a new vault has a key of its own that rotates; both outlive the stack', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    const template = Template.fromStack(stack);
    template.hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { BackupVaultName: Match.stringLikeRegexp('^Shop-Backups-[A-F0-9]{8}$'), EncryptionKeyArn: stack.resolve(backups.key!.keyArn) },
    });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true, Description: 'Encrypts the backups of Shop/Backups' } });
  });

  test('a vault of the team\'s is used as it is', () => {
    const stack = shopStack();
    const vault = new BackupVault(stack, 'Own');
    const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], vault });
    expect(backups.vault).toBe(vault);
    expect(backups.key).toBeUndefined();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Backup::BackupVault', 1);
    expect(planOf(stack, 'low').BackupPlanRule[0].TargetBackupVault).toEqual(stack.resolve(vault.backupVaultName));
  });

  test.each([
    ['Takes and copies backups for Shop/Backups', ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup']],
    ['Restores backups for Shop/Backups', ['service-role/AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore']],
  ])('role: %s, S3 included, kept with the vault', (description, policies) => {
    const stack = shopStack();
    backupPlan(stack);
    Template.fromStack(stack).hasResource('AWS::IAM::Role', {
      DeletionPolicy: 'Retain',
      Properties: {
        Description: description,
        AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'backup.amazonaws.com' } }] },
        ManagedPolicyArns: policies.map(policy => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${policy}`]] })),
      },
    });
  });

  test('two plans in one stack share no name', () => {
    const stack = shopStack();
    new TaggedBackupPlan(stack, 'One', { tiers: [BackupTier.low({ copyTo: BackupCopy.toRegion(FRANKFURT) })] });
    new TaggedBackupPlan(stack, 'Two', { tiers: [BackupTier.low({ copyTo: BackupCopy.toRegion(FRANKFURT) })] });
    expect(new Set(vaultNamesOf(stack)).size).toBe(2);
  });

  test('nor do plans with long paths, nor those of nested stacks of the same id in two stacks', () => {
    const app = testApp();
    const long = shopStack({ env: IRELAND }, app);
    for (const id of ['One', 'Two']) {
      new TaggedBackupPlan(long, 'A'.repeat(80) + id, { tiers: [BackupTier.low({ copyTo: BackupCopy.toRegion(FRANKFURT) })] });
    }
    const nested = ['One', 'Two'].map(id => {
      const stack = new NestedStack(new Stack(app, id, { env: IRELAND }), 'Nested');
      backupPlan(stack);
      return stack;
    });
    const names = [long, ...nested].flatMap(vaultNamesOf);
    expect(new Set(names).size).toBe(4);
    expect(names.filter(name => !/^[A-Za-z0-9-]{2,50}$/.test(name))).toEqual([]);
  });
});

describe('copies to another Region', () => {
  const copyTo = BackupCopy.toRegion(FRANKFURT);
  const tiers = () => [BackupTier.critical({ copyTo }), BackupTier.medium({ copyTo }), BackupTier.low()];

  test('one stack a Region, named after ours, deployed first', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, tiers());
    const copies = backups.copyStacks[FRANKFURT];
    expect(Object.keys(backups.copyStacks)).toEqual([FRANKFURT]);
    expect(copies.stackName).toMatch(/^Shop-Backups-[A-F0-9]{8}-eu-central-1$/);
    expect([copies.region, copies.account]).toEqual([FRANKFURT, ACCOUNT]);
    expect(stack.dependencies).toEqual([copies]);
    expect(copies.dependencies).toEqual([]);
  });

  test('holds a vault and its key, and nothing that needs the primary Region', () => {
    const stack = shopStack();
    const copies = backupPlan(stack, tiers()).copyStacks[FRANKFURT];
    const template = Template.fromStack(copies);
    template.hasResource('AWS::Backup::BackupVault', {
      DeletionPolicy: 'Retain',
      Properties: { BackupVaultName: Match.stringLikeRegexp('^Shop-Backups-[A-F0-9]{8}-from-eu-west-1$'), EncryptionKeyArn: copies.resolve(copies.key.keyArn) },
    });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    expect(Object.values(template.toJSON().Resources).map((resource: any) => resource.Type).sort()).toEqual(['AWS::Backup::BackupVault', 'AWS::KMS::Key']);
    expect(Object.keys(template.toJSON().Outputs ?? {})).toEqual([]);
  });

  test('every snapshot of the tier is copied there by a literal ARN, for as long as it lives itself', () => {
    const stack = shopStack();
    const copies = backupPlan(stack, tiers()).copyStacks[FRANKFURT];
    const vaultName = Object.values(Template.fromStack(copies).findResources('AWS::Backup::BackupVault'))[0].Properties.BackupVaultName;
    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:backup:${FRANKFURT}:${ACCOUNT}:backup-vault:${vaultName}`]] };
    expect(planOf(stack, 'critical').BackupPlanRule.map((rule: any) => [rule.RuleName, rule.CopyActions])).toEqual([
      ['continuous', undefined],
      ['daily', [{ DestinationBackupVaultArn: arn, Lifecycle: { DeleteAfterDays: 35 } }]],
      ['weekly', [{ DestinationBackupVaultArn: arn, Lifecycle: { DeleteAfterDays: 90 } }]],
      ['monthly', [{ DestinationBackupVaultArn: arn, Lifecycle: { DeleteAfterDays: 365, MoveToColdStorageAfterDays: 30 } }]],
    ]);
    expect(planOf(stack, 'low').BackupPlanRule[0].CopyActions).toBeUndefined();
  });

  test('the primary gains no custom resource for it', () => {
    const stack = shopStack();
    backupPlan(stack, tiers());
    const types = Object.values(Template.fromStack(stack).toJSON().Resources).map((resource: any) => resource.Type);
    expect(types.filter(type => /Custom/.test(type))).toEqual([]);
  });

  test('a retention of its own; cold storage is not inherited then', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.critical({ copyTo: BackupCopy.toRegion(FRANKFURT, { keepFor: Duration.days(14) }) })]);
    expect(planOf(stack, 'critical').BackupPlanRule[3].CopyActions[0].Lifecycle).toEqual({ DeleteAfterDays: 14 });
  });

  test('cold storage of its own', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.of('a', { rules: [BackupRule.daily({ copyTo: BackupCopy.toRegion(FRANKFURT, { keepFor: Duration.days(97), moveToColdStorageAfter: Duration.days(7) }) })] })]);
    expect(planOf(stack, 'a').BackupPlanRule[0].CopyActions[0].Lifecycle).toEqual({ DeleteAfterDays: 97, MoveToColdStorageAfterDays: 7 });
  });

  test('several Regions, each with its stack', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.low({ copyTo: BackupCopy.toAll(BackupCopy.toRegion(FRANKFURT), BackupCopy.toRegion('eu-north-1')) })]);
    expect(Object.keys(backups.copyStacks)).toEqual([FRANKFURT, 'eu-north-1']);
    expect(planOf(stack, 'low').BackupPlanRule[0].CopyActions).toHaveLength(2);
  });

  test('an account that is not known at synth stays the account of the stack', () => {
    const stack = shopStack({ env: { region: 'eu-west-1' } });
    backupPlan(stack, tiers());
    expect(planOf(stack, 'medium').BackupPlanRule[0].CopyActions[0].DestinationBackupVaultArn['Fn::Join'][1].slice(0, 4)).toEqual([
      'arn:', { Ref: 'AWS::Partition' }, ':backup:eu-central-1:', { Ref: 'AWS::AccountId' },
    ]);
  });

  test('tags, termination protection and the synthesizer are those of the stack', () => {
    const app = testApp();
    const stack = new Stack(app, 'Shop', { env: IRELAND, terminationProtection: true, synthesizer: new DefaultStackSynthesizer({ qualifier: 'acme' }) });
    Tags.of(stack).add('cost-centre', '42');
    const copies = backupPlan(stack, tiers()).copyStacks[FRANKFURT];
    expect(copies.terminationProtection).toBe(true);
    expect(copies.synthesizer.bootstrapQualifier).toBe('acme');
    expect(app.synth().getStackArtifact(copies.artifactId).tags).toEqual({ 'cost-centre': '42' });
  });

  test('trap: a bound synthesizer still can not be bound again', () => {
    // When this fails, synthesizerOf() may hand on the stack's synthesizer as it is.
    const stack = shopStack();
    expect(() => new Stack(stack, 'Other', { synthesizer: stack.synthesizer })).toThrow('A StackSynthesizer can only be used for one Stack');
  });

  test('a synthesizer that can not be used twice is left to the app', () => {
    class OneStackOnly extends StackSynthesizer {
      public addFileAsset() { return { bucketName: 'assets', objectKey: 'code.zip', httpUrl: '', s3ObjectUrl: '' }; }
      public addDockerImageAsset(): never { throw new Error('none here'); }
      public synthesize(): void {}
    }
    const stack = shopStack({ env: IRELAND, synthesizer: new OneStackOnly() });
    expect(backupPlan(stack, tiers()).copyStacks[FRANKFURT].synthesizer).toBeInstanceOf(DefaultStackSynthesizer);
  });

  test('inside a Stage, and inside a nested stack', () => {
    const app = testApp();
    const prod = new Stack(new Stage(app, 'Prod'), 'Shop', { env: IRELAND });
    const inStage = backupPlan(prod, tiers()).copyStacks[FRANKFURT];
    expect(inStage.stackName).toMatch(/^Prod-Shop-Backups-[A-F0-9]{8}-eu-central-1$/);
    const parent = new Stack(app, 'Parent', { env: IRELAND });
    const copies = new TaggedBackupPlan(new NestedStack(parent, 'Nested'), 'Backups', { tiers: tiers(), tagKey: 'other' }).copyStacks[FRANKFURT];
    expect(parent.dependencies).toEqual([copies]);
    expect(copies.nested).toBe(false);
    app.synth();
  });
});

describe('copies to a vault of the team\'s', () => {
  const OTHER = 'arn:aws:backup:eu-west-1:222222222222:backup-vault:central';

  test('imported from another account', () => {
    const stack = shopStack();
    backupPlan(stack, [BackupTier.low({ copyTo: BackupCopy.toVault(BackupVault.fromBackupVaultArn(stack, 'Central', OTHER), { keepFor: Duration.days(60) }) })]);
    expect(planOf(stack, 'low').BackupPlanRule[0].CopyActions).toEqual([{ DestinationBackupVaultArn: OTHER, Lifecycle: { DeleteAfterDays: 60 } }]);
    expect(stack.dependencies).toEqual([]);
  });

  test('of this app in another account: a literal ARN, no cross-stack reference, deployed first', () => {
    const app = testApp();
    const central = new Stack(app, 'Central', { env: { account: '222222222222', region: FRANKFURT } });
    const vault = new BackupVault(central, 'Vault', { backupVaultName: 'central' });
    const stack = shopStack({ env: IRELAND }, app);
    const copyTo = BackupCopy.toVault(vault);
    backupPlan(stack, [BackupTier.medium({ copyTo })]);
    expect(planOf(stack, 'medium').BackupPlanRule.map((rule: any) => rule.CopyActions[0].DestinationBackupVaultArn)).toEqual(Array(2).fill({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:eu-central-1:222222222222:backup-vault:central']],
    }));
    expect(stack.dependencies).toEqual([central]);
    expect(Template.fromStack(central).toJSON().Outputs).toBeUndefined();
  });

  test('of the same stack: a plain reference', () => {
    const stack = shopStack();
    const vault = new BackupVault(stack, 'Second');
    backupPlan(stack, [BackupTier.low({ copyTo: BackupCopy.toVault(vault) })]);
    expect(planOf(stack, 'low').BackupPlanRule[0].CopyActions[0].DestinationBackupVaultArn).toEqual(stack.resolve(vault.backupVaultArn));
  });

  test('trap: CDK still refers to a vault of another Region without a literal ARN', () => {
    // When this fails, vaultSeenFrom() is not needed any more.
    const app = testApp();
    const vault = new BackupVault(new Stack(app, 'Far', { env: { account: ACCOUNT, region: FRANKFURT } }), 'Vault', { backupVaultName: 'far' });
    expect(JSON.stringify(shopStack({ env: IRELAND }, app).resolve(vault.backupVaultArn))).not.toContain('backup-vault:far');
  });
});

describe('failed jobs', () => {
  test.each(['state', 'status'])('all bad ends that an event tells as %s reach the topic', field => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.backup'],
        'detail-type': ['Backup Job State Change', 'Copy Job State Change', 'Restore Job State Change', 'Recovery Point State Change'],
        'detail': { [field]: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL', 'STOPPED'] },
      },
      State: 'ENABLED',
      Targets: [{
        Arn: stack.resolve(backups.alarmTopic.topicArn),
        DeadLetterConfig: { Arn: stack.resolve(backups.deadLetterQueue.queueArn) },
        RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
        RoleArn: Match.absent(),
      }],
    });
  });

  test('the topic is encrypted, and only these rules and the alarms of this account publish to it', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: stack.resolve(backups.alarmTopic.masterKey!.keyArn) });
    const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });
    const alarms = arn(`:cloudwatch:eu-west-1:${ACCOUNT}:alarm:*`);
    const ruleNames = Object.values(template.findResources('AWS::Events::Rule')).map(rule => rule.Properties.Name).filter(name => name);
    expect(ruleNames).toEqual([
      expect.stringMatching(/^Shop-Backups-FailedJobs-[A-F0-9]{8}-state$/), expect.stringMatching(/^Shop-Backups-FailedJobs-[A-F0-9]{8}-status$/),
    ]);
    const statements: any[] = policy.Properties.PolicyDocument.Statement;
    expect(statements.map(({ Effect, Action, Principal, Condition }) => ({ Effect, Action, Principal, Condition }))).toEqual([
      { Effect: 'Deny', Action: 'sns:Publish', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': alarms } },
      },
      {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': ruleNames.map(name => arn(`:events:eu-west-1:${ACCOUNT}:rule/${name}`)) } },
      },
      { Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'backup.amazonaws.com' } },
    ]);
  });

  test('a continuous backup that is interrupted is announced by our vault; a vault of the team\'s keeps its notifications', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupVault', {
      Notifications: { SNSTopicArn: stack.resolve(backups.alarmTopic.topicArn), BackupVaultEvents: ['CONTINUOUS_BACKUP_INTERRUPTED'] },
    });
    const other = shopStack();
    new TaggedBackupPlan(other, 'Backups', { tiers: [BackupTier.low()], vault: new BackupVault(other, 'Vault') });
    Template.fromStack(other).hasResourceProperties('AWS::Backup::BackupVault', { Notifications: Match.absent() });
    expect(JSON.stringify(Template.fromStack(other).findResources('AWS::SNS::TopicPolicy'))).not.toContain('backup.amazonaws.com');
  });

  test('trap: the L2 enum still lacks the event of interrupted continuous backups', () => {
    expect(Object.values(BackupVaultEvents)).not.toContain('CONTINUOUS_BACKUP_INTERRUPTED');
  });

  test('a topic of another stack can be told: nothing there refers back', () => {
    const app = testApp();
    const alarms = new Stack(app, 'Alarms', { env: IRELAND });
    const alarmTopic = new Topic(alarms, 'Topic', { masterKey: new Key(alarms, 'Key') });
    const stack = shopStack({ env: IRELAND }, app);
    new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], alarmTopic });
    expect(() => app.synth()).not.toThrow();
    expect([stack.dependencies, alarms.dependencies]).toEqual([[alarms], []]);
    Template.fromStack(alarms).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } })]) },
    });
  });

  test('CloudWatch, EventBridge and AWS Backup may use the key of the topic', () => {
    const stack = shopStack();
    backupPlan(stack);
    for (const service of ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'backup.amazonaws.com']) {
      Template.fromStack(stack).hasResource('AWS::KMS::Key', {
        DeletionPolicy: 'Delete',
        Properties: {
          EnableKeyRotation: true,
          KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Principal: { Service: service } })]) },
        },
      });
    }
  });

  test('alarms of this account only may use the key; on EventBridge, which tells KMS no source, there is no condition', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key', { Properties: { Description: `Encrypts the messages of ${backups.alarmTopic.node.path}` } }));
    const alarms = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:cloudwatch:eu-west-1:${ACCOUNT}:alarm:*`]] };
    expect(key.Properties.KeyPolicy.Statement.slice(1).map(({ Principal, Condition }: any) => [Principal.Service, Condition])).toEqual([
      ['backup.amazonaws.com', undefined],
      ['cloudwatch.amazonaws.com', { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': alarms } }],
      ['events.amazonaws.com', undefined],
    ]);
  });

  test('what can not be delivered waits in an encrypted queue for 14 days, and rings', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 3600 });
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
    });
    for (const rule of backups.failedJobRules) {
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Resource: stack.resolve(backups.deadLetterQueue.queueArn),
            Condition: { ArnEquals: { 'aws:SourceArn': stack.resolve(rule.ruleArn) } },
          })]),
        },
      });
    }
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(backups.deadLetterQueue.queueName) }],
      Threshold: 1,
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [stack.resolve(backups.alarmTopic.topicArn)],
    });
  });

  test('a topic of the team\'s, and its key, are opened for the alarms', () => {
    const stack = shopStack();
    const masterKey = new Key(stack, 'Key');
    const topic = new Topic(stack, 'Alarms', { masterKey });
    const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], alarmTopic: topic });
    expect(backups.alarmTopic).toBe(topic);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 1);
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } }), Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } })]) },
    });
  });

  test('a topic without a key needs nothing more', () => {
    const stack = shopStack();
    new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], alarmTopic: new Topic(stack, 'Alarms') });
    Annotations.fromStack(stack).hasNoWarning('/Shop/Backups/FailedJobs', Match.anyValue());
  });

  test('an imported topic keeps its policy, and the team is told what it must allow', () => {
    const stack = shopStack();
    const topic = Topic.fromTopicArn(stack, 'Alarms', `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`);
    new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], alarmTopic: topic });
    Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
    Annotations.fromStack(stack).hasWarning('/Shop/Backups/FailedJobs',
      'the policy of the imported topic \'Shop/Alarms\' can not be extended: let cloudwatch.amazonaws.com, events.amazonaws.com and backup.amazonaws.com publish to it, and use its key if it has one, or nobody hears the alarms [ack: cdk-resilience:alarmTopicPolicy]');
  });

  test('an imported key keeps its policy too, and the team is told', () => {
    const stack = shopStack();
    const masterKey = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`);
    new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], alarmTopic: new Topic(stack, 'Alarms', { masterKey }) });
    Annotations.fromStack(stack).hasWarning('/Shop/Backups/FailedJobs',
      'the policy of the imported key of topic \'Shop/Alarms\' can not be extended: let cloudwatch.amazonaws.com, events.amazonaws.com and backup.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey*), or nobody hears the alarms [ack: cdk-resilience:alarmTopicKey]');
  });

  test('trap: the L2 target still lets every rule of every account publish', () => {
    // When this fails, TopicTarget may give way to aws-events-targets.SnsTopic.
    const stack = shopStack();
    const { SnsTopic } = jest.requireActual('aws-cdk-lib/aws-events-targets');
    const { Rule } = jest.requireActual('aws-cdk-lib/aws-events');
    new Rule(stack, 'Rule', { schedule: Schedule.rate(Duration.days(1)), targets: [new SnsTopic(new Topic(stack, 'Topic'))] });
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [{ Principal: { Service: 'events.amazonaws.com' }, Condition: Match.absent() }] },
    });
  });
});

describe('protect', () => {
  test('tags what can be tagged, a global table in its replica', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.medium(), BackupTier.low()]);
    const partitionKey = { name: 'id', type: AttributeType.STRING };
    backups.protect(new TableV2(stack, 'Carts', { partitionKey }), 'medium');
    backups.protect(new Table(stack, 'Orders', { partitionKey }), 'low');
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', { Replicas: [{ Tags: [{ Key: 'backup-tier', Value: 'medium' }] }] });
    template.hasResourceProperties('AWS::DynamoDB::Table', { Tags: [{ Key: 'backup-tier', Value: 'low' }] });
  });

  test('the nearer tag wins', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.medium(), BackupTier.low()]);
    const table = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    backups.protect(stack, 'low');
    backups.protect(table, 'medium');
    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::Table', { Tags: [{ Key: 'backup-tier', Value: 'medium' }] });
  });

  test('fails for a tier that the plan does not have', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.medium(), BackupTier.low()]);
    expect(() => backups.protect(stack, 'toString')).toThrow(
      'TaggedBackupPlan \'Shop/Backups\' can not be built:\n  - \'tier\' must be one of \'medium\', \'low\', got: \'toString\'; name a tier of this plan');
  });

  test('fails for something imported, at synth', () => {
    const app = testApp();
    const stack = shopStack({ env: IRELAND }, app);
    backupPlan(stack).protect(Table.fromTableName(stack, 'Orders', 'orders'), 'medium');
    expect(() => app.synth()).toThrow(
      '\'scope\' of protect must hold a resource that can be tagged, got: \'Shop/Orders\' with none; an imported resource is tagged where it is created');
  });

  test('fails for a stack that holds nothing of the kind: its own tags are not it', () => {
    const app = testApp();
    backupPlan(shopStack({ env: IRELAND }, app)).protect(new Stack(app, 'Empty', { env: IRELAND }), 'medium');
    expect(() => app.synth()).toThrow(
      '\'scope\' of protect must hold a resource that can be tagged, got: \'Empty\' with none; an imported resource is tagged where it is created');
  });

  test('warns of a resource whose type can not keep what the tier promises', () => {
    const stack = shopStack();
    const objectives = RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(1) });
    const backups = backupPlan(stack, [BackupTier.of('ledger', { objectives })]);
    const partitionKey = { name: 'id', type: AttributeType.STRING };
    backups.protect(new Table(stack, 'Plain', { partitionKey }), 'ledger');
    backups.protect(new Table(stack, 'Recoverable', { partitionKey, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }), 'ledger');
    backups.protect(new Bucket(stack, 'Bucket', { versioned: true }), 'ledger');
    const annotations = Annotations.fromStack(stack);
    annotations.hasWarning('/Shop/Plain/Resource',
      '\'rpo\' of tier \'ledger\' must be 2 hours at least for this resource (DynamoDB), got: 1 hour; switch on the table\'s point-in-time recovery, which reaches 5 minutes, or choose a tier with an \'rpo\' of 2 hours or more [ack: cdk-resilience:missedObjective]');
    annotations.hasNoWarning('/Shop/Recoverable/Resource', Match.anyValue());
    annotations.hasNoWarning('/Shop/Bucket/Resource', Match.anyValue());
  });

  test('does not warn of a resource whose type just keeps what the tier promises', () => {
    const stack = shopStack();
    const backups = backupPlan(stack, [BackupTier.of('ledger', { objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(2) }) })]);
    backups.protect(new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } }), 'ledger');
    Annotations.fromStack(stack).hasNoWarning('/Shop/Orders/Resource', Match.anyValue());
  });

  test('does not warn of a resource that a nearer tag puts into another tier', () => {
    const stack = shopStack();
    const objectives = RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(1) });
    const backups = backupPlan(stack, [BackupTier.of('ledger', { objectives }), BackupTier.low()]);
    const table = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    backups.protect(stack, 'ledger');
    backups.protect(table, 'low');
    Annotations.fromStack(stack).hasNoWarning('/Shop/Orders/Resource', Match.anyValue());
  });

  test('warns of a bucket whose backups would fail', () => {
    const stack = shopStack();
    const backups = backupPlan(stack);
    backups.protect(new Bucket(stack, 'Plain'), 'medium');
    backups.protect(new Bucket(stack, 'Versioned', { versioned: true }), 'medium');
    const elsewhere = new Bucket(stack, 'Elsewhere');
    Tags.of(elsewhere).add('backup-tier', 'none', { priority: 200 });
    backups.protect(elsewhere, 'medium');
    const later = new Bucket(stack, 'Later');
    const status = new CfnParameter(stack, 'Versioning').valueAsString;
    (later.node.defaultChild as CfnBucket).versioningConfiguration = { status };
    backups.protect(later, 'medium');
    const annotations = Annotations.fromStack(stack);
    annotations.hasWarning('/Shop/Plain/Resource',
      'bucket \'Shop/Plain/Resource\' is in backup tier \'medium\' but has no versioning, so its backups fail: set \'versioned: true\' [ack: cdk-resilience:bucketWithoutVersioning]');
    annotations.hasNoWarning('/Shop/Versioned/Resource', Match.anyValue());
    annotations.hasNoWarning('/Shop/Later/Resource', Match.anyValue());
    annotations.hasNoWarning('/Shop/Elsewhere/Resource', Match.anyValue());
  });
});

test('reports have an evidence bucket, with or without restore tests', () => {
  const stack = shopStack();
  const backups = new TaggedBackupPlan(stack, 'Backups', { tiers: [BackupTier.low()], audit: BackupAudit.reports() });
  expect(backups.evidenceBucket).toBeDefined();
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
});

test('the same program gives the same templates, wherever it is synthesized', () => {
  const synth = () => {
    const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
    const stack = shopStack({ env: IRELAND }, app);
    const backups = backupPlan(stack, [BackupTier.critical({ copyTo: BackupCopy.toRegion(FRANKFURT) })]);
    return [stack, backups.copyStacks[FRANKFURT]].map(each => Template.fromStack(each).toJSON());
  };
  expect(synth()).toEqual(synth());
});
