import { BackupClient, DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { DeleteParameterCommand, GetParametersByPathCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import type { RegionSettingsEvent } from '../../../src/tagged-backup-plan/region-settings/region-settings.lambda';
import { handler } from '../../../src/tagged-backup-plan/region-settings/region-settings.lambda';

const ROOT = '/resilience/backup-region-settings';
const MINE = `${ROOT}/mine`;
const OTHER = `${ROOT}/other`;
const S3 = 'ResourceTypeOptInPreference/S3';
const EFS = 'ResourceTypeOptInPreference/EFS';
const DYNAMODB = 'ResourceTypeOptInPreference/DynamoDB';
const ADVANCED = 'ResourceTypeManagementPreference/DynamoDB';

const backup = mockClient(BackupClient);
const ssm = mockClient(SSMClient);

/** A Region that behaves: its settings, its parameters, and what was asked of it. */
class Region {
  public readonly calls: string[] = [];
  public readonly parameters: Record<string, string[]> = {};
  public readonly on: Set<string>;
  /** Is asked before each call is answered; may wait, or throw. */
  public before: (call: string) => Promise<unknown> = async () => undefined;

  constructor(on: string[] = [], parameters: Record<string, string[]> = {}) {
    this.on = new Set(on);
    Object.assign(this.parameters, parameters);
    backup.reset();
    ssm.reset();
    backup.on(DescribeRegionSettingsCommand).callsFake(() => this.answer('Describe', () => ({
      ResourceTypeOptInPreference: { S3: this.on.has(S3), EFS: this.on.has(EFS), DynamoDB: this.on.has(DYNAMODB) },
      ResourceTypeManagementPreference: { DynamoDB: this.on.has(ADVANCED) },
    })));
    backup.on(UpdateRegionSettingsCommand).callsFake(input => this.answer(`Update ${JSON.stringify(input)}`, () => {
      for (const [map, changes] of Object.entries<Record<string, boolean>>(input)) {
        Object.entries(changes).forEach(([key, value]) => this.on[value ? 'add' : 'delete'](`${map}/${key}`));
      }
      return {};
    }));
    ssm.on(PutParameterCommand).callsFake(({ Name, Value }) => this.answer(`Put ${Name}`, () => {
      this.parameters[Name] = JSON.parse(Value);
      return {};
    }));
    ssm.on(DeleteParameterCommand).callsFake(({ Name }) => this.answer(`Delete ${Name}`, () => {
      if (!this.parameters[Name]) {
        throw new ParameterNotFound({ message: 'gone', $metadata: {} });
      }
      delete this.parameters[Name];
      return {};
    }));
    // Pages as small as can be, with an empty one between them.
    ssm.on(GetParametersByPathCommand).callsFake(({ NextToken = '0' }) => this.answer('List', () => {
      const page = Number(NextToken);
      const all = Object.entries(this.parameters).map(([Name, value]) => ({ Name, Value: JSON.stringify(value) }));
      return { Parameters: page % 2 ? [] : all.slice(page / 2, page / 2 + 1), NextToken: page / 2 + 1 < all.length ? String(page + 1) : undefined };
    }));
  }

  private async answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    await this.before(call);
    return answer();
  }
}

function event(RequestType: RegionSettingsEvent['RequestType'], ResourceTypes: string[], path = MINE): RegionSettingsEvent {
  return { RequestType, ...RequestType === 'Create' ? {} : { PhysicalResourceId: path }, ResourceProperties: { ParameterPath: path, ResourceTypes } };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => { throw new Error('expected an error, and nothing was thrown'); }, error => error.message);
}

beforeEach(() => {
  process.env.PARAMETER_ROOT = ROOT;
  jest.spyOn(console, 'log').mockReturnValue();
  jest.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => {
  delete process.env.PARAMETER_ROOT;
  jest.restoreAllMocks();
});

describe('create', () => {
  test('says what it wants, looks, remembers, and only then switches', async () => {
    const region = new Region();
    expect(await handler(event('Create', ['DynamoDB', 'S3']))).toEqual({ PhysicalResourceId: MINE });
    expect(region.calls).toEqual([
      `Put ${MINE}/wanted`, 'Describe', 'List', `Put ${MINE}/switched-on`,
      'Update {"ResourceTypeOptInPreference":{"DynamoDB":true,"S3":true},"ResourceTypeManagementPreference":{"DynamoDB":true}}',
    ]);
    expect(region.parameters).toEqual({ [`${MINE}/wanted`]: [DYNAMODB, ADVANCED, S3], [`${MINE}/switched-on`]: [DYNAMODB, ADVANCED, S3] });
  });

  test('writes parameters that a plain read can see', async () => {
    new Region();
    await handler(event('Create', ['S3']));
    expect(ssm.commandCalls(PutParameterCommand)[1].args[0].input).toEqual({
      Name: `${MINE}/switched-on`, Value: `["${S3}"]`, Type: 'String', Overwrite: true, Description: expect.stringContaining('switched-on'),
    });
    expect(ssm.commandCalls(GetParametersByPathCommand)[0].args[0].input).toEqual({ Path: ROOT, Recursive: true, NextToken: undefined });
  });

  test('changes nothing where all is on', async () => {
    const region = new Region([S3]);
    await handler(event('Create', ['S3']));
    expect(region.calls).toEqual([`Put ${MINE}/wanted`, 'Describe', 'List']);
  });

  test('takes back what is half done when it fails, for CloudFormation asks for no delete then', async () => {
    const region = new Region();
    region.before = async call => { if (/Update/.test(call)) { throw new Error('denied'); } };
    expect(await messageOf(handler(event('Create', ['S3'])))).toBe('AWS Backup settings of the Region could not be changed: Error: denied; '
      + 'deploy again, or switch the types on in the AWS Backup console under Settings and leave \'optIn\' out; a service control policy may forbid it to this function');
    expect(region.parameters).toEqual({});
  });

  test('tells the first failure, not that it could not take back', async () => {
    const region = new Region();
    region.before = async call => { throw new Error(`no ${call}`); };
    expect(await messageOf(handler(event('Create', ['S3'])))).toContain(`no Put ${MINE}/wanted`);
    expect(console.error).toHaveBeenCalledWith('could not be taken back', expect.any(Error));
  });

  test('says so when the Region does not have the type', async () => {
    const region = new Region();
    expect(await messageOf(handler(event('Create', ['Moon'])))).toBe(
      'AWS Backup has no setting \'ResourceTypeOptInPreference/Moon\' in this Region: remove Moon from \'optIn\'');
    expect(region.parameters).toEqual({});
  });
});

describe('update', () => {
  test('keeps the physical id, whatever the properties say', async () => {
    const region = new Region();
    expect(await handler({ ...event('Update', ['S3']), ResourceProperties: { ParameterPath: `${ROOT}/renamed`, ResourceTypes: ['S3'] } })).toEqual({ PhysicalResourceId: MINE });
    expect(Object.keys(region.parameters)).toEqual([`${MINE}/wanted`, `${MINE}/switched-on`]);
  });

  test('puts back what is no longer wanted, and forgets it last', async () => {
    const region = new Region([S3, EFS], { [`${MINE}/wanted`]: [S3, EFS], [`${MINE}/switched-on`]: [S3, EFS] });
    await handler(event('Update', ['EFS']));
    expect(region.calls.filter(call => call !== 'List')).toEqual([
      `Put ${MINE}/wanted`, 'Describe', 'Update {"ResourceTypeOptInPreference":{"S3":false}}', `Put ${MINE}/switched-on`,
    ]);
    expect(region.parameters).toEqual({ [`${MINE}/wanted`]: [EFS], [`${MINE}/switched-on`]: [EFS] });
    expect([...region.on]).toEqual([EFS]);
  });

  test('takes nothing back when it fails: CloudFormation rolls it back', async () => {
    const region = new Region([], { [`${MINE}/wanted`]: [S3] });
    region.before = async call => { if (/Update/.test(call)) { throw new Error('denied'); } };
    expect(await messageOf(handler(event('Update', ['EFS'])))).toContain('denied');
    expect(region.parameters).toEqual({ [`${MINE}/wanted`]: [EFS], [`${MINE}/switched-on`]: [EFS] });
  });
});

describe('delete', () => {
  test('puts back and leaves no parameter', async () => {
    const region = new Region([S3, EFS], { [`${MINE}/wanted`]: [S3, EFS], [`${MINE}/switched-on`]: [S3] });
    expect(await handler(event('Delete', ['S3', 'EFS']))).toEqual({ PhysicalResourceId: MINE });
    expect([...region.on]).toEqual([EFS]);
    expect(region.parameters).toEqual({});
  });

  test('succeeds when its parameters are gone, and switches nothing', async () => {
    const region = new Region([S3]);
    await handler(event('Delete', ['S3']));
    expect(region.calls).toEqual([`Delete ${MINE}/wanted`, 'Describe', 'List', `Delete ${MINE}/switched-on`]);
    expect([...region.on]).toEqual([S3]);
  });

  test('hands over what another plan wants, found on a later page', async () => {
    const others = Object.fromEntries([1, 2, 3].map(n => [`${ROOT}/a${n}/wanted`, [EFS]]));
    const region = new Region([S3, EFS], { [`${MINE}/wanted`]: [S3], [`${MINE}/switched-on`]: [S3], ...others, [`${OTHER}/wanted`]: [S3] });
    await handler(event('Delete', ['S3']));
    expect([...region.on]).toEqual([S3, EFS]);
    expect(region.parameters).toEqual({ ...others, [`${OTHER}/wanted`]: [S3], [`${OTHER}/switched-on`]: [S3] });
    await handler(event('Delete', ['S3'], OTHER));
    expect([...region.on]).toEqual([EFS]);
  });

  test('switches on again what another plan has come to want while it was put back', async () => {
    const region = new Region([S3], { [`${MINE}/wanted`]: [S3], [`${MINE}/switched-on`]: [S3] });
    region.before = async call => { if (/Update.*false/.test(call)) { region.parameters[`${OTHER}/wanted`] = [S3]; } };
    await handler(event('Delete', ['S3']));
    expect([...region.on]).toEqual([S3]);
    expect(region.parameters).toEqual({ [`${OTHER}/wanted`]: [S3], [`${OTHER}/switched-on`]: [S3] });
  });

  test.each(['Describe', 'List', 'Update', 'Delete'])('fails, and says what to do, when %s does', async name => {
    const region = new Region([S3], { [`${MINE}/wanted`]: [S3], [`${MINE}/switched-on`]: [S3] });
    region.before = async call => { if (call.startsWith(name)) { throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }); } };
    expect(await messageOf(handler(event('Delete', ['S3'])))).toBe('AWS Backup settings of the Region could not be changed: '
      + 'ThrottlingException: Rate exceeded; delete the stack again; what this plan has switched on stays on until then');
  });
});

test('waits out throttling: its clients try ten times', async () => {
  new Region();
  await handler(event('Create', ['S3']));
  for (const client of [backup, ssm]) {
    const { config } = client.send.firstCall.thisValue as BackupClient | SSMClient;
    expect([await config.maxAttempts(), config.retryMode]).toEqual([10, 'adaptive']);
  }
});

// CloudFormation and Lambda may send an event again, after it was done or after it was cut off at any call.
describe('the same event again', () => {
  test.each<[RegionSettingsEvent['RequestType'], string[], string[], Record<string, string[]>]>([
    ['Create', ['DynamoDB', 'S3'], [EFS], {}],
    ['Update', ['EFS', 'S3'], [S3, DYNAMODB, ADVANCED], { [`${MINE}/wanted`]: [DYNAMODB, ADVANCED], [`${MINE}/switched-on`]: [DYNAMODB, ADVANCED], [`${OTHER}/wanted`]: [DYNAMODB] }],
    ['Delete', ['EFS', 'S3'], [S3, EFS, DYNAMODB], { [`${MINE}/wanted`]: [S3, EFS], [`${MINE}/switched-on`]: [S3, EFS], [`${OTHER}/wanted`]: [EFS, DYNAMODB] }],
  ])('%s ends the same, wherever the first was cut off', async (request, types, on, parameters) => {
    const wanted = new Region(on, parameters);
    await handler(event(request, types));
    const cuts = wanted.calls.length;
    expect(cuts).toBeGreaterThan(4);
    for (let cut = 0; cut <= cuts; cut++) {
      const region = new Region(on, parameters);
      // Cut off: no call is ever answered again, so that nothing is taken back either.
      const cutOff = new Promise<void>(resolve => {
        region.before = async () => {
          if (region.calls.length > cut) {
            resolve();
            await new Promise(() => undefined);
          }
        };
      });
      await Promise.race([cutOff, handler(event(request, types))]);
      region.before = async () => undefined;
      await handler(event(request, types));
      expect([cut, [...region.on].sort(), region.parameters]).toEqual([cut, [...wanted.on].sort(), wanted.parameters]);
    }
  });
});

test('plans that come, change and go at once: in whatever order their calls are answered, what is wanted is on', async () => {
  const type = fc.subarray(['DynamoDB', 'EFS', 'S3'], { minLength: 1 });
  const request = fc.record({ was: fc.option(type), becomes: fc.option(type) });
  await fc.assert(fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 3 }), fc.scheduler(), async (requests, scheduler) => {
    const region = new Region();
    for (const [index, { was }] of requests.entries()) {
      await handler(event(was ? 'Create' : 'Delete', was ?? [], `${ROOT}/${index}`));
    }
    region.before = async call => scheduler.schedule(Promise.resolve(), call);
    await scheduler.waitFor(Promise.all(requests.map(async ({ was, becomes }, index) =>
      handler(event(becomes ? was ? 'Update' : 'Create' : 'Delete', becomes ?? [], `${ROOT}/${index}`)))));
    const wanted = requests.flatMap(({ becomes }) => becomes ?? []);
    expect([...region.on]).toEqual(expect.arrayContaining(wanted.map(name => `ResourceTypeOptInPreference/${name}`)));
  }), { seed: 20260101, numRuns: 300 });
});
