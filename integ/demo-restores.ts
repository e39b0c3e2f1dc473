/** For the demo: takes a backup of the shop's orders, restores it as a restore test would, and waits for the judgement. */
import { BackupClient, ListBackupPlansCommand, ListRestoreTestingPlansCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Emulator } from './emulator/emulator';
import { ACCOUNT, IRELAND } from './emulator/environments';
import { physicalId } from './emulator/physical-id';
import { formatTable } from './emulator/recorded';

const STACK = `Shop-${IRELAND}`;
const OUTCOMES = [['as it should be', 'good', 1800], ['an empty table comes back', 'empty', 1800], ['it takes five hours', 'good', 18_000]] as const;

/** The evidence of three restore tests: a good one, a bad one, a slow one. */
export async function restoresTable(emulator: Emulator): Promise<string> {
  const config = emulator.clientConfig(ACCOUNT, IRELAND);
  const backup = new BackupClient(config);
  const control = async (path: string, body: object) => await emulator.control(ACCOUNT, IRELAND, path, body) as Record<string, string[]>;
  await new DynamoDBClient(config).send(new PutItemCommand({
    TableName: await physicalId(emulator, IRELAND, STACK, 'AWS::DynamoDB::GlobalTable', /^Orders/), Item: { orderId: { S: '42' } },
  }));
  const { BackupPlansList = [] } = await backup.send(new ListBackupPlansCommand({}));
  const planId = BackupPlansList.find(plan => /^Shop.*-critical$/.test(plan.BackupPlanName!))!.BackupPlanId;
  await control('/_backup/run-plan', { planId, ruleName: 'daily' });
  const { RestoreTestingPlans = [] } = await backup.send(new ListRestoreTestingPlansCommand({}));
  const planName = RestoreTestingPlans.find(plan => /^Shop.*critical/.test(plan.RestoreTestingPlanName!))!.RestoreTestingPlanName;
  const rows: string[][] = [];
  for (const [what, outcome, seconds] of OUTCOMES) {
    const { restoreJobIds } = await control('/_backup/run-restore-test', { planName, outcome, seconds });
    const { resourceType, durationSeconds, withinRto, validation } = await evidenceOf(emulator, restoreJobIds[0]);
    rows.push([what, resourceType, `${durationSeconds / 60} minutes`, withinRto ? 'yes' : 'no', validation.status, validation.message]);
  }
  return formatTable(['Restore test', 'Type', 'Took', 'Within the RTO', 'Judged', 'Because'], rows);
}

/** The judge is started by an event: its evidence is there a moment later. */
async function evidenceOf(emulator: Emulator, job: string): Promise<any> {
  const s3 = new S3Client(emulator.clientConfig(ACCOUNT, IRELAND));
  const Bucket = await physicalId(emulator, IRELAND, STACK, 'AWS::S3::Bucket', /^BackupsEvidence/);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'restore-tests/' }));
    const Key = Contents.map(object => object.Key!).find(key => key.endsWith(`/${job}.json`));
    if (Key) {
      return JSON.parse(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString());
    }
    await new Promise(done => setTimeout(done, 200));
  }
  throw new Error('no evidence of the restore test after 20 seconds');
}
