/** Plants changes in the API and sees that the comparison with a release catches those that break a program, and only those. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareApis, REPOSITORY } from './api-comparison';
import { type Assembly, PLANTED_CHANGES, type PlantedChange } from './breaks';

/** A folder with this assembly, as a package would hold it. */
function withAssembly<T>(assembly: string, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  try {
    copyFileSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, '.jsii'), assembly);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(released: string, folder: string, { name, plant, finding }: PlantedChange): boolean {
  const assembly: Assembly = JSON.parse(released);
  plant(assembly);
  const { breaks, report } = withAssembly(JSON.stringify(assembly), changed => compareApis(folder, changed));
  const right = finding ? breaks && finding.test(report) : !breaks;
  console.log(`${right ? 'ok    ' : 'WRONG '} ${name}: ${breaks ? 'caught' : 'passes'}`);
  if (!right) {
    console.log(report);
  }
  return right;
}

const released = readFileSync(join(REPOSITORY, '.jsii'), 'utf8');
const right = withAssembly(released, folder => PLANTED_CHANGES.map(change => judge(released, folder, change)));
process.exitCode = right.every(Boolean) ? 0 : 1;
