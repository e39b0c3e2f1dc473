import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { IBackupPlan, IBackupVault } from 'aws-cdk-lib/aws-backup';
import { BackupPlan, BackupPlanRule, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { App } from 'aws-cdk-lib/core';
import { Aws, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RecoveryObjectives } from '../../../src/recovery-objectives/recovery-objectives';
import { controlsOf } from '../../../src/tagged-backup-plan/audit/audit-controls';
import { AuditReports } from '../../../src/tagged-backup-plan/audit/audit-reports';
import { BackupAudit } from '../../../src/tagged-backup-plan/audit/backup-audit';
import { BackupCopy } from '../../../src/tagged-backup-plan/copies/backup-copy';
import { BackupCopyStack } from '../../../src/tagged-backup-plan/copies/backup-copy-stack';
import type { RunbookTier } from '../../../src/tagged-backup-plan/runbook/restore-points';
import { factsOf } from '../../../src/tagged-backup-plan/runbook/runbook-facts';
import { BackupRule } from '../../../src/tagged-backup-plan/tiers/backup-rule';
import { BackupTier } from '../../../src/tagged-backup-plan/tiers/backup-tier';
import { VaultLock } from '../../../src/tagged-backup-plan/vault/vault-lock';
import { errorOf, IRELAND, shopStack, testApp } from '../../support/app';

interface Fixture {
  readonly tiers?: BackupTier[];
  readonly bucket?: (stack: Stack) => IBucket;
  readonly vault?: (scope: Construct) => IBackupVault;
  readonly roles?: string[];
  readonly lock?: VaultLock;
  readonly app?: App;
  readonly audit?: BackupAudit;
}

/** What the plan does with `audit`: its tiers as facts, its plans and vault beside it. */
function build(fixture: Fixture = {}): { stack: Stack; audit: AuditReports } {
  const stack = shopStack({ env: IRELAND }, fixture.app);
  const bucket = fixture.bucket?.(stack) ?? new Bucket(stack, 'Evidence', { encryption: BucketEncryption.S3_MANAGED, enforceSSL: true });
  const scope = new Construct(stack, 'Backups');
  const vault = fixture.vault?.(scope) ?? new BackupVault(scope, 'Vault', { backupVaultName: 'Shop-Backups' });
  const tiers = fixture.tiers ?? [BackupTier.critical(), BackupTier.low()];
  const plans: Record<string, IBackupPlan> = Object.fromEntries(tiers.map(({ name }) =>
    [name, new BackupPlan(scope, `Plan-${name}`, { backupVault: vault, backupPlanRules: [BackupPlanRule.daily()] })]));
  const facts = factsOf(Object.assign(scope, { tiers, tagKey: 'backup-tier', vault, copyStacks: copyStack(scope) }));
  const audit = new AuditReports(scope, 'Audit', {
    audit: fixture.audit ?? BackupAudit.reports(),
    bucket,
    planName: 'Shop-Backups',
    tagKey: 'backup-tier',
    tiers: facts.tiers,
    plans,
    vault,
    protection: { lock: fixture.lock, breakGlass: fixture.roles?.map((arn, index) => Role.fromRoleArn(scope, `Glass${index}`, arn)) },
  });
  return { stack, audit };
}

function copyStack(scope: Construct): Record<string, BackupCopyStack> {
  return { 'eu-central-1': new BackupCopyStack(scope, 'Copies', { vaultName: 'Copies', env: { ...IRELAND, region: 'eu-central-1' } }) };
}

function template(fixture?: Fixture): Template {
  return Template.fromStack(build(fixture).stack);
}

function factsOfTier(tier: BackupTier): RunbookTier {
  const stack = shopStack();
  const scope = new Construct(stack, 'Backups');
  const vault = BackupVault.fromBackupVaultName(scope, 'Vault', 'own');
  return factsOf(Object.assign(scope, { tiers: [tier], tagKey: 'backup-tier', vault, copyStacks: copyStack(scope) })).tiers[0];
}

const FRAMEWORKS = { audit: BackupAudit.reportsAndFramework() };

describe('the controls follow from the tier', () => {
  const CONTEXT = { region: 'eu-west-1', account: IRELAND.account };
  const parametersOf = (tier: BackupTier, control: string, context = {}) =>
    controlsOf(factsOfTier(tier), { ...CONTEXT, ...context }).controls.find(({ name }) => name === control)?.parameters;
  const names = (tier: BackupTier) => controlsOf(factsOfTier(tier), CONTEXT).controls.map(({ name }) => name);
  const every = (...rules: BackupRule[]) => BackupTier.of('own', { rules });

  test('those of every tier', () => {
    expect(names(BackupTier.low())).toEqual([
      'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN', 'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK',
      'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK', 'BACKUP_RECOVERY_POINT_ENCRYPTED', 'BACKUP_LAST_RECOVERY_POINT_CREATED',
    ]);
  });

  test.each<[string, BackupTier, Record<string, string> | undefined]>([
    ['daily, of continuous, daily, weekly and monthly', BackupTier.critical(), { requiredFrequencyUnit: 'hours', requiredFrequencyValue: '24', requiredRetentionDays: '35' }],
    ['weekly', BackupTier.low(), { requiredFrequencyUnit: 'days', requiredFrequencyValue: '7', requiredRetentionDays: '35' }],
    ['hourly', every(BackupRule.hourly()), { requiredFrequencyUnit: 'hours', requiredFrequencyValue: '1', requiredRetentionDays: '1' }],
    ['monthly, the longest month', every(BackupRule.monthly()), { requiredFrequencyUnit: 'days', requiredFrequencyValue: '31', requiredRetentionDays: '365' }],
    ['continuous alone', every(BackupRule.continuous()), { requiredFrequencyUnit: 'hours', requiredFrequencyValue: '2', requiredRetentionDays: '35' }],
    ['every two months is beyond what it takes', every(BackupRule.of('rare', Schedule.cron({ minute: '0', hour: '5', day: '1', month: '*/2' }))), undefined],
    ['a schedule that can not be read', every(BackupRule.of('last', Schedule.expression('cron(0 5 ? * FRIL *)'))), undefined],
  ])('frequency: %s', (_, tier, parameters) => {
    expect(parametersOf(tier, 'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK')).toEqual(parameters);
  });

  test('retention: the shortest of its rules', () => {
    expect(parametersOf(every(BackupRule.weekly(), BackupRule.daily({ keepFor: Duration.days(14) })), 'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK')).toEqual({ requiredRetentionDays: '14' });
  });

  const objectives = (rpo: Duration, rto = Duration.hours(4)) => RecoveryObjectives.of({ rpo, rto });
  test.each<[string, BackupTier, Record<string, string> | undefined]>([
    ['what the schedule reaches, with its start window', BackupTier.medium(), { recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: '32' }],
    ['the RPO, when it allows more', BackupTier.medium({ objectives: objectives(Duration.hours(48)) }), { recoveryPointAgeUnit: 'days', recoveryPointAgeValue: '2' }],
    ['rounded up', BackupTier.medium({ objectives: objectives(Duration.minutes(48 * 60 + 1)) }), { recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: '49' }],
    // A continuous recovery point is created once: by its age every bucket would fail.
    ['snapshots, not the five minutes of continuous backup', BackupTier.critical({ objectives: objectives(Duration.minutes(5)) }), { recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: '25' }],
    ['the most that it takes', BackupTier.medium({ objectives: objectives(Duration.hours(744)) }), { recoveryPointAgeUnit: 'days', recoveryPointAgeValue: '31' }],
    ['beyond what it takes', every(BackupRule.monthly()), undefined],
  ])('age of the newest: %s', (_, tier, parameters) => {
    expect(parametersOf(tier, 'BACKUP_LAST_RECOVERY_POINT_CREATED')).toEqual(parameters);
  });

  test('what can not be checked is told', () => {
    expect(controlsOf(factsOfTier(every(BackupRule.monthly())), CONTEXT).leftOut).toEqual([
      'BACKUP_LAST_RECOVERY_POINT_CREATED: it takes 744 hours at most, and a backup may be 752 hours old',
    ]);
    expect(controlsOf(factsOfTier(every(BackupRule.of('last', Schedule.expression('cron(0 5 ? * FRIL *)')))), CONTEXT).leftOut).toEqual([
      'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK: no schedule and retention of its rules can be read at synth',
      'BACKUP_LAST_RECOVERY_POINT_CREATED: no schedule of its snapshots can be read at synth',
    ]);
    const unknown = factsOfTier(BackupTier.low());
    expect(controlsOf({ ...unknown, rules: unknown.rules.map(rule => ({ ...rule, keepForDays: undefined })) }, CONTEXT).leftOut).toContain(
      'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK: the retention of a rule is not known at synth');
  });

  test('restore time: the RTO in minutes, rounded up, where it is stated', () => {
    expect(parametersOf(BackupTier.medium({ objectives: objectives(Duration.hours(48), Duration.seconds(90)) }), 'RESTORE_TIME_FOR_RESOURCES_MEET_TARGET')).toEqual({ maxRestoreTime: '2' });
    expect(parametersOf(BackupTier.medium(), 'RESTORE_TIME_FOR_RESOURCES_MEET_TARGET')).toBeUndefined();
  });

  test('copies: other Regions, other accounts', () => {
    const vaults = shopStack();
    const to = (id: string, region: string, account: string) =>
      BackupCopy.toVault(BackupVault.fromBackupVaultArn(vaults, id, `arn:aws:backup:${region}:${account}:backup-vault:central`));
    const tier = BackupTier.low({ copyTo: BackupCopy.toAll(BackupCopy.toRegion('eu-central-1'), to('A', 'eu-west-1', '222222222222'), to('B', 'us-east-1', '333333333333')) });
    expect(parametersOf(tier, 'BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION')).toEqual({ crossRegionList: 'eu-central-1,us-east-1' });
    expect(parametersOf(tier, 'BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT')).toEqual({ crossAccountList: '222222222222,333333333333' });
    expect(names(BackupTier.low({ copyTo: to('C', 'eu-west-1', IRELAND.account) })).filter(name => name.includes('CROSS'))).toEqual([]);
  });

  test('five accounts at most', () => {
    const facts = factsOfTier(BackupTier.low());
    const copies = [2, 3, 4, 5, 6, 7].map(digit => ({ account: String(digit).repeat(12), airGapped: false }));
    const { controls, leftOut } = controlsOf({ ...facts, rules: [{ ...facts.rules[0], copies }] }, CONTEXT);
    expect(controls.find(({ name }) => name.endsWith('CROSS_ACCOUNT'))?.parameters.crossAccountList.split(',')).toHaveLength(5);
    expect(leftOut).toEqual(['BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT: of 6 accounts, it takes the first 5']);
  });

  test('the lock, where there is one', () => {
    const control = 'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK';
    expect(parametersOf(BackupTier.low(), control)).toBeUndefined();
    expect(parametersOf(BackupTier.low(), control, { lock: { minRetentionDays: 7 } })).toEqual({ minRetentionDays: '7' });
    expect(parametersOf(BackupTier.low(), control, { lock: { minRetentionDays: 7, maxRetentionDays: 400 } })).toEqual({ minRetentionDays: '7', maxRetentionDays: '400' });
  });
});

describe('reports', () => {
  test('of jobs, into the bucket, under the plan\'s prefix', () => {
    const synthesized = template();
    synthesized.resourceCountIs('AWS::Backup::ReportPlan', 3);
    synthesized.resourceCountIs('AWS::Backup::Framework', 0);
    for (const [name, report] of [['BackupJobs', 'BACKUP_JOB_REPORT'], ['CopyJobs', 'COPY_JOB_REPORT'], ['RestoreJobs', 'RESTORE_JOB_REPORT']]) {
      synthesized.hasResourceProperties('AWS::Backup::ReportPlan', {
        ReportPlanName: `Shop_Backups_Audit_E9497044_${name}`,
        ReportDeliveryChannel: { S3BucketName: { Ref: Match.stringLikeRegexp('^Evidence') }, S3KeyPrefix: 'backup-reports/Shop-Backups', Formats: ['CSV', 'JSON'] },
        ReportSetting: { ReportTemplate: report },
      });
    }
  });

  test('only the service-linked role may write, only there, and the policy waits until the role exists', () => {
    template().hasResource('AWS::S3::BucketPolicy', {
      DependsOn: [Match.stringLikeRegexp('BackupsAuditBackupJobs')],
      Properties: {
        PolicyDocument: {
          Statement: Match.arrayWith([{
            Action: 's3:PutObject',
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111111111111:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports']] } },
            Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Evidence'), 'Arn'] }, '/backup-reports/Shop-Backups/*']] },
            Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
          }]),
        },
      },
    });
  });

  test('the key of the bucket may be used by that role, through S3', () => {
    const encrypted = (stack: Stack) => new Bucket(stack, 'Evidence', { encryptionKey: new Key(stack, 'Key'), enforceSSL: true });
    template({ bucket: encrypted }).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
          Principal: { AWS: '*' },
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': Match.anyValue() },
            StringEquals: { 'kms:CallerAccount': '111111111111', 'kms:ViaService': { 'Fn::Join': ['', ['s3.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } },
          },
        })]),
      },
    });
  });

  test('a bucket of another stack takes the statement, without a circle', () => {
    const app = testApp();
    const elsewhere = () => new Bucket(new Stack(app, 'Evidence', { env: IRELAND }), 'Bucket', { bucketName: 'shop-evidence', enforceSSL: true });
    build({ app, bucket: elsewhere });
    expect(() => app.synth()).not.toThrow();
  });

  test('an imported bucket warns: its policy must allow it', () => {
    const { stack } = build({ bucket: scope => Bucket.fromBucketName(scope, 'Evidence', 'shop-evidence') });
    Annotations.fromStack(stack).hasWarning('/Shop/Backups/Audit', Match.stringLikeRegexp('the policy of the imported bucket \'Shop/Evidence\' can not be extended.*\'backup-reports/Shop-Backups/\'.*cdk-resilience:auditBucketPolicy'));
  });

  test('fails with a bucket of another account', () => {
    const foreign = (stack: Stack) => Bucket.fromBucketAttributes(stack, 'Evidence', { bucketName: 'shop-evidence', account: '222222222222', region: 'eu-west-1' });
    expect(errorOf(() => build({ bucket: foreign }))).toBe('AuditReports \'Shop/Backups/Audit\' can not be built:\n'
      + '  - \'bucket\' must be of the plan\'s account, got: \'222222222222\' and \'111111111111\'; AWS Backup delivers reports to no other, replicate them from there');
  });
});

describe('frameworks', () => {
  test('one a tier, each control for what carries the tier\'s tag', () => {
    const synthesized = template(FRAMEWORKS);
    synthesized.resourceCountIs('AWS::Backup::Framework', 2);
    synthesized.hasResourceProperties('AWS::Backup::Framework', {
      FrameworkName: 'Shop_Backups_Audit_E9497044_Tier_low',
      FrameworkControls: Match.arrayWith([
        { ControlName: 'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN', ControlInputParameters: [], ControlScope: { Tags: [{ Key: 'backup-tier', Value: 'low' }] } },
        { ControlName: 'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK', ControlInputParameters: [{ ParameterName: 'requiredRetentionDays', ParameterValue: '35' }], ControlScope: { Tags: [{ Key: 'backup-tier', Value: 'low' }] } },
      ]),
    });
  });

  test('the plan of the tier carries the tag, or its control would find none; without frameworks it does not', () => {
    template(FRAMEWORKS).hasResourceProperties('AWS::Backup::BackupPlan', { BackupPlanTags: { 'backup-tier': 'low' } });
    template().allResourcesProperties('AWS::Backup::BackupPlan', { BackupPlanTags: Match.absent() });
  });

  test('two reports tell which failed', () => {
    const synthesized = template(FRAMEWORKS);
    synthesized.resourceCountIs('AWS::Backup::ReportPlan', 5);
    const frameworkArns = Object.keys(synthesized.findResources('AWS::Backup::Framework')).map(id => ({ 'Fn::GetAtt': [id, 'FrameworkArn'] }));
    for (const report of ['RESOURCE_COMPLIANCE_REPORT', 'CONTROL_COMPLIANCE_REPORT']) {
      synthesized.hasResourceProperties('AWS::Backup::ReportPlan', { ReportSetting: { ReportTemplate: report, FrameworkArns: frameworkArns } });
    }
  });

  test('the vault has one of its own: it carries the tag of no tier', () => {
    const { stack, audit } = build({ ...FRAMEWORKS, roles: ['arn:aws:iam::111111111111:role/One', `arn:aws:iam::${Aws.ACCOUNT_ID}:role/Two`] });
    const synthesized = Template.fromStack(stack);
    synthesized.hasResourceProperties('AWS::Backup::Framework', {
      FrameworkName: 'Shop_Backups_Audit_E9497044_Vault',
      FrameworkControls: [{
        ControlName: 'BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED',
        ControlInputParameters: [{
          ParameterName: 'principalArnList',
          ParameterValue: { 'Fn::Join': [',', ['arn:aws:iam::111111111111:role/One', Match.anyValue()]] },
        }],
        ControlScope: { Tags: [{ Key: 'resilience:backup-plan', Value: 'Shop-Backups' }] },
      }],
    });
    synthesized.hasResourceProperties('AWS::Backup::BackupVault', { BackupVaultTags: { 'resilience:backup-plan': 'Shop-Backups' } });
    expect(audit.vaultFramework).toBeDefined();
  });

  test('and without parameters where nobody may delete', () => {
    template({ ...FRAMEWORKS, roles: [] }).hasResourceProperties('AWS::Backup::Framework', {
      FrameworkControls: [{ ControlName: 'BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED', ControlInputParameters: [], ControlScope: Match.anyValue() }],
    });
  });

  test('the lock of the vault is checked', () => {
    template({ ...FRAMEWORKS, lock: VaultLock.governance({ minRetention: Duration.days(7) }) }).hasResourceProperties('AWS::Backup::Framework', {
      FrameworkControls: Match.arrayWith([Match.objectLike({
        ControlName: 'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK', ControlInputParameters: [{ ParameterName: 'minRetentionDays', ParameterValue: '7' }],
      })]),
    });
  });

  test('an imported vault can not be tagged: nothing checks it, and synth says so', () => {
    const { stack, audit } = build({
      ...FRAMEWORKS, roles: ['arn:aws:iam::111111111111:role/One'], vault: scope => BackupVault.fromBackupVaultName(scope, 'Vault', 'own'),
    });
    expect(audit.vaultFramework).toBeUndefined();
    Annotations.fromStack(stack).hasWarning('/Shop/Backups/Audit', Match.stringLikeRegexp('the vault \'Shop/Backups/Vault\' is imported.*cdk-resilience:auditOfImportedVault'));
  });

  test('say that AWS Config must record, and what they leave out', () => {
    const { stack } = build({ ...FRAMEWORKS, tiers: [BackupTier.of('rare', { rules: [BackupRule.monthly()] })] });
    Annotations.fromStack(stack).hasInfo('/Shop/Backups/Audit', Match.stringLikeRegexp('until AWS Config records.*cdk-resilience:auditNeedsConfig'));
    Annotations.fromStack(stack).hasInfo('/Shop/Backups/Audit', Match.stringLikeRegexp(
      'the framework of tier \'rare\' leaves out BACKUP_LAST_RECOVERY_POINT_CREATED: .*cdk-resilience:auditControlLeftOut-rare-BACKUP_LAST_RECOVERY_POINT_CREATED'));
    expect(Annotations.fromStack(build().stack).findInfo('*', Match.anyValue())).toEqual([]);
  });

  test('names are what AWS takes, and stay apart', () => {
    const tiers = ['a-b', 'a_b', 'a.b'].map(name => BackupTier.of(name, { rules: [BackupRule.daily()] }));
    const names = Object.values(template({ ...FRAMEWORKS, tiers }).findResources('AWS::Backup::Framework')).map(framework => framework.Properties.FrameworkName);
    expect(names).toEqual(['Shop_Backups_Audit_E9497044_Tier_a_b', 'Shop_Backups_Audit_E9497044_Tier_a_x5fb', 'Shop_Backups_Audit_E9497044_Tier_a_x2eb']);
    names.forEach(name => expect(name).toMatch(/^[A-Za-z][_A-Za-z0-9]{0,255}$/));
  });

  test('fails with more roles, frameworks or controls than AWS takes', () => {
    const tiers = Array.from({ length: 16 }, (_, index) => BackupTier.of(`tier-${index}`, { rules: [BackupRule.daily()] }));
    const roles = Array.from({ length: 6 }, (_, index) => `arn:aws:iam::111111111111:role/Role${index}`);
    expect(errorOf(() => build({ ...FRAMEWORKS, tiers, roles }))).toBe('AuditReports \'Shop/Backups/Audit\' can not be built:\n'
      + '  - \'breakGlass\' beside frameworks must hold 5 roles at most, got: 6; the control excepts no more, let fewer roles delete backups\n'
      + '  - \'tiers\' with frameworks must need 15 frameworks at most, got: 17; a Region takes no more, use BackupAudit.reports() or merge tiers\n'
      + '  - \'tiers\' with frameworks must need 50 controls at most, got: 81; a Region takes no more, use BackupAudit.reports() or merge tiers');
    expect(() => build({ tiers, audit: BackupAudit.reports() })).not.toThrow();
    expect(() => build({ ...FRAMEWORKS, tiers: tiers.slice(0, 10) })).not.toThrow();
  });
});

describe('the template', () => {
  beforeAll(() => { process.env.CDK_VALIDATION = 'true'; });
  afterAll(() => { process.env.CDK_VALIDATION = 'false'; });

  test('passes CDK\'s validator in strict mode', () => {
    const app = testApp({ '@aws-cdk/core:validateAgainstDefaultRules': true });
    const tiers = [BackupTier.critical({ copyTo: BackupCopy.toRegion('eu-central-1'), objectives: RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.hours(25) }) }), BackupTier.low()];
    build({ ...FRAMEWORKS, app, tiers, roles: ['arn:aws:iam::111111111111:role/One'], lock: VaultLock.governance({ minRetention: Duration.days(7) }) });
    expect(() => app.synth()).not.toThrow();
  });
});
