/** For the demo: what networks log, what can be asked of it, which alarm rings, and what the deployed queries find. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Emulator } from './emulator/emulator';
import { IRELAND } from './emulator/environments';
import { formatTable } from './emulator/recorded';
import { subscriber } from './emulator/subscriber';
import { columnsOf, FlowLogsScene, REGIONS } from './flow-logs/scene';
import { QueryEngine } from '../test/support/flow-logs/query-engine';

const RECORDS = 100_000;
/** Blocked SSH, a wrong security group, asymmetric routing, a port scan, brute force, exfiltration. */
const QUESTIONS = ['rejected-ssh-rdp', 'rejected-internal', 'one-way-flows', 'port-scan', 'brute-force', 'exfiltration'];
const SHOWN = /^(srcaddr|dstaddr|source|destination|pkt_srcaddr|pkt_dstaddr|dstport|destination_port|ports|connections|flows|total_packets|gib)$/;
const MANY = 120;

/** The logs of both networks. */
export async function flowLogsTable(emulator: Emulator): Promise<string> {
  const scene = new FlowLogsScene(emulator);
  const rows: string[][] = [];
  for (const region of REGIONS) {
    for (const which of ['central', 'rejected'] as const) {
      const log = await scene.flowLog(region, which);
      const { FileFormat, PerHourPartition } = log.DestinationOptions ?? {};
      const how = FileFormat === 'parquet' ? `Parquet${PerHourPartition ? ', a folder for each hour' : ''}` : 'lines';
      // AWS's own format is that of 14 fields.
      const fields = log.LogFormat ? columnsOf(log).length : 14;
      rows.push([region, log.FlowLogId!, log.ResourceId!, log.TrafficType!, String(fields), log.LogDestination ?? log.LogGroupName!, how]);
    }
  }
  return formatTable(['Region', 'Log', 'Of', 'Traffic', 'Fields', 'To', 'As'], rows);
}

/** The table, and the queries that wait in its workgroup. */
export async function questionsTable(emulator: Emulator): Promise<string> {
  const scene = new FlowLogsScene(emulator);
  const { DatabaseName, Name, StorageDescriptor, PartitionKeys = [], Parameters = {} } = await scene.table();
  const { Name: workGroup, Configuration } = await scene.workGroup();
  const gibibytes = Configuration!.BytesScannedCutoffPerQuery! / 1024 ** 3;
  const queries = await scene.namedQueries();
  return [
    `Table ${DatabaseName}.${Name}`,
    `  columns    ${wrapped(StorageDescriptor!.Columns!.map(column => `${column.Name} ${column.Type}`))}`,
    `  partitions ${PartitionKeys.map(key => key.Name).join(', ')}: computed, in ${Parameters['storage.location.template']}`,
    `Workgroup ${workGroup}: ${gibibytes} GiB a query, and not more\n`,
    formatTable(['Named query', 'What it finds'], queries.map(query => [query.Name!, query.Description!.split(/[.:]( |$)/)[0]])),
  ].join('\n');
}

/** What the alarms say, before and after somebody knocked at SSH a hundred times in Ireland. */
export async function rejectsTable(emulator: Emulator): Promise<string> {
  const scene = new FlowLogsScene(emulator);
  const cloudwatch = new CloudWatchClient(scene.shop(IRELAND));
  const notified = await subscriber(emulator, await scene.networkIdOf(IRELAND, 'AWS::SNS::Topic'), 'demo-on-call');
  const alarms = async () => ((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).filter(alarm => alarm.Namespace === 'Resilience/FlowLogs');
  await scene.reject(IRELAND, Array(20).fill(22));
  const before = await alarms();
  await scene.reject(IRELAND, Array(100).fill(22));
  const after = await alarms();
  const messages = await notified();
  const rows = before.map((alarm, index) => {
    const rang = messages.some(message => message.AlarmName === alarm.AlarmName);
    return [alarm.AlarmDescription!.split(':')[0], alarm.StateValue!, after[index].StateValue!, rang ? 'yes' : 'no'];
  });
  return formatTable(['Alarm in eu-west-1', 'After 20 at SSH', 'After 120', 'Told its topic'], rows);
}

/** Lets the logs deliver traffic with attacks in it, and asks the deployed queries. DuckDB stands for Athena. */
export async function answersTable(emulator: Emulator): Promise<string> {
  const scene = new FlowLogsScene(emulator);
  const { rows: records, files } = await scene.deliver(RECORDS, true);
  const { DatabaseName, Name, StorageDescriptor, Parameters } = await scene.table();
  const [, bucket, template] = /^s3:\/\/([^/]+)\/(.*)$/.exec(Parameters!['storage.location.template'])!;
  const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
  const engine = await QueryEngine.open();
  try {
    await download(new S3Client(scene.security), bucket, folder);
    await engine.createTable(DatabaseName!, Name!, `${folder}/`, template, StorageDescriptor!.Columns!.map(column => column.Name!));
    const queries = await scene.namedQueries();
    const rows: string[][] = [];
    for (const name of QUESTIONS) {
      const begun = Date.now();
      const found = await engine.ask(queries.find(query => query.Name === name)!.QueryString!);
      const milliseconds = `${Date.now() - begun} ms`;
      found.forEach((row, index) => rows.push([...index === 0 ? [name, milliseconds] : ['', ''], cells(row)]));
    }
    return `${records} records in ${files.length} files of s3://${bucket}\n\n${formatTable(['Named query', 'Took', 'Found'], rows)}`;
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
}

async function download(s3: S3Client, Bucket: string, folder: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'AWSLogs/' }));
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const file = join(folder, Key!);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await Body!.transformToByteArray());
  }
}

function cells(row: Record<string, unknown>): string {
  return Object.entries(row).filter(([name]) => SHOWN.test(name)).map(([name, value]) => `${name} ${value}`).join(', ');
}

/** A list in lines that fit a screen. */
function wrapped(words: string[]): string {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1)!;
    if (line.length + word.length > MANY) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line ? `${line}, ${word}` : word;
    }
  }
  return lines.join(',\n             ');
}
