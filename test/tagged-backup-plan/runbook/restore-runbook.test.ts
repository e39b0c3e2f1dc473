import * as backup from '@aws-sdk/client-backup';
import { BackupVault, CfnLogicallyAirGappedBackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Aws, Duration, Stack, TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RecoveryObjectives } from '../../../src/recovery-objectives/recovery-objectives';
import { BackupCopy } from '../../../src/tagged-backup-plan/copies/backup-copy';
import { BackupCopyStack } from '../../../src/tagged-backup-plan/copies/backup-copy-stack';
import { renderRestoreRunbook } from '../../../src/tagged-backup-plan/runbook/restore-runbook';
import type { PlanToRestore } from '../../../src/tagged-backup-plan/runbook/runbook-facts';
import { factsOf } from '../../../src/tagged-backup-plan/runbook/runbook-facts';
import { BackupRule } from '../../../src/tagged-backup-plan/tiers/backup-rule';
import { BackupTier } from '../../../src/tagged-backup-plan/tiers/backup-tier';
import { VaultLock } from '../../../src/tagged-backup-plan/vault/vault-lock';
import type { VaultProtection } from '../../../src/tagged-backup-plan/vault/vault-protection';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../../support/app';

const CENTRAL = 'arn:aws:backup:eu-west-1:222222222222:backup-vault:central';

/** A plan by its public members; the vault in Frankfurt is made as the plan makes it. */
function plan(tiers: BackupTier[], stack = shopStack(), vault?: BackupVault): PlanToRestore {
  const scope = new Construct(stack, 'Backups');
  const copies = new BackupCopyStack(scope, 'Copies', { vaultName: 'Shop-Backups-from-eu-west-1', env: { region: 'eu-central-1', account: stack.account === ACCOUNT ? ACCOUNT : undefined } });
  return Object.assign(scope, {
    tiers, tagKey: 'backup-tier', vault: vault ?? new BackupVault(scope, 'Vault', { backupVaultName: 'Shop-Backups' }), copyStacks: { 'eu-central-1': copies },
  });
}

function criticalPlan(stack = shopStack()): PlanToRestore {
  const central = BackupVault.fromBackupVaultArn(stack, 'Central', CENTRAL);
  return plan([BackupTier.critical({ copyTo: BackupCopy.toAll(BackupCopy.toRegion('eu-central-1'), BackupCopy.toVault(central)) })], stack);
}

const CRITICAL = renderRestoreRunbook(factsOf(criticalPlan()));

/** What a person pastes: the commands of the page, with their continuation lines. */
function commandsIn(page: string): { operation: string; flags: string[] }[] {
  return [...page.replace(/\\\n\s*/g, '').matchAll(/\baws backup ([a-z-]+)([^\n|`)]*)/g)]
    .map(([, operation, rest]) => ({ operation, flags: [...rest.replace(/'[^']*'|"[^"]*"/g, '').matchAll(/--([a-z-]+)/g)].map(match => match[1]) }));
}

function pascal(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** The parameters of an operation by the model of the service; undefined when there is no such operation. */
function parametersOf(operation: string): string[] | undefined {
  // A schema is a tuple: an operation's fifth member gives its input, whose fifth member names the parameters.
  const schema = (backup as unknown as Record<string, unknown[] | undefined>)[`${operation}$`];
  const input = schema?.[4];
  return (typeof input === 'function' ? input() as unknown[] : input as unknown[] | undefined)?.[4] as string[] | undefined;
}

describe('the commands', () => {
  const GLOBAL = ['region', 'output', 'query'];
  const problemsIn = (page: string) => commandsIn(page).flatMap(({ operation, flags }) => {
    const parameters = parametersOf(pascal(operation));
    return parameters === undefined ? [`no operation ${operation}`]
      : flags.filter(flag => !GLOBAL.includes(flag) && !parameters.includes(pascal(flag))).map(flag => `no --${flag} of ${operation}`);
  });

  test('are operations of AWS Backup, with parameters that they take', () => {
    expect(problemsIn(CRITICAL)).toEqual([]);
    expect(new Set(commandsIn(CRITICAL).map(({ operation }) => operation))).toEqual(new Set([
      'list-recovery-points-by-backup-vault', 'list-recovery-points-by-resource', 'list-protected-resources', 'describe-recovery-point',
      'get-recovery-point-restore-metadata', 'get-restore-testing-inferred-metadata', 'start-restore-job', 'describe-restore-job',
      'start-copy-job', 'describe-copy-job', 'get-backup-vault-access-policy', 'describe-backup-vault',
    ]));
  });

  test('and a wrong one would be found', () => {
    expect(problemsIn('aws backup start-restore --region x\naws backup start-restore-job --metadata "--no" \\\n  --recovery-point "$POINT"')).toEqual([
      'no operation start-restore', 'no --recovery-point of start-restore-job',
    ]);
  });

  test('each restore has a point, a role, a type that the runbook knows, and metadata', () => {
    const restores = commandsIn(CRITICAL).filter(({ operation }) => operation === 'start-restore-job');
    expect(restores).toHaveLength(7);
    for (const { flags } of restores) {
      expect(flags).toEqual(['region', 'recovery-point-arn', 'resource-type', 'iam-role-arn', 'metadata', 'query', 'output']);
    }
    expect([...CRITICAL.matchAll(/--resource-type (\w+)/g)].map(match => match[1])).toEqual(['DynamoDB', 'S3', 'RDS', 'Aurora', 'EFS', 'EBS', 'EC2']);
  });

  test.each([
    ['S3', 'RestoreTime'], ['RDS', 'RestoreTime'], ['Aurora', 'restoreToTime'],
  ])('a continuous backup of %s is restored to a time by %s', (type, key) => {
    const section = CRITICAL.split(`### ${type}\n`)[1].split('\n### ')[0];
    expect(section).toMatch(new RegExp(`\\*:continuous:\\*\\) override .* ${key}="\\$BEFORE" ;;`));
    expect(section).toMatch(/ {2}\*\) override (?!.*BEFORE)/);
  });
});

describe('with the names of the plan', () => {
  test('its vault and those of its copies, each as a block to paste', () => {
    expect(CRITICAL).toContain('The plan\'s own vault:\n\n```sh\nexport REGION=\'eu-west-1\'\nexport ACCOUNT=\'111111111111\'\nexport VAULT=\'Shop-Backups\'\n');
    expect(CRITICAL).toContain('export REGION=\'eu-central-1\'\nexport ACCOUNT=\'111111111111\'\nexport VAULT=\'Shop-Backups-from-eu-west-1\'\n');
    expect(CRITICAL).toContain('account 222222222222 (only from within it: step 5):\n\n```sh\nexport REGION=\'eu-west-1\'\nexport ACCOUNT=\'222222222222\'\nexport VAULT=\'central\'\n');
    expect(CRITICAL).not.toContain('FILL-IN');
  });

  test('the role to restore with is found by its description', () => {
    expect(CRITICAL).toContain('--arg description \'Restores backups for Shop/Backups\'');
  });

  test('what is in a name can not run', () => {
    const facts = factsOf(plan([BackupTier.low()]));
    expect(renderRestoreRunbook({ ...facts, restoreRoleDescription: 'it\'s; rm' })).toContain('--arg description \'it\'\\\'\'s; rm\'');
  });

  test('no token, and variables to fill in where nothing is known', () => {
    const page = renderRestoreRunbook(factsOf(criticalPlan(shopStack({ env: { region: 'eu-west-1' } }))));
    expect(page).toContain('export ACCOUNT=FILL-IN   # not known when this was written: whose stack Shop is');
    const agnostic = renderRestoreRunbook(factsOf(plan([BackupTier.low()], shopStack({}))));
    expect(agnostic).toContain('export REGION=FILL-IN   # not known when this was written: where stack Shop is');
    expect(page + agnostic + CRITICAL).not.toMatch(/\$\{Token|undefined|NaN|Infinity/);
  });

  test('a vault whose name is a token is to be filled in', () => {
    const stack = shopStack();
    const vault = BackupVault.fromBackupVaultName(stack, 'Own', Aws.STACK_NAME) as BackupVault;
    expect(renderRestoreRunbook(factsOf(plan([BackupTier.low()], stack, vault)))).toContain('export VAULT=FILL-IN   # not known when this was written: aws backup list-backup-vaults');
  });

  test('the partition of the Region, in the ARN that copies go back to', () => {
    const china = new Stack(testApp(), 'Shop', { env: { account: ACCOUNT, region: 'cn-north-1' } });
    const facts = factsOf(plan([BackupTier.low({ copyTo: BackupCopy.toVault(BackupVault.fromBackupVaultArn(china, 'Central', 'arn:aws-cn:backup:cn-north-1:222222222222:backup-vault:central')) })], china));
    expect(renderRestoreRunbook(facts)).toContain('INTO=\'arn:aws-cn:backup:cn-north-1:111111111111:backup-vault:Shop-Backups\'');
  });
});

describe('which point to take', () => {
  test('the critical tier answers the three questions', () => {
    expect(CRITICAL).toContain('| Noticed after | Aurora, RDS | S3 | DocumentDB, DynamoDB, EBS, EC2, EFS, FSx, Neptune |');
    expect(CRITICAL).toContain('| 10 minutes | Rule continuous: to the second before the damage. | Rule continuous: to the second before the damage. It lags by up to 15 minutes: now, up to 5 minutes may be missing; wait so long and nothing is. | Rule continuous: up to 2 hours may be missing. |');
    expect(CRITICAL).toContain('| 4 days | Rule continuous: to the second before the damage. | Rule continuous: to the second before the damage. | Rule continuous: up to 2 hours may be missing. |');
    expect(CRITICAL).toContain('| 4 months | Rule monthly: up to 31 days 1 hour may be missing. | Rule monthly: up to 31 days 1 hour may be missing. | Rule monthly: up to 31 days 1 hour may be missing. In cold storage, if the type has it. |');
  });

  test('a lost Region and a lost account', () => {
    expect(CRITICAL).toContain('* The Region is lost: snapshots of daily, weekly, monthly in `Shop-Backups-from-eu-west-1` in eu-central-1, account 111111111111; up to 1 day 1 hour may be missing, and the time that copying takes. Copies can not be restored to the second.');
    expect(CRITICAL).toContain('* The account is lost: snapshots of daily, weekly, monthly in `central` in eu-west-1, account 222222222222; up to 1 day 1 hour may be missing');
  });

  test('says so when nothing survives', () => {
    const page = renderRestoreRunbook(factsOf(plan([BackupTier.low()])));
    expect(page).toContain('| 4 months | None: the tier keeps them for 35 days at most, and what is older than the damage is older than 123 days. |');
    expect(page).toContain('* The Region is lost: no rule copies to another Region: nothing of this tier survives.');
    expect(page).toContain('* The account is lost: no rule copies to another account or an air-gapped vault: nothing of this tier survives whoever holds this one.');
    expect(page).toContain('There are no copies: when the Region or the account of this plan is lost, its backups are lost with it.');
    expect(page).toContain('This plan copies to no other account.');
  });

  test('objectives and time zones', () => {
    const objectives = RecoveryObjectives.of({ rto: Duration.hours(4), rpo: Duration.hours(36) });
    const schedule = Schedule.cron({ minute: '0', hour: '3' });
    const rules = [BackupRule.of('nightly', schedule, { timeZone: TimeZone.EUROPE_DUBLIN, keepFor: Duration.days(20) })];
    const page = renderRestoreRunbook(factsOf(plan([BackupTier.of('ledger', { objectives, rules })])));
    expect(page).toContain('Promised: RPO 1 day 12 hours, RTO 4 hours. Reached: Aurora, RDS 1 day 8 hours; S3 1 day 8 hours;');
    expect(page).toContain('| nightly | `cron(0 3 * * ? *)` Europe/Dublin | 20 days | never | nowhere |');
  });

  test('a copy lives as its rule, unless it says otherwise', () => {
    const copyTo = BackupCopy.toAll(BackupCopy.toRegion('eu-central-1', { keepFor: Duration.days(5) }));
    const monthly = BackupRule.monthly({ copyTo: BackupCopy.toRegion('eu-central-1'), moveToColdStorageAfter: Duration.days(30) });
    const yearly = BackupRule.of('yearly', Schedule.cron({ minute: '0', hour: '5', day: '1', month: '1' }), {
      keepFor: Duration.days(2000), moveToColdStorageAfter: Duration.days(30), copyTo: BackupCopy.toRegion('eu-central-1', { keepFor: Duration.days(300) }),
    });
    const [own] = factsOf(plan([BackupTier.of('own', { rules: [BackupRule.daily({ copyTo }), monthly, yearly] })])).tiers;
    expect(own.rules.map(rule => rule.copies[0])).toMatchObject([
      { keepForDays: 5, coldAfterDays: undefined }, { keepForDays: 365, coldAfterDays: 30 }, { keepForDays: 300, coldAfterDays: undefined },
    ]);
  });

  test('a copy in this account does not survive its loss', () => {
    const page = renderRestoreRunbook(factsOf(plan([BackupTier.low({ copyTo: BackupCopy.toRegion('eu-central-1') })])));
    expect(page).toContain('* The Region is lost: snapshots of weekly in');
    expect(page).toContain('* The account is lost: no rule copies to another account');
    expect(page).toContain('The copies in `Shop-Backups-from-eu-west-1` in eu-central-1, account 111111111111:');
  });
});

describe('the glass', () => {
  const page = (protection?: VaultProtection, backups = plan([BackupTier.low()])) => renderRestoreRunbook(factsOf(backups, protection));

  test.each<[string, VaultProtection | undefined, string]>([
    ['none', undefined, 'The vault has no lock that this plan knows of.'],
    ['governance', { lock: VaultLock.governance({ minRetention: Duration.days(7) }) }, 'The vault is locked in governance mode'],
    ['compliance', { lock: VaultLock.compliance({ minRetention: Duration.days(7), changeableFor: Duration.days(14), acceptThatNobodyCanUndoIt: true }) },
      'The vault is locked in compliance mode'],
  ])('lock: %s', (_, protection, text) => {
    expect(page(protection)).toContain(text);
  });

  test('names who may delete, by ARN or by path', () => {
    const backups = plan([BackupTier.low()]);
    const breakGlass = [
      Role.fromRoleArn(backups, 'Known', 'arn:aws:iam::111111111111:role/Glass'), new Role(backups, 'Own', { assumedBy: new AccountRootPrincipal() }),
    ];
    expect(page({ breakGlass }, backups)).toContain(
      'Only these may delete recovery points, shorten their life or delete the vault: `arn:aws:iam::111111111111:role/Glass`, `the role of Shop/Backups/Own`.');
  });

  test('nobody, and nobody that is known, are told apart', () => {
    expect(page({ breakGlass: [] })).toContain('Nobody may delete recovery points, shorten their life or delete the vault, the root user included.');
    expect(page()).toContain('This plan names nobody: who may delete recovery points is left to the policies of roles and users');
  });
});

describe('an air-gapped vault', () => {
  const limits = { minRetention: Duration.days(7), maxRetention: Duration.days(400) };
  const stack = shopStack();
  const airGappedVault = new CfnLogicallyAirGappedBackupVault(stack, 'AirGapped', { backupVaultName: 'Shop-air-gapped', minRetentionDays: 7, maxRetentionDays: 400 });
  const backups = Object.assign(plan([BackupTier.low({ copyTo: BackupCopy.toAirGappedVault(limits) })], stack), { airGappedVault });
  const page = renderRestoreRunbook(factsOf(backups));

  test('survives whoever gets into the account, and not the Region', () => {
    expect(page).toContain('* The account is lost: snapshots of weekly in `Shop-air-gapped` in eu-west-1, account 111111111111;');
    expect(page).toContain('* The Region is lost: no rule copies to another Region');
    expect(page).toContain('export VAULT=\'Shop-air-gapped\'');
  });

  test('is restored from directly', () => {
    expect(page).toContain('This plan copies to no other account.\n\nFrom the air-gapped vault restore directly');
    expect(CRITICAL).not.toContain('air-gapped vault restore');
  });
});

test('the page is the same each time, and good Markdown: blocks closed, tables even', () => {
  expect(renderRestoreRunbook(factsOf(criticalPlan(shopStack({ env: IRELAND }))))).toBe(CRITICAL);
  expect(CRITICAL.match(/^```/gm)!.length % 2).toBe(0);
  const rows = CRITICAL.split('\n').filter(line => line.startsWith('|'));
  expect(new Set(rows.filter(line => /^\| (Noticed|10|4) /.test(line)).map(line => line.split('|').length))).toEqual(new Set([6]));
});
