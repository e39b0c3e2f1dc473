/** The restore runbook of a plan, for whoever is on call: facts in, Markdown out. No CDK, no clock. */
import type { CopyPoint, PointForKind, RunbookCopy, RunbookTier } from './restore-points';
import { copiesOf, pointFor, span, vaultKey } from './restore-points';
import { renderRestoreSteps, sh } from './restore-steps';

const DAY = 24 * 60;
/** The questions that a business is asked about its backups. Four months have 123 days at most. */
const QUESTIONS: [string, number][] = [['10 minutes', 10], ['4 days', 4 * DAY], ['4 months', 123 * DAY]];
const FILL_IN = 'FILL-IN';

/** How the vault is locked. */
export interface RunbookLock {
  /** Whether a privileged role can remove the lock, or nobody. */
  readonly mode: 'governance' | 'compliance';
}

/** What the runbook says of a plan. Values that are not known at synth become shell variables, to fill in at the top. */
export interface RunbookFacts {
  /** The path of the plan in its app. */
  readonly plan: string;
  /** The name of its stack. */
  readonly stack: string;
  /** @default - not known at synth */
  readonly account?: string;
  /** @default - not known at synth */
  readonly region?: string;
  /** @default 'aws' */
  readonly partition?: string;
  /**
   * The name of its vault.
   *
   * @default - not known at synth
   */
  readonly vault?: string;
  /** @default - not locked */
  readonly lock?: RunbookLock;
  /** The key of the tag that puts a resource into a tier. */
  readonly tagKey: string;
  /** Its tiers. */
  readonly tiers: RunbookTier[];
  /** The description of the role to restore with, by which it is found: its ARN is not known at synth. */
  readonly restoreRoleDescription: string;
  /**
   * Who may delete backups, by name or ARN; empty when nobody may.
   *
   * @default - the vault has no policy that this plan knows of
   */
  readonly breakGlassRoles?: string[];
}

/** The runbook as Markdown. */
export function renderRestoreRunbook(facts: RunbookFacts): string {
  const otherRegion: IsElsewhere = copy => copy.region !== undefined && copy.region !== facts.region;
  const apart: IsElsewhere = copy => copy.airGapped || otherAccount(copy);
  const otherAccount: IsElsewhere = copy => copy.account !== undefined && copy.account !== facts.account;
  return [
    `# Restore: backups of ${facts.plan}`, '',
    `Stack \`${facts.stack}\`. Resources carry the tag \`${facts.tagKey}\`; its value is the tier. Times are UTC unless a schedule says otherwise.`, '',
    '## Do not', '',
    '* Do not delete the damaged resource yet. It is evidence, and the newest data is in it.',
    '* Do not restore over it. Restore beside it, judge the result, then move the application.',
    '* Do not shorten retention and do not delete recovery points, not to save money, not to tidy up.',
    '* Do not roll the stack back or replace the resource until the data is safe.', '',
    '## 1. Where from', '',
    'Paste one block. Everything below uses its variables. Needs AWS CLI v2 and `jq`.', '',
    ...places(facts), '',
    'The role to restore with. IAM is global: this works while the Region of the plan is dark. If two are printed, one was kept from a deleted stack; take either.', '',
    ...sh([
      `aws iam list-roles --output json | jq -r --arg description ${quote(facts.restoreRoleDescription)} \\`,
      '  \'.Roles[] | select(.Description == $description) | .Arn\'',
      'RESTORE_ROLE=...   # what was printed',
    ]),
    'Outside China and GovCloud, AWS serves IAM from us-east-1: note the ARN after each deployment, for the night in which that Region is dark.', '',
    '## 2. Which recovery point', '',
    'The newest one from before the damage. How far back that is follows from the tier:', '',
    ...facts.tiers.flatMap(tier => renderTier(tier, { otherRegion, apart })),
    ...renderLists(),
    '## 3. Restore', '',
    ...renderMetadata(),
    ...renderRestoreSteps(),
    ...renderAfter(),
    ...renderOtherAccount(facts, otherAccount),
    ...renderBreakGlass(facts),
  ].join('\n').trimEnd() + '\n';
}

function places(facts: RunbookFacts): string[] {
  const copies = new Map(facts.tiers.flatMap(tier => tier.rules).flatMap(rule => rule.copies).map(copy => [vaultKey(copy), copy]));
  const assign = (name: string, value: string | undefined, what: string) => value === undefined
    ? `export ${name}=${FILL_IN}   # not known when this was written: ${what}` : `export ${name}=${quote(value)}`;
  const block = (title: string, where: string, place: { region?: string; account?: string; vault?: string }) => [`${title}:`, '', ...sh([
    assign('REGION', place.region, `where ${where} is`),
    assign('ACCOUNT', place.account, `whose ${where} is`),
    assign('VAULT', place.vault, 'aws backup list-backup-vaults --region "$REGION" lists them'),
    'aws sts get-caller-identity --query Account --output text   # must be $ACCOUNT',
  ])];
  return [
    ...block('The plan\'s own vault', `stack ${facts.stack}`, facts),
    ...[...copies.values()].flatMap(copy => block(
      copy.account !== undefined && copy.account !== facts.account ? `The copies in ${nameOf(copy)} (only from within it: step 5)` : `The copies in ${nameOf(copy)}`,
      'the vault of the copies', { ...copy, account: copy.account ?? facts.account })),
    ...copies.size === 0 ? ['There are no copies: when the Region or the account of this plan is lost, its backups are lost with it.', ''] : [],
  ].slice(0, -1);
}

/** Tells copies that outlive something from others. */
type IsElsewhere = (copy: RunbookCopy) => boolean;

function renderTier(tier: RunbookTier, lost: { otherRegion: IsElsewhere; apart: IsElsewhere }): string[] {
  return [
    `### Tier ${tier.name}`, '',
    `Promised: ${tier.rpoMinutes === undefined ? 'no RPO' : `RPO ${span(tier.rpoMinutes)}`}, ${tier.rtoMinutes === undefined ? 'no RTO' : `RTO ${span(tier.rtoMinutes)}`}. ` +
      `Reached: ${tier.kinds.map(kind => `${kind.types.join(', ')} ${kind.reachableRpoMinutes === undefined ? 'unknown' : span(kind.reachableRpoMinutes)}`).join('; ')}.`, '',
    '| Rule | Runs | Kept | Cold after | Copied to |', '|---|---|---|---|---|',
    ...tier.rules.map(rule => row([
      `${rule.name}${rule.continuous ? ' (continuous where the type can, else a snapshot)' : ''}`, `\`${rule.schedule}\` ${rule.timeZone ?? 'UTC'}`,
      days(rule.keepForDays) ?? 'unknown', days(rule.coldAfterDays) ?? 'never', rule.copies.map(nameOf).join(', ') || 'nowhere',
    ])), '',
    `| Noticed after | ${tier.kinds.map(kind => kind.types.join(', ')).join(' | ')} |`, `|---|${tier.kinds.map(() => '---|').join('')}`,
    ...QUESTIONS.map(([question, minutes]) => row([question, ...pointFor(tier, minutes).map(describePoint)])), '',
    ...describeCopies('The Region is lost', copiesOf(tier, lost.otherRegion), 'no rule copies to another Region: nothing of this tier survives'),
    ...describeCopies('The account is lost', copiesOf(tier, lost.apart), 'no rule copies to another account or an air-gapped vault: nothing of this tier survives whoever holds this one'), '',
  ];
}

function describePoint(point: PointForKind): string {
  if (!point.found) {
    return `None: ${point.why}.`;
  }
  const within = point.kind.continuousWithinMinutes ?? 0;
  if (point.continuous) {
    return `Rule ${point.rule}: to the second before the damage.` +
      (point.missingMinutes ? ` It lags by up to ${span(within)}: now, up to ${span(point.missingMinutes)} may be missing; wait so long and nothing is.` : '') +
      (point.certain ? '' : ' Its retention is unknown here.');
  }
  return `Rule ${point.rule}: ${missing(point.missingMinutes)}.${describeDoubts(point)}`;
}

function describeDoubts(point: { certain: boolean; cold: string }): string {
  return (point.certain ? '' : ' It may have expired already: look.')
    + (point.cold === 'yes' ? ' In cold storage, if the type has it.' : point.cold === 'perhaps' ? ' Perhaps in cold storage, if the type has it.' : '');
}

function describeCopies(title: string, points: CopyPoint[], none: string): string[] {
  return points.length === 0 ? [`* ${title}: ${none}.`] : points.map(point =>
    `* ${title}: snapshots of ${point.rules.join(', ')} in ${nameOf(point.copy)}; ${missing(point.missingMinutes)}, and the time that copying takes. Copies can not be restored to the second.${describeDoubts(point)}`);
}

function renderLists(): string[] {
  return [
    '### Find it', '',
    'Any rule\'s point will do; what counts is `CreationDate`. Continuous backups have `:recovery-point:continuous:` in their ARN and reach from their creation to minutes ago. Only COMPLETED and AVAILABLE points can be restored.', '',
    ...sh([
      '# What is in the vault, oldest first',
      'aws backup list-recovery-points-by-backup-vault --region "$REGION" --backup-vault-name "$VAULT" --output json \\',
      '  --query \'sort_by(RecoveryPoints,&CreationDate)[].[CreationDate,Status,ResourceType,ResourceName,RecoveryPointArn]\'',
      '# The resources that have a backup here',
      'aws backup list-protected-resources --region "$REGION" --output json --query \'Results[].[ResourceType,ResourceName,ResourceArn]\'',
      '# One resource: the newest five from before the damage',
      'RESOURCE=...   # its ARN, from above',
      'BEFORE=...     # just before the damage, such as 2027-03-01T02:55:00Z',
      'aws backup list-recovery-points-by-backup-vault --region "$REGION" --backup-vault-name "$VAULT" --by-resource-arn "$RESOURCE" \\',
      '  --by-created-before "$BEFORE" --output json --query \'reverse(sort_by(RecoveryPoints,&CreationDate))[:5].[CreationDate,Status,RecoveryPointArn]\'',
      '# The same resource in every vault of this Region',
      'aws backup list-recovery-points-by-resource --region "$REGION" --resource-arn "$RESOURCE" --output json \\',
      '  --query \'sort_by(RecoveryPoints,&CreationDate)[].[CreationDate,Status,BackupVaultName,RecoveryPointArn]\'',
      'POINT=...      # the RecoveryPointArn that you choose',
      '# Is it in cold storage, can it expire while you work?',
      'aws backup describe-recovery-point --region "$REGION" --backup-vault-name "$VAULT" --recovery-point-arn "$POINT" \\',
      '  --query \'[Status,StorageClass,CalculatedLifecycle]\'',
    ]),
  ];
}

function renderMetadata(): string[] {
  return [
    'First, for every type: what AWS Backup stored with the point. `override` replaces single values; an empty value leaves one out.', '',
    ...sh([
      'NEW=...   # the name of what will be restored; not the name of the damaged resource',
      'aws backup get-recovery-point-restore-metadata --region "$REGION" --backup-vault-name "$VAULT" \\',
      '  --recovery-point-arn "$POINT" --query RestoreMetadata --output json | tee metadata.json',
      'override() {',
      '  jq \'[$ARGS.positional[] | capture("(?<key>[^=]+)=(?<value>.*)")] as $new',
      '    | with_entries(select((.key | ascii_downcase) as $key | $new | map(.key | ascii_downcase) | index($key) | not))',
      '    + ($new | map(select(.value != "")) | from_entries)\' metadata.json --args "$@" | tee restore.json',
      '}',
    ]),
    'If a restore job fails because of its metadata, this prints the least that works, for the default VPC (not for FSx):', '',
    ...sh([
      'aws backup get-restore-testing-inferred-metadata --region "$REGION" --backup-vault-name "$VAULT" \\',
      '  --recovery-point-arn "$POINT" --query InferredMetadata --output json',
    ]),
  ];
}

function renderAfter(): string[] {
  return [
    '## 4. Watch, judge, move over', '',
    ...sh([
      'while [[ "$(aws backup describe-restore-job --region "$REGION" --restore-job-id "$JOB" --query Status --output text)" =~ PENDING|RUNNING ]]; do sleep 30; done',
      'aws backup describe-restore-job --region "$REGION" --restore-job-id "$JOB" --query \'[Status,StatusMessage,PercentDone,CreatedResourceArn]\'',
    ]),
    '1. Judge it as its type says above. Is the damage gone? What is missing since `$BEFORE`? Write both down.',
    '2. Stop writers of the damaged resource, or make it read-only.',
    '3. Carry over what was written since, if the business needs it.',
    '4. Point the application at the new resource: by its configuration and a deployment, so that the next one does not undo it.',
    '5. Tag the new resource with its tier, or it has no backup. (`--copy-source-tags-to-restored-resource` on the restore job does it, too.)',
    '6. Keep the damaged resource until the cause is known.', '',
  ];
}

function renderOtherAccount(facts: RunbookFacts, otherAccount: IsElsewhere): string[] {
  const all = facts.tiers.flatMap(tier => tier.rules).flatMap(rule => rule.copies);
  const copies = all.filter(otherAccount);
  const airGapped = all.some(copy => copy.airGapped)
    ? ['From the air-gapped vault restore directly, in this account or in one that it is shared with by AWS RAM. There, list with `--backup-vault-account-id` of the account that owns it, and read the metadata with the same.', '']
    : [];
  if (copies.length === 0) {
    return ['## 5. From another account', '', 'This plan copies to no other account.', '', ...airGapped];
  }
  return [
    '## 5. From another account', '',
    'A point is restored in the account that holds it. To restore in another, copy it there first: to the plan\'s vault, or to a vault of a healthy account. That vault must allow `backup:CopyIntoBackupVault` from this one, and for EC2, EBS, RDS, Aurora, DocumentDB, Neptune and FSx the key of the point must be shared with it. Points in cold storage can not be copied to another account.', '',
    'With credentials of the account that holds the copy, and its block of step 1:', '',
    ...sh([
      `INTO=${quote(`arn:${facts.partition ?? 'aws'}:backup:${facts.region ?? FILL_IN}:${facts.account ?? FILL_IN}:backup-vault:${facts.vault ?? FILL_IN}`)}   # or the vault of a healthy account`,
      'COPY_ROLE=...   # a role of that account with AWSBackupServiceRolePolicyForBackup',
      'COPY=$(aws backup start-copy-job --region "$REGION" --recovery-point-arn "$POINT" --source-backup-vault-name "$VAULT" \\',
      '  --destination-backup-vault-arn "$INTO" --iam-role-arn "$COPY_ROLE" --query CopyJobId --output text)',
      'aws backup describe-copy-job --region "$REGION" --copy-job-id "$COPY" --query \'CopyJob.[State,StatusMessage,DestinationRecoveryPointArn]\'',
    ]),
    'When it is COMPLETED, go on with step 2 where it arrived. If the account of the plan is lost, do not copy into it: restore where the copy is, with a role of that account that has AWSBackupServiceRolePolicyForRestores (for S3 also AWSBackupServiceRolePolicyForS3Restore) as `RESTORE_ROLE`.', '',
    ...airGapped,
  ];
}

function renderBreakGlass(facts: RunbookFacts): string[] {
  const locks: Record<string, string> = {
    governance: 'The vault is locked in governance mode: whoever may delete its lock can. That is not for an incident either.',
    compliance: 'The vault is locked in compliance mode: once its cooling-off time is over, nobody can delete or shorten anything, AWS neither.',
    none: 'The vault has no lock that this plan knows of.',
  };
  return [
    '## 6. Who may break the glass', '',
    whoMayDelete(facts.breakGlassRoles), '',
    ...sh([
      'aws backup get-backup-vault-access-policy --region "$REGION" --backup-vault-name "$VAULT" --query Policy --output text | jq .',
      'aws backup describe-backup-vault --region "$REGION" --backup-vault-name "$VAULT" --query \'[Locked,LockDate,MinRetentionDays,MaxRetentionDays,NumberOfRecoveryPoints]\'',
    ]),
    locks[facts.lock?.mode ?? 'none'], '',
    'Breaking the glass is for data that must not exist: a court order, a leaked secret inside a backup. It is not needed to restore, and not for costs, failed jobs or tidying up. Two people, a reason in writing, and the role is closed again.', '',
  ];
}

function whoMayDelete(roles: string[] | undefined): string {
  if (roles === undefined) {
    return 'This plan names nobody: who may delete recovery points is left to the policies of roles and users, and to the policy of the vault if it has one.';
  }
  return roles.length === 0
    ? 'Nobody may delete recovery points, shorten their life or delete the vault, the root user included. They expire as ever.'
    : `Only these may delete recovery points, shorten their life or delete the vault: ${roles.map(role => `\`${role}\``).join(', ')}.`;
}

function nameOf(copy: RunbookCopy): string {
  return `\`${copy.vault ?? copy.arn ?? 'a vault'}\`${copy.region ? ` in ${copy.region}` : ''}${copy.account ? `, account ${copy.account}` : ''}`;
}

function missing(minutes: number | undefined): string {
  return minutes === undefined || !Number.isFinite(minutes) ? 'how much may be missing can not be told here' : `up to ${span(minutes)} may be missing`;
}

function days(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${count} days`;
}

function row(cells: string[]): string {
  return `| ${cells.map(cell => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
}

/** For the shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replace(/'/g, '\'\\\'\'')}'`;
}
