import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorError } from './errors';
import { pythonEnvironment } from './python-environment';
import { Supervised } from './supervised';

const LOOPBACK = '127.0.0.1';
const START_SECONDS = 60;

/** How an emulator is started. */
export interface EmulatorOptions {
  /** @default - a free one */
  readonly port?: number;
  /** Gets a line for each step that takes time. */
  readonly progress?: (line: string) => void;
  /** Where Python packages are installed. @default - beside node_modules */
  readonly cache?: string;
  /** A Trino on loopback that executes the queries of Athena. @default - they are refused, until `executeQueriesBy` names one */
  readonly trino?: string;
}

/**
 * A local AWS for `cdk deploy` and for checks: ministack on loopback, with the resource types of ours that it lacks.
 * It ends with the process that started it, and leaves neither a process nor a folder behind.
 */
export class Emulator {
  /** Starts an emulator and waits until it answers. */
  public static async start(options: EmulatorOptions = {}): Promise<Emulator> {
    const python = await pythonEnvironment({ requirements: join(__dirname, 'requirements.txt'), progress: options.progress, cache: options.cache });
    const port = await freePort(options.port);
    const folder = join(tmpdir(), `cdk-resilience-${randomUUID()}`);
    options.progress?.(`starting the emulator on port ${port}`);
    const server = new Supervised({
      python,
      command: [python, join(__dirname, 'main.py')],
      folder,
      env: {
        PATH: [resolve(process.execPath, '..'), process.env.PATH].join(delimiter),
        PYTHONPATH: __dirname,
        // What the Lambda runtime of AWS has built in: the clients of the AWS SDK.
        NODE_PATH: resolve(__dirname, '../../node_modules'),
        PYTHONDONTWRITEBYTECODE: '1',
        BIND_HOST: LOOPBACK,
        GATEWAY_PORT: String(port),
        // Both listen on all interfaces unless told not to.
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        LAMBDA_EXECUTOR: 'local',
        LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.2', // a minute on AWS
        LOG_LEVEL: 'WARNING',
        HOME: folder,
        TMPDIR: folder,
        STATE_DIR: join(folder, 'state'),
        S3_DATA_DIR: join(folder, 's3'),
        ...(options.trino ? { ATHENA_TRINO_URL: options.trino } : {}),
      },
    });
    const emulator = new Emulator(`http://${LOOPBACK}:${port}`, folder, python, server);
    await emulator.untilReady();
    return emulator;
  }

  private constructor(
    /** Where every service of every Region and account answers. */
    public readonly endpoint: string,
    /** Holds all that is written while it runs; it goes with the emulator. */
    public readonly folder: string,
    /** The Python that commands beside it can be supervised with. */
    public readonly python: string,
    private readonly server: Supervised,
  ) {}

  /** What a program needs in its environment to take this for AWS. The twelve digits of the key id are the account. */
  public environment(account: string, region: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(this.folder, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'no-credentials'),
    };
  }

  /** The same for a client of the AWS SDK. */
  public clientConfig(account: string, region: string) {
    return {
      endpoint: this.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'local' },
      forcePathStyle: true,
      maxAttempts: 1,
    };
  }

  /** Calls a control route (provisioners/routes.py) in an account and Region. Its answer; nobody checks the signature. */
  public async control(account: string, region: string, path: string, body: unknown): Promise<unknown> {
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20300101/${region}/control/aws4_request, Signature=none`;
    const response = await fetch(this.endpoint + path, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) {
      throw new EmulatorError(`${path} was refused: ${answer}`);
    }
    return JSON.parse(answer);
  }

  /** Enforces policies from now on, in all accounts, in Lambda functions too. Root keys, as in `environment`, stay root. */
  public async enforceIam(on = true): Promise<void> {
    await this.control('000000000000', 'us-east-1', '/_iam/enforce', { on });
  }

  /** Lets a Trino on loopback execute the queries of Athena from now on, in all accounts; without one they are refused. */
  public async executeQueriesBy(trino?: string): Promise<void> {
    await this.control('000000000000', 'us-east-1', '/_athena/engine', { url: trino ?? null });
  }

  /** Ends it and waits until nothing is left. */
  public async stop(): Promise<void> {
    await this.server.end();
  }

  private async untilReady(): Promise<void> {
    let ended = false;
    void this.server.ended.then(() => { ended = true; }, () => { ended = true; });
    for (let waited = 0; waited < START_SECONDS * 10 && !ended; waited++) {
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      await sleep(100);
    }
    const what = ended ? 'ended before it answered' : `did not answer within ${START_SECONDS} seconds`;
    await this.stop();
    throw new EmulatorError(`the emulator ${what}; its last lines tell why:\n${this.server.lastLines}`);
  }
}

/** The port asked for when nobody listens on it, else any that is free. */
export async function freePort(wanted = 0): Promise<number> {
  return new Promise((resolvePort, reject) => {
    if (!(Number.isInteger(wanted) && wanted >= 0 && wanted < 65536)) {
      throw new EmulatorError(`a port must be a number up to 65535, got: ${wanted}; choose one with --port, or leave it out for any that is free`);
    }
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => reject(new EmulatorError(code === 'EACCES'
      ? `port ${wanted} is not allowed to this user: choose one above 1023 with --port`
      : `port ${wanted} is taken: end what listens there, or choose another with --port`)));
    probe.listen(wanted, LOOPBACK, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolvePort(port));
    });
  });
}
