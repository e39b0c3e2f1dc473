/** The files that the queries are asked over are those of AWS: by their paths, their columns, their types. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowLogField } from '../../../src/flow-logs-to-athena/format/flow-log-field';
import { FlowLogFormat } from '../../../src/flow-logs-to-athena/format/flow-log-format';
import { COLUMN_TYPES } from '../../support/flow-logs/columns';
import type { FlowLogFilesOptions } from '../../support/flow-logs/flow-log-files';
import { writeFlowLogs } from '../../support/flow-logs/flow-log-files';
import { QueryEngine } from '../../support/flow-logs/query-engine';

// No test needs a fast machine.
jest.setTimeout(60_000);

const folders: string[] = [];
let engine: QueryEngine;

beforeAll(async () => {
  engine = await QueryEngine.open();
});

afterAll(() => {
  engine.close();
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function written(options: Partial<FlowLogFilesOptions>) {
  const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  folders.push(folder);
  return { folder, ...await writeFlowLogs({ folder, rows: 8, accounts: ['123456789012'], regions: ['us-east-1'], hours: [16], firstDay: '2018/06/20', ...options }) };
}

// As in the guide: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
const NAME = '123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20180620T';
test.each([
  ['daily', `AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/${NAME}0005Z_c0ffee00.log.parquet`],
  ['hourly', `AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16/${NAME}1605Z_c0ffee00.log.parquet`],
  ['hive', `AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/${NAME}0005Z_c0ffee00.log.parquet`],
  ['hiveHourly', `AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/month=06/day=20/hour=16/${NAME}1605Z_c0ffee00.log.parquet`],
] as const)('the layout %s', async (layout, key) => {
  expect((await written({ layout })).keys).toEqual([key]);
  expect((await written({ layout, prefix: 'a/b' })).keys).toEqual([`a/b/${key}`]);
});

test('columns, types and compression are those of AWS, and those of the library', async () => {
  const { folder, keys } = await written({ planted: true });
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    const schema = await engine.ask(`SELECT name, type, converted_type FROM parquet_schema('${folder}/${key}') WHERE type IS NOT NULL`);
    const types = Object.fromEntries(schema.map(({ name, type, converted_type: converted }) => [name, type === 'BYTE_ARRAY' && converted === 'UTF8' ? 'STRING' : converted]));
    const tags = [1, 2].flatMap(n => [FlowLogField.instanceTag(`${n}`), FlowLogField.interfaceTag(`${n}`), FlowLogField.autoScalingGroupTag(`${n}`)]);
    const fields = FlowLogFormat.all().with(...tags)._fields;
    expect(types).toEqual(Object.fromEntries(fields.map(field => [field.column, field.type.parquet])));
    expect(await engine.ask(`SELECT DISTINCT compression FROM parquet_metadata('${folder}/${key}')`)).toEqual([{ compression: 'GZIP' }]);
  }
});

test('columns are those that are asked for, in their order', async () => {
  const { folder, keys } = await written({ columns: ['end', 'srcaddr'], planted: true });
  for (const key of keys) {
    expect((await engine.ask(`DESCRIBE SELECT * FROM read_parquet('${folder}/${key}', hive_partitioning = false)`)).map(row => row.column_name)).toEqual(['end', 'srcaddr']);
  }
});

test('the same options write the same records, and other places other ones', async () => {
  const options = { rows: 2000, accounts: ['111111111111', '222222222222'], days: 2, planted: true };
  const [first, second] = [await written(options), await written(options)];
  expect(second.keys).toEqual(first.keys);
  expect(first.keys).toHaveLength(2 * 2 + 1);
  const rows = async (folder: string) => engine.ask(`SELECT * FROM read_parquet('${folder}/**/*.parquet', hive_partitioning = false, filename = false) ORDER BY ALL`);
  expect(await rows(second.folder)).toEqual(await rows(first.folder));
  expect(await rows(first.folder)).toHaveLength(first.rows);
  const [{ addresses, accounts }] = await engine.ask(
    `SELECT count(DISTINCT interface_id) AS addresses, count(DISTINCT account_id) AS accounts FROM read_parquet('${first.folder}/**/*c0ffee00*.parquet', hive_partitioning = false)`,
  );
  expect({ addresses, accounts }).toEqual({ addresses: 2 * 42, accounts: 2 });
});

test('records lie in the folder of their hour', async () => {
  const { folder } = await written({ rows: 4000, hours: [0, 23], days: 1, planted: true, layout: 'hourly' });
  const [{ outside, records }] = await engine.ask(`
    SELECT count_if(strftime(to_timestamp("start"), '%Y/%m/%d/%H') <> folder OR strftime(to_timestamp("end"), '%Y/%m/%d/%H') <> folder) AS outside, count(*) AS records
    FROM (SELECT *, regexp_extract(filename, '(\\d{4}/\\d{2}/\\d{2}/\\d{2})/[^/]+$', 1) AS folder FROM read_parquet('${folder}/**/*.parquet', hive_partitioning = false, filename = true))`);
  expect({ outside, many: Number(records) > 4000 }).toEqual({ outside: 0, many: true });
});

test('there are 54 columns', () => {
  expect(Object.keys(COLUMN_TYPES)).toHaveLength(54);
});
