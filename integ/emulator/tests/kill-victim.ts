/** What the kill test kills: everything a harness does, up to a custom resource that hangs. */
import { CdkCli } from '../cdk-cli';
import { Emulator } from '../emulator';
import { ACCOUNT, IRELAND } from '../environments';

async function main(): Promise<void> {
  const say = (line: string) => console.log(line);
  const emulator = await Emulator.start({ cache: process.argv[2], progress: say });
  const cdk = new CdkCli(emulator, say);
  await cdk.bootstrap([{ account: ACCOUNT, region: IRELAND }]);
  say('deploying');
  await cdk.deploy(ACCOUNT, IRELAND, { app: 'integ/emulator/tests/hanging-app.ts' });
}

void main();
