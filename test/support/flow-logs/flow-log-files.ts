import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Place } from './clean-traffic';
import { cleanTraffic } from './clean-traffic';
import { COLUMN_TYPES, nothing } from './columns';
import type { Planted, PlantedRecord } from './planted';
import { plant } from './planted';

/** How AWS lays out files: with names that Hive knows or not, with a folder for each hour or not. */
export type Layout = 'daily' | 'hourly' | 'hive' | 'hiveHourly';

/** What is written. */
export interface FlowLogFilesOptions {
  /** The folder that mirrors the bucket. */
  readonly folder: string;
  /** The prefix in the bucket, without a slash at its end; none when left out. */
  readonly prefix?: string;
  /** Hourly when left out. */
  readonly layout?: Layout;
  /** Accounts whose logs are there; the first has what is planted. */
  readonly accounts?: string[];
  /** Regions of each account; the first has what is planted. */
  readonly regions?: string[];
  /** `yyyy/MM/dd`; `2026/01/30` when left out, so that two days are of two months. */
  readonly firstDay?: string;
  /** Days with logs; 1 when left out. */
  readonly days?: number;
  /** Hours of each day with logs; 8 to 11 when left out. */
  readonly hours?: number[];
  /** Records of clean traffic in all files together. */
  readonly rows: number;
  /** Columns, in any order; all when left out. */
  readonly columns?: string[];
  /** Whether attacks and faults are among them: in the third hour of the first day, in files of their own. */
  readonly planted?: boolean;
}

/** What was written. */
export interface FlowLogFiles {
  /** Keys in the bucket. */
  readonly keys: string[];
  /** All records, clean and planted. */
  readonly rows: number;
  /** What was planted, or would have been. */
  readonly planted: Planted;
  /** The last day, `yyyy/MM/dd`. */
  readonly lastDay: string;
}

const FLOW_LOG = 'fl-0123456789abcdef0';
/** The ends of the names of files, which tell what is in them. */
export const [CLEAN, PLANTED] = ['c0ffee00', 'bad0bad0'];

/**
 * Writes Parquet files of flow logs as AWS does: their folders, names, columns, types, and gzip within. A folder has one file
 * of clean traffic, where AWS has one of every five minutes. The same options write the same records.
 */
export async function writeFlowLogs(options: FlowLogFilesOptions): Promise<FlowLogFiles> {
  const { folder, prefix, layout = 'hourly', firstDay = '2026/01/30', days = 1, hours = [8, 9, 10, 11], columns = Object.keys(COLUMN_TYPES) } = options;
  const places = (options.accounts ?? ['111111111111', '222222222222']).flatMap(account => (options.regions ?? ['eu-west-1', 'us-east-1']).map(region => ({ account, region })))
    .map((place, index) => ({ ...place, index: index + 1 }));
  const spans = Array.from({ length: days }, (_, day) => startOf(firstDay) + day * 86_400)
    .flatMap(day => layout.toLowerCase().includes('hour') ? hours.map(hour => ({ start: day + hour * 3600, seconds: 3600 })) : [{ start: day, seconds: 86_400 }]);
  const files = places.flatMap(place => spans.map(span => ({ place, ...span })));
  const contents: { readonly key: string; readonly select: string }[] = [];
  let rows = 0;
  for (const [index, { place, start, seconds }] of files.entries()) {
    const share = evenShare(options.rows, files.length, index);
    if (share > 0) {
      contents.push({ key: keyOf(place, start, layout, CLEAN, prefix), select: cleanTraffic(place, columns, rows, rows + share, start, seconds) });
    }
    rows += share;
  }
  const at = startOf(firstDay) + hours[Math.min(2, hours.length - 1)] * 3600;
  const { records, planted } = plant(places[0], at);
  if (options.planted) {
    contents.push({ key: keyOf(places[0], at, layout, PLANTED, prefix), select: valuesOf(records, columns) });
    rows += records.length;
  }
  await writeParquet(folder, contents);
  return { keys: contents.map(content => content.key), rows, planted, lastDay: dayOf(startOf(firstDay) + (days - 1) * 86_400) };
}

/** A file is the work of one thread: two at a time. */
async function writeParquet(folder: string, contents: { readonly key: string; readonly select: string }[]): Promise<void> {
  const duckdb = await DuckDBInstance.create(':memory:', { threads: '2' });
  const queue = [...contents];
  await Promise.all([1, 2].map(async () => {
    const connection = await duckdb.connect();
    for (let next = queue.shift(); next; next = queue.shift()) {
      const file = join(folder, next.key);
      mkdirSync(dirname(file), { recursive: true });
      await connection.run(`COPY (${next.select}) TO '${file}' (FORMAT parquet, COMPRESSION gzip)`);
    }
    connection.closeSync();
  }));
  duckdb.closeSync();
}

/** The key of a file in the bucket. */
function keyOf({ account, region }: Place, start: number, layout: Layout, hash: string, prefix?: string): string {
  const [year, month, day] = dayOf(start).split('/');
  const hour = new Date(start * 1000).toISOString().slice(11, 13);
  const isHourly = layout === 'hourly' || layout === 'hiveHourly';
  const folder = layout === 'hive' || layout === 'hiveHourly'
    ? `aws-account-id=${account}/aws-service=vpcflowlogs/aws-region=${region}/year=${year}/month=${month}/day=${day}/${isHourly ? `hour=${hour}/` : ''}`
    : `${account}/vpcflowlogs/${region}/${year}/${month}/${day}/${isHourly ? `${hour}/` : ''}`;
  const time = `${year}${month}${day}T${isHourly ? hour : '00'}05Z`;
  return `${prefix ? `${prefix}/` : ''}AWSLogs/${folder}${account}_vpcflowlogs_${region}_${FLOW_LOG}_${time}_${hash}.log.parquet`;
}

function valuesOf(records: PlantedRecord[], columns: string[]): string {
  const literal = (value: string | number | null) => typeof value === 'string' ? `'${value}'` : String(value);
  const rows = records.map(record => `(${columns.map(column => record[column] === undefined ? nothing(column) : literal(record[column])).join(', ')})`);
  const typed = columns.map((column, index) => `CAST(c${index} AS ${COLUMN_TYPES[column]}) AS "${column}"`).join(', ');
  return `SELECT ${typed} FROM (VALUES ${rows.join(', ')}) AS t(${columns.map((_, index) => `c${index}`).join(', ')})`;
}

/** Question and answer stay in one file: every share is even. */
function evenShare(rows: number, files: number, index: number): number {
  const pairs = Math.floor(rows / 2);
  return 2 * (Math.floor(pairs / files) + (index < pairs % files ? 1 : 0));
}

function startOf(day: string): number {
  return Date.parse(`${day.replace(/\//g, '-')}T00:00:00Z`) / 1000;
}

function dayOf(start: number): string {
  return new Date(start * 1000).toISOString().slice(0, 10).replace(/-/g, '/');
}
