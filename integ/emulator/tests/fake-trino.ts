import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Trino that gives the same rows to every statement, on the second page; it remembers what it was asked. */
export class FakeTrino {
  public static async start(columns: Record<string, string>, data: unknown[][]): Promise<FakeTrino> {
    const trino = new FakeTrino(columns, data);
    await new Promise<void>(resolve => trino.server.listen(0, '127.0.0.1', resolve));
    return trino;
  }

  public readonly statements: string[] = [];
  private readonly server: Server;

  private constructor(columns: Record<string, string>, data: unknown[][]) {
    const answer = {
      columns: Object.entries(columns).map(([name, type]) => ({ name, type, typeSignature: { rawType: type, arguments: [] } })),
      data,
      stats: { state: 'FINISHED', physicalInputBytes: 1000 },
    };
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => { body += chunk; });
      request.on('end', () => {
        if (request.method === 'POST') {
          this.statements.push(body);
        }
        response.end(JSON.stringify(request.method === 'POST' ? { nextUri: `${this.url}/v1/statement/1` } : answer));
      });
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
