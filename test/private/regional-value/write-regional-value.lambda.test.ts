import { DeleteParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { RegionalValueEvent } from '../../../src/private/regional-value/write-regional-value.lambda';
import { handler } from '../../../src/private/regional-value/write-regional-value.lambda';

const ssm = mockClient(SSMClient);
const PROPERTIES = { Region: 'eu-central-1', ParameterName: '/files/id', Value: 'fs-1' };
const event = (RequestType: RegionalValueEvent['RequestType'], properties = {}) => ({ RequestType, ResourceProperties: { ...PROPERTIES, ...properties } });

beforeEach(() => ssm.reset());

test.each(['Create', 'Update'] as const)('%s writes the value in that Region, over what was there', async request => {
  expect(await handler(event(request))).toEqual({ PhysicalResourceId: 'eu-central-1:/files/id' });
  const [call] = ssm.commandCalls(PutParameterCommand);
  expect(call.args[0].input).toMatchObject({ Name: '/files/id', Value: 'fs-1', Type: 'String', Overwrite: true });
  expect(await (call.thisValue as SSMClient).config.region()).toBe('eu-central-1');
  expect(ssm.commandCalls(DeleteParameterCommand)).toHaveLength(0);
});

test('another Region or name is another resource, so that CloudFormation takes the old parameter away', async () => {
  const ids = await Promise.all([{}, { Region: 'eu-north-1' }, { ParameterName: '/other' }].map(async each => (await handler(event('Update', each))).PhysicalResourceId));
  expect(ids).toEqual(['eu-central-1:/files/id', 'eu-north-1:/files/id', 'eu-central-1:/other']);
});

test('Delete takes it away, and does not mind when it is gone', async () => {
  await handler(event('Delete'));
  expect(ssm.commandCalls(DeleteParameterCommand)[0].args[0].input).toEqual({ Name: '/files/id' });
  ssm.on(DeleteParameterCommand).rejects(new ParameterNotFound({ message: 'gone', $metadata: {} }));
  await expect(handler(event('Delete'))).resolves.toEqual({ PhysicalResourceId: 'eu-central-1:/files/id' });
});

test.each(['Create', 'Delete'] as const)('what AWS refuses fails the %s', async request => {
  ssm.rejects(new Error('AccessDenied'));
  await expect(handler(event(request))).rejects.toThrow('AccessDenied');
});
