/** Fails when API.md is not what the code says, and shows where they part. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { staleness } from './generated-file';

const REPOSITORY = resolve(__dirname, '..');
const API = { name: 'API.md', command: 'npx projen docgen' };

function main(): number {
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  try {
    const fresh = join(folder, 'API.md');
    execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/jsii-docgen/bin/jsii-docgen'), '-o', fresh], { cwd: REPOSITORY, stdio: ['ignore', 'ignore', 'inherit'] });
    const committed = join(REPOSITORY, 'API.md');
    const difference = staleness(API, existsSync(committed) ? readFileSync(committed, 'utf8') : '', readFileSync(fresh, 'utf8'));
    if (difference) {
      console.error(difference);
      return 1;
    }
    console.log('API.md says what the code says');
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(main());
