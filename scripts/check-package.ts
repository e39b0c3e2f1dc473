/** Fails when the package would carry what a consumer has no use for, or lack what they need. Packs nothing. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { packageProblems } from './package-files';

const REPOSITORY = resolve(__dirname, '..');
const SRC = join(REPOSITORY, 'src');

const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const [{ files, unpackedSize }]: [{ files: { path: string }[]; unpackedSize: number }] = JSON.parse(packed);
const sources = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  .map(entry => relative(SRC, join(entry.parentPath, entry.name)));
const problems = packageProblems(files.map(file => file.path), sources);
problems.forEach(problem => console.error(problem));
console.log(`package: ${files.length} files, ${Math.round(unpackedSize / 1024)} kB, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
