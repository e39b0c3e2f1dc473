/**
 * The example app as it is deployed, and a real Trino in the place of Athena's engine: it reads the deployed table from the
 * Glue of the emulator, the files that the deployed logs delivered from its S3, and executes what its Athena is asked.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryExecution } from '@aws-sdk/client-athena';
import { AthenaClient, GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { expectRows, rowsOf } from './rows';
import { CdkCli } from '../../integ/emulator/cdk-cli';
import { Emulator } from '../../integ/emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, IRELAND, OTHER_ACCOUNT } from '../../integ/emulator/environments';
import { formatTable } from '../../integ/emulator/recorded';
import { subscriber } from '../../integ/emulator/subscriber';
import type { Delivered } from '../../integ/flow-logs/scene';
import { FlowLogsScene, REGIONS } from '../../integ/flow-logs/scene';
import { ANSWERS } from '../../test/support/flow-logs/answers';
import { SqlEngine } from '../sql-engine';

const RECORDS = 40_000;
const FINDERS = Object.keys(ANSWERS);
const progress = (line: string) => { process.stderr.write(`${line}\n`); };

let emulator: Emulator;
let engine: SqlEngine;
let scene: FlowLogsScene;
/** Every deployed query, as Athena hands it out. */
let queries: Record<string, string>;
let notified: () => Promise<string[]>;

beforeAll(async () => {
  emulator = await Emulator.start({ progress });
  engine = await SqlEngine.start({ glue: emulator.endpoint, s3: emulator.endpoint, region: IRELAND, accessKeyId: OTHER_ACCOUNT, progress });
  await emulator.executeQueriesBy(engine.endpoint);
  const cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS);
  await cdk.deploy(ACCOUNT, IRELAND, { app: 'examples/flow-logs-to-athena/app.ts' });
  scene = new FlowLogsScene(emulator);
  queries = Object.fromEntries((await scene.namedQueries()).map(({ Name, QueryString }) => [Name, QueryString]));
  notified = await subscriber(emulator, await scene.idOf('AWS::SNS::Topic', /Daily/), 'security-team');
  await emulator.enforceIam();
}, 600_000);

afterAll(async () => {
  await emulator?.stop();
  await engine?.stop();
});

/** A query of the workgroup, by the API of Athena, to its end. */
async function askAthena(QueryString: string): Promise<QueryExecution & { readonly rows: (string | undefined)[][] }> {
  const athena = new AthenaClient(scene.security);
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString, WorkGroup: (await scene.workGroup()).Name }));
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    if (QueryExecution!.Status!.State === 'SUCCEEDED') {
      const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
      return { ...QueryExecution!, rows: ResultSet!.Rows!.map(row => row.Data!.map(cell => cell.VarCharValue)) };
    }
    if (QueryExecution!.Status!.CompletionDateTime) {
      throw new Error(`the query ${QueryExecution!.Status!.State}: ${QueryExecution!.Status!.StateChangeReason}`);
    }
    await sleep(100);
  }
}

describe('clean traffic of both networks', () => {
  let delivered: Delivered;

  beforeAll(async () => {
    delivered = await scene.deliver(RECORDS);
  });

  test('is in the table, all of it, by account and Region', async () => {
    const { DatabaseName, Name } = await scene.table();
    const { rows } = await engine.query(`SELECT aws_account_id, aws_region, count(*) FROM "${DatabaseName}"."${Name}"
      WHERE day >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d') GROUP BY 1, 2 ORDER BY 2 DESC`);
    expect(rows).toEqual(REGIONS.map(region => [ACCOUNT, region, delivered.rows / REGIONS.length]));
  });

  test.each(FINDERS)('%s finds nothing', async name => {
    expect((await engine.query(queries[name])).rows).toEqual([]);
  });

  test('the analysis finds nothing, and says nothing', async () => {
    expect(await scene.analyze()).toMatchObject({ status: 'SUCCEEDED' });
    expect([await notified(), await scene.failures()]).toEqual([[], []]);
  }, 120_000);
});

describe('attacks and faults in Ireland', () => {
  let delivered: Delivered;
  const times: string[][] = [];

  beforeAll(async () => {
    delivered = await scene.deliver(0, true);
  });

  afterAll(() => process.stdout.write(`\n${formatTable(['Deployed query', 'Rows', 'Read', 'Time'], times)}\n`));

  test.each(FINDERS)('%s finds what was planted, and nothing else', async name => {
    const reading = await engine.query(queries[name]);
    times.push([name, String(reading.rows.length), `${Math.round(reading.bytes / 1024)} KiB`, `${reading.milliseconds} ms`]);
    expectRows(rowsOf(reading), ANSWERS[name](delivered.planted));
  });

  test.each(['top-talkers', 'ports-in-use', 'database-clients'])('%s lists what there is', async name => {
    const { rows } = await engine.query(queries[name]);
    expect(rows.length).toBeGreaterThan(5);
  });

  test('every query that was deployed has been executed', () => {
    expect(Object.keys(queries).sort()).toEqual([...FINDERS, 'top-talkers', 'ports-in-use', 'database-clients'].sort());
  });

  test('Athena answers the same, and counts what is read', async () => {
    const { source, target, ports } = delivered.planted.portScan;
    const { rows: [names, ...rows], Statistics, WorkGroup } = await askAthena(queries['port-scan']);
    const named = rows.map(row => Object.fromEntries(row.map((cell, index) => [names[index], cell])));
    expect(named).toMatchObject([{ srcaddr: source, dstaddr: target, ports: String(ports) }]);
    expect(WorkGroup).toBe(await scene.idOf('AWS::Athena::WorkGroup'));
    expect(Statistics!.DataScannedInBytes).toBeGreaterThan(1000);
  });

  test('Athena says what is wrong with the query of the article', async () => {
    const { DatabaseName } = await scene.table();
    await expect(askAthena(`SELECT start_time FROM "${DatabaseName}".flow_logs`)).rejects.toThrow(/^the query FAILED: COLUMN_NOT_FOUND: .*start_time/);
  });

  test('the analysis announces the attacks, and not the handful of refused connections', async () => {
    expect(await scene.analyze()).toMatchObject({ status: 'SUCCEEDED' });
    expect(ANSWERS['rejected-ssh-rdp'](delivered.planted).length).toBeLessThanOrEqual(10);
    const messages = await notified();
    const findings = messages.map(message => /Query: (.*)\nRows: (\d+) /.exec(message)!.slice(1)).sort();
    expect(await scene.failures()).toEqual([]);
    expect(findings).toEqual([['brute-force', '1'], ['exfiltration', '1'], ['port-scan', '1']]);
  }, 120_000);
});
