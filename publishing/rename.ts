/**
 * Builds the library under another name: `tsx publishing/rename.ts --name @acme/resilience --repository
 * https://git.example.com/acme/resilience.git [--version 0.1.0] [--registry https://npm.example.com/] [--out dist/renamed]`.
 */
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage, bundleHandlers, OLD_NAME } from './package-build';
import { validRenaming } from './rename/renaming';
import { SupervisedFolder } from './supervised-folder';
import { findPython } from '../integ/emulator/python-environment';

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { out = 'dist/renamed', ...asked } = parseArgs({ options: { name: text, repository: text, version: text, registry: text, out: text } }).values;
  const renaming = validRenaming(asked, OLD_NAME);
  const python = findPython().program;
  const work = await SupervisedFolder.make(python);
  try {
    console.log(`building ${renaming.name} (about 15 seconds)`);
    await bundleHandlers(python);
    const built = await buildPackage({ python, folder: resolve(work.path, 'package'), out: resolve(out), renaming });
    console.log(`${built.spec}: ${Math.round(built.unpackedSize / 1000)} kB unpacked, and no '${OLD_NAME}' in it`);
    console.log(`npm publish ${relative(process.cwd(), built.tarball)}${renaming.registry ? '' : ' --registry https://…'}`);
  } finally {
    await work.remove();
  }
}

main().catch(error => {
  console.error((error as Error).message);
  process.exit(1);
});
