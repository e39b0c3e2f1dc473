/**
 * What a question costs over the files that FlowLogsToAthena has AWS write, against the files that it writes when nobody says
 * otherwise: plain text, a folder for each day, a table without partitions. `npm run sql-engine:files` writes
 * docs/flow-log-files.md. Both sides take turns on one real Trino; ratios are those of neighbours.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { App, Stack } from 'aws-cdk-lib';
import type { TableInput } from './glue-endpoint';
import { GlueEndpoint } from './glue-endpoint';
import type { Reading } from './sql-engine';
import { SqlEngine } from './sql-engine';
import { synthesizedCatalog } from './synthesized';
import { describeMachine } from '../bench/machine';
import { ratioOf, spreadOf } from '../bench/statistics';
import { formatTable } from '../integ/emulator/recorded';
import { FlowLogsToAthena, FlowLogSource, NamedQuery, QueryWindow } from '../src';
import { writeFlowLogs } from '../test/support/flow-logs/flow-log-files';

const PAGE = resolve(__dirname, '../docs/flow-log-files.md');
const RECORDS = 1_000_000;
const ROUNDS = 9;
const [PARQUET, TEXT] = ['parquet', 'text'];
const [ACCOUNT, REGION] = ['111111111111', 'eu-west-1'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const DAYS = 2;

async function main(): Promise<void> {
  const glue = await GlueEndpoint.start();
  const engine = await SqlEngine.start({ glue: glue.endpoint, progress: line => console.error(line) });
  try {
    // The day before yesterday, and yesterday: the table looks back from today.
    const [day, nextDay] = [2, 1].map(ago => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/'));
    const stack = new Stack(new App(), 'Files', { env: { account: ACCOUNT, region: REGION } });
    const logs = new FlowLogsToAthena(stack, 'FlowLogs', { source: FlowLogSource.networkInterface('eni-0123456789abcdef0') });
    const window = QueryWindow.days(day, day);
    logs.addQueries([NamedQuery.portScan({ window }), NamedQuery.topTalkers({ window })]);
    const catalog = synthesizedCatalog(stack, PARQUET);
    glue.put(catalog.database, catalog.table);
    glue.put(TEXT, textTable(catalog.table));

    console.error(`writing ${RECORDS.toLocaleString('en')} records, twice`);
    const columns = [...logs.format.columns];
    const of = { firstDay: day, days: DAYS, hours: HOURS, accounts: [ACCOUNT], regions: [REGION] };
    await writeFlowLogs({ folder: join(engine.buckets, PARQUET), rows: RECORDS, columns, planted: true, ...of });
    await writeText(engine.buckets, columns);

    const sizes = [PARQUET, TEXT].map(bucket => sizeOf(join(engine.buckets, bucket)));
    const sections = [sizesTable(sizes)];
    for (const [name, sql] of catalog.queries) {
      sections.push(`## ${name}, over one of ${DAYS} days\n\n${await compare(engine, sql, overText(sql, catalog.database, day, nextDay))}`);
    }
    const page = [INTRODUCTION, describeMachine(), '', sections.join('\n\n'), ''].join('\n');
    writeFileSync(PAGE, page);
    console.log(page);
  } finally {
    await engine.stop();
    await glue.stop();
  }
}

const INTRODUCTION = `# What files of flow logs cost to ask

Written by \`npm run sql-engine:files\`. One million records (${DAYS} days, a file an hour) with the fields of
\`FlowLogFormat.security()\`, as FlowLogsToAthena has them written: Parquet, a folder an hour, a table with partition projection;
and as AWS writes them when nobody says otherwise: plain text, gzip, a folder a day, a table without partitions. Both are read by a
real Trino, in turns. Read is what comes from S3, compressed, which Athena bills: of Parquet the columns that are asked for, of
gzip whole files. Files and bytes do not vary; times are those of one machine with everything on its disk, where S3 adds a round
trip for each file.
`;

function sizesTable([parquet, text]: number[]): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return block(formatTable(['', 'Parquet', 'Plain text', 'Ratio'], [['a million records', megabytes(parquet), megabytes(text), (parquet / text).toFixed(2)]]));
}

/** The same columns over plain text, wherever it lies. */
function textTable(table: TableInput): TableInput {
  const { Columns } = table.StorageDescriptor as { Columns: unknown };
  return {
    Name: 'flow_logs',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [],
    Parameters: { 'skip.header.line.count': '1' },
    StorageDescriptor: {
      Columns,
      Location: `s3://${TEXT}/AWSLogs/`,
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe', Parameters: { 'field.delim': ' ', 'serialization.format': ' ' } },
    },
  };
}

/** Each file of Parquet once more, as text, in the folder of its day. */
async function writeText(buckets: string, columns: string[]): Promise<void> {
  const duckdb = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await duckdb.connect();
  const select = columns.map(column => `coalesce(CAST("${column}" AS varchar), '-') AS "${column.replaceAll('_', '-')}"`).join(', ');
  for (const file of filesIn(join(buckets, PARQUET))) {
    const to = join(buckets, TEXT, file.slice(join(buckets, PARQUET).length).replace(/\/\d\d\/([^/]+)\.parquet$/, '/$1.gz'));
    mkdirSync(dirname(to), { recursive: true });
    await connection.run(`COPY (SELECT ${select} FROM read_parquet('${file}', hive_partitioning = false)) TO '${to}' (FORMAT csv, DELIMITER ' ', HEADER, QUOTE '', ESCAPE '', COMPRESSION gzip)`);
  }
  connection.closeSync();
  duckdb.closeSync();
}

/** The query over the other table, whose only way to a day is the time of each record. */
function overText(sql: string, database: string, from: string, to: string): string {
  const at = (day: string) => Date.parse(`${day.replaceAll('/', '-')}T00:00:00Z`) / 1000;
  const days = /day BETWEEN '[^']+' AND '[^']+'/;
  if (!days.test(sql)) {
    throw new Error(`the window of the query is not where it was:\n${sql}`);
  }
  return sql.replace(`"${database}"`, `"${TEXT}"`).replace(days, `"start" >= ${at(from)} AND "start" < ${at(to)}`);
}

async function compare(engine: SqlEngine, parquet: string, text: string): Promise<string> {
  const readings: [Reading, Reading][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const inOrder = round % 2 === 0 ? [parquet, text] : [text, parquet];
    const answers = [await engine.query(inOrder[0]), await engine.query(inOrder[1])];
    const pair = round % 2 === 0 ? answers : answers.reverse();
    if (JSON.stringify(pair[0].rows) !== JSON.stringify(pair[1].rows) || pair[0].rows.length === 0) {
      throw new Error(`both tables must answer the same, got:\n${JSON.stringify(pair.map(each => each.rows.slice(0, 3)))}`);
    }
    readings.push([pair[0], pair[1]]);
  }
  // The first round loads classes.
  const counted = readings.slice(1);
  const median = (of: (reading: Reading) => number, side: 0 | 1) => spreadOf(counted.map(pair => of(pair[side]))).median;
  const ratio = (of: (reading: Reading) => number) => ratioOf(counted.map(([one]) => of(one)), counted.map(([, other]) => of(other)));
  const line = (what: string, of: (reading: Reading) => number, say: (value: number) => string) => {
    const { median: middle, low, high } = ratio(of);
    return [what, say(median(of, 0)), say(median(of, 1)), `${middle.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`];
  };
  return block(formatTable(['', 'Parquet', 'Plain text', 'Ratio'], [
    line('files opened', reading => reading.opened.length, String),
    // Of text, Trino tells what came out of gzip.
    line('read', reading => sizeOfText(engine.buckets, reading.opened) ?? reading.bytes, value => `${(value / 1e6).toFixed(2)} MB`),
    line('time', reading => reading.milliseconds, value => `${Math.round(value)} ms`),
  ]));
}

/** Whole files, as they lie in the bucket; undefined of others than text. */
function sizeOfText(buckets: string, opened: string[]): number | undefined {
  const prefix = `s3://${TEXT}/`;
  return opened.every(url => url.startsWith(prefix)) ? opened.reduce((sum, url) => sum + statSync(join(buckets, url.slice('s3://'.length))).size, 0) : undefined;
}

function block(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)).filter(file => statSync(file).isFile()).sort();
}

function sizeOf(folder: string): number {
  return filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
