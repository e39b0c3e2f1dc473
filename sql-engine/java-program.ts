import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, withLock } from '../integ/emulator/python-environment';
import { runSupervised } from '../integ/emulator/supervised';
import { JAVA_TOOLS, maven } from '../publishing/languages/maven';
import { CACHE } from '../publishing/languages/packages';
import { requireTools } from '../publishing/languages/tools';

const SOURCES = join(__dirname, 'java');
const SECONDS = 900;
const STILL_MS = 10_000;

/**
 * The class path of the engine: Trino, and what we add to it. Fetched and compiled on first use, and kept beside
 * node_modules, one for each content of the sources.
 */
export async function classPath(progress: (line: string) => void = () => undefined): Promise<string> {
  requireTools(JAVA_TOOLS);
  const folder = join(CACHE, `sql-engine-${hashOf(SOURCES)}`);
  const complete = join(folder, 'classpath');
  if (!existsSync(complete)) {
    await withLock(`${folder}.lock`, async () => {
      if (!existsSync(complete)) {
        writeFileSync(complete, await build(folder, progress));
      }
    });
  }
  return readFileSync(complete, 'utf8');
}

async function build(folder: string, progress: (line: string) => void): Promise<string> {
  rmSync(folder, { recursive: true, force: true }); // what a build left that was killed
  mkdirSync(folder, { recursive: true });
  cpSync(SOURCES, folder, { recursive: true });
  const libraries = join(folder, 'libraries');
  let files = 0;
  let bytes = 0;
  const count = (line: string) => {
    const [, size, unit] = /^.*Downloaded from .*\(([\d.]+) (B|kB|MB) at/.exec(line) ?? [];
    files += size ? 1 : 0;
    bytes += size ? Number(size) * { B: 1, kB: 1e3, MB: 1e6 }[unit]! : 0;
  };
  progress('building the SQL engine, once: Trino comes from Maven\'s repository (260 MB, about a minute)');
  const still = setInterval(() => progress(`  ... ${files} files, ${Math.round(bytes / 1e6)} MB`), STILL_MS);
  try {
    await runSupervised('maven', SECONDS, {
      python: findPython().program,
      command: maven(folder, 'compile', 'dependency:build-classpath', `-Dmdep.outputFile=${libraries}`),
      env: process.env,
      onLine: count,
    });
  } finally {
    clearInterval(still);
  }
  return [join(folder, 'target', 'classes'), readFileSync(libraries, 'utf8').trim()].join(':');
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    if (/\.(java|xml)$/.test(name)) {
      hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 12);
}
