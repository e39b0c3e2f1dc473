/** How an engine answers, and that nothing is left of it. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LAYOUTS, table } from './hand-written';
import { GlueEndpoint } from '../glue-endpoint';
import { SqlEngine } from '../sql-engine';

let glue: GlueEndpoint;
beforeAll(async () => {
  glue = await GlueEndpoint.start();
  glue.put('flow_logs', table('daily', LAYOUTS.daily));
});
afterAll(async () => glue.stop());

test('answers with columns and rows, in UTC, refuses with a reason, and is gone when stopped', async () => {
  const engine = await SqlEngine.start({ glue: glue.endpoint, progress: line => process.stderr.write(`${line}\n`) });
  try {
    expect(engine.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await engine.query('SELECT i, from_unixtime(0) AS epoch FROM UNNEST(sequence(1, 3000)) AS t(i)')).toMatchObject({
      columns: [{ name: 'i', type: 'bigint' }, { name: 'epoch', type: 'timestamp with time zone' }],
      rows: Array.from({ length: 3000 }, (_, i) => [i + 1, '1970-01-01 00:00:00.000 UTC']),
    });
    await expect(engine.query('SELECT start_time FROM daily', 'flow_logs')).rejects.toThrow(/^COLUMN_NOT_FOUND: .*start_time/);
    await expect(engine.query('SELECT end FROM daily', 'flow_logs')).rejects.toThrow(/^SYNTAX_ERROR: /);
    await expect(engine.query('SELECT 1 FROM weekly', 'flow_logs')).rejects.toThrow(/^TABLE_NOT_FOUND: .*weekly/);
    expect((await engine.query('SHOW TABLES', 'flow_logs')).rows).toEqual([['daily']]);
    // Where a partition must be registered, a table has none.
    const { Parameters, ...others } = table('unprojected', LAYOUTS.daily);
    glue.put('flow_logs', { ...others, Name: 'unprojected', Parameters: { classification: (Parameters as Record<string, string>).classification } });
    expect((await engine.query('SELECT count(*) FROM unprojected', 'flow_logs')).rows).toEqual([[0]]);
  } finally {
    await engine.stop();
  }
  expect(processesWith(engine.folder)).toEqual([]);
  expect(readdirSync(tmpdir())).not.toContain(engine.folder.split('/').pop());
}, 300_000);

test('an engine that can not start says why', async () => {
  await expect(SqlEngine.start({ glue: '' }))
    .rejects.toThrow(/^the SQL engine did not start; its last lines tell why:\n[^]*GlueHiveMetastore/);
}, 120_000);

test.each([['starting', 500], ['started', 0]])('a harness that is killed when it said "%s" leaves nothing', async (line, milliseconds) => {
  const folder = mkdtempSync(join(tmpdir(), 'sql-engine-'));
  const victim = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'victim.ts')], {
    env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await said(victim, line);
    await sleep(milliseconds);
    expect(processesWith(folder).filter(command => command.startsWith('java'))).toHaveLength(1);
    victim.kill('SIGKILL');
    await expectSoon(() => [...processesWith(folder), ...readdirSync(folder).filter(name => name.startsWith('cdk-resilience-'))]);
  } finally {
    victim.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

async function said(child: ChildProcess, start: string): Promise<void> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', line => line.startsWith(start) && resolve());
    child.once('close', code => reject(new Error(`ended with ${code} before it said "${start}"`)));
  });
}

/** Waits until nothing is left. */
async function expectSoon(left: () => string[]): Promise<void> {
  for (let waited = 0; waited < 100 && left().length > 0; waited++) {
    await sleep(100);
  }
  expect(left()).toEqual([]);
}

/** The commands of processes that carry the text in their command line or environment. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(id => {
    const read = (file: string) => { try { return readFileSync(`/proc/${id}/${file}`, 'utf8'); } catch { return ''; } };
    const command = read('cmdline').replace(/\0/g, ' ');
    return command.includes(text) || read('environ').includes(text) ? [command] : [];
  });
}
