/**
 * The queries of the pack, as they are synthesized, over the tables that are synthesized, read by a real Trino: files as AWS
 * writes them, a million records of clean traffic, and attacks and faults among them.
 */
import { linkSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FlowLogsCatalog } from '../../src/flow-logs-to-athena/catalog/flow-logs-catalog';
import { FlowLogsToAthena } from '../../src/flow-logs-to-athena/flow-logs-to-athena';
import { FlowLogFormat } from '../../src/flow-logs-to-athena/format/flow-log-format';
import { NamedQuery } from '../../src/flow-logs-to-athena/queries/named-query';
import { QueryWindow } from '../../src/flow-logs-to-athena/queries/query-window';
import { FlowLogSource } from '../../src/flow-logs-to-athena/source/flow-log-source';
import { FlowLogAccounts } from '../../src/flow-logs-to-athena/storage/flow-log-accounts';
import { ANSWERS } from '../../test/support/flow-logs/answers';
import type { FlowLogFiles, Layout } from '../../test/support/flow-logs/flow-log-files';
import { CLEAN, writeFlowLogs } from '../../test/support/flow-logs/flow-log-files';
import type { Row } from '../../test/support/flow-logs/query-engine';
import { LAYOUTS } from '../../test/support/flow-logs/tables';
import type { TableInput } from '../glue-endpoint';
import { GlueEndpoint } from '../glue-endpoint';
import type { Reading } from '../sql-engine';
import { SqlEngine } from '../sql-engine';
import type { SynthesizedCatalog } from '../synthesized';
import { synthesizedCatalog } from '../synthesized';

const [ACCOUNT, OTHER_ACCOUNT] = ['111111111111', '222222222222'];
const ACCOUNTS = [ACCOUNT, OTHER_ACCOUNT];
const REGIONS = ['eu-west-1', 'us-east-1'];
const COLUMNS = FlowLogFormat.security().columns;
const RECORDS = 1_000_000;
const FINDERS = Object.keys(ANSWERS);

let glue: GlueEndpoint;
let engine: SqlEngine;
/** The day before yesterday, whose third hour has what is planted; and the next. Tables look back from the day of a query. */
let day: string;
let nextDay: string;

beforeAll(async () => {
  glue = await GlueEndpoint.start();
  engine = await SqlEngine.start({ glue: glue.endpoint, progress: line => process.stderr.write(`${line}\n`) });
  await clearOfMidnight();
  [day, nextDay] = [dayBefore(2), dayBefore(1)];
}, 300_000);

afterAll(async () => {
  await engine?.stop();
  await glue?.stop();
});

describe('a million records, in the default layout', () => {
  let files: FlowLogFiles;
  let planted: SynthesizedCatalog;
  let clean: SynthesizedCatalog;

  beforeAll(async () => {
    planted = defaults('planted');
    clean = defaults('clean');
    files = await writeFlowLogs({
      folder: join(engine.buckets, 'planted'), rows: RECORDS, columns: COLUMNS, planted: true, firstDay: day, days: 2, accounts: [ACCOUNT], regions: ['eu-west-1'],
    });
    link(files.keys.filter(key => key.includes(CLEAN)), 'planted', 'clean');
  }, 300_000);

  test('the table has all of them', async () => {
    const count = async ({ database }: SynthesizedCatalog) => engine.query(`SELECT count(*) FROM "${database}"."flow_logs" WHERE day >= '${day}'`);
    const { rows, opened } = await count(planted);
    expect(rows).toEqual([[files.rows]]);
    expect(opened).toEqual(urls('planted', files.keys));
    expect((await count(clean)).rows).toEqual([[RECORDS]]);
  });

  test.each(FINDERS)('%s finds what was planted, and nothing else', async name => {
    expectRows(await answer(planted, name), ANSWERS[name](files.planted));
  });

  test.each(FINDERS)('%s finds nothing in clean traffic', async name => {
    expect(await answer(clean, name)).toEqual([]);
  });

  test('top-talkers names who sent most, and in clean traffic nobody sends much', async () => {
    const { interfaceId, source, destination, bytes } = files.planted.exfiltration;
    const [first] = await answer(planted, 'top-talkers');
    expect(first).toMatchObject({ interface_id: interfaceId, srcaddr: source, dstaddr: destination, total_bytes: bytes, gib: 3 });
    expect(Math.max(...(await answer(clean, 'top-talkers')).map(row => Number(row.gib)))).toBeLessThan(0.1);
  });

  test('ports-in-use tells the port of a server that was opened', async () => {
    const { bruteForce, unexpectedProtocol } = files.planted;
    const of = (rows: Row[]) => rows.map(row => `${row.interface_id} ${row.protocol} ${row.dstport}`);
    const before = of(await answer(clean, 'ports-in-use'));
    const added = of(await answer(planted, 'ports-in-use')).filter(row => !before.includes(row));
    expect(added).toEqual(expect.arrayContaining([`${bruteForce.interfaceId} 6 22`, `${unexpectedProtocol.interfaceId} 47 0`]));
  });

  test('all of the pack is there, and nothing of it was looked at twice', () => {
    expect([...planted.queries.keys()].sort()).toEqual([...FINDERS, 'ports-in-use', 'top-talkers'].sort());
  });

  test('a query of one day opens the files of that day alone', async () => {
    const query = NamedQuery.portScan({ window: QueryWindow.days(nextDay, nextDay) });
    const { rows, opened, listed } = await engine.query(rendered('planted', query));
    expect(rows).toEqual([]);
    expect(opened).toEqual(urls('planted', files.keys.filter(key => key.includes(`/${nextDay}/`))));
    expect(listed).toHaveLength(24);
  });

  test('a query of one hour opens none of another', async () => {
    const query = NamedQuery.portScan({ window: QueryWindow.last(Duration.hours(1)) });
    const { opened, listed } = await engine.query(rendered('planted', query));
    expect(opened).toEqual([]);
    expect(listed.length).toBeLessThanOrEqual(3);
  });

  describe('a table that drifted from its log', () => {
    const count = () => rendered('planted', NamedQuery.portScan({ window: QueryWindow.days(day, day) }));
    const find = async (): Promise<Reading> => engine.query(count());
    const change = (table: object) => glue.put(planted.database, { ...planted.table, ...table });
    const parameter = (name: string, edit: (value: string) => string) => {
      const parameters = planted.table.Parameters as Record<string, string>;
      expect(edit(parameters[name])).not.toBe(parameters[name]);
      change({ Parameters: { ...parameters, [name]: edit(parameters[name]) } });
    };
    afterEach(() => change({}));

    test('none of it: the scan is found', async () => {
      expect((await find()).rows).toHaveLength(1);
    });

    test.each([['dstport', 'string'], ['start', 'string'], ['srcaddr', 'bigint']])('the type of a column: %s as %s is refused', async (column, type) => {
      const storage = planted.table.StorageDescriptor as object;
      change({ StorageDescriptor: { ...storage, Columns: columnsOf(planted.table).map(one => one.Name === column ? { ...one, Type: type } : one) } });
      await expect(find()).rejects.toThrow(/^(NOT_SUPPORTED|FUNCTION_NOT_FOUND|TYPE_MISMATCH): /);
    });

    test('the range of a projection: nothing is found, and nothing read', async () => {
      parameter('projection.day.range', () => '2020/01/01,2020/12/31');
      expect(await find()).toMatchObject({ rows: [], opened: [] });
    });

    test('the template of the location: nothing is found, and nothing read', async () => {
      parameter('storage.location.template', template => template.replace('/vpcflowlogs/', '/aws-service=vpcflowlogs/'));
      expect(await find()).toMatchObject({ rows: [], opened: [] });
    });

    test('projection that is off: nobody added partitions, nothing is found', async () => {
      parameter('projection.enabled', () => 'false');
      expect(await find()).toMatchObject({ rows: [], opened: [] });
    });
  });

  /** All of the pack, over the last three days. */
  function defaults(name: string): SynthesizedCatalog {
    return known(withLogs(name, logs => logs.addQueries(NamedQuery.pack({ window: QueryWindow.last(Duration.days(3)) }))), name);
  }

  function rendered(name: string, query: NamedQuery): string {
    return synthesizedCatalog(withLogs(name, logs => logs.addQuery(query)), name).queries.get(query.name)!;
  }

  async function answer(catalog: SynthesizedCatalog, name: string): Promise<Row[]> {
    return rowsOf(await engine.query(catalog.queries.get(name)!));
  }
});

test('every field can be read, and has the type that its column says', async () => {
  const { columns: fields } = FlowLogFormat.all();
  await writeFlowLogs({
    folder: join(engine.buckets, 'all'), rows: 200, columns: fields, firstDay: day, hours: [0], accounts: [ACCOUNT], regions: ['eu-west-1'],
  });
  const { database, table } = known(withLogs('all', () => undefined, FlowLogFormat.all()), 'all');
  const { columns, rows } = await engine.query(`SELECT ${fields.map(field => `"${field}"`).join(', ')} FROM "${database}"."flow_logs" WHERE day = '${day}'`);
  const types = new Map(columnsOf(table).map(({ Name, Type }) => [Name, Type]));
  const inTrino: Record<string, string> = { int: 'integer', bigint: 'bigint', string: 'varchar' };
  expect(fields).toHaveLength(48);
  expect(columns).toEqual(fields.map(name => ({ name, type: inTrino[types.get(name)!] })));
  expect(rows).toHaveLength(200);
  expect(rows[0][fields.indexOf('region')]).toBe('eu-west-1');
});

test('the table looks back as long as files are kept, and no longer', async () => {
  const { database } = known(withLogs('kept', () => undefined), 'kept');
  const keptFor = 365;
  const write = async (ago: number) => writeFlowLogs({
    folder: join(engine.buckets, 'kept'), rows: 2, columns: COLUMNS, firstDay: dayBefore(ago), hours: [0], accounts: [ACCOUNT], regions: ['eu-west-1'],
  });
  const [first, last] = [await write(keptFor), await write(0)];
  await write(keptFor + 1);
  const { rows, opened } = await engine.query(`SELECT count(*) FROM "${database}"."flow_logs"`);
  expect(rows).toEqual([[4]]);
  expect(opened).toEqual(urls('kept', [...first.keys, ...last.keys]));
});

describe.each(Object.keys(LAYOUTS) as Layout[])('two accounts and Regions, in the layout %s', layout => {
  const hourly = LAYOUTS[layout].isHourly;
  const bucket = layout.toLowerCase();
  let files: FlowLogFiles;

  beforeAll(async () => {
    files = await writeFlowLogs({
      folder: join(engine.buckets, bucket), prefix: 'network', layout, rows: 4_000, columns: COLUMNS, planted: true, firstDay: day, days: 2, accounts: ACCOUNTS, regions: REGIONS,
    });
  }, 60_000);

  test('queries of the day find what was planted, from the files of that day', async () => {
    const catalog = catalogOf(NamedQuery.pack({ window: QueryWindow.days(day, day) }));
    for (const name of ['port-scan', 'brute-force', 'one-way-flows', 'nat-cost', 'data-quality']) {
      const reading = await engine.query(catalog.queries.get(name)!);
      expectRows(rowsOf(reading), ANSWERS[name](files.planted));
      expect(reading.opened).toEqual(urls(bucket, files.keys.filter(isOf(day))));
      expect(reading.listed).toHaveLength(ACCOUNTS.length * REGIONS.length * (hourly ? 24 : 1));
    }
  });

  test('queries of the last days find it, too', async () => {
    const { queries } = catalogOf(NamedQuery.pack({ window: QueryWindow.last(Duration.days(3)) }));
    for (const name of ['port-scan', 'data-quality']) {
      const reading = await engine.query(queries.get(name)!);
      expectRows(rowsOf(reading), ANSWERS[name](files.planted));
      expect(reading.opened).toEqual(urls(bucket, files.keys));
    }
  });

  test('the default window, of one day, opens no file that is older', async () => {
    const { queries } = catalogOf([NamedQuery.portScan()]);
    const { rows, opened, listed } = await engine.query(queries.get('port-scan')!);
    expect(rows).toEqual([]);
    expect(opened.filter(url => !isOf(nextDay)(url))).toEqual([]);
    expect(listed.length).toBeLessThanOrEqual(ACCOUNTS.length * REGIONS.length * (hourly ? 26 : 4) * (LAYOUTS[layout].isHive ? 4 : 1));
  });

  test('accounts of a window: the files of others stay closed', async () => {
    const catalog = catalogOf([NamedQuery.dataQuality({ window: QueryWindow.days(day, nextDay).forAccounts([OTHER_ACCOUNT]) })]);
    const { rows, opened } = await engine.query(catalog.queries.get('data-quality')!);
    expect(rows).toEqual([]);
    expect(opened).toEqual(urls(bucket, files.keys.filter(key => key.includes(`/${OTHER_ACCOUNT}_`))));
  });

  test('accounts that the table does not list: a query of one of them', async () => {
    const query = NamedQuery.portScan({ window: QueryWindow.days(day, day).forAccounts([ACCOUNT]) });
    const catalog = catalogOf([query], FlowLogAccounts.ofOrganization('o-exampleorg1'));
    const reading = await engine.query(catalog.queries.get('port-scan')!);
    expectRows(rowsOf(reading), ANSWERS['port-scan'](files.planted));
    expect(reading.opened).toEqual(urls(bucket, files.keys.filter(key => isOf(day)(key) && key.includes(`/${ACCOUNT}_`))));
  });

  /** A catalog over the files of all accounts and Regions. */
  function catalogOf(queries: NamedQuery[], accounts = FlowLogAccounts.of(ACCOUNTS)): SynthesizedCatalog {
    const stack = stackOf(layout);
    const catalog = new FlowLogsCatalog(stack, 'Catalog', {
      bucket: new Bucket(stack, 'Bucket'), prefix: 'network', format: FlowLogFormat.security(), partitions: LAYOUTS[layout], accounts, regions: REGIONS,
    });
    catalog.addQueries(queries);
    return known(stack, bucket);
  }
});

/** `FlowLogsToAthena` as a team has it. */
function withLogs(name: string, add: (logs: FlowLogsToAthena) => void, format?: FlowLogFormat): Stack {
  const stack = stackOf(name);
  add(new FlowLogsToAthena(stack, 'FlowLogs', { source: FlowLogSource.networkInterface('eni-0123456789abcdef0'), format }));
  return stack;
}

function stackOf(name: string): Stack {
  return new Stack(new App(), name, { env: { account: ACCOUNT, region: 'eu-west-1' } });
}

/** Its catalog, which the engine knows from now on. */
function known(stack: Stack, bucket: string): SynthesizedCatalog {
  const catalog = synthesizedCatalog(stack, bucket);
  glue.put(catalog.database, catalog.table);
  return catalog;
}

/** The rows with the names of their columns; times are dates. */
function rowsOf({ columns, rows }: Reading): Row[] {
  const cell = (value: unknown, type: string) => type.startsWith('timestamp') && value !== null ? new Date(String(value).replace(' UTC', 'Z')) : value;
  return rows.map(row => Object.fromEntries(columns.map(({ name, type }, index) => [name, cell(row[index], type)])));
}

/** All rows in any order; cells that are not stated may be anything. */
function expectRows(rows: Row[], expected: Row[]): void {
  expect(rows).toHaveLength(expected.length);
  expect(rows).toEqual(expect.arrayContaining(expected.map(row => expect.objectContaining(row))));
}

function columnsOf(table: TableInput): { Name: string; Type: string }[] {
  return (table.StorageDescriptor as { Columns: { Name: string; Type: string }[] }).Columns;
}

/** Whether a key is that of a file of the day, which its name tells in every layout. */
function isOf(one: string): (key: string) => boolean {
  return key => key.includes(`_${one.replaceAll('/', '')}T`);
}

function urls(bucket: string, keys: string[]): string[] {
  return keys.map(key => `s3://${bucket}/${key}`).sort();
}

function link(keys: string[], from: string, to: string): void {
  for (const key of keys) {
    mkdirSync(dirname(join(engine.buckets, to, key)), { recursive: true });
    linkSync(join(engine.buckets, from, key), join(engine.buckets, to, key));
  }
}

/** So many days ago, `yyyy/MM/dd`. */
function dayBefore(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/');
}

/** Days are counted from now on, and must still be the same at the end. */
async function clearOfMidnight(): Promise<void> {
  const left = 86_400_000 - Date.now() % 86_400_000;
  if (left < 600_000) {
    await sleep(left + 1000);
  }
}
