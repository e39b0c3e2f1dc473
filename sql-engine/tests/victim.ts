/** Starts an engine and waits to be killed. */
import { GlueEndpoint } from '../glue-endpoint';
import { SqlEngine } from '../sql-engine';

async function main(): Promise<void> {
  const { endpoint } = await GlueEndpoint.start();
  await SqlEngine.start({ glue: endpoint, progress: console.log });
  console.log('started');
}

void main();
