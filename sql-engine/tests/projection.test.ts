/** The engine itself: it finds files by partition projection, reads no others, and refuses what is wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS, COLUMNS, LAYOUTS, path, ROWS, table, writeFiles } from './hand-written';
import type { Layout, LayoutName } from './hand-written';
import { GlueEndpoint } from '../glue-endpoint';
import { SqlEngine } from '../sql-engine';

const DATABASE = 'flow_logs';
const NAMES = Object.keys(LAYOUTS) as LayoutName[];
const DAYS = ['2026/01/30', '2026/01/31', '2026/02/01'];
const HOURS = ['03', '14'];
const LONG_AGO = 40;
const tableOf = (layout: LayoutName) => layout.replace('-', '_');
/** A day before `now`, in the words of a path. */
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/');

let glue: GlueEndpoint;
let engine: SqlEngine;
let now: Date;

beforeAll(async () => {
  glue = await GlueEndpoint.start();
  engine = await SqlEngine.start({ glue: glue.endpoint, progress: line => process.stderr.write(`${line}\n`) });
  now = await clearOfMidnight();
  const days = [...DAYS, ...[0, 1, 2, LONG_AGO].map(ago)];
  await writeFiles(engine.buckets, NAMES.flatMap(layout => files(layout, { days })));
  for (const layout of NAMES) {
    glue.put(DATABASE, table(tableOf(layout), LAYOUTS[layout]));
  }
}, 300_000);

afterAll(async () => {
  await engine?.stop();
  await glue?.stop();
});

describe.each(NAMES)('%s', layout => {
  const day = on(layout, '2026/01/31');

  test('a day of an account: its rows, from its files alone', async () => {
    const { rows, opened, listed } = await query(`SELECT count(*) FROM ${tableOf(layout)} WHERE ${day} AND aws_account_id = '444455556666'`);
    expect(rows).toEqual([[HOURS.length * ROWS]]);
    expect(opened).toEqual(urls(files(layout, { days: ['2026/01/31'], accounts: ['444455556666'] })));
    expect(listed).toHaveLength(layout.endsWith('hourly') ? 24 : 1);
  });

  test('a day of all accounts, with the columns of the partition', async () => {
    const { columns, rows, opened } = await query(`SELECT aws_account_id, day, srcaddr, dstport, "end" - "start" AS seconds
      FROM ${tableOf(layout)} WHERE ${day} AND srcaddr = '203.0.113.7' ORDER BY 1`);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'aws_account_id varchar', 'day varchar', 'srcaddr varchar', 'dstport integer', 'seconds bigint',
    ]);
    const key = layout.startsWith('hive') ? '31' : '2026/01/31';
    expect(rows).toEqual(ACCOUNTS.flatMap(account => HOURS.map(() => [account, key, '203.0.113.7', 22, 60])));
    expect(opened).toEqual(urls(files(layout, { days: ['2026/01/31'] })));
  });
});

test.each(['hourly', 'hive-hourly'] as const)('%s: hours are two digits, and compare as text', async layout => {
  const day = on(layout, '2026/02/01');
  const { rows, opened, listed } = await query(`SELECT count(*) FROM ${tableOf(layout)} WHERE ${day} AND hour < '12'`);
  expect(rows).toEqual([[ACCOUNTS.length * ROWS]]);
  expect(opened).toEqual(urls(files(layout, { days: ['2026/02/01'], hours: ['03'] })));
  expect(listed).toHaveLength(ACCOUNTS.length * 12);
});

test.each(['daily', 'hourly'] as const)('%s: a range of days over the end of a month', async layout => {
  const { rows, opened } = await query(`SELECT count(*) FROM ${tableOf(layout)} WHERE day BETWEEN '2026/01/31' AND '2026/02/28'`);
  expect(rows).toEqual([[ACCOUNTS.length * 2 * HOURS.length * ROWS]]);
  expect(opened).toEqual(urls(files(layout, { days: ['2026/01/31', '2026/02/01'] })));
});

describe('the last day, as the engine counts it', () => {
  const since = (format: string) => `date_format(current_timestamp - interval '1' day, '${format}')`;
  const recent = (layout: LayoutName) => urls(files(layout, { days: [ago(1), ago(0)] }));

  test.each(['daily', 'hourly'] as const)('%s', async layout => {
    put('window', LAYOUTS[layout], { 'projection.day.range': 'NOW-60DAYS,NOW' });
    const { opened, listed } = await query(`SELECT count(*) FROM window WHERE day >= ${since('%Y/%m/%d')}`);
    expect(opened).toEqual(recent(layout));
    expect(listed).toHaveLength(ACCOUNTS.length * 2 * (layout === 'hourly' ? 24 : 1));
  });

  test.each(['hive', 'hive-hourly'] as const)('%s: by a list of each key, few folders are listed', async layout => {
    put('window', LAYOUTS[layout], { 'projection.year.range': '2025,2035' });
    const either = (format: string) => `(${since(format)}, date_format(current_timestamp, '${format}'))`;
    const { opened, listed } = await query(`SELECT count(*) FROM window WHERE year IN ${either('%Y')} AND month IN ${either('%m')} AND day IN ${either('%d')}`);
    expect(opened).toEqual(recent(layout));
    expect(listed.length).toBeLessThanOrEqual(ACCOUNTS.length * 8 * (layout === 'hive-hourly' ? 24 : 1));
  });

  test('hive: the keys joined to a date choose the files, when a year is named', async () => {
    put('window', LAYOUTS.hive, { 'projection.year.range': '2025,2035' });
    const { opened } = await query(`SELECT count(*) FROM window
      WHERE year >= ${since('%Y')} AND year <= date_format(current_timestamp, '%Y') AND year || '/' || month || '/' || day >= ${since('%Y/%m/%d')}`);
    expect(opened).toEqual(recent('hive'));
  });

  test('hive: one date key holds all of the path, when its format quotes the words', async () => {
    put('window', { ...LAYOUTS.daily, template: LAYOUTS.hive.template.replace(/year=.*$/, '${day}/') }, {
      'projection.day.format': '\'year=\'yyyy\'/month=\'MM\'/day=\'dd',
      'projection.day.range': 'NOW-60DAYS,NOW',
    });
    const { opened, listed } = await query(`SELECT count(*) FROM window WHERE day >= ${since('year=%Y/month=%m/day=%d')}`);
    expect(opened).toEqual(recent('hive'));
    expect(listed).toHaveLength(ACCOUNTS.length * 2);
  });
});

describe('injected accounts', () => {
  beforeAll(() => {
    const { 'projection.aws_account_id.values': values, ...projection } = LAYOUTS.hourly.projection;
    expect(values).toBeDefined();
    put('injected', { ...LAYOUTS.hourly, projection }, { 'projection.aws_account_id.type': 'injected' });
  });

  test('the account that a query names', async () => {
    const { rows, opened } = await query('SELECT count(*) FROM injected WHERE aws_account_id = \'111122223333\' AND day = \'2026/01/30\'');
    expect(rows).toEqual([[HOURS.length * ROWS]]);
    expect(opened).toEqual(urls(files('hourly', { days: ['2026/01/30'], accounts: ['111122223333'] })));
  });

  test('a query that names none is refused', async () => {
    await expect(query('SELECT count(*) FROM injected WHERE day = \'2026/01/30\''))
      .rejects.toThrow(/^INVALID_COLUMN_PROPERTY: Column projection for column 'aws_account_id' failed\. Injected projection requires single predicate/);
  });

  test('a list of accounts is refused, though Athena takes one', async () => {
    await expect(query('SELECT count(*) FROM injected WHERE aws_account_id IN (\'111122223333\', \'444455556666\') AND day = \'2026/01/30\''))
      .rejects.toThrow(/can't be converted to single partition/);
  });
});

describe('what is wrong with a table shows', () => {
  const count = 'SELECT count(*) FROM wrong WHERE day = \'2026/01/31\'';
  const right = { rows: [[ACCOUNTS.length * HOURS.length * ROWS]] };

  test('nothing, as long as it is right', async () => {
    put('wrong', LAYOUTS.hourly);
    expect(await query(count)).toMatchObject(right);
  });

  test.each([
    ['dstport', 'string', /^NOT_SUPPORTED: Reading Trino column \(varchar\) from Parquet column \(\[dstport\] optional int32/],
    ['srcaddr', 'int', /^NOT_SUPPORTED: Unsupported Trino column type \(integer\) for Parquet column \(\[srcaddr\] optional binary/],
    ['end', 'string', /^NOT_SUPPORTED: Reading Trino column \(varchar\) from Parquet column \(\[end\] optional int64/],
    ['end', 'double', /^NOT_SUPPORTED: Reading Trino column \(double\) from Parquet column \(\[end\] optional int64/],
    ['start', 'timestamp', /^NOT_SUPPORTED: .*\[start\] optional int64/],
    ['bytes', 'int', /^HIVE_CURSOR_ERROR: Failed to read Parquet file/], // once a flow has more than 2 GiB
  ])('the type of a column: %s as %s', async (column, type, message) => {
    glue.put(DATABASE, table('wrong', LAYOUTS.hourly, { ...COLUMNS, [column]: type }));
    await expect(query(`SELECT max("${column}") FROM wrong WHERE day = '2026/01/31'`)).rejects.toThrow(message);
  });

  test('the name of a column: all of it is null', async () => {
    const { dstport, ...others } = COLUMNS;
    glue.put(DATABASE, table('wrong', LAYOUTS.hourly, { ...others, dst_port: dstport }));
    expect((await query('SELECT count(dst_port), count(srcport) FROM wrong WHERE day = \'2026/01/31\'')).rows).toEqual([[0, right.rows[0][0]]]);
  });

  test.each([
    ['a range that ends too early', { 'projection.day.range': '2026/01/01,2026/01/30' }],
    ['a range that begins too late', { 'projection.day.range': '2026/02/01,NOW' }],
    ['another account', { 'projection.aws_account_id.values': '777788889999' }],
    ['a date that is written otherwise', { 'projection.day.format': 'yyyy-MM-dd', 'projection.day.range': '2026-01-01,2026-03-31' }],
  ])('the projection: %s gives no rows, and no file is read', async (_, projection) => {
    put('wrong', LAYOUTS.hourly, projection);
    expect(await query(count)).toMatchObject({ rows: [[0]], opened: [] });
  });

  test('the projection: hours of one digit lose the first ten of a day', async () => {
    const { 'projection.hour.digits': digits, ...projection } = LAYOUTS.hourly.projection;
    put('wrong', { ...LAYOUTS.hourly, projection });
    expect(digits).toBe('2');
    expect((await query(count)).opened).toEqual(urls(files('hourly', { days: ['2026/01/31'], hours: ['14'] })));
  });

  test('the projection: a key without one is refused', async () => {
    const { 'projection.hour.type': type, ...projection } = LAYOUTS.hourly.projection;
    put('wrong', { ...LAYOUTS.hourly, projection });
    expect(type).toBe('integer');
    await expect(query(count)).rejects.toThrow(/hour/);
  });

  test('the projection: a range that runs backwards is refused', async () => {
    put('wrong', LAYOUTS.hourly, { 'projection.day.range': '2026/03/31,2026/01/01' });
    await expect(query(count)).rejects.toThrow(/^INVALID_TABLE_PROPERTY|INVALID_COLUMN_PROPERTY: .*day/);
  });

  test.each([
    ['of the other layout', LAYOUTS.hourly.template.replace('vpcflowlogs/', 'aws-service=vpcflowlogs/')],
    ['of another prefix', LAYOUTS.hourly.template.replace('AWSLogs/', 'team/AWSLogs/')],
    ['of another bucket', LAYOUTS.hourly.template.replace('s3://hourly/', 's3://other/')],
    ['in another order', LAYOUTS.hourly.template.replace('${day}/${hour}', '${hour}/${day}')],
  ])('the location template: one %s gives no rows, and no file is read', async (_, template) => {
    put('wrong', { ...LAYOUTS.hourly, template });
    expect(await query(count)).toMatchObject({ rows: [[0]], opened: [] });
  });
});

function put(name: string, layout: Layout, projection: Record<string, string> = {}): void {
  glue.put(DATABASE, table(name, { ...layout, projection: { ...layout.projection, ...projection } }));
}

/** Chooses a day. */
function on(layout: LayoutName, day: string): string {
  const [year, month, date] = day.split('/');
  return layout.startsWith('hive') ? `year = '${year}' AND month = '${month}' AND day = '${date}'` : `day = '${day}'`;
}

async function query(sql: string) {
  return engine.query(sql, DATABASE);
}

interface Which {
  readonly days: string[];
  readonly accounts?: string[];
  readonly hours?: string[];
}

function files(layout: LayoutName, { days, accounts = ACCOUNTS, hours = HOURS }: Which): string[] {
  return accounts.flatMap(account => days.flatMap(day => hours.map(hour => path(layout, account, day, hour))));
}

function urls(paths: string[]): string[] {
  return paths.map(one => `s3://${one}`).sort();
}

/** What is written for today must still be of today when it is asked for. */
async function clearOfMidnight(): Promise<Date> {
  const left = 86_400_000 - Date.now() % 86_400_000;
  if (left < 120_000) {
    await sleep(left + 1000);
  }
  return new Date();
}
