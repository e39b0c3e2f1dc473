/** Prints how to restore what the shop backs up in Ireland: `npx tsx runbook.ts > RESTORE.md`. */
import { App } from 'aws-cdk-lib';
import { build, IRELAND, type ShopStack } from './app';

export function runbook(): string {
  const app = new App();
  build(app);
  return (app.node.findChild(`Shop-${IRELAND}`) as ShopStack).backups.restoreRunbook();
}

if (require.main === module) {
  process.stdout.write(runbook());
}
