/** What is committed beside an example was made by it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testApp } from './support/app';

const EXAMPLES = resolve(__dirname, '../examples');

test('RESTORE.md is what runbook.ts prints; else run it again, as its first line says', () => {
  const { outdir } = testApp();
  process.env.CDK_OUTDIR = outdir;
  try {
    const { runbook } = jest.requireActual(join(EXAMPLES, 'tagged-backup-plan/runbook.ts'));
    expect(runbook()).toBe(readFileSync(join(EXAMPLES, 'tagged-backup-plan/RESTORE.md'), 'utf8'));
  } finally {
    delete process.env.CDK_OUTDIR;
  }
});
