import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A table as `AWS::Glue::Table` has it in `TableInput`. */
export interface TableInput {
  readonly Name: string;
  readonly [property: string]: unknown;
}

type Call = (request: { DatabaseName: string; Name: string; TableName: string }) => object;

/** A Glue on loopback that knows the tables it was given, as they are in a template. */
export class GlueEndpoint {
  /** Starts one, on a free port. */
  public static async start(): Promise<GlueEndpoint> {
    const glue = new GlueEndpoint();
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

  private constructor() {
    this.server = createServer((request, response) => {
      void body(request).then(text => {
        const answer = this.answer(String(request.headers['x-amz-target']), text);
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
