/** cfn-lint over the templates of every example and integ app; any finding fails. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pythonEnvironment } from '../../integ/emulator/python-environment';

const REPOSITORY = resolve(__dirname, '../..');
/** Rules that are not ours to keep, with the reason. */
const IGNORED: Record<string, string> = {
  W3005: 'CDK writes DependsOn where a reference implies it already: redundant, and harmless',
};

function apps(): string[] {
  const examples = readdirSync(join(REPOSITORY, 'examples')).map(name => `examples/${name}/app.ts`).filter(file => existsSync(join(REPOSITORY, file)));
  const integ = readdirSync(join(REPOSITORY, 'integ')).filter(name => /^integ\..*\.ts$/.test(name)).map(name => `integ/${name}`);
  return [...examples, ...integ];
}

function synthesize(app: string, folder: string): string[] {
  const outdir = join(folder, app.replace(/\W+/g, '-'));
  execFileSync(process.execPath, ['--import', 'tsx', join(REPOSITORY, app)], {
    cwd: REPOSITORY, env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' }, stdio: 'inherit',
  });
  return readdirSync(outdir).filter(file => file.endsWith('.template.json')).map(file => join(outdir, file));
}

/** One line a finding. */
function lint(python: string, templates: string[]): string[] {
  const ignored = Object.keys(IGNORED).flatMap(rule => ['--ignore-checks', rule]);
  const { stdout, stderr, status } = spawnSync(join(dirname(python), 'cfn-lint'), [
    '--format', 'parseable', '--regions', 'eu-west-1', 'eu-central-1', ...ignored, '--template', ...templates,
  ], { encoding: 'utf8' });
  if (status !== 0 && stdout.trim() === '') {
    throw new Error(`cfn-lint did not run: ${stderr}`);
  }
  return stdout.split('\n').filter(line => line.trim() !== '');
}

async function main(): Promise<number> {
  const python = await pythonEnvironment({ requirements: join(__dirname, 'requirements.txt'), progress: line => console.log(line) });
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const planted = join(folder, 'planted.template.json');
    writeFileSync(planted, '{ "Resources": { "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": "soon" } } } }');
    if (lint(python, [planted]).length === 0) {
      throw new Error('cfn-lint finds nothing wrong with a template that is wrong: its findings can not be trusted');
    }
    const templates = apps().flatMap(app => synthesize(app, folder));
    const findings = lint(python, templates);
    findings.forEach(finding => console.error(finding.replace(`${folder}/`, '')));
    console.log(`cfn-lint: ${templates.length} templates, ${findings.length} findings; ignored: ${Object.entries(IGNORED).map(each => each.join(', ')).join('; ')}`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(code => process.exit(code), error => {
  console.error((error as Error).message);
  process.exit(1);
});
