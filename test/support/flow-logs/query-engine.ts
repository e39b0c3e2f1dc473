import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';

/** What Trino has and DuckDB calls otherwise. Estimates are exact here, so that tests can be. */
const MACROS = [
  'from_unixtime(x) AS to_timestamp(x)',
  'to_unixtime(x) AS epoch(x)',
  'approx_distinct(x) AS count(DISTINCT x)',
  'bitwise_and(a, b) AS a & b',
  'regexp_like(a, b) AS regexp_matches(a, b)',
  'date_format(a, b) AS strftime(a, b)',
];

/** A row of an answer: whole numbers are numbers, times are dates. */
export type Row = Record<string, unknown>;

/** DuckDB, as far as it is Trino. What it takes and Trino does not, the grammar and the lint find. */
export class QueryEngine {
  public static async open(): Promise<QueryEngine> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await instance.connect();
    await connection.run('SET TimeZone = \'UTC\'');
    for (const macro of MACROS) {
      await connection.run(`CREATE MACRO ${macro}`);
    }
    return new QueryEngine(instance, connection);
  }

  private constructor(private readonly instance: DuckDBInstance, private readonly connection: DuckDBConnection) {}

  /**
   * A table over all files below a folder, whose partition keys are read from their paths, as text.
   *
   * @param folder Stands for the root of the location template: `s3://bucket/prefix/`, here a folder with a slash at its end.
   * @param template The rest of the template of the table, with a placeholder for each key.
   * @param columns The columns that the table shows; others are in the files, and can not be asked for.
   * @param files Which files; all when left out.
   */
  public async createTable(database: string, table: string, folder: string, template: string, columns: string[], files = '*.parquet'): Promise<void> {
    const keys = [...template.matchAll(/\$\{(\w+)\}/g)].map(match => match[1]);
    const pattern = template.replace(/\$\{(\w+)\}/g, (_, key: string) => PATTERNS[key] ?? '([^/]+)');
    const partitions = keys.map((key, index) => `regexp_extract(filename, '^${folder}${pattern}[^/]+$', ${index + 1}) AS ${key}`);
    await this.connection.run(`CREATE SCHEMA IF NOT EXISTS "${database}"`);
    await this.connection.run(`CREATE OR REPLACE VIEW "${database}"."${table}" AS
      SELECT ${[...columns.map(column => `"${column}"`), ...partitions].join(', ')}
      FROM read_parquet('${folder}**/${files}', hive_partitioning = false, filename = true)`);
  }

  /** All rows. */
  public async ask(sql: string): Promise<Row[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJS().map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])));
  }

  public close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** The one key that spans several folders. */
const PATTERNS: Record<string, string> = { day: '(\\d{4}/\\d{2}/\\d{2}|\\d{2})' };
