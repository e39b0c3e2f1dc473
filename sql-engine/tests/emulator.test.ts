/** The same engine before the emulator: its Glue has the table, its S3 the files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNTS, LAYOUTS, path, REGION, ROWS, table, writeFiles } from './hand-written';
import { Emulator } from '../../integ/emulator/emulator';
import { GlueEndpoint } from '../glue-endpoint';
import { SqlEngine } from '../sql-engine';

const progress = (line: string) => process.stderr.write(`${line}\n`);
const [ACCOUNT] = ACCOUNTS;
const DAY = '2026/01/31';

let emulator: Emulator;
let glue: GlueEndpoint;
let engine: SqlEngine;

beforeAll(async () => {
  emulator = await Emulator.start({ progress });
  await put();
  glue = await GlueEndpoint.start(emulator.endpoint);
  engine = await SqlEngine.start({ glue: glue.endpoint, s3: emulator.endpoint, accessKeyId: ACCOUNT, region: REGION, progress });
}, 300_000);

afterAll(async () => {
  await engine?.stop();
  await glue?.stop();
  await emulator?.stop();
}, 60_000);

test('a table is read from its Glue, and files from its S3', async () => {
  expect((await engine.query(`SELECT aws_account_id, hour, count(*) FROM hourly WHERE day = '${DAY}' GROUP BY aws_account_id, hour`, 'flow_logs')).rows)
    .toEqual([[ACCOUNT, '14', ROWS]]);
});

test('what it does not have is refused', async () => {
  await expect(engine.query('SELECT 1 FROM daily', 'flow_logs')).rejects.toThrow(/^TABLE_NOT_FOUND: .*daily/);
  await expect(engine.query('SELECT 1 FROM hourly', 'elsewhere')).rejects.toThrow(/^SCHEMA_NOT_FOUND: .*elsewhere/);
});

async function put(): Promise<void> {
  await call('CreateDatabase', { DatabaseInput: { Name: 'flow_logs' } });
  await call('CreateTable', { DatabaseName: 'flow_logs', TableInput: table('hourly', LAYOUTS.hourly) });
  const s3 = new S3Client(emulator.clientConfig(ACCOUNT, REGION));
  const folder = mkdtempSync(join(tmpdir(), 'sql-engine-'));
  try {
    const file = path('hourly', ACCOUNT, DAY, '14');
    await writeFiles(folder, [file]);
    const [Bucket, ...key] = file.split('/');
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: key.join('/'), Body: readFileSync(join(folder, file)) }));
  } finally {
    s3.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The emulator checks no signature, and takes account and Region from it. */
async function call(operation: string, request: object): Promise<void> {
  const answer = await fetch(emulator.endpoint, {
    method: 'POST',
    headers: {
      'Authorization': `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20300101/${REGION}/glue/aws4_request, SignedHeaders=host, Signature=none`,
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSGlue.${operation}`,
    },
    body: JSON.stringify(request),
  });
  expect(`${answer.status} ${await answer.text()}`).toBe('200 {}');
}
