import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Offline } from './offline';
import type { Templates } from './templates';
import { templatesIn } from './templates';
import { OLD_NAME, REPOSITORY } from '../package-build';

const CDK = join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');
const STRICT = { strict: true, target: 'es2022', module: 'node16', types: ['node'], skipLibCheck: false, noEmitOnError: true, outDir: 'out' };

/** What npm is told of an app: one registry for everything, and the token of it. */
export function npmrc(registry: string, scope?: string): string {
  return [...scope ? [`${scope}:registry=${registry}`] : [], `registry=${registry}`, npmrcToken(registry)].join('\n');
}

/** Where the token of a registry is: in the environment. Of where packages come from, or go to, this says nothing. */
export function npmrcToken(registry: string): string {
  return `${registry.replace(/^https?:/, '')}:_authToken=\${NPM_TOKEN}\n`;
}

/** A fresh app of a team, in a folder of its own outside the repository: an example program, and what it installs. */
export class ConsumerApp {
  /** Makes the folder; installs nothing. `imports` is what the program imports, and by what name it does so here. */
  constructor(
    private readonly offline: Offline,
    private readonly folder: string,
    private readonly token: string,
    options: { readonly example: string; readonly npmrc: string; readonly imports?: [string, string] },
  ) {
    mkdirSync(folder, { recursive: true });
    const program = readFileSync(join(REPOSITORY, 'examples', options.example, 'app.ts'), 'utf8');
    const [before, after] = options.imports ?? ['', ''];
    writeFileSync(join(folder, 'app.ts'), program.replace(`from '${before}'`, `from '${after}'`));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'team-app', version: '0.0.0', private: true }));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, files: ['app.ts'] }));
    writeFileSync(join(folder, '.npmrc'), options.npmrc);
    copyFileSync(join(REPOSITORY, 'examples', options.example, 'cdk.json'), join(folder, 'cdk.json'));
  }

  public async npm(...args: string[]): Promise<string> {
    return this.offline.run(`npm ${args[0]}`, this.folder, ['npm', ...args], { NPM_TOKEN: this.token });
  }

  /** The version that is installed. */
  public versionOf(name: string): string {
    return (JSON.parse(readFileSync(join(this.folder, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  }

  /** Strict, the declarations of libraries included; compiles it, too. */
  public async typeCheck(): Promise<void> {
    await this.offline.run('tsc', this.folder, [process.execPath, join(this.folder, 'node_modules/typescript/bin/tsc')]);
  }

  public async synthesize(): Promise<Templates> {
    const output = join(this.folder, 'cdk.out');
    await this.offline.run('cdk synth', this.folder, [process.execPath, CDK, 'synth', '--quiet', '--app', 'node out/app.js', '--output', output]);
    return templatesIn(output);
  }
}

/** What the same program gives in the repository, with the library as it is in src. */
export async function synthesizeInRepository(offline: Offline, example: string, folder: string): Promise<Templates> {
  mkdirSync(folder, { recursive: true });
  const tsconfig = join(folder, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { paths: { [OLD_NAME]: [join(REPOSITORY, 'src/index.ts')] } } }));
  const output = join(folder, 'cdk.out');
  const app = `node --import tsx "${join(REPOSITORY, 'examples', example, 'app.ts')}"`;
  await offline.run('cdk synth in the repository', REPOSITORY, [
    process.execPath, CDK, 'synth', '--quiet', '--no-notices', '--no-version-reporting', '--app', app, '--output', output,
  ], { TSX_TSCONFIG_PATH: tsconfig });
  return templatesIn(output);
}
