/** `npm run demo`: deploys the example apps with the real CDK CLI to the local emulator, and shows what was built. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BackupClient, GetBackupPlanCommand, GetBackupSelectionCommand, ListBackupPlansCommand, ListBackupSelectionsCommand } from '@aws-sdk/client-backup';
import { CloudFormationClient, ListStackResourcesCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { accessTables } from './demo-access';
import { answersTable, flowLogsTable, questionsTable, rejectsTable } from './demo-flow-logs';
import { mountsTable } from './demo-mounts';
import { restoresTable } from './demo-restores';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ALL_ENVIRONMENTS, IRELAND } from './emulator/environments';
import { formatRecorded, formatTable, recordedRows, resourcesOf } from './emulator/recorded';

const EXAMPLES = resolve(__dirname, '../examples');
const started = Date.now();

function say(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
}

/** Of all that the CLI says: what is done, and what went wrong. */
function sayOfCdk(line: string): void {
  if (/✅|❌|failed|[Ee]rror|warning|bootstrapping/.test(line)) {
    say(line.trim());
  }
}

async function main(): Promise<void> {
  const emulator = await Emulator.start({ progress: say });
  process.once('SIGINT', () => void emulator.stop().then(() => process.exit(130)));
  try {
    const cdk = new CdkCli(emulator, sayOfCdk);
    await cdk.bootstrap(ALL_ENVIRONMENTS);
    const assemblies: string[] = [];
    for (const example of readdirSync(EXAMPLES).filter(name => existsSync(join(EXAMPLES, name, 'app.ts')))) {
      say(`cdk deploy --all: examples/${example}`);
      assemblies.push(await cdk.deploy(ACCOUNT, IRELAND, { app: `examples/${example}/app.ts` }));
    }
    console.log('\nWhat was built (read back from CloudFormation)\n');
    console.log(await stacksTable(emulator));
    console.log('\nWhat is backed up (read back from AWS Backup)\n');
    console.log(await plansTable(emulator));
    console.log('\nWhat restore tests found (a backup of the orders, restored three times; from the evidence bucket)\n');
    console.log(await restoresTable(emulator));
    console.log('\nWho mounts which directory (read back from ECS and EFS), and what the policies of role and file system let it do there\n');
    console.log(await mountsTable(emulator));
    console.log('\nWho assumes the role of the data platform, and what tags then open (tried by AWS APIs, with IAM enforced)\n');
    console.log(await accessTables(emulator));
    console.log('\nWhat the networks of the shop log, and where it goes (read back from EC2)\n');
    console.log(await flowLogsTable(emulator));
    console.log('\nWhat can be asked of it in the security account (read back from Glue and Athena)\n');
    console.log(await questionsTable(emulator));
    console.log('\nWho is told when too much is rejected (lines in the log group, judged by CloudWatch)\n');
    console.log(await rejectsTable(emulator));
    console.log(`\nWhat the deployed queries find: an hour of traffic, in which attacks were planted. Athena itself is not here: DuckDB reads the files of the
bucket. "npm run sql-engine" lets a real Trino, of which Athena is made, run all of them over the deployed table.\n`);
    console.log(await answersTable(emulator));
    console.log('\nWhat this shows, and what it does not: the emulator acts on some of it and only records the rest\n');
    console.log(formatRecorded(recordedRows(assemblies.flatMap(resourcesOf))));
    console.log(`
What to look at next
  examples/tagged-backup-plan/app.ts           backups of a shop in two Regions: a program that was deployed
  examples/tagged-backup-plan/RESTORE.md       how to restore, as its plan writes it
  src/tagged-backup-plan/README.md             what TaggedBackupPlan creates, and why
  examples/fargate-efs-access-point/app.ts     the services that mount directories: another
  src/fargate-efs-access-point/README.md       what FargateEfsAccessPoint creates, why, and how to fail over
  examples/abac-cross-account-role/app.ts      a data platform and its teams: the third
  src/abac-cross-account-role/README.md        what AbacCrossAccountRole allows, denies, and leaves to you
  examples/flow-logs-to-athena/app.ts          two networks and a security account: the fourth
  src/flow-logs-to-athena/README.md            what FlowLogsToAthena creates, and the questions it answers
  npm run sql-engine                           the queries on a real Trino (needs a JDK and Maven)
  npm run emulator                             keeps an emulator running, to deploy an app of your own to it
`);
  } finally {
    await emulator.stop();
  }
  say('the emulator is gone, and left nothing behind');
}

async function stacksTable(emulator: Emulator): Promise<string> {
  const rows: string[][] = [];
  for (const { account, region } of ALL_ENVIRONMENTS) {
    const client = new CloudFormationClient(emulator.clientConfig(account, region));
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] }));
    for (const { StackName } of StackSummaries.filter(stack => stack.StackName !== 'CDKToolkit')) {
      const { StackResourceSummaries = [] } = await client.send(new ListStackResourcesCommand({ StackName }));
      const types = StackResourceSummaries.map(resource => resource.ResourceType!.split('::').slice(1).join(' '));
      const counted = [...new Set(types)].sort().map(type => `${types.filter(each => each === type).length} ${type}`);
      rows.push([account, region, StackName!, counted.slice(0, 4).join(', ')]);
      for (let i = 4; i < counted.length; i += 4) {
        rows.push(['', '', '', counted.slice(i, i + 4).join(', ')]);
      }
    }
  }
  return formatTable(['Account', 'Region', 'Stack', 'Resources'], rows);
}

async function plansTable(emulator: Emulator): Promise<string> {
  const rows: string[][] = [];
  for (const { account, region } of ALL_ENVIRONMENTS) {
    const client = new BackupClient(emulator.clientConfig(account, region));
    const { BackupPlansList = [] } = await client.send(new ListBackupPlansCommand({}));
    for (const { BackupPlanId } of BackupPlansList) {
      const { BackupPlan } = await client.send(new GetBackupPlanCommand({ BackupPlanId }));
      const { BackupSelectionsList = [] } = await client.send(new ListBackupSelectionsCommand({ BackupPlanId }));
      const { SelectionId } = BackupSelectionsList[0];
      const { BackupSelection } = await client.send(new GetBackupSelectionCommand({ BackupPlanId, SelectionId }));
      const condition = BackupSelection?.Conditions?.StringEquals?.[0];
      for (const rule of BackupPlan!.Rules!) {
        const copies = rule.CopyActions?.map(copy => copy.DestinationBackupVaultArn!.split(':').slice(3, 5).reverse().join('/')) ?? [];
        rows.push([
          region, `${condition?.ConditionKey?.split('/')[1]}=${condition?.ConditionValue}`, rule.RuleName!, rule.ScheduleExpression!,
          `${rule.Lifecycle?.DeleteAfterDays} days`, copies.join(', ') || '-',
        ]);
      }
    }
  }
  return formatTable(['Region', 'Tag', 'Rule', 'When (UTC)', 'Kept', 'Copied to account/Region'], rows);
}

main().catch(error => {
  console.error(`\n${(error as Error).message}`);
  process.exit(1);
});
