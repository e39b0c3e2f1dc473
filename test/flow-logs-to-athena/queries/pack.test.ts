/**
 * Every query of the pack, asked over Parquet files as AWS writes them: a million records of clean traffic, with attacks and
 * faults among them. It finds what was planted, and nothing else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Size } from 'aws-cdk-lib/core';
import { FlowLogFormat } from '../../../src/flow-logs-to-athena/format/flow-log-format';
import { NamedQuery } from '../../../src/flow-logs-to-athena/queries/named-query';
import { QueryValue } from '../../../src/flow-logs-to-athena/queries/query-value';
import { QueryWindow } from '../../../src/flow-logs-to-athena/queries/query-window';
import { ANSWERS } from '../../support/flow-logs/answers';
import type { FlowLogFiles, Layout } from '../../support/flow-logs/flow-log-files';
import { CLEAN, writeFlowLogs } from '../../support/flow-logs/flow-log-files';
import type { Planted } from '../../support/flow-logs/planted';
import type { Row } from '../../support/flow-logs/query-engine';
import { QueryEngine } from '../../support/flow-logs/query-engine';
import { LAYOUTS, queryableTable } from '../../support/flow-logs/tables';

const COLUMNS = FlowLogFormat.security().columns;
const DAY = '2026/01/31';
const window = QueryWindow.days(DAY, DAY);

const FINDERS = Object.keys(ANSWERS);

// No test needs a fast machine.
jest.setTimeout(120_000);

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

/** The query without each of its conditions, but for the window; a condition in brackets is one of several. */
function withoutEachCondition(sql: string): [condition: string, sql: string][] {
  const condition = /(?<=(?:AND|OR|HAVING|WHERE) \(*)(?!\(|day BETWEEN|'2026)((?:[^()\n]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*?)(?=\s+(?:AND|OR|GROUP|ORDER|HAVING)\b|\))/g;
  return [...sql.matchAll(condition)].map(match => [match[0], `${sql.slice(0, match.index)}true${sql.slice(match.index + match[0].length)}`]);
}

/** Files in the layout, and tables over them: `everything`, and `clean`, which does not see what was planted. */
async function filesIn(layout: Layout, rows: number, days = 2): Promise<FlowLogFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  folders.push(folder);
  const files = await writeFlowLogs({
    folder, layout, rows, columns: COLUMNS, planted: true, firstDay: DAY, days, hours: [8, 9, 10], regions: ['eu-west-1'], prefix: 'network',
  });
  const template = LAYOUTS[layout]._folder();
  await engine.createTable(layout, 'everything', `${folder}/network/`, template, COLUMNS);
  await engine.createTable(layout, 'clean', `${folder}/network/`, template, COLUMNS, `*_${CLEAN}.*`);
  return files;
}

async function ask(query: NamedQuery, layout: Layout, table = 'everything'): Promise<Row[]> {
  return engine.ask(query._render(queryableTable({ database: layout, table, partitions: LAYOUTS[layout] })));
}

function packQuery(name: string, days = window): NamedQuery {
  return NamedQuery.pack({ window: days }).find(query => query.name === name)!;
}

/** All rows in any order; cells that are not stated may be anything. */
function expectRows(rows: Row[], expected: Row[]): void {
  expect(rows).toHaveLength(expected.length);
  expect(rows).toEqual(expect.arrayContaining(expected.map(row => expect.objectContaining(row))));
}

test('all queries are looked at', () => {
  expect(NamedQuery.pack().map(query => query.name).sort()).toEqual([...FINDERS, 'ports-in-use', 'top-talkers'].sort());
});

describe('a million records', () => {
  let files: FlowLogFiles;

  beforeAll(async () => {
    files = await filesIn('hourly', 1_000_000, 1);
  });

  test('are there, and the attacks beside them', async () => {
    const [{ records }] = await engine.ask('SELECT count(*) AS records FROM hourly.everything');
    expect(records).toBe(files.rows);
    expect((await engine.ask('SELECT count(*) AS records FROM hourly.clean'))[0].records).toBe(1_000_000);
  });

  test.each(FINDERS)('%s finds what was planted, and nothing else', async name => {
    expectRows(await ask(packQuery(name), 'hourly'), ANSWERS[name](files.planted));
  });

  test.each(FINDERS)('%s finds nothing in clean traffic', async name => {
    expect(await ask(packQuery(name), 'hourly', 'clean')).toEqual([]);
  });

  test('top-talkers names who sent most, and in clean traffic nobody sends much', async () => {
    const { exfiltration } = files.planted;
    const rows = await ask(packQuery('top-talkers'), 'hourly');
    expect(rows).toHaveLength(100);
    const { interfaceId, source, destination, bytes } = exfiltration;
    expect(rows[0]).toMatchObject({ interface_id: interfaceId, srcaddr: source, dstaddr: destination, total_bytes: bytes, gib: 3 });
    const clean = await ask(packQuery('top-talkers'), 'hourly', 'clean');
    expect(Math.max(...clean.map(row => Number(row.gib)))).toBeLessThan(0.1);
  });

  test('ports-in-use tells ports of servers, and not those that answers go to', async () => {
    const { bruteForce, passiveFtp, unexpectedProtocol } = files.planted;
    const portsOf = (rows: Row[]) => [...new Set(rows.map(row => `${row.protocol} ${row.dstport}`))].sort();
    const clean = await ask(packQuery('ports-in-use'), 'hourly', 'clean');
    expect(portsOf(clean)).toEqual(['1 0', '17 53', '6 443', '6 8080', '6 8443']);
    const of = (rows: Row[]) => rows.map(row => `${row.interface_id} ${row.protocol} ${row.dstport}`);
    const before = of(clean);
    const added = of(await ask(packQuery('ports-in-use'), 'hourly')).filter(row => !before.includes(row));
    const ftp = Array.from({ length: passiveFtp.ports }, (_, i) => `${passiveFtp.interfaceId} 6 ${passiveFtp.firstPort + i}`);
    expect(added).toEqual(expect.arrayContaining([`${bruteForce.interfaceId} 6 22`, `${unexpectedProtocol.interfaceId} 47 0`, ...ftp]));
    // And the session that lasts an hour.
    expect(added).toHaveLength(ftp.length + 3);
  });
});

describe.each(Object.keys(LAYOUTS) as Layout[])('the layout %s', layout => {
  let files: FlowLogFiles;

  beforeAll(async () => {
    files = await filesIn(layout, 4_000);
  });

  test('has the same answers', async () => {
    for (const name of FINDERS) {
      expectRows(await ask(packQuery(name), layout), ANSWERS[name](files.planted));
    }
  });

  test('has none of another day, and all of both', async () => {
    for (const name of FINDERS) {
      expect(await ask(packQuery(name, QueryWindow.days('2026/02/01', '2026/02/01')), layout)).toEqual([]);
      expectRows(await ask(packQuery(name, QueryWindow.days(DAY, '2026/02/01')), layout), ANSWERS[name](files.planted));
    }
  });

  test('has none of another account', async () => {
    expect(await ask(packQuery('port-scan', window.forAccounts(['222222222222'])), layout)).toEqual([]);
    expect(await ask(packQuery('port-scan', window.forAccounts(['111111111111'])), layout)).toHaveLength(1);
    expect(await ask(packQuery('port-scan', window.forAccounts(['222222222222', '111111111111'])), layout)).toHaveLength(1);
  });

  // What was planted is of 10:00 to 11:00. Midnight has come, and with it another month, in the last two.
  test.each([
    [Duration.hours(1), '2026-01-31 10:59:00', true],
    [Duration.hours(1), '2026-01-31 11:59:00', true],
    [Duration.hours(1), '2026-01-31 12:00:00', !LAYOUTS[layout].isHourly],
    [Duration.minutes(90), '2026-01-31 12:29:00', true],
    [Duration.minutes(90), '2026-01-31 12:30:00', !LAYOUTS[layout].isHourly],
    [Duration.hours(1), '2026-01-31 09:59:00', !LAYOUTS[layout].isHourly],
    [Duration.days(1), '2026-02-01 10:59:00', true],
    [Duration.days(1), '2026-02-01 11:00:00', !LAYOUTS[layout].isHourly],
    [Duration.days(1), '2026-02-02 00:00:00', false],
  ])('the last %s, asked at %s: %s', async (duration, now, isThere) => {
    const query = packQuery('port-scan', QueryWindow.last(duration));
    const sql = query._render(queryableTable({ database: layout, table: 'everything', partitions: LAYOUTS[layout] }));
    expect(sql).toContain('current_timestamp');
    expect(await engine.ask(sql.replaceAll('current_timestamp', `TIMESTAMPTZ '${now}+00'`))).toHaveLength(isThere ? 1 : 0);
    // As it is: that day is over, whenever this runs.
    expect(await engine.ask(sql)).toEqual([]);
  });
});

describe('every condition counts', () => {
  let planted: Planted;

  beforeAll(async () => {
    ({ planted } = await filesIn('daily', 400, 1));
  });

  // What is planted has a look-alike for each: without the condition, it is found.
  test.each(FINDERS)('of %s', async name => {
    const sql = packQuery(name)._render(queryableTable({ database: 'daily', table: 'everything', partitions: LAYOUTS.daily }));
    const mutants = withoutEachCondition(sql);
    expect(mutants.length).toBeGreaterThan(0);
    const idle: string[] = [];
    for (const [condition, without] of mutants) {
      const rows = await engine.ask(without);
      const expected = ANSWERS[name](planted);
      if (rows.length === expected.length && expected.every(row => rows.some(other => expect.objectContaining(row).asymmetricMatch(other)))) {
        idle.push(condition);
      }
    }
    // Only TCP has flags: the protocol stands beside them for who reads it.
    expect(idle).toEqual(['port-scan', 'host-sweep', 'brute-force', 'rejected-internal'].includes(name) ? ['"protocol" = 6'] : []);
  });
});

describe('thresholds', () => {
  let planted: Planted;

  beforeAll(async () => {
    ({ planted } = await filesIn('daily', 400, 1));
  });

  test.each<[string, (count: number) => NamedQuery, (planted: Planted) => number]>([
    ['portScan', threshold => NamedQuery.portScan({ threshold, window }), ({ portScan }) => portScan.ports],
    ['hostSweep', threshold => NamedQuery.hostSweep({ threshold, window }), ({ hostSweep }) => hostSweep.hosts],
    ['bruteForce', threshold => NamedQuery.bruteForce({ threshold, window }), ({ bruteForce }) => bruteForce.connections],
    ['exfiltration', bytes => NamedQuery.exfiltration({ minimumSize: Size.bytes(bytes), window }), ({ exfiltration }) => exfiltration.bytes],
    ['oneWayFlows', minimumPackets => NamedQuery.oneWayFlows({ minimumPackets, window }), ({ asymmetricRoute }) => asymmetricRoute.packets],
  ])('%s finds what reaches it, and not what is one below', async (_, query, count) => {
    expect(await ask(query(count(planted)), 'daily')).toHaveLength(1);
    expect(await ask(query(count(planted) + 1), 'daily')).toEqual([]);
  });

  test('ports, protocols and limits are those that are stated', async () => {
    expectRows(await ask(NamedQuery.rejectedSshRdp({ ports: [5432], window }), 'daily'), [{ srcaddr: planted.misconfiguredGroup.source, dstport: 5432 }]);
    expect(await ask(NamedQuery.bruteForce({ ports: [3389, 5432], window }), 'daily')).toEqual([]);
    expect(await ask(NamedQuery.unexpectedProtocols({ expected: [1, 6, 17, 47, 58], window }), 'daily')).toEqual([]);
    expect(await ask(NamedQuery.topTalkers({ limit: 2, window }), 'daily')).toHaveLength(2);
  });
});

test('a query of the team is rendered and asked as those of the pack are', async () => {
  const { planted } = await filesIn('hive', 400);
  const query = NamedQuery.of({
    name: 'who-asked',
    description: 'Who asked a host.',
    sql: 'SELECT {srcaddr} FROM {table} WHERE {window} AND {dstaddr} = {host} AND {action} IN ({actions}) AND {end} > {since} AND {aws_region} = {home} GROUP BY {srcaddr}',
    parameters: {
      host: QueryValue.text(planted.portScan.target), actions: QueryValue.texts(['REJECT', 'it\'s']), since: QueryValue.number(0), home: QueryValue.text('eu-west-1'),
    },
    window,
  });
  expect((await ask(query, 'hive')).map(row => row.srcaddr)).toContain(planted.portScan.source);
});
