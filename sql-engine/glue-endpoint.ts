import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A table as `AWS::Glue::Table` has it in `TableInput`. */
export interface TableInput {
  readonly Name: string;
  readonly [property: string]: unknown;
}

type Call = (request: { DatabaseName: string; Name: string; TableName: string }) => object;

/** A Glue on loopback that knows the tables it was given, as they are in a template, or those of the emulator. */
export class GlueEndpoint {
  /**
   * Starts one, on a free port.
   *
   * @param emulator The endpoint of a Glue that answers in its place: of a table, it leaves out what AWS always says.
   */
  public static async start(emulator?: string): Promise<GlueEndpoint> {
    const glue = new GlueEndpoint(emulator);
    await new Promise<void>(resolve => glue.server.listen(0, '127.0.0.1', resolve));
    return glue;
  }

  private readonly databases = new Map<string, Map<string, TableInput>>();
  private readonly server: Server;
  private readonly calls: Record<string, Call> = {
    GetDatabases: () => ({ DatabaseList: [...this.databases.keys()].map(Name => ({ Name })) }),
    GetDatabase: ({ Name }) => ({ Database: this.database(Name) && { Name } }),
    GetTables: ({ DatabaseName }) => ({ TableList: [...this.database(DatabaseName).values()].map(table => described(DatabaseName, table)) }),
    GetTable: ({ DatabaseName, Name }) => ({ Table: described(DatabaseName, this.table(DatabaseName, Name)) }),
    // Nobody registers partitions: where projection is off, a table has none.
    GetPartitions: ({ DatabaseName, TableName }) => ({ Partitions: this.table(DatabaseName, TableName) && [] }),
  };

  private constructor(emulator?: string) {
    this.server = createServer((request, response) => {
      void body(request).then(async text => {
        const target = String(request.headers['x-amz-target']);
        const answer = emulator ? await forward(emulator, request, text) : this.answer(target, text);
        response.writeHead('__type' in answer ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(answer));
      });
    });
  }

  /** Where it answers. */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Adds a table, or puts it in the place of the one of its name. */
  public put(database: string, table: TableInput): void {
    const tables = this.databases.get(database) ?? new Map<string, TableInput>();
    this.databases.set(database, tables.set(table.Name, table));
  }

  /** Ends it. */
  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private answer(target: string, text: string): object {
    const call = this.calls[target.replace('AWSGlue.', '')];
    if (!call) {
      return { __type: 'InvalidInputException', Message: `${target} is not answered here: add it to glue-endpoint.ts` };
    }
    try {
      return call(JSON.parse(text));
    } catch (error) {
      return { __type: 'EntityNotFoundException', Message: (error as Error).message };
    }
  }

  private database(name: string): Map<string, TableInput> {
    const database = this.databases.get(name);
    if (!database) {
      throw new Error(`Database ${name} not found.`);
    }
    return database;
  }

  private table(database: string, name: string): TableInput {
    const table = this.database(database).get(name);
    if (!table) {
      throw new Error(`Table ${name} not found.`);
    }
    return table;
  }
}

async function forward(emulator: string, { headers }: IncomingMessage, text: string): Promise<object> {
  const names = ['x-amz-target', 'content-type', 'authorization'];
  const response = await fetch(emulator, {
    method: 'POST', headers: Object.fromEntries(names.map(name => [name, String(headers[name])])), body: text,
  });
  const answer = await response.json() as { Table?: TableInput & { DatabaseName: string } };
  return answer.Table ? { ...answer, Table: described(answer.Table.DatabaseName, answer.Table) } : answer;
}

/** The table as it was given, with what the service says of every table. */
function described(database: string, table: TableInput): object {
  const storage = { Compressed: false, NumberOfBuckets: 0, StoredAsSubDirectories: false, ...table.StorageDescriptor as object };
  return { Retention: 0, ...table, DatabaseName: database, StorageDescriptor: storage };
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
