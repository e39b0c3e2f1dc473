import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classPath } from './java-program';
import type { Answer } from './statement';
import { execute } from './statement';
import { findPython } from '../integ/emulator/python-environment';
import { Supervised } from '../integ/emulator/supervised';

const START_SECONDS = 120;
const JVM = [
  '-Xmx640m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Duser.timezone=UTC',
  '-Djdk.attach.allowAttachSelf=true', '--add-opens=java.base/java.nio=ALL-UNNAMED',
];
const CATALOG = {
  'hive.metastore': 'glue',
  'hive.partition-projection-enabled': 'true',
  // As on S3: what is below a prefix counts, and a prefix of which nothing is there is empty.
  'hive.ignore-absent-partitions': 'true',
  'hive.recursive-directories': 'true',
  'hive.table-statistics-enabled': 'false',
};

/** What an engine reads. */
export interface SqlEngineOptions {
  /** The endpoint of a Glue: `GlueEndpoint`, or the emulator's. */
  readonly glue: string;
  /** The endpoint of an S3. @default - buckets are folders: `SqlEngine.buckets` holds them */
  readonly s3?: string;
  /** @default eu-west-1 */
  readonly region?: string;
  /** The account, to the emulator. @default 111122223333 */
  readonly accessKeyId?: string;
  /** Gets a line for each step that takes time. */
  readonly progress?: (line: string) => void;
}

/** What one statement gave, and what of the buckets it looked at. */
export interface Reading extends Answer {
  /** The URLs of the files that were opened, each once. Known only when buckets are folders. */
  readonly opened: string[];
  /** The URLs of the folders that were listed, each once. */
  readonly listed: string[];
}

/**
 * Trino, which Athena is made of, on loopback. It reads the tables of a Glue with partition projection, as Athena
 * does, ends with the process that started it, and leaves neither a process nor a folder behind.
 */
export class SqlEngine {
  /** Starts an engine and waits until it answers. */
  public static async start(options: SqlEngineOptions): Promise<SqlEngine> {
    const path = await classPath(options.progress);
    const folder = join(tmpdir(), `cdk-resilience-${randomUUID()}`);
    options.progress?.('starting the SQL engine (about 10 seconds)');
    let heard: (url: string) => void;
    const listening = new Promise<string>(resolve => { heard = resolve; });
    const server = new Supervised({
      python: findPython().program,
      folder,
      command: ['java', ...JVM, `-Djava.io.tmpdir=${folder}`, '-cp', path, 'com.example.sqlengine.SqlEngine',
        ...Object.entries(catalog(options, folder)).map(([name, value]) => `${name}=${value}`)],
      env: { PATH: process.env.PATH, JAVA_HOME: process.env.JAVA_HOME, HOME: folder, TMPDIR: folder },
      onLine: line => {
        const [, url] = /^listening on (\S+)/.exec(line) ?? [];
        if (url) {
          heard(url);
        }
      },
    });
    const engine = await Promise.race([listening, server.ended.then(() => undefined), after(START_SECONDS)]);
    if (!engine) {
      await server.end();
      throw new Error(`the SQL engine did not start; its last lines tell why:\n${server.lastLines}`);
    }
    mkdirSync(bucketsIn(folder), { recursive: true });
    return new SqlEngine(engine, folder, server);
  }

  /** Holds a folder for each bucket, unless an S3 has them. */
  public readonly buckets: string;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    /** Where it listens. */
    public readonly endpoint: string,
    /** Holds all that is written while it runs; it goes with the engine. */
    public readonly folder: string,
    private readonly server: Supervised,
  ) {
    this.buckets = bucketsIn(folder);
  }

  /** Runs a statement. One after the other, so that what was read is what this one read. */
  public async query(sql: string, schema?: string): Promise<Reading> {
    const run = this.last.then(() => this.run(sql, schema));
    this.last = run.catch(() => undefined);
    return run;
  }

  /** Ends it and waits until nothing is left. */
  public async stop(): Promise<void> {
    await this.server.end();
  }

  private async run(sql: string, schema?: string): Promise<Reading> {
    const record = recordIn(this.folder);
    const before = existsSync(record) ? statSync(record).size : 0;
    const answer = await execute(this.endpoint, sql, schema);
    const lines = existsSync(record) ? readFileSync(record).subarray(before).toString().split('\n') : [];
    const those = (what: string) => [...new Set(lines.filter(line => line.startsWith(`${what} `)).map(line => line.slice(what.length + 1)))].sort();
    return { ...answer, opened: those('opened'), listed: those('listed') };
  }
}

function catalog({ glue, s3, region = 'eu-west-1', accessKeyId = '111122223333' }: SqlEngineOptions, folder: string): Record<string, string> {
  return {
    ...CATALOG,
    'hive.metastore.glue.endpoint-url': glue,
    'hive.metastore.glue.region': region,
    'hive.metastore.glue.aws-access-key': accessKeyId,
    'hive.metastore.glue.aws-secret-key': 'local',
    ...s3
      ? {
        'hive.s3.endpoint': s3,
        'hive.s3.region': region,
        'hive.s3.aws-access-key': accessKeyId,
        'hive.s3.aws-secret-key': 'local',
        'hive.s3.path-style-access': 'true',
        'hive.s3.ssl.enabled': 'false',
      }
      : {
        'hive.s3-file-system-type': 'HADOOP_DEFAULT',
        'fs.s3.impl': 'com.example.sqlengine.FolderFileSystem',
        'fs.buckets': bucketsIn(folder),
        'fs.record': recordIn(folder),
      },
  };
}

function bucketsIn(folder: string): string {
  return join(folder, 'buckets');
}

function recordIn(folder: string): string {
  return join(folder, 'buckets.record');
}

async function after(seconds: number): Promise<undefined> {
  return new Promise(resolve => { setTimeout(() => resolve(undefined), seconds * 1000).unref(); });
}
