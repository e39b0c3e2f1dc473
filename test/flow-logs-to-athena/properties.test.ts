import { FlowLogMaxAggregationInterval, FlowLogTrafficType, Subnet } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Fn, Lazy, Size, Stack, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import * as fc from 'fast-check';
import {
  CentralFlowLogs, CentralFlowLogsBucket, FlowLogAccounts, FlowLogField, FlowLogFormat, FlowLogPartitions, FlowLogsToAthena, FlowLogsToCentralBucket,
  FlowLogSource, NamedQuery, QueryResults, QueryWindow, TransitGatewayField,
} from '../../src';
import { ACCOUNT, IRELAND, testApp } from '../support/app';
import { render } from '../support/deployed';
import { anyVpc } from '../support/flow-log-stacks';
import { expectStrictValidation, firstThatBuild } from '../support/random-programs';

/**
 * Whatever is thrown at it, the construct either builds a template in which the table is of the log, file by file and field
 * by field, or says what is wrong in words of its own. The seed is fixed: a failure here is a failure everywhere.
 */
const SEED = 20270204;

/** What a token becomes. It is not known at synth, so it is never compared. */
const late = Lazy.number({ produce: () => 77 });
const lateBytes = Lazy.number({ produce: () => 77_000_000 });
const lateText = Fn.importValue('Stated');

/** Most values are good, so that whole programs are; some are at the edge or beyond it. */
const good = <T, U>(values: fc.Arbitrary<T>, edges: fc.Arbitrary<U>, share = 40) =>
  fc.oneof({ weight: share, arbitrary: values }, { weight: 1, arbitrary: edges }) as fc.Arbitrary<T | U>;
const sometimes = <T>(values: fc.Arbitrary<T>) => fc.oneof(values, fc.constant(undefined));

const tag = fc.tuple(fc.constantFrom('instanceTag' as const, 'interfaceTag' as const, 'autoScalingGroupTag' as const), good(fc.constantFrom('team', 'stage', lateText), fc.constantFrom('', 'a'.repeat(129))))
  .map(([kind, key]) => FlowLogField[kind](key));
const fieldsOf = <T>(all: T[]) => good(
  fc.oneof(fc.shuffledSubarray(all, { minLength: 1 }), fc.shuffledSubarray(all, { minLength: 1, maxLength: 6 })),
  fc.oneof(fc.constant<T[]>([]), fc.array(fc.constantFrom(...all), { minLength: 2, maxLength: 30 })), 12,
);
const vpcFields = fc.tuple(fieldsOf(FlowLogField._all()), good(fc.constant<FlowLogField[]>([]), fc.array(tag, { maxLength: 5 }), 2), fc.boolean())
  .map(([fields, tags, first]) => first ? [...tags, ...fields] : [...fields, ...tags]);
const format = fc.oneof(
  { weight: 6, arbitrary: vpcFields.map(fields => FlowLogFormat.of(fields)) },
  { weight: 2, arbitrary: fc.constantFrom(FlowLogFormat.default(), FlowLogFormat.security(), FlowLogFormat.all(), undefined) },
  { weight: 1, arbitrary: fc.tuple(vpcFields, vpcFields).map(([fields, more]) => FlowLogFormat.of(fields).with(...more)) },
);
const gatewayFormat = fc.oneof(
  { weight: 4, arbitrary: fieldsOf(TransitGatewayField._all()).map(fields => FlowLogFormat.ofTransitGateway(fields)) },
  { weight: 2, arbitrary: fc.constantFrom(FlowLogFormat.transitGateway(), undefined) },
  { weight: 1, arbitrary: fc.oneof(format, vpcFields.map(fields => FlowLogFormat.transitGateway().with(...fields))) },
);
const year = good(fc.constantFrom(1999, 2025, 2030, undefined), fc.constantFrom(26, 2030.5, Number.NaN, 20300, late), 20);
const partitions = fc.oneof(
  fc.constantFrom(FlowLogPartitions.daily(), FlowLogPartitions.hourly(), undefined),
  fc.tuple(fc.boolean(), year, year).map(([hourly, firstYear, lastYear]) => FlowLogPartitions[hourly ? 'hiveHourly' : 'hive']({ firstYear, lastYear })),
);
const prefix = sometimes(good(
  fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_.=-]{0,10}(\/[a-z0-9][a-z0-9_.=-]{0,10}){0,3}$/), fc.constantFrom('flow', lateText)),
  fc.oneof(fc.constantFrom('', '/', 'a/', '/a', 'AWSLogs', 'a/AWSLogs', 'a//b', '..', '${day}', 'a*', 'données', 'x'.repeat(513)), fc.string()), 10,
));
const days = (most: number) => good(
  fc.oneof(fc.integer({ min: 1, max: most }).map(n => Duration.days(n)), fc.constantFrom(Duration.days(late), Duration.hours(48))),
  fc.constantFrom(Duration.days(0), Duration.hours(36), Duration.days(most + 1), Duration.hours(late), Duration.millis(1), Duration.days(1.5)), 25,
);
const results = fc.oneof(
  fc.record({ expireAfter: days(3650), key: fc.boolean() }, { requiredKeys: [] }).map(options => ({ kind: 'new' as const, ...options })),
  fc.record({ kind: fc.constantFrom('existing' as const, 'managed' as const), prefix, key: fc.boolean() }),
);
const logs = {
  format,
  partitions,
  prefix,
  retention: sometimes(days(36_500)),
  archiveAfter: sometimes(good(fc.constantFrom(Duration.days(1), Duration.days(30), Duration.days(late)), days(36_500), 6)),
  encryptionKey: sometimes(fc.constantFrom('own' as const, 'imported' as const)),
  scanLimit: sometimes(good(
    fc.oneof(fc.integer({ min: 10, max: 10_000_000 }).map(n => Size.mebibytes(n)), fc.constantFrom(Size.bytes(10_000_000), Size.bytes(lateBytes))),
    fc.constantFrom(Size.bytes(0), Size.bytes(9_999_999), Size.kibibytes(0.5), Size.gibibytes(late), Size.bytes(10_000_000.5)), 20,
  )),
  databaseName: sometimes(good(fc.constantFrom('network', 'a_1', lateText), fc.constantFrom('', 'Net', 'net-work', 'x'.repeat(256)), 20)),
  results: sometimes(results),
  traffic: sometimes(fc.constantFrom(...Object.values(FlowLogTrafficType))),
  aggregationInterval: sometimes(fc.constantFrom(FlowLogMaxAggregationInterval.ONE_MINUTE, FlowLogMaxAggregationInterval.TEN_MINUTES)),
  queries: fc.constantFrom('none' as const, 'pack' as const, 'each' as const),
};
const source = good(fc.constantFrom('vpc' as const, 'subnet' as const, 'interface' as const, 'late' as const), fc.constantFrom('wrong' as const, 'far' as const), 30);
const gateway = good(fc.constantFrom('gateway' as const, 'attachment' as const), fc.constantFrom('wrongGateway' as const), 20);
const accounts = fc.array(good(fc.stringMatching(/^[1-9]\d{11}$/), fc.constantFrom('1', lateText, `${ACCOUNT} `), 200), { minLength: 1, maxLength: 55 });
const central = fc.record({
  accounts,
  kind: fc.constantFrom('of' as const, 'ofMany' as const, 'ofOrganization' as const, 'anyOfOrganization' as const),
  organization: good(fc.constantFrom('o-a1b2c3d4e5', lateText), fc.constantFrom('', 'ou-1', 'o-A'), 20),
  regions: good(fc.shuffledSubarray(['eu-west-1', 'eu-central-1', 'us-gov-west-1', lateText], { minLength: 1 }), fc.constantFrom<string[]>([], ['eu-west-1a'], ['eu-west-1', 'eu-west-1']), 20),
  bucketName: good(fc.constantFrom('acme-flow-logs', 'x.y'), fc.constantFrom('', 'A', lateText), 20),
});
const program = fc.record({
  ...logs,
  env: fc.constantFrom(IRELAND, undefined),
  bucket: good(fc.constant(undefined), fc.constantFrom('own' as const, 'imported' as const, 'far' as const), 3),
  source: fc.oneof({ weight: 3, arbitrary: source }, { weight: 1, arbitrary: gateway }),
  gatewayFormat,
  central: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: central }),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

/** What was built, for what checks to be compared with it. */
interface Team {
  readonly logs?: FlowLogsToAthena;
  readonly central?: CentralFlowLogs;
  readonly sender?: FlowLogsToCentralBucket;
  readonly format: FlowLogFormat;
  readonly partitions: FlowLogPartitions;
}

function sourceOf(stack: Stack, kind: Program['source']): FlowLogSource {
  switch (kind) {
    case 'vpc': return FlowLogSource.vpc(anyVpc(stack));
    case 'subnet': return FlowLogSource.subnet(Subnet.fromSubnetAttributes(stack, 'Subnet', { subnetId: 'subnet-0123456789abcdef0', availabilityZone: 'eu-west-1a' }));
    case 'interface': return FlowLogSource.networkInterface('eni-0123456789abcdef0');
    case 'late': return FlowLogSource.networkInterface(lateText);
    case 'wrong': return FlowLogSource.networkInterface('vpc-1');
    case 'far': return FlowLogSource.vpc(anyVpc(new Stack(stack.node.scope!, 'Far', { env: { account: ACCOUNT, region: 'eu-central-1' } })));
    case 'gateway': return FlowLogSource.transitGateway('tgw-0123456789abcdef0');
    case 'attachment': return FlowLogSource.transitGatewayAttachment('tgw-attach-0123456789abcdef0');
    case 'wrongGateway': return FlowLogSource.transitGateway('tgw-attach-0123456789abcdef0');
  }
}

function keyOf(scope: Construct, kind: Program['encryptionKey'], id = 'Key'): IKey | undefined {
  return kind && (kind === 'own' ? new Key(scope, id) : Key.fromKeyArn(scope, id, `arn:aws:kms:eu-west-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`));
}

function bucketOf(scope: Construct, kind: Program['bucket']): IBucket | undefined {
  switch (kind) {
    case 'own': return new Bucket(scope, 'Own', { encryptionKey: new Key(scope, 'OwnKey') });
    case 'imported': return Bucket.fromBucketName(scope, 'Imported', 'logs');
    case 'far': return Bucket.fromBucketAttributes(scope, 'Imported', { bucketName: 'logs', account: '222222222222' });
    default: return undefined;
  }
}

function resultsOf(scope: Construct, stated: Program['results']): QueryResults | undefined {
  const encryptionKey = stated?.key ? new Key(scope, 'ResultsKey') : undefined;
  switch (stated?.kind) {
    case 'new': return QueryResults.inNewBucket({ expireAfter: stated.expireAfter, encryptionKey });
    case 'existing': return QueryResults.inBucket(new Bucket(scope, 'Answers'), { prefix: stated.prefix, encryptionKey });
    case 'managed': return QueryResults.managedByAthena({ encryptionKey });
    default: return undefined;
  }
}

/** What the program builds; the message of the error that it ends in. */
function build(scope: Construct, input: Program): Team | string {
  try {
    return input.central ? buildCentral(scope, input, input.central) : buildAlone(scope, input);
  } catch (error) {
    return (error as Error).message;
  }
}

function buildAlone(scope: Construct, input: Program): Team {
  const stack = new Stack(scope, 'Shop', { env: input.env });
  const source_ = sourceOf(stack, input.source);
  const bucket = bucketOf(stack, input.bucket);
  const ours = new FlowLogsToAthena(stack, 'FlowLogs', {
    source: source_,
    format: source_.isTransitGateway ? input.gatewayFormat : input.format,
    retention: input.retention,
    traffic: source_.isTransitGateway && input.source === 'gateway' ? undefined : input.traffic,
    aggregationInterval: input.aggregationInterval,
    storage: {
      bucket,
      prefix: input.prefix,
      partitions: input.partitions,
      encryptionKey: bucket ? undefined : keyOf(stack, input.encryptionKey),
      archiveAfter: bucket ? undefined : input.archiveAfter,
    },
    queries: { scanLimit: input.scanLimit, databaseName: input.databaseName, results: resultsOf(stack, input.results) },
  });
  ask(ours, input);
  return { logs: ours, format: ours.format, partitions: input.partitions ?? FlowLogPartitions.hourly() };
}

function buildCentral(scope: Construct, input: Program, stated: NonNullable<Program['central']>): Team {
  const own = [...new Set([...stated.accounts, ACCOUNT])];
  const bucket = CentralFlowLogsBucket.of({
    bucketName: stated.bucketName,
    accounts: {
      of: () => FlowLogAccounts.of(own),
      ofMany: () => FlowLogAccounts.ofMany(own),
      ofOrganization: () => FlowLogAccounts.ofOrganization(stated.organization, stated.accounts),
      anyOfOrganization: () => FlowLogAccounts.ofOrganization(stated.organization),
    }[stated.kind](),
    regions: stated.regions,
    format: input.format,
    traffic: input.traffic,
    prefix: input.prefix,
    partitions: input.partitions,
  });
  const security = new Stack(scope, 'Security', { env: { account: '999999999999', region: 'eu-west-1' } });
  const shop = new Stack(scope, 'Shop', { env: input.env });
  const collecting = new CentralFlowLogs(security, 'Central', {
    bucket,
    retention: input.retention,
    archiveAfter: input.archiveAfter,
    encryptionKey: keyOf(security, input.encryptionKey),
    queries: { scanLimit: input.scanLimit, databaseName: input.databaseName, results: resultsOf(security, input.results) },
  });
  const sender = new FlowLogsToCentralBucket(shop, 'FlowLogs', { source: sourceOf(shop, input.source), bucket, aggregationInterval: input.aggregationInterval });
  ask(collecting, input);
  return { central: collecting, sender, format: bucket.format, partitions: bucket.partitions };
}

function ask(ours: FlowLogsToAthena | CentralFlowLogs, input: Program): void {
  const window = QueryWindow.last(Duration.days(7)).forAccounts([ACCOUNT]);
  if (input.queries === 'pack') {
    ours.addQueries(NamedQuery.pack(input.central ? { window } : {}));
  } else if (input.queries === 'each') {
    ours.addQuery(NamedQuery.of({ name: 'lost', description: 'Lost records.', window, sql: 'SELECT day, count(*) FROM {table} WHERE {window} AND {log_status} = \'SKIPDATA\' GROUP BY day' }));
  }
}

/** The templates of an app, with what CloudFormation would put in. */
function templatesOf(app: App | Stage): any[] {
  return app.synth({ force: true }).stacksRecursively.map(({ template, environment }) => render(template.Resources ?? {}, {
    ref: id => ({
      'AWS::Partition': 'aws', 'AWS::AccountId': /^\d+$/.test(environment.account) ? environment.account : ACCOUNT, 'AWS::Region': 'eu-west-1',
    }[id] ?? `<${id}>`),
    attribute: (id, name) => name === 'Arn' ? `arn:aws:s3:::<${id}>` : `<${id}.${name}>`,
    imported: name => `<${name}>`,
  }));
}

const ofType = (templates: any[], type: string): any[] =>
  templates.flatMap(resources => Object.values<any>(resources)).filter(each => each.Type === type).map(each => each.Properties);

/** Log, table and policy are about the same files, and say the same of what is in them. */
function check(team: Team, templates: any[]): void {
  const [log, ...otherLogs] = ofType(templates, 'AWS::EC2::FlowLog');
  const [{ TableInput: table, DatabaseName }, ...otherTables] = ofType(templates, 'AWS::Glue::Table');
  expect([otherLogs, otherTables]).toEqual([[], []]);
  checkFields(team, log, table);
  checkPlaces(team, log, table, templates);
  const [{ WorkGroupConfiguration }] = ofType(templates, 'AWS::Athena::WorkGroup');
  expect(WorkGroupConfiguration.EnforceWorkGroupConfiguration).toBe(true);
  expect('ResultConfiguration' in WorkGroupConfiguration).not.toBe('ManagedQueryResultsConfiguration' in WorkGroupConfiguration);
  for (const { QueryString, Database } of ofType(templates, 'AWS::Athena::NamedQuery')) {
    expect(Database).toBe(DatabaseName);
    expect(QueryString).toContain(`"${DatabaseName}"."${table.Name}"`);
    expect(QueryString).not.toMatch(/[{}]/);
    seen.queries++;
  }
}

const GLUE: Record<string, string> = { INT_32: 'int', INT_64: 'bigint', STRING: 'string' };

function checkFields(team: Team, log: any, table: any): void {
  const logged = log.LogFormat.split(' ').map((field: string) => /^\$\{([a-z0-9-]+)\}$/.exec(field)![1]);
  const columns = table.StorageDescriptor.Columns;
  expect(columns.map((column: any) => column.Name)).toEqual(logged.map((field: string) => field.replace(/-/g, '_')));
  expect(columns.map((column: any) => column.Type)).toEqual(team.format._fields.map(field => GLUE[field.type.parquet]));
  const names = [...columns, ...table.PartitionKeys].map((column: any) => column.Name);
  expect(new Set(names).size).toBe(names.length);
  // A tag has a key, and a key a tag.
  const tagged: [string, number][] = (log.TagFieldSpecifications ?? []).map((each: any) => [each.ResourceType, each.TagKeys.length]);
  const kinds: Record<string, string> = { 'instance': 'instance-tag', 'network-interface': 'interface-tag', 'auto-scaling-group': 'asg-tag' };
  expect(tagged.flatMap(([kind, count]) => [kinds[kind], `${kinds[kind]}-2`].slice(0, count)).sort()).toEqual(logged.filter((field: string) => field.includes('tag')).sort());
  seen.tags += tagged.length;
  expect('TrafficType' in log).toBe(!team.format.isTransitGateway);
  expect(!team.format.isTransitGateway || log.MaxAggregationInterval === 60).toBe(true);
  seen.gateways += Number(team.format.isTransitGateway);
}

function checkPlaces(team: Team, log: any, table: any, templates: any[]): void {
  const { partitions: layout } = team;
  expect(log.DestinationOptions).toEqual({ FileFormat: 'parquet', HiveCompatiblePartitions: layout.isHive, PerHourPartition: layout.isHourly });
  // Where AWS writes, by its documentation; the table looks there.
  const root = `${log.LogDestination.replace('arn:aws:s3:::', 's3://')}/`;
  const account = layout.isHive ? 'AWSLogs/aws-account-id=ACCOUNT/aws-service=vpcflowlogs/aws-region=REGION/' : 'AWSLogs/ACCOUNT/vpcflowlogs/REGION/';
  const day = layout.isHive ? 'year=${year}/month=${month}/day=${day}/' : '${day}/';
  const hour = { true: layout.isHive ? 'hour=${hour}/' : '${hour}/', false: '' }[String(layout.isHourly) as 'true' | 'false'];
  const place = table.Parameters['storage.location.template'].replace('${aws_account_id}', 'ACCOUNT').replace('${aws_region}', 'REGION');
  const bucketOfLog = team.central ? root.replace(/^s3:\/\/[^/]+/, 's3://BUCKET') : root;
  expect(team.central ? place.replace(/^s3:\/\/<[^/]+>/, 's3://BUCKET') : place).toBe(`${bucketOfLog}${account}${day}${hour}`);
  const keys = table.PartitionKeys.map((key: any) => key.Name);
  expect(keys.filter((key: string) => !(`projection.${key}.type` in table.Parameters) || !table.Parameters['storage.location.template'].includes(`\${${key}}`))).toEqual([]);
  // Log delivery may write there.
  const writes = ofType(templates, 'AWS::S3::BucketPolicy').flatMap(policy => policy.PolicyDocument.Statement)
    .filter((statement: any) => statement.Principal.Service === 'delivery.logs.amazonaws.com' && statement.Action === 's3:PutObject');
  expect(writes.length).toBeLessThanOrEqual(1);
  for (const { Resource, Condition } of writes) {
    const folder = place.slice(place.indexOf('/', 's3://'.length), place.indexOf('AWSLogs/'));
    expect([Resource].flat().filter((arn: string) => !arn.replace(/^arn:aws:s3:::[^/]+/, '').startsWith(`${folder}AWSLogs/`))).toEqual([]);
    expect(Condition.ArnLike['aws:SourceArn']).toBeDefined();
    expect('aws:SourceAccount' in Condition.StringEquals).not.toBe('aws:SourceOrgID' in Condition.StringEquals);
    seen.policies++;
  }
  seen.central += Number(team.central !== undefined);
}

/** `'prop' …, got: …; what to do`, each in a line of its own. */
function checkMessage(message: string): void {
  const [subject, ...findings] = message.split('\n  - ');
  expect(subject).toMatch(/^(FlowLogsToAthena|FlowLogsCatalog|CentralFlowLogs|FlowLogsToCentralBucket) '[^']+' can not be built:$/);
  expect(findings.length).toBeGreaterThan(0);
  for (const finding of findings) {
    expect(finding).toMatch(/^('\w+'|query '[^']+'|'\w+' of '?[\w ]+'?) (must|which) [\s\S]+, got[\s\S]*: [\s\S]+; [\s\S]+$/);
    expect(finding).not.toMatch(/\$\{Token|NaN days|undefined|\[object/);
  }
}

const { outdir } = testApp();
const newApp = () => new App({ outdir, analyticsReporting: false, treeMetadata: false });
const seen = { built: 0, refused: 0, tags: 0, gateways: 0, queries: 0, policies: 0, central: 0 };

beforeAll(() => { Error.stackTraceLimit = 0; }); // a trace of each resource is a sixth of the time
afterAll(() => { Error.stackTraceLimit = 10; });

test('1,000 programs: a table whose columns are the fields of the log, or one of our errors', () => {
  fc.assert(fc.property(program, input => {
    const app = newApp();
    const team = build(app, input);
    if (typeof team === 'string') {
      seen.refused++;
      checkMessage(team);
    } else {
      seen.built++;
      check(team, templatesOf(app));
    }
  }), { numRuns: 1000, seed: SEED });
  // All of it happens often: no part of this test is idle.
  expect(seen.built).toBeGreaterThan(350);
  expect(seen.refused).toBeGreaterThan(250);
  expect(seen.tags).toBeGreaterThan(40);
  expect(seen.gateways).toBeGreaterThan(40);
  expect(seen.queries).toBeGreaterThan(300);
  expect(seen.policies).toBeGreaterThan(250);
  expect(seen.central).toBeGreaterThan(40);
});

/** The first programs that build, of those that the seed gives, each in a stage of one app. */
function appOf(count: number, app: App): Program[] {
  return firstThatBuild(count, app, fc.sample(program, { numRuns: 6 * count, seed: SEED }), build);
}

test('the same program gives the same templates', () => {
  const [app, again] = [newApp(), newApp()];
  appOf(20, app).forEach((input, index) => build(new Stage(again, `Program${index}`), input));
  const [first, second] = [app, again].map(templatesOf);
  expect(first.length).toBeGreaterThanOrEqual(20);
  expect(second).toEqual(first);
});

test('50 programs that build pass CDK\'s own validator, in strict mode', () => {
  expectStrictValidation(app => appOf(50, app));
});
