/**
 * Everything that is refused, with its whole message. `A13` are the lines of the list of what CDK and AWS would let pass, or
 * refuse only when it is deployed.
 */
import { FlowLogMaxAggregationInterval, FlowLogTrafficType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Fn, Lazy, Size, Stack } from 'aws-cdk-lib/core';
import type { FlowLogsToAthenaProps } from '../../src';
import {
  FlowLogAccounts, FlowLogField, FlowLogFormat, FlowLogPartitions, FlowLogsCatalog, FlowLogSource, NamedQuery, QueryResults, TransitGatewayField,
} from '../../src';
import { findPartitionProblems } from '../../src/flow-logs-to-athena/validation';
import { ACCOUNT, errorOf, IRELAND, shopStack, testApp } from '../support/app';
import { found } from '../support/findings';
import { anyVpc, logsIn } from '../support/flow-log-stacks';

const GATEWAY = FlowLogSource.transitGateway('tgw-0123456789abcdef0');
const late = Lazy.number({ produce: () => 1 });

/** What is wrong with these props, each message by itself. */
function wrongWith(props: Partial<FlowLogsToAthenaProps>, stack = shopStack()): string[] {
  return errorOf(() => logsIn(stack, props)).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

/** The same of a catalog. */
function wrongWithCatalog(props: { accounts?: FlowLogAccounts; regions?: string[]; prefix?: string; retention?: Duration }): string[] {
  const stack = shopStack();
  const bucket = Bucket.fromBucketName(stack, 'Logs', 'logs');
  return errorOf(() => new FlowLogsCatalog(stack, 'Catalog', { bucket, format: FlowLogFormat.default(), ...props })).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

const accountsUpTo = (count: number) => Array.from({ length: count }, (_, index) => String(100000000000 + index));

describe('A13.1: fields are of the list, once each, and there is one at least', () => {
  test.each<[string, FlowLogFormat, string]>([
    ['none', FlowLogFormat.of([]), '\'format\' must hold at least one field, got: none; pass FlowLogFormat.security()'],
    ['one twice', FlowLogFormat.default().with(FlowLogField.END, FlowLogField.VPC_ID), '\'format\' must hold each field once, got twice: \'end\'; remove one'],
    ['of the other schema', FlowLogFormat.of([FlowLogField.END, TransitGatewayField.TGW_ID as FlowLogField]),
      '\'format\' must hold fields of a VPC only, got: \'tgw-id\'; FlowLogField has them'],
    ['made up', FlowLogFormat.of([{ name: 'bogus', type: FlowLogField.END.type, version: 2 } as FlowLogField]),
      '\'format\' must hold fields of a VPC only, got: \'bogus\'; FlowLogField has them'],
  ])('%s', (_, format, message) => {
    expect(wrongWith({ format })).toEqual([message]);
  });

  test('of a VPC, in a log of a transit gateway', () => {
    expect(wrongWith({ source: GATEWAY, format: FlowLogFormat.ofTransitGateway([TransitGatewayField.END]).with(FlowLogField.ACTION) }))
      .toEqual(['\'format\' must hold fields of a transit gateway only, got: \'action\'; TransitGatewayField has them']);
  });

  test.each<[string, Partial<FlowLogsToAthenaProps>, string]>([
    ['a transit gateway with fields of a VPC', { source: GATEWAY, format: FlowLogFormat.default() },
      '\'format\' must be one of a transit gateway, as \'source\' is, got: fields of a VPC; pass FlowLogFormat.transitGateway() or FlowLogFormat.ofTransitGateway([...])'],
    ['a VPC with fields of a transit gateway', { format: FlowLogFormat.transitGateway() },
      '\'format\' must be one of a VPC, as \'source\' is, got: fields of a transit gateway; pass FlowLogFormat.security() or FlowLogFormat.of([...])'],
  ])('%s', (_, props, message) => {
    expect(wrongWith(props)).toEqual([message]);
  });
});

describe('A13.2: a transit gateway has no traffic type, and one interval', () => {
  test.each<[string, Partial<FlowLogsToAthenaProps>, string]>([
    ['traffic', { traffic: FlowLogTrafficType.REJECT }, '\'traffic\' must be left out for a transit gateway, got: REJECT; it rejects nothing'],
    ['ten minutes', { aggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES },
      '\'aggregationInterval\' must be ONE_MINUTE for a transit gateway, got: 600 seconds; leave it out'],
  ])('%s', (_, props, message) => {
    expect(wrongWith({ source: GATEWAY, ...props })).toEqual([message]);
    expect(wrongWith({ source: FlowLogSource.transitGatewayAttachment('tgw-attach-0123456789abcdef0'), ...props })).toEqual([message]);
  });
});

describe('A13.3: a tag is told twice, as a field and as a key, two of a kind at most', () => {
  const tags = (...keys: string[]) => ({ format: FlowLogFormat.default().with(...keys.map(key => FlowLogField.interfaceTag(key))) });

  test('three of a kind', () => {
    expect(wrongWith(tags('a', 'b', 'c'))).toEqual(['\'format\' must show 2 tags of a kind at most, got: 3 of \'network-interface\'; AWS has no field for more']);
  });

  test('one twice', () => {
    expect(wrongWith(tags('a', 'a'))).toEqual(['\'format\' must show each tag once, got twice: \'a\' of \'network-interface\'; remove one']);
  });

  test.each(['', 'x'.repeat(129)])('the key \'%s\'', key => {
    expect(wrongWith(tags(key))).toEqual([`'format' must name tags by keys of 1 to 128 characters, got: '${key}' of 'network-interface'; name a key`]);
  });

  test('two of each kind are good, the longest key, and one that only the deployment knows', () => {
    const format = FlowLogFormat.default().with(
      FlowLogField.instanceTag('a'), FlowLogField.instanceTag('b'), FlowLogField.interfaceTag('x'.repeat(128)), FlowLogField.interfaceTag('b'),
      FlowLogField.autoScalingGroupTag('a'), FlowLogField.autoScalingGroupTag(Fn.importValue('Key')),
    );
    expect(() => logsIn(shopStack(), { format })).not.toThrow();
  });
});

describe('A13.4: a prefix that AWS takes', () => {
  const what = '\'prefix\' of \'storage\' must have';
  test.each<[string, string]>([
    ['', '\'prefix\' of \'storage\' must name a folder, got: nothing; leave it out for the root of the bucket'],
    ['/a', `${what} no '/' at either end, got: '/a'; write 'a'`],
    ['a/', `${what} no '/' at either end, got: 'a/'; write 'a'`],
    ['AWSLogs', `${what} no level that begins with 'AWSLogs', got: 'AWSLogs'; AWS puts that folder below it by itself`],
    ['AWSLogs/x', `${what} no level that begins with 'AWSLogs', got: 'AWSLogs/x'; AWS puts that folder below it by itself`],
    ['a/AWSLogs-old', `${what} no level that begins with 'AWSLogs', got: 'a/AWSLogs-old'; AWS puts that folder below it by itself`],
    ['a//b', `${what} levels of letters, digits and any of '_.=-', got: ''; rename them`],
    ['../a', `${what} levels of letters, digits and any of '_.=-', got: '..'; rename them`],
    ['a*/b ?', `${what} levels of letters, digits and any of '_.=-', got: 'a*', 'b ?'; rename them`],
    ['${day}', `${what} levels of letters, digits and any of '_.=-', got: '\${day}'; rename them`],
    ['x'.repeat(513), `${what} 512 characters at most, got: 513; choose a shorter one`],
  ])('\'%s\'', (prefix, message) => {
    expect(wrongWith({ storage: { prefix } })).toEqual([message]);
  });

  test.each(['a', 'a/b=c/d-e_f.g', 'x'.repeat(512), 'awslogs', Fn.importValue('Prefix')])('\'%s\' is good', prefix => {
    expect(() => logsIn(shopStack(), { storage: { prefix } })).not.toThrow();
  });

  test('of results and of a catalog alike', () => {
    const bucket = Bucket.fromBucketName(shopStack(), 'Results', 'results');
    expect(wrongWith({ queries: { results: QueryResults.inBucket(bucket, { prefix: '/a' }) } }))
      .toEqual(['\'prefix\' of \'results\' must have no \'/\' at either end, got: \'/a\'; write \'a\'']);
    expect(wrongWithCatalog({ prefix: 'AWSLogs' }))
      .toEqual(['\'prefix\' must have no level that begins with \'AWSLogs\', got: \'AWSLogs\'; AWS puts that folder below it by itself']);
  });
});

describe('A13.5: no column has the name of a partition key', () => {
  const layouts = [FlowLogPartitions.daily(), FlowLogPartitions.hourly(), FlowLogPartitions.hive(), FlowLogPartitions.hiveHourly()];

  test('one that has', () => {
    expect(found(findings => findPartitionProblems(findings, FlowLogPartitions.hourly(), ['srcaddr', 'day', 'hour'])))
      .toEqual(['\'format\' must hold no field whose column is a partition key, got: \'day\', \'hour\'; leave it out, the partition says it']);
  });

  test.each(layouts)('no field of AWS has, not even region', layout => {
    for (const format of [FlowLogFormat.all(), FlowLogFormat.transitGateway()]) {
      expect(found(findings => findPartitionProblems(findings, layout, format.columns))).toEqual([]);
    }
  });
});

describe('A13.6: accounts of 12 digits, 50 at most in a list', () => {
  const many = '\'accounts\' must be 50 at most for a table to list them, got: 51; pass FlowLogAccounts.ofMany([...]) or FlowLogAccounts.ofOrganization(id), and name accounts in each query';
  test.each<[string, FlowLogAccounts, string]>([
    ['51', FlowLogAccounts.of(accountsUpTo(51)), many],
    ['51 of an organization', FlowLogAccounts.ofOrganization('o-a1b2c3d4e5', accountsUpTo(51)), many],
    ['none', FlowLogAccounts.of([]), '\'accounts\' must name at least one, got: none; name the accounts whose logs are there'],
    ['none of many', FlowLogAccounts.ofMany([]), '\'accounts\' must name at least one, got: none; name the accounts whose logs are there'],
    ['of 11 digits', FlowLogAccounts.of(['12345678901', ACCOUNT]), '\'accounts\' must be ids of 12 digits, got: \'12345678901\'; write them as text, with their zeros'],
    ['of 13 digits', FlowLogAccounts.ofMany(['1234567890123']), '\'accounts\' must be ids of 12 digits, got: \'1234567890123\'; write them as text, with their zeros'],
    ['with a blank', FlowLogAccounts.of([` ${ACCOUNT}`]), `'accounts' must be ids of 12 digits, got: ' ${ACCOUNT}'; write them as text, with their zeros`],
    ['one twice', FlowLogAccounts.of([ACCOUNT, ACCOUNT]), `'accounts' must name each once, got twice: '${ACCOUNT}'; remove one`],
    ['an organization by its ARN', FlowLogAccounts.ofOrganization('arn:aws:organizations::1:o-a'),
      '\'accounts\' must be of an organization by its id, got: \'arn:aws:organizations::1:o-a\'; AWS Organizations shows it, such as \'o-a1b2c3d4e5\''],
  ])('%s', (_, accounts, message) => {
    expect(wrongWithCatalog({ accounts })).toEqual([message]);
  });

  test.each<[string, string[], string]>([
    ['none', [], '\'regions\' must name at least one, got: none; name the Regions whose logs are there'],
    ['a zone', ['eu-west-1a'], '\'regions\' must be names of Regions, got: \'eu-west-1a\'; write \'eu-west-1\''],
    ['one twice', ['eu-west-1', 'eu-west-1'], '\'regions\' must name each once, got twice: \'eu-west-1\'; remove one'],
  ])('Regions: %s', (_, regions, message) => {
    expect(wrongWithCatalog({ regions })).toEqual([message]);
  });

  test.each<[string, FlowLogAccounts]>([
    ['50', FlowLogAccounts.of(accountsUpTo(50))],
    ['51 that nobody lists', FlowLogAccounts.ofMany(accountsUpTo(51))],
    ['one that only the deployment knows', FlowLogAccounts.of([Fn.importValue('Account')])],
    ['an organization', FlowLogAccounts.ofOrganization('o-a1b2c3d4e5')],
    ['one that only the deployment knows', FlowLogAccounts.ofOrganization(Fn.importValue('Organization'))],
  ])('%s is good', (_, accounts) => {
    const stack = shopStack();
    const bucket = Bucket.fromBucketName(stack, 'Logs', 'logs');
    expect(() => new FlowLogsCatalog(stack, 'Catalog', { bucket, format: FlowLogFormat.default(), accounts, regions: ['us-gov-west-1', Fn.importValue('Region')] })).not.toThrow();
  });
});

describe('A13.8: a query may read 10,000,000 bytes at least', () => {
  test.each<[string, Size, number]>([['less', Size.bytes(9_999_999), 9_999_999], ['half a byte more', Size.bytes(10_000_000.5), 10_000_000.5]])('%s', (_, scanLimit, got) => {
    expect(wrongWith({ queries: { scanLimit } }))
      .toEqual([`'scanLimit' must be whole bytes, 10000000 at least, got: ${got}; Athena bills 10 MB for the smallest query, pass Size.mebibytes(10)`]);
  });

  test('a token in another unit', () => {
    expect(wrongWith({ queries: { scanLimit: Size.gibibytes(late) } })).toEqual(['\'scanLimit\' must be in bytes when its value is a token, got: another unit; pass Size.bytes(token)']);
  });

  test.each<[string, Size]>([['that', Size.bytes(10_000_000)], ['more than 32 bits hold', Size.tebibytes(5)], ['a token', Size.bytes(late)]])('%s is good', (_, scanLimit) => {
    expect(() => logsIn(shopStack(), { queries: { scanLimit } })).not.toThrow();
  });
});

describe('A13.10: a query needs what is logged', () => {
  test('one that does not find its fields is refused by name', () => {
    const logs = logsIn(shopStack(), { format: FlowLogFormat.default() });
    expect(errorOf(() => logs.addQuery(NamedQuery.portScan()))).toBe([
      'FlowLogsCatalog \'Shop/FlowLogs/Catalog\' can not be built:',
      `  - query '${NamedQuery.portScan().name}' must find in the log what it needs, got no: field 'tcp-flags'; log it, or leave the query to addQueries, which leaves out what can not be asked`,
    ].join('\n'));
  });

  test('one that does not find its traffic', () => {
    const logs = logsIn(shopStack(), { traffic: FlowLogTrafficType.ACCEPT });
    expect(errorOf(() => logs.addQuery(NamedQuery.rejectedSshRdp()))).toContain('must find in the log what it needs, got no: rejected traffic; log it');
  });

  test('one whose name is there', () => {
    const logs = logsIn(shopStack());
    logs.addQuery(NamedQuery.rejectedSshRdp());
    expect(errorOf(() => logs.addQuery(NamedQuery.rejectedSshRdp({ ports: [22] })))).toBe([
      'FlowLogsCatalog \'Shop/FlowLogs/Catalog\' can not be built:',
      `  - query '${NamedQuery.rejectedSshRdp().name}' must have a name of its own, got: that of one that is there; rename it with NamedQuery.of`,
    ].join('\n'));
  });

  test('one whose name nobody knows yet', () => {
    const query = NamedQuery.of({ name: Fn.importValue('Name'), description: 'Anything.', sql: 'SELECT 1 FROM {table} WHERE {window}' });
    expect(errorOf(() => logsIn(shopStack()).addQuery(query))).toContain('  - \'name\' of a query must be known at synth, got: an unresolved token; write it down');
  });
});

describe('how long', () => {
  test.each<[Duration, string]>([
    [Duration.days(0), '0 days'], [Duration.hours(36), '1 day 12 hours'], [Duration.days(36501), '36501 days'],
  ])('retention %s', (retention, got) => {
    expect(wrongWith({ retention })[0]).toBe(`'retention' must be whole days from 1 to 36500, got: ${got}; pass Duration.days(30)`);
  });

  test('retention as a token of another unit', () => {
    expect(wrongWith({ retention: Duration.hours(late) })).toEqual(['\'retention\' must be in days when its value is a token, got: \'hours\'; pass Duration.days(token)']);
  });

  test.each<[number, string]>([[60, '60 days'], [61, '61 days']])('archived after %i days of 60', (days, got) => {
    expect(wrongWith({ retention: Duration.days(60), storage: { archiveAfter: Duration.days(days) } }))
      .toEqual([`'archiveAfter' must be before 'retention', got: ${got} and 60 days; leave it out, files that are gone need no archive`]);
  });

  test('archived after half a day', () => {
    expect(wrongWith({ storage: { archiveAfter: Duration.hours(12) } })).toEqual(['\'archiveAfter\' must be whole days from 1 to 36500, got: 12 hours; pass Duration.days(30)']);
  });

  test('results for more than ten years', () => {
    expect(wrongWith({ queries: { results: QueryResults.inNewBucket({ expireAfter: Duration.days(3651) }) } }))
      .toEqual(['\'expireAfter\' of \'results\' must be whole days from 1 to 3650, got: 3651 days; pass Duration.days(30)']);
  });

  test('years of a Hive layout', () => {
    expect(wrongWith({ storage: { partitions: FlowLogPartitions.hive({ firstYear: 26, lastYear: 2030.5 }) } })).toEqual([
      '\'firstYear\' of \'partitions\' must be a year of four digits and known at synth, got: 26; write 2030',
      '\'lastYear\' of \'partitions\' must be a year of four digits and known at synth, got: 2030.5; write 2030',
    ]);
    expect(wrongWith({ storage: { partitions: FlowLogPartitions.hiveHourly({ firstYear: late }) } }))
      .toEqual(['\'firstYear\' of \'partitions\' must be a year of four digits and known at synth, got: an unresolved token; write 2030']);
    expect(wrongWith({ storage: { partitions: FlowLogPartitions.hive({ firstYear: 2031, lastYear: 2030 }) } }))
      .toEqual(['\'firstYear\' of \'partitions\' must not be after \'lastYear\', got: 2031 and 2030; swap them']);
    expect(() => logsIn(shopStack(), { storage: { partitions: FlowLogPartitions.hive({ firstYear: 2031, lastYear: 2031 }) } })).not.toThrow();
  });
});

describe('what the team hands in', () => {
  test.each<[FlowLogSource, string]>([
    [FlowLogSource.networkInterface('i-0123456789abcdef0'), '\'source\' must have the id of a NetworkInterface, got: \'i-0123456789abcdef0\'; pass what AWS calls it, such as \'eni-0123456789abcdef0\''],
    [FlowLogSource.transitGateway('tgw-attach-0123456789abcdef0'),
      '\'source\' must have the id of a TransitGateway, got: \'tgw-attach-0123456789abcdef0\'; pass what AWS calls it, such as \'tgw-0123456789abcdef0\''],
    [FlowLogSource.transitGatewayAttachment('tgw-0123456789abcdef0'),
      '\'source\' must have the id of a TransitGatewayAttachment, got: \'tgw-0123456789abcdef0\'; pass what AWS calls it, such as \'tgw-attach-0123456789abcdef0\''],
  ])('an id of something else', (source, message) => {
    expect(wrongWith({ source })).toEqual([message]);
  });

  test('a VPC, a key or a bucket of somewhere else', () => {
    const app = testApp();
    const stack = shopStack({ env: IRELAND }, app);
    const far = new Stack(app, 'Far', { env: { account: ACCOUNT, region: 'eu-central-1' } });
    const other = new Stack(app, 'Other', { env: { account: '222222222222', region: 'eu-west-1' } });
    expect(wrongWith({ source: FlowLogSource.vpc(anyVpc(far)), storage: { encryptionKey: new Key(far, 'Key') } }, stack)).toEqual([
      '\'source\' must be in the log\'s region, got: \'eu-central-1\' and \'eu-west-1\'; a flow log is where its traffic is, create it there',
      '\'encryptionKey\' must be in the log\'s region, got: \'eu-central-1\' and \'eu-west-1\'; a bucket is encrypted with a key of its Region',
    ]);
    const elsewhere = shopStack({ env: IRELAND });
    expect(wrongWith({ source: FlowLogSource.subnet(new Vpc(other, 'Vpc').privateSubnets[0]), storage: { bucket: new Bucket(other, 'Bucket') } }, elsewhere)).toEqual([
      `'source' must be in the log's account, got: '222222222222' and '${ACCOUNT}'; a flow log is where its traffic is, create it there`,
      `'bucket' must be in the log's account, got: '222222222222' and '${ACCOUNT}'; collect logs of several accounts with CentralFlowLogs`,
    ]);
  });

  test('settings of a new bucket beside one that is there', () => {
    const stack = shopStack();
    const storage = { bucket: new Bucket(stack, 'Own'), encryptionKey: new Key(stack, 'Key'), archiveAfter: Duration.days(30) };
    expect(wrongWith({ storage }, stack)).toEqual([
      '\'encryptionKey\' of \'storage\' must be left out beside \'bucket\', got: both; it is for a new bucket, and yours has its own settings',
      '\'archiveAfter\' of \'storage\' must be left out beside \'bucket\', got: both; it is for a new bucket, and yours has its own lifecycle',
    ]);
  });

  test.each(['', 'Network', 'net-work', 'x'.repeat(256)])('the database \'%s\'', databaseName => {
    expect(wrongWith({ queries: { databaseName } })).toEqual([`'databaseName' must be 1 to 255 lower case letters, digits and '_', got: '${databaseName}'; rename it`]);
  });

  test('a database that only the deployment knows is good', () => {
    expect(() => logsIn(shopStack(), { queries: { databaseName: Fn.importValue('Database') } })).not.toThrow();
  });

  test('all of it is told at once', () => {
    expect(errorOf(() => logsIn(shopStack(), {
      format: FlowLogFormat.of([]), retention: Duration.hours(1), storage: { prefix: 'a/' }, queries: { scanLimit: Size.bytes(1) },
    }))).toBe([
      'FlowLogsToAthena \'Shop/FlowLogs\' can not be built:',
      '  - \'format\' must hold at least one field, got: none; pass FlowLogFormat.security()',
      '  - \'retention\' must be whole days from 1 to 36500, got: 1 hour; pass Duration.days(30)',
      '  - \'prefix\' of \'storage\' must have no \'/\' at either end, got: \'a/\'; write \'a\'',
      '  - \'scanLimit\' must be whole bytes, 10000000 at least, got: 1; Athena bills 10 MB for the smallest query, pass Size.mebibytes(10)',
    ].join('\n'));
  });
});
