import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackProps } from 'aws-cdk-lib/core';
import { App, Stack } from 'aws-cdk-lib/core';

const folders: string[] = [];

// Every synthesized app leaves a folder; each test file takes its own away.
afterAll(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** An app that leaves nothing behind. */
export function testApp(context: Record<string, unknown> = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-resilience-test-'));
  folders.push(outdir);
  return new App({ outdir, context, analyticsReporting: false });
}

export const ACCOUNT = '111111111111';
export const IRELAND = { account: ACCOUNT, region: 'eu-west-1' };

/** A stack `Shop` in Ireland, unless told otherwise. */
export function shopStack(props: StackProps = { env: IRELAND }, app = testApp()): Stack {
  return new Stack(app, 'Shop', props);
}

/** The message of the error that `build` throws; fails when it throws none. */
export function errorOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error, and nothing was thrown');
}
