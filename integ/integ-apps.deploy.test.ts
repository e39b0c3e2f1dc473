/** The integ apps, deployed to the local emulator with the assertions that they run against a real account; IAM is enforced. */
import { readdirSync } from 'node:fs';
import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CdkCli } from './emulator/cdk-cli';
import { Emulator } from './emulator/emulator';
import { ACCOUNT, ENVIRONMENTS, IRELAND } from './emulator/environments';
import { formatRecorded, recordedRows, resourcesOf } from './emulator/recorded';

let emulator: Emulator;
let cdk: CdkCli;

beforeAll(async () => {
  emulator = await Emulator.start();
  cdk = new CdkCli(emulator);
  await cdk.bootstrap(ENVIRONMENTS.filter(environment => environment.account === ACCOUNT));
  await emulator.enforceIam();
}, 120_000);

afterAll(() => emulator?.stop());

test.each(readdirSync(__dirname).filter(name => /^integ\..*\.ts$/.test(name)))('%s: deployed, and every assertion holds', async name => {
  const assembly = await cdk.deploy(ACCOUNT, IRELAND, { app: `integ/${name}` });
  process.stdout.write(`\n${formatRecorded(recordedRows(resourcesOf(assembly)))}\n`);

  const client = new CloudFormationClient(emulator.clientConfig(ACCOUNT, IRELAND));
  const { StackSummaries = [] } = await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }));
  const stacks = await Promise.all(StackSummaries.map(({ StackName }) => client.send(new DescribeStacksCommand({ StackName }))));
  const outputs = stacks.map(({ Stacks = [] }) => Stacks[0].Outputs ?? []);
  const results = outputs.flat().filter(output => output.OutputKey!.startsWith('AssertionResults'));
  expect(results.length).toBeGreaterThan(0);
  expect(results.map(result => [result.OutputKey, result.OutputValue])).toEqual(results.map(result => [result.OutputKey, '{"status":"success"}']));
}, 120_000);
