import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(__dirname, '../..');

/** What jsii-diff says of two assemblies, each a folder or `npm:NAME@VERSION`. */
export function compareApis(original: string, updated: string): { breaks: boolean; report: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    join(REPOSITORY, 'node_modules/jsii-diff/bin/jsii-diff'), original, updated,
    // All of it is experimental until 1.0, and guarded all the same: a break must be meant.
    '--error-on', 'all', '--keys', '--ignore-file', join(REPOSITORY, '.compatignore'),
  ], { cwd: REPOSITORY, encoding: 'utf8', env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' } });
  const report = `${stdout}${stderr}`.trim();
  if (status !== 0 && !/incompatible changes/.test(report)) {
    throw new Error(`jsii-diff did not compare '${original}' with '${updated}':\n${report}`);
  }
  return { breaks: status !== 0, report };
}
