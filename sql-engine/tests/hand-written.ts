/** A flow log's table and files, written by hand as AWS documents them: what the engine is tried with. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { TableInput } from '../glue-endpoint';

export const ACCOUNTS = ['111122223333', '444455556666'];
export const REGION = 'eu-west-1';
/** In each file. */
export const ROWS = 10;

/** Columns of the default format that a test looks at, with their types in the files. */
export const COLUMNS: Record<string, string> = {
  version: 'int',
  account_id: 'string',
  interface_id: 'string',
  srcaddr: 'string',
  dstaddr: 'string',
  srcport: 'int',
  dstport: 'int',
  protocol: 'int',
  packets: 'bigint',
  bytes: 'bigint',
  start: 'bigint',
  end: 'bigint',
  action: 'string',
  log_status: 'string',
};

const ACCOUNT = { 'projection.aws_account_id.type': 'enum', 'projection.aws_account_id.values': ACCOUNTS.join(',') };
const AWS_REGION = { 'projection.aws_region.type': 'enum', 'projection.aws_region.values': REGION };
const DATE = {
  'projection.day.type': 'date',
  'projection.day.format': 'yyyy/MM/dd',
  'projection.day.range': '2026/01/01,2026/03/31',
  'projection.day.interval': '1',
  'projection.day.interval.unit': 'DAYS',
};
const HOUR = integer('hour', '0,23', 2);
const YEAR_MONTH_DAY = { ...integer('year', '2026,2027'), ...integer('month', '1,12', 2), ...integer('day', '1,31', 2) };

const PLAIN = 'AWSLogs/${aws_account_id}/vpcflowlogs/${aws_region}/${day}/';
const HIVE = 'AWSLogs/aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/aws-region=${aws_region}/year=${year}/month=${month}/day=${day}/';

/** How a table finds its files. */
export interface Layout {
  readonly keys: string[];
  readonly projection: Record<string, string>;
  readonly template: string;
}

/** Names a layout, and its bucket. */
export type LayoutName = 'daily' | 'hourly' | 'hive' | 'hive-hourly';

/** Each in a bucket of its own: below the prefix of a day are, in another layout, the hours. */
export const LAYOUTS: Record<LayoutName, Layout> = {
  'daily': { keys: ['aws_account_id', 'aws_region', 'day'], projection: { ...ACCOUNT, ...AWS_REGION, ...DATE }, template: `s3://daily/${PLAIN}` },
  'hourly': {
    keys: ['aws_account_id', 'aws_region', 'day', 'hour'],
    projection: { ...ACCOUNT, ...AWS_REGION, ...DATE, ...HOUR },
    template: `s3://hourly/${PLAIN}\${hour}/`,
  },
  'hive': {
    keys: ['aws_account_id', 'aws_region', 'year', 'month', 'day'],
    projection: { ...ACCOUNT, ...AWS_REGION, ...YEAR_MONTH_DAY },
    template: `s3://hive/${HIVE}`,
  },
  'hive-hourly': {
    keys: ['aws_account_id', 'aws_region', 'year', 'month', 'day', 'hour'],
    projection: { ...ACCOUNT, ...AWS_REGION, ...YEAR_MONTH_DAY, ...HOUR },
    template: `s3://hive-hourly/${HIVE}hour=\${hour}/`,
  },
};

/** The table of a layout. */
export function table(name: string, { keys, projection, template }: Layout, columns = COLUMNS): TableInput {
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: keys.map(key => ({ Name: key, Type: 'string' })),
    Parameters: { 'classification': 'parquet', 'projection.enabled': 'true', ...projection, 'storage.location.template': template },
    StorageDescriptor: {
      Columns: Object.entries(columns).map(([column, type]) => ({ Name: column, Type: type })),
      Location: template.replace(/AWSLogs.*/, 'AWSLogs/'),
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

/** Where AWS puts the file of an hour: bucket and key. */
export function path(layout: LayoutName, account: string, day: string, hour: string): string {
  const [year, month, date] = day.split('/');
  const hourly = layout.endsWith('hourly');
  const folder = layout.startsWith('hive')
    ? `aws-account-id=${account}/aws-service=vpcflowlogs/aws-region=${REGION}/year=${year}/month=${month}/day=${date}/${hourly ? `hour=${hour}/` : ''}`
    : `${account}/vpcflowlogs/${REGION}/${day}/${hourly ? `${hour}/` : ''}`;
  return `${layout}/AWSLogs/${folder}${account}_vpcflowlogs_${REGION}_fl-0123456789abcdef0_${year}${month}${date}T${hour}00Z_0a1b2c3d.log.parquet`;
}

/** Writes `ROWS` rejected attempts on port 22, of 5 GB each, to each of these. */
export async function writeFiles(buckets: string, paths: string[]): Promise<void> {
  const duckdb = await DuckDBInstance.create();
  const connection = await duckdb.connect();
  for (const one of paths) {
    const file = join(buckets, one);
    mkdirSync(dirname(file), { recursive: true });
    await connection.run(`COPY (
      SELECT 2::INTEGER AS version, '111122223333' AS account_id, 'eni-0123456789abcdef0' AS interface_id,
        '203.0.113.' || i AS srcaddr, '10.0.0.5' AS dstaddr, (40000 + i)::INTEGER AS srcport, 22::INTEGER AS dstport, 6::INTEGER AS protocol,
        1000 AS packets, 5000000000 + i AS bytes, 1767225600 + i AS "start", 1767225660 + i AS "end", 'REJECT' AS action, 'OK' AS log_status
      FROM range(${ROWS}) AS rows(i)
    ) TO '${file}' (FORMAT parquet, COMPRESSION gzip)`);
  }
  connection.closeSync();
  duckdb.closeSync();
}

function integer(name: string, range: string, digits?: number): Record<string, string> {
  return {
    [`projection.${name}.type`]: 'integer',
    [`projection.${name}.range`]: range,
    ...digits ? { [`projection.${name}.digits`]: String(digits) } : {},
  };
}
