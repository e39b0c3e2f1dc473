/** The README answers six questions with queries of the pack: what it shows is what they answer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FlowLogFormat } from '../../src/flow-logs-to-athena/format/flow-log-format';
import { NamedQuery } from '../../src/flow-logs-to-athena/queries/named-query';
import { QueryWindow } from '../../src/flow-logs-to-athena/queries/query-window';
import { writeFlowLogs } from '../support/flow-logs/flow-log-files';
import { QueryEngine } from '../support/flow-logs/query-engine';
import { LAYOUTS, queryableTable } from '../support/flow-logs/tables';

const README = readFileSync(resolve(__dirname, '../../src/flow-logs-to-athena/README.md'), 'utf8');
const SHOWN = [...README.matchAll(/<!-- answer: (\S+) -->\n\n```\n([\s\S]*?)\n```/g)].map(([, name, answer]) => [name, answer]);
const DAY = '2026/01/30';

let folder: string;
let engine: QueryEngine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  const { columns } = FlowLogFormat.security();
  await writeFlowLogs({ folder, rows: 10_000, columns, planted: true, firstDay: DAY, accounts: ['111111111111'], regions: ['eu-west-1'] });
  engine = await QueryEngine.open();
  await engine.createTable('network', 'flow_logs', `${folder}/`, LAYOUTS.hourly._folder(), columns);
}, 60_000);

afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** All columns but the times, as text. */
async function answerOf(name: string): Promise<string> {
  const query = NamedQuery.pack({ window: QueryWindow.days(DAY, DAY) }).find(each => each.name === name)!;
  const rows = (await engine.ask(query._render(queryableTable())))
    .map(row => Object.entries(row).filter(([column]) => !/_seen$/.test(column)).map(([column, value]) => [column, textOf(value)]));
  const lines = [rows[0].map(([column]) => column), ...rows.map(row => row.map(([, text]) => text))];
  const widths = lines[0].map((_, column) => Math.max(...lines.map(line => line[column].length)));
  return lines.map(line => line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString().replace('T', ' ').replace(':00.000Z', '') : String(value);
}

test('the README answers each question', () => {
  expect(SHOWN.map(([name]) => name)).toEqual(['rejected-ssh-rdp', 'rejected-internal', 'one-way-flows', 'port-scan', 'brute-force', 'exfiltration']);
});

test.each(SHOWN)('%s: the README shows what it answers', async (name, answer) => {
  expect(answer).toBe(await answerOf(name));
}, 60_000);
