/** The example of FlowLogsToAthena as it is deployed on an emulator: its parts, by the APIs of AWS, and traffic for them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NamedQuery } from '@aws-sdk/client-athena';
import { AthenaClient, BatchGetNamedQueryCommand, GetWorkGroupCommand, ListNamedQueriesCommand } from '@aws-sdk/client-athena';
import type { FlowLog } from '@aws-sdk/client-ec2';
import { DescribeFlowLogsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Table } from '@aws-sdk/client-glue';
import { GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { writeFlowLogs } from '../../test/support/flow-logs/flow-log-files';
import type { Planted } from '../../test/support/flow-logs/planted';
import type { Emulator } from '../emulator/emulator';
import { ACCOUNT, FRANKFURT, IRELAND, OTHER_ACCOUNT } from '../emulator/environments';
import { physicalId } from '../emulator/physical-id';

/** The stack of the security account. */
export const SECURITY = 'FlowLogs';
/** The Regions of the networks. */
export const REGIONS = [IRELAND, FRANKFURT];

const HOUR_MS = 3_600_000;
const ENDS_WITHIN_MS = 120_000;

/** What was delivered. */
export interface Delivered {
  /** The URLs of the files. */
  readonly files: string[];
  /** Their records. */
  readonly rows: number;
  /** What is among them. */
  readonly planted: Planted;
}

export class FlowLogsScene {
  constructor(private readonly emulator: Emulator) {}

  /** For clients of the security account. */
  public get security() {
    return this.emulator.clientConfig(OTHER_ACCOUNT, IRELAND);
  }

  /** For clients of the shop. */
  public shop(region: string) {
    return this.emulator.clientConfig(ACCOUNT, region);
  }

  /** The physical id of a resource of the security account. */
  public async idOf(type: string, logicalId?: RegExp): Promise<string> {
    return physicalId(this.emulator, IRELAND, SECURITY, type, logicalId, OTHER_ACCOUNT);
  }

  /** The physical id of a resource of a network. */
  public async networkIdOf(region: string, type: string, logicalId?: RegExp): Promise<string> {
    return physicalId(this.emulator, region, `Network-${region}`, type, logicalId);
  }

  /** The log of a network that goes to the security account, or that of what is rejected, which stays. */
  public async flowLog(region: string, which: 'central' | 'rejected'): Promise<FlowLog> {
    const FlowLogIds = [await this.networkIdOf(region, 'AWS::EC2::FlowLog', which === 'central' ? /^FlowLogs/ : /^RejectedTraffic/)];
    const { FlowLogs: [log] = [] } = await new EC2Client(this.shop(region)).send(new DescribeFlowLogsCommand({ FlowLogIds }));
    return log;
  }

  /** The table, as Glue has it. */
  public async table(): Promise<Table> {
    const [DatabaseName, Name] = [await this.idOf('AWS::Glue::Database'), 'flow_logs'];
    return (await new GlueClient(this.security).send(new GetTableCommand({ DatabaseName, Name }))).Table!;
  }

  public async workGroup() {
    const WorkGroup = await this.idOf('AWS::Athena::WorkGroup');
    return (await new AthenaClient(this.security).send(new GetWorkGroupCommand({ WorkGroup }))).WorkGroup!;
  }

  /** The queries that whoever opens the workgroup sees, by their names. */
  public async namedQueries(): Promise<NamedQuery[]> {
    const athena = new AthenaClient(this.security);
    const { NamedQueryIds } = await athena.send(new ListNamedQueriesCommand({ WorkGroup: await this.idOf('AWS::Athena::WorkGroup') }));
    const { NamedQueries = [] } = await athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds }));
    return NamedQueries.sort((a, b) => a.Name! < b.Name! ? -1 : 1);
  }

  /**
   * Lets the logs of both networks deliver files of one hour, two hours ago, to the security account: of clean traffic, and
   * if wanted one of attacks and faults in Ireland. Whether they may, the policy of the deployed bucket says.
   */
  public async deliver(rows: number, planted = false): Promise<Delivered> {
    const hour = new Date(Math.floor(Date.now() / HOUR_MS - 2) * HOUR_MS);
    const logs = new Map(await Promise.all(REGIONS.map(async region => [region, await this.flowLog(region, 'central')] as const)));
    const columns = columnsOf(logs.get(IRELAND)!);
    const folder = mkdtempSync(join(tmpdir(), 'flow-logs-'));
    try {
      const written = await writeFlowLogs({
        ...{ folder, rows, columns, planted, accounts: [ACCOUNT], regions: REGIONS },
        firstDay: hour.toISOString().slice(0, 10).replace(/-/g, '/'),
        hours: [hour.getUTCHours()],
      });
      const files: string[] = [];
      for (const key of written.keys) {
        const region = REGIONS.find(each => key.includes(`/${each}/`))!;
        const { destination } = await this.emulator.control(ACCOUNT, region, '/_flow-logs/deliver', {
          flowLogId: logs.get(region)!.FlowLogId, at: hour.getTime() / 1000, body: readFileSync(join(folder, key)).toString('base64'),
        }) as { destination: string };
        files.push(destination);
      }
      return { ...written, files };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Lets the log of what is rejected deliver records to CloudWatch, of connections to these ports, and judges alarms then. */
  public async reject(region: string, ports: number[]): Promise<Record<string, string>> {
    const { FlowLogId: flowLogId } = await this.flowLog(region, 'rejected');
    const now = Date.now() / 1000;
    const [start, end] = [Math.floor(now) - 80, Math.floor(now) - 20];
    const lines = ports.map((port, index) =>
      `2 ${ACCOUNT} eni-0123456789abcdef0 198.51.100.${index % 250} 10.10.0.7 ${40_000 + index} ${port} 6 1 40 ${start} ${end} REJECT OK`);
    await this.emulator.control(ACCOUNT, region, '/_flow-logs/deliver', { flowLogId, at: now - 10, lines });
    return await this.emulator.control(ACCOUNT, region, '/_cloudwatch/evaluate', { at: now }) as Record<string, string>;
  }

  /** Fires the schedule of the analysis, and waits for its run to end. */
  public async analyze(): Promise<DescribeExecutionOutput> {
    const name = await this.idOf('AWS::Scheduler::Schedule');
    const fired = await this.emulator.control(OTHER_ACCOUNT, IRELAND, '/_scheduler/fire', { name }) as { executionArn?: string; error?: string };
    if (!fired.executionArn) {
      throw new Error(`the schedule began no run: ${fired.error}`);
    }
    const sfn = new SFNClient(this.security);
    for (const until = Date.now() + ENDS_WITHIN_MS; Date.now() < until; await sleep(200)) {
      const told = await sfn.send(new DescribeExecutionCommand({ executionArn: fired.executionArn }));
      if (told.status !== 'RUNNING') {
        return told;
      }
    }
    throw new Error(`the analysis did not end within ${ENDS_WITHIN_MS / 1000} seconds`);
  }

  /** The queries of the analysis that failed, each told once. */
  public async failures(): Promise<any[]> {
    const QueueUrl = await this.idOf('AWS::SQS::Queue', /DailyDeadLetterQueue/);
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 300 });
    const { Messages = [] } = await new SQSClient(this.security).send(request);
    return Messages.map(message => JSON.parse(message.Body!));
  }
}

/** The columns that a table must have for a log, from the format that AWS tells of it. */
export function columnsOf({ LogFormat }: FlowLog): string[] {
  return [...LogFormat!.matchAll(/\$\{([\w-]+)\}/g)].map(([, field]) => field.replace(/-/g, '_'));
}
