/** Every query of the pack is SQL of Trino, for every layout and window; and what is not is refused. */
import { Duration } from 'aws-cdk-lib/core';
import { NamedQuery } from '../../../src/flow-logs-to-athena/queries/named-query';
import { QueryWindow } from '../../../src/flow-logs-to-athena/queries/query-window';
import { LAYOUTS, queryableTable } from '../../support/flow-logs/tables';
import { TrinoGrammar } from '../../support/flow-logs/trino-grammar';

// No test needs a fast machine.
jest.setTimeout(60_000);

const trino = TrinoGrammar.load();
const NAMES = NamedQuery.pack().map(query => query.name);
const CASES = Object.keys(LAYOUTS).flatMap(layout => NAMES.map(name => [layout, name] as const)) as [keyof typeof LAYOUTS, string][];

/** The query, and what Trino says to it. */
function judged(name: string, layout: keyof typeof LAYOUTS, window?: QueryWindow) {
  const sql = NamedQuery.pack({ window }).find(query => query.name === name)!._render(queryableTable({ partitions: LAYOUTS[layout] }));
  return { sql, problems: trino.problemsOf(sql) };
}

test.each(CASES)('layout %s: %s', (layout, name) => {
  expect(judged(name, layout)).toEqual({ sql: expect.any(String), problems: [] });
});

test.each(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])('layout %s: any window', layout => {
  for (const window of [
    QueryWindow.last(Duration.minutes(90)),
    QueryWindow.last(Duration.hours(6)).forAccounts(['111111111111', '222222222222']),
    QueryWindow.days('2026/01/01', '2026/01/31'),
  ]) {
    expect(judged('host-sweep', layout, window)).toEqual({ sql: expect.any(String), problems: [] });
  }
});

test.each([
  ['END without quotes', 'SELECT max(end) FROM t', 'is not valid at this position'],
  ['&', 'SELECT 1 FROM t WHERE tcp_flags & 2 = 2', 'is not valid at this position'],
  ['::', 'SELECT bytes::double FROM t', 'is not valid at this position'],
  ['QUALIFY', 'SELECT srcaddr FROM t QUALIFY row_number() OVER (PARTITION BY srcaddr) = 1', 'is not valid at this position'],
  ['an interval without quotes', 'SELECT 1 FROM t WHERE a > current_timestamp - INTERVAL 7 DAY', 'is not valid at this position'],
  ['an alias in WHERE', 'SELECT sum(bytes) AS total FROM t WHERE total > 1', 'alias \'total\' in WHERE, GROUP BY or HAVING'],
  ['an alias in GROUP BY', 'SELECT date_trunc(\'hour\', "x") AS h, count(*) FROM t GROUP BY h', 'alias \'h\' in WHERE, GROUP BY or HAVING'],
  ['an alias in HAVING', 'SELECT srcaddr, count(*) AS flows FROM t GROUP BY srcaddr HAVING flows > 1', 'alias \'flows\' in WHERE, GROUP BY or HAVING'],
  ['an alias that hides a column', 'SELECT sum("bytes") AS bytes FROM t', 'alias \'bytes\' hides a column'],
  ['a function of DuckDB', 'SELECT to_timestamp("start") FROM t', 'function \'to_timestamp\' that nobody looked up in Trino'],
  ['a division of whole numbers', 'SELECT sum("bytes") / 1024 FROM t', 'division \'sum("bytes") / 1024\' without CAST AS double'],
  ['a number that is compared with text', 'SELECT 1 FROM t WHERE "dstport" IN (\'22\')', 'comparison of different types: "dstport" IN (\''],
  ['a text that is compared with a number', 'SELECT 1 FROM t WHERE "action" = 1', 'comparison of different types: "action" = 1'],
])('refused: %s', (_, sql, problem) => {
  expect(trino.problemsOf(sql)).toContainEqual(expect.stringContaining(problem));
});

test('and the same done right is not', () => {
  expect(trino.problemsOf(`SELECT date_trunc('hour', from_unixtime("end")) AS in_hour, CAST(sum("bytes") AS double) / 1024 AS kib FROM "db"."t"
    WHERE bitwise_and("tcp_flags", 2) = 2 AND "dstport" IN (22) AND "action" = 'REJECT'
    GROUP BY date_trunc('hour', from_unixtime("end")) HAVING count(*) > 1 ORDER BY kib`)).toEqual([]);
});
