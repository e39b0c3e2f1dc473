import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The rows of a statement; what it throws is how the statement fails. */
export type Rows = (statement: string) => unknown[][];

/** A Trino that gives rows to every statement, on the second page; it remembers what it was asked. */
export class FakeTrino {
  /** The same rows to every statement, or those that the function says. */
  public static async start(columns: Record<string, string>, rows: unknown[][] | Rows): Promise<FakeTrino> {
    const trino = new FakeTrino(columns, Array.isArray(rows) ? () => rows : rows);
    await new Promise<void>(resolve => trino.server.listen(0, '127.0.0.1', resolve));
    return trino;
  }

  public readonly statements: string[] = [];
  private readonly server: Server;

  private constructor(columns: Record<string, string>, rows: Rows) {
    const page = {
      columns: Object.entries(columns).map(([name, type]) => ({ name, type, typeSignature: { rawType: type, arguments: [] } })),
      stats: { state: 'FINISHED', physicalInputBytes: 1000 },
    };
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => { body += chunk; });
      request.on('end', () => response.end(JSON.stringify(request.method === 'POST'
        ? { nextUri: `${this.url}/v1/statement/${this.statements.push(body)}` }
        : { ...page, ...answer(rows, this.statements[Number(request.url!.split('/').pop()) - 1]) })));
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }
}

function answer(rows: Rows, statement: string): object {
  try {
    return { data: rows(statement) };
  } catch (error) {
    return { error: { errorName: 'GENERIC_USER_ERROR', message: (error as Error).message } };
  }
}
