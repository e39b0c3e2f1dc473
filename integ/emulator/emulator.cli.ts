/** `npm run emulator`: keeps an emulator for a developer until Ctrl-C. */
import { parseArgs } from 'node:util';
import { CdkCli } from './cdk-cli';
import { Emulator } from './emulator';
import { ACCOUNT, ALL_ENVIRONMENTS, IRELAND } from './environments';
import { formatTable, knownTypes } from './recorded';

async function main(): Promise<void> {
  const { port } = parseArgs({ options: { port: { type: 'string' } } }).values;
  const progress = (line: string) => console.error(line);
  const emulator = await Emulator.start({ port: port === undefined ? undefined : Number(port), trino: process.env.ATHENA_TRINO_URL, progress });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)));
  }
  await new CdkCli(emulator, progress).bootstrap(ALL_ENVIRONMENTS);
  console.log(formatTable(['Type', 'Acts here', 'Only recorded'], Object.entries(knownTypes()).map(([type, facts]) => [type, facts.acts || '-', facts.recorded])));
  console.log('\nBootstrapped: ' + ALL_ENVIRONMENTS.map(({ account, region }) => `${account}/${region}`).join(', '));
  console.log('In another terminal (the key id chooses the account):\n');
  for (const [name, value] of Object.entries(emulator.environment(ACCOUNT, IRELAND))) {
    console.log(`export ${name}=${value}`);
  }
  console.log('\nCtrl-C ends it, and leaves nothing.');
  await new Promise(() => undefined);
}

main().catch(error => {
  console.error((error as Error).message);
  process.exit(1);
});
