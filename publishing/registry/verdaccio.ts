import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Offline } from './offline';
import { withLock } from '../../integ/emulator/python-environment';
import { runSupervised, Supervised } from '../../integ/emulator/supervised';

const CACHE = resolve(__dirname, '../../node_modules/.cache/cdk-resilience');
const START_SECONDS = 60;

/** The program of verdaccio. Installed on first use and kept beside node_modules, one for each content of its lock. */
export async function installVerdaccio(python: string, progress: (line: string) => void): Promise<string> {
  const pinned = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  pinned.forEach(file => hash.update(readFileSync(join(__dirname, file))));
  const folder = join(CACHE, `verdaccio-${hash.digest('hex').slice(0, 12)}`);
  const complete = join(folder, 'complete');
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(complete)) {
      progress('installing verdaccio, once (about 10 seconds)');
      rmSync(folder, { recursive: true, force: true }); // what an installation left that was killed
      mkdirSync(folder, { recursive: true });
      pinned.forEach(file => cpSync(join(__dirname, file), join(folder, file)));
      await runSupervised('npm ci', 600, {
        python, cwd: folder, env: process.env, command: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      }).catch(error => {
        throw new Error(`verdaccio could not be installed: see whether the registry in npm's configuration can be reached, and try again\n${(error as Error).message}`);
      });
      writeFileSync(complete, '');
    }
  });
  return join(folder, 'node_modules/verdaccio/bin/verdaccio');
}

/** The registry of a company, on loopback, with nothing behind it: what was not published to it, it does not have. */
export class LocalRegistry {
  /** Starts verdaccio, under the guard, and waits until it answers. */
  public static async start(program: string, port: number, folder: string, offline: Offline, python: string): Promise<LocalRegistry> {
    const config = join(folder, 'config.yaml'); // JSON is YAML
    writeFileSync(config, JSON.stringify({
      storage: LocalRegistry.storageIn(folder),
      auth: { htpasswd: { file: join(folder, 'htpasswd') } },
      uplinks: {},
      packages: { '**': { access: '$authenticated', publish: '$authenticated', unpublish: '$authenticated' } },
      max_body_size: '20mb',
      web: { enable: false },
      log: { type: 'stdout', format: 'json', level: 'warn' },
    }));
    const server = new Supervised({
      python, cwd: folder, env: offline.environment(), command: [process.execPath, program, '--config', config, '--listen', `127.0.0.1:${port}`],
    });
    const registry = new LocalRegistry(LocalRegistry.urlAt(port), server);
    await registry.untilReady();
    return registry;
  }

  /** Where a registry on the port answers. */
  public static urlAt(port: number): string {
    return `http://127.0.0.1:${port}/`;
  }

  /** Where its packages are, below its folder. */
  public static storageIn(folder: string): string {
    return join(folder, 'storage');
  }

  private constructor(public readonly url: string, private readonly server: Supervised) {}

  /** A user who may read and publish; their token. */
  public async addUser(name: string): Promise<string> {
    const response = await fetch(`${this.url}-/user/org.couchdb.user:${name}`, {
      method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, password: 'only-on-loopback' }),
    });
    const { token } = await response.json() as { token?: string };
    if (!token) {
      throw new Error(`the registry gave user '${name}' no token, got status: ${response.status}; its last lines tell why:\n${this.server.lastLines}`);
    }
    return token;
  }

  /** The status that it answers with when it is asked for a package. */
  public async statusOf(name: string, token?: string): Promise<number> {
    const response = await fetch(this.url + name.replace('/', '%2f'), { headers: token ? { authorization: `Bearer ${token}` } : {} });
    await response.arrayBuffer();
    return response.status;
  }

  /** Ends it, and waits until it is gone. */
  public async stop(): Promise<void> {
    await this.server.end();
  }

  private async untilReady(): Promise<void> {
    let ended = false;
    void this.server.ended.finally(() => { ended = true; });
    for (let waited = 0; waited < START_SECONDS * 10 && !ended; waited++) {
      if (await fetch(`${this.url}-/ping`).then(answer => answer.ok, () => false)) {
        return;
      }
      await sleep(100);
    }
    await this.stop();
    throw new Error(`the registry ${ended ? 'ended before it answered' : `did not answer within ${START_SECONDS} seconds`}; its last lines tell why:\n${this.server.lastLines}`);
  }
}
