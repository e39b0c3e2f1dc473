import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment } from '../python-environment';

test('one clear sentence when the package index can not be reached, and nothing half installed is used', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'package-index-test-'));
  const requirements = join(cache, 'requirements.txt');
  writeFileSync(requirements, `no-such-package-of-ours==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
  const environment = { ...process.env };
  Object.assign(process.env, { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0', PIP_DEFAULT_TIMEOUT: '2' });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(pythonEnvironment({ requirements, cache })).rejects.toThrow(
        `the Python packages of '${requirements}' could not be installed: the package index can not be reached or lacks a package: check the network, or the index in pip's configuration, and try again`);
    }
  } finally {
    process.env = environment;
    rmSync(cache, { recursive: true, force: true });
  }
}, 120_000);
