import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runSupervised } from '../../integ/emulator/supervised';

const GUARD = join(__dirname, 'offline-guard.js');

/** Runs programs that reach this machine and nothing else, with nothing of the caller's own npm or AWS. */
export class Offline {
  private readonly log: string;

  constructor(private readonly python: string, private readonly folder: string) {
    this.log = join(folder, 'refused-connections.log');
  }

  /** What a program gets as its environment. */
  public environment(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: join(this.folder, 'home'),
      TMPDIR: this.folder,
      NODE_OPTIONS: `--require "${GUARD}"`,
      NODE_NO_WARNINGS: '1',
      OFFLINE_GUARD_LOG: this.log,
      npm_config_cache: join(this.folder, 'npm-cache'),
      npm_config_userconfig: join(this.folder, 'home', 'npmrc'),
      npm_config_globalconfig: join(this.folder, 'home', 'global-npmrc'),
      npm_config_fetch_retries: '0',
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      CDK_HOME: join(this.folder, 'home'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_VALIDATION: 'false', // of templates: test/templates.test.ts has it
      ...more,
    };
  }

  /** Runs a command to its end; what it printed. */
  public async run(what: string, cwd: string, command: string[], more: Record<string, string> = {}): Promise<string> {
    return runSupervised(what, 180, { python: this.python, cwd, command, env: this.environment(more) });
  }

  /** Who tried to reach another machine; empty when nobody did. */
  public refused(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trim().split('\n') : [];
  }
}

/** Fails unless the guard refuses, and writes down, a connection to an address that belongs to nobody. */
export async function showThatTheGuardWorks(python: string, folder: string): Promise<void> {
  const offline = new Offline(python, folder);
  const attempts = ["require('node:net').connect(80, '192.0.2.1')", "require('node:https').get('https://registry.invalid')"];
  for (const attempt of attempts) {
    const refusal = await offline.run('the attempt', folder, [process.execPath, '-e', attempt]).then(() => 'none', error => String(error));
    if (!refusal.includes('EOFFLINE')) {
      throw new Error(`the guard must refuse ${attempt}, got: ${refusal}; nothing that it lets pass proves anything`);
    }
  }
  if (offline.refused().length !== attempts.length) {
    throw new Error(`the guard must write down what it refuses, got: ${offline.refused().join(', ') || 'nothing'}`);
  }
}
