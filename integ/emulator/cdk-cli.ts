import { join, resolve } from 'node:path';
import type { Emulator } from './emulator';
import { runSupervised } from './supervised';

const REPOSITORY = resolve(__dirname, '../..');
const CDK = resolve(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');

/** A place that stacks are deployed to. */
export interface Environment {
  readonly account: string;
  readonly region: string;
  /** Accounts that may deploy here. */
  readonly trust?: string[];
}

/** An app as the CLI starts it. */
export interface AppOptions {
  /** The file of the app, from the root of the repository. */
  readonly app: string;
  /** @default - all stacks */
  readonly stacks?: string[];
  /** Context of the app. @default - none but its own */
  readonly context?: Record<string, string>;
  /** @default 300 */
  readonly seconds?: number;
}

/** The CDK CLI that the repository pins, talking to an emulator. It ends with this process, and after its time limit. */
export class CdkCli {
  constructor(private readonly emulator: Emulator, private readonly progress?: (line: string) => void) {}

  /** Bootstraps each environment, with credentials of its account. */
  public async bootstrap(environments: Environment[]): Promise<void> {
    for (const { account, region, trust = [] } of environments) {
      this.progress?.(`bootstrapping ${account} in ${region}`);
      const trusted = trust.length > 0
        ? ['--trust', trust.join(','), '--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/AdministratorAccess']
        : [];
      await this.run('cdk bootstrap', 120, account, region, ['bootstrap', `aws://${account}/${region}`, ...trusted], false);
    }
  }

  /** Deploys an app with one `cdk deploy`; returns the folder of its templates. */
  public async deploy(account: string, region: string, options: AppOptions): Promise<string> {
    const stacks = options.stacks ?? ['--all'];
    await this.run('cdk deploy', options.seconds ?? 300, account, region, [
      'deploy', ...stacks, '--require-approval', 'never', ...this.appArguments(options),
    ]);
    return this.outputOf(options);
  }

  /** What `cdk diff` prints. */
  public async diff(account: string, region: string, options: AppOptions): Promise<string> {
    return this.run('cdk diff', options.seconds ?? 120, account, region, ['diff', ...(options.stacks ?? []), ...this.appArguments(options)], false);
  }

  /** Takes the stacks of an app away again. */
  public async destroy(account: string, region: string, options: AppOptions): Promise<void> {
    await this.run('cdk destroy', options.seconds ?? 300, account, region, ['destroy', ...(options.stacks ?? ['--all']), '--force', ...this.appArguments(options)]);
  }

  private appArguments(options: AppOptions): string[] {
    return appArguments(options, this.outputOf(options));
  }

  private outputOf({ app }: AppOptions): string {
    return join(this.emulator.folder, 'cdk.out', app.replace(/\W+/g, '-'));
  }

  private async run(what: string, seconds: number, account: string, region: string, command: string[], show = true): Promise<string> {
    return runSupervised(what, seconds, {
      python: this.emulator.python,
      command: [process.execPath, CDK, '--no-notices', '--no-version-reporting', '--ci', ...command],
      cwd: REPOSITORY,
      env: {
        ...withoutAws(process.env),
        ...this.emulator.environment(account, region),
        CDK_HOME: join(this.emulator.folder, 'cdk-home'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        NODE_NO_WARNINGS: '1',
        TMPDIR: this.emulator.folder,
      },
      onLine: show ? line => this.progress?.(line) : undefined,
    });
  }
}

/** What tells the CLI which app it is about. */
export function appArguments({ app, context = {} }: AppOptions, output: string): string[] {
  const given = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  return ['--app', `node --import tsx "${resolve(REPOSITORY, app)}"`, '--output', output, ...given];
}

/** Nothing of the caller's own AWS may leak into a command that is meant for the emulator. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_')));
}
