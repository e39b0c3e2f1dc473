import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmrc } from './apps';
import type { Offline } from './offline';
import { filesBelow } from '../../scripts/packed-files';
import { OLD_NAME, REPOSITORY } from '../package-build';
import { namesOf } from '../rename/names';
import { replaceName } from '../rename/replace';

/** The example package with a company's defaults. */
export const WRAPPER = 'company-defaults';
/** Its name. */
export const WRAPPER_NAME = (JSON.parse(readFileSync(join(REPOSITORY, 'examples', WRAPPER, 'package.json'), 'utf8')) as { name: string }).name;

/** Publishes the example package around the renamed library, as its platform team would: install, and publish, which builds and tests it. */
export async function publishWrapper(offline: Offline, folder: string, library: string, registry: string, token: string): Promise<void> {
  for (const file of ['package.json', 'tsconfig.json', 'README.md', ...filesBelow(join(REPOSITORY, 'examples', WRAPPER, 'src')).map(each => `src/${each}`)]) {
    cpSync(join(REPOSITORY, 'examples', WRAPPER, file), join(folder, file));
    writeFileSync(join(folder, file), replaceName(readFileSync(join(folder, file), 'utf8'), namesOf(OLD_NAME), namesOf(library)));
  }
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, publishConfig: { registry } }, undefined, 2));
  writeFileSync(join(folder, '.npmrc'), npmrc(registry));
  await offline.run('npm install', folder, ['npm', 'install'], { NPM_TOKEN: token });
  await offline.run('npm publish', folder, ['npm', 'publish'], { NPM_TOKEN: token });
}
