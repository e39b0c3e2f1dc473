/**
 * Rewrites what jsii compiled, so that a module is loaded when something of it is used, as aws-cdk-lib is built, too.
 *
 * Without this, whoever imports one construct loads all of them, with everything they may need on request: that took
 * longer than loading the modules of aws-cdk-lib. See docs/decisions/0008-load-on-use.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadOnUse } from './modules-on-use';

function main(folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js'));
  for (const file of files.map(name => join(folder, name))) {
    const compiled = readFileSync(file, 'utf8');
    const rewritten = loadOnUse(compiled);
    if (rewritten !== compiled) {
      writeFileSync(file, rewritten);
    }
  }
}

main(resolve(process.argv[2] ?? join(__dirname, '../lib')));
