import type { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLogMaxAggregationInterval } from 'aws-cdk-lib/aws-ec2';
import type { Duration, IResource, Size } from 'aws-cdk-lib/core';
import { SizeRoundingBehavior, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FlowLogQueryOptions } from './catalog/flow-logs-catalog';
import { FlowLogField } from './format/flow-log-field';
import type { FlowLogFormat } from './format/flow-log-format';
import { TransitGatewayField } from './format/transit-gateway-field';
import type { NamedQuery } from './queries/named-query';
import type { FlowLogSource } from './source/flow-log-source';
import type { Delivery } from './storage/delivery-policy';
import { lengthOfStatements, MAX_BUCKET_POLICY } from './storage/delivery-policy';
import type { FlowLogAccounts } from './storage/flow-log-accounts';
import type { FlowLogPartitions } from './storage/flow-log-partitions';
import type { FlowLogStorageOptions } from './storage/log-bucket';
import type { Findings } from '../private/validation';
import { duplicates, inDays, isKnown, isKnownDuration, isWholeDays, quoted, requireTokenUnit } from '../private/validation';

const TAGS_OF_KIND = 2;
const MAX_TAG_KEY = 128;
const LISTED_ACCOUNTS = 50;
const ACCOUNT = /^\d{12}$/;
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const LEVEL = /^(?!\.+$)[\w.=-]+$/;
const MAX_PREFIX = 512;
const MAX_DAYS = 36_500;
const MAX_RESULT_DAYS = 3650;
const SMALLEST_SCAN = 10_000_000;
const DATABASE = /^[a-z0-9_]{1,255}$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** What a bucket policy says besides: TLS only, and its frame. */
const REST_OF_POLICY = 1_000;

/** A list of fields that AWS logs, and a table can show. */
export function findFormatProblems(findings: Findings, format: FlowLogFormat): void {
  const names = format._fields.map(field => field.name);
  findings.require(names.length > 0, '\'format\' must hold at least one field, got: none; pass FlowLogFormat.security()');
  const twice = duplicates(names);
  findings.require(twice.length === 0, `'format' must hold each field once, got twice: ${quoted(twice)}; remove one`);
  const tags = format._tags();
  const known = new Set((format.isTransitGateway ? TransitGatewayField._all() : FlowLogField._all()).map(field => field.name));
  const foreign = names.filter(name => !known.has(name) && (format.isTransitGateway || !/^(instance|interface|asg)-tag(-\d+)?$/.test(name)));
  const [kind, advice] = format.isTransitGateway ? ['of a transit gateway', 'TransitGatewayField has them'] : ['of a VPC', 'FlowLogField has them'];
  findings.require(foreign.length === 0, `'format' must hold fields ${kind} only, got: ${quoted(foreign)}; ${advice}`);
  for (const { resourceType, tagKeys } of tags) {
    findings.require(tagKeys.length <= TAGS_OF_KIND,
      `'format' must show ${TAGS_OF_KIND} tags of a kind at most, got: ${tagKeys.length} of '${resourceType}'; AWS has no field for more`);
    const same = duplicates(tagKeys.filter(isKnown));
    findings.require(same.length === 0, `'format' must show each tag once, got twice: ${quoted(same)} of '${resourceType}'; remove one`);
    const wrong = tagKeys.filter(key => isKnown(key) && (key.length === 0 || key.length > MAX_TAG_KEY));
    findings.require(wrong.length === 0, `'format' must name tags by keys of 1 to ${MAX_TAG_KEY} characters, got: ${quoted(wrong)} of '${resourceType}'; name a key`);
  }
}

/** What is logged of whom. */
export interface Logged {
  /** Whose traffic. */
  readonly source: FlowLogSource;
  /** Which fields. */
  readonly format: FlowLogFormat;
  /**
   * Which traffic.
   *
   * @default - all of it
   */
  readonly traffic?: FlowLogTrafficType;
  /**
   * How long packets are put into one record.
   *
   * @default - one minute
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;
}

/** A source whose traffic has these fields, and can be logged from here. */
export function findSourceProblems(findings: Findings, scope: Construct, { source, format, traffic, aggregationInterval }: Logged): void {
  if (source.isTransitGateway) {
    findings.require(format.isTransitGateway,
      '\'format\' must be one of a transit gateway, as \'source\' is, got: fields of a VPC; pass FlowLogFormat.transitGateway() or FlowLogFormat.ofTransitGateway([...])');
    findings.require(traffic === undefined, `'traffic' must be left out for a transit gateway, got: ${traffic}; it rejects nothing`);
    findings.require(aggregationInterval === undefined || aggregationInterval === FlowLogMaxAggregationInterval.ONE_MINUTE,
      `'aggregationInterval' must be ONE_MINUTE for a transit gateway, got: ${aggregationInterval} seconds; leave it out`);
  } else {
    findings.require(!format.isTransitGateway,
      '\'format\' must be one of a VPC, as \'source\' is, got: fields of a transit gateway; pass FlowLogFormat.security() or FlowLogFormat.of([...])');
  }
  const { resourceId, resourceType } = source._resourceType;
  findings.require(!isKnown(resourceId) || !source._idPattern || source._idPattern.test(resourceId),
    `'source' must have the id of a ${resourceType}, got: '${resourceId}'; pass what AWS calls it, such as '${EXAMPLES[resourceType]}'`);
  findElsewhere(findings, scope, 'source', source._resource, ['region', 'account'], 'a flow log is where its traffic is, create it there');
}

const EXAMPLES: Record<string, string> = {
  NetworkInterface: 'eni-0123456789abcdef0', TransitGateway: 'tgw-0123456789abcdef0', TransitGatewayAttachment: 'tgw-attach-0123456789abcdef0',
};

/** Partitions that can be computed, beside columns that are no partitions. */
export function findPartitionProblems(findings: Findings, partitions: FlowLogPartitions, columns: string[]): void {
  const both = columns.filter(column => partitions.keys.includes(column));
  findings.require(both.length === 0, `'format' must hold no field whose column is a partition key, got: ${quoted(both)}; leave it out, the partition says it`);
  const { firstYear, lastYear } = partitions;
  for (const [what, year] of [['firstYear', firstYear], ['lastYear', lastYear]] as const) {
    findings.require(isKnown(year) && Number.isInteger(year) && year >= 1000 && year <= 9999,
      `'${what}' of 'partitions' must be a year of four digits and known at synth, got: ${isKnown(year) ? year : 'an unresolved token'}; write 2030`);
  }
  findings.require(!isKnown(firstYear) || !isKnown(lastYear) || !(firstYear > lastYear),
    `'firstYear' of 'partitions' must not be after 'lastYear', got: ${firstYear} and ${lastYear}; swap them`);
}

/** A folder that AWS takes, and that means in a policy and in the location of a table what it says. */
export function findPrefixProblems(findings: Findings, what: string, prefix: string | undefined): void {
  if (prefix === undefined || !isKnown(prefix)) {
    return;
  }
  const levels = prefix.split('/');
  findings.require(prefix.length <= MAX_PREFIX, `${what} must have ${MAX_PREFIX} characters at most, got: ${prefix.length}; choose a shorter one`);
  findings.require(prefix !== '', `${what} must name a folder, got: nothing; leave it out for the root of the bucket`);
  findings.require(!prefix.startsWith('/') && !prefix.endsWith('/'), `${what} must have no '/' at either end, got: '${prefix}'; write '${prefix.replace(/^\/+|\/+$/g, '')}'`);
  findings.require(!levels.some(level => level.startsWith('AWSLogs')),
    `${what} must have no level that begins with 'AWSLogs', got: '${prefix}'; AWS puts that folder below it by itself`);
  const wrong = levels.slice(prefix.startsWith('/') ? 1 : 0, prefix.endsWith('/') ? -1 : undefined).filter(level => !LEVEL.test(level));
  findings.require(prefix === '' || wrong.length === 0,
    `${what} must have levels of letters, digits and any of '_.=-', got: ${quoted(wrong)}; rename them`);
}

/** Accounts and Regions that exist, and that a table can list. */
export function findAccountProblems(findings: Findings, accounts: FlowLogAccounts, regions: string[]): void {
  for (const list of new Set([accounts._senders, accounts._listed])) {
    findAccountListProblems(findings, list);
  }
  const listed = accounts._listed?.length ?? 0;
  findings.require(listed <= LISTED_ACCOUNTS,
    `'accounts' must be ${LISTED_ACCOUNTS} at most for a table to list them, got: ${listed}; pass FlowLogAccounts.ofMany([...]) or FlowLogAccounts.ofOrganization(id), and name accounts in each query`);
  const organization = accounts._organizationId;
  findings.require(organization === undefined || !isKnown(organization) || ORGANIZATION.test(organization),
    `'accounts' must be of an organization by its id, got: '${organization}'; AWS Organizations shows it, such as 'o-a1b2c3d4e5'`);
  findings.require(regions.length > 0, '\'regions\' must name at least one, got: none; name the Regions whose logs are there');
  const wrong = regions.filter(region => isKnown(region) && !REGION.test(region));
  findings.require(wrong.length === 0, `'regions' must be names of Regions, got: ${quoted(wrong)}; write 'eu-west-1'`);
  const twice = duplicates(regions.filter(isKnown));
  findings.require(twice.length === 0, `'regions' must name each once, got twice: ${quoted(twice)}; remove one`);
}

function findAccountListProblems(findings: Findings, accounts: string[] | undefined): void {
  if (!accounts) {
    return;
  }
  findings.require(accounts.length > 0, '\'accounts\' must name at least one, got: none; name the accounts whose logs are there');
  const wrong = accounts.filter(account => isKnown(account) && !ACCOUNT.test(account));
  findings.require(wrong.length === 0, `'accounts' must be ids of 12 digits, got: ${quoted(wrong)}; write them as text, with their zeros`);
  const twice = duplicates(accounts.filter(isKnown));
  findings.require(twice.length === 0, `'accounts' must name each once, got twice: ${quoted(twice)}; remove one`);
}

/** Days that S3 counts. */
export function findRetentionProblems(findings: Findings, retention: Duration): void {
  requireDays(findings, '\'retention\'', retention, MAX_DAYS);
}

/** Where the files are. */
export function findStorageProblems(findings: Findings, scope: Construct, storage: FlowLogStorageOptions, retention: Duration): void {
  const { bucket, encryptionKey, archiveAfter } = storage;
  findPrefixProblems(findings, '\'prefix\' of \'storage\'', storage.prefix);
  findings.require(!bucket || !encryptionKey,
    '\'encryptionKey\' of \'storage\' must be left out beside \'bucket\', got: both; it is for a new bucket, and yours has its own settings');
  findings.require(!bucket || archiveAfter === undefined,
    '\'archiveAfter\' of \'storage\' must be left out beside \'bucket\', got: both; it is for a new bucket, and yours has its own lifecycle');
  findElsewhere(findings, scope, 'bucket', bucket, ['account'], 'collect logs of several accounts with CentralFlowLogs');
  findKeyProblems(findings, scope, encryptionKey);
  findArchiveProblems(findings, archiveAfter, retention);
}

/** A key that a bucket of this stack can be encrypted with. */
export function findKeyProblems(findings: Findings, scope: Construct, key: IResource | undefined): void {
  findElsewhere(findings, scope, 'encryptionKey', key, ['region'], 'a bucket is encrypted with a key of its Region');
}

/** Files that are archived before they are gone. */
export function findArchiveProblems(findings: Findings, archiveAfter: Duration | undefined, retention: Duration): void {
  if (!archiveAfter) {
    return;
  }
  requireDays(findings, '\'archiveAfter\'', archiveAfter, MAX_DAYS);
  findings.require(!isKnownDuration(archiveAfter) || !isKnownDuration(retention) || inDays(archiveAfter) < inDays(retention),
    `'archiveAfter' must be before 'retention', got: ${shown(archiveAfter)} and ${shown(retention)}; leave it out, files that are gone need no archive`);
}

/** What is surely in another place: a token may turn out to be anything. */
function findElsewhere(findings: Findings, scope: Construct, prop: string, resource: IResource | undefined, places: ('region' | 'account')[], advice: string): void {
  for (const place of places) {
    const [own, its] = [Stack.of(scope)[place], resource?.env[place]];
    findings.require(its === undefined || !isKnown(own) || !isKnown(its) || own === its,
      `'${prop}' must be in the log's ${place}, got: '${its}' and '${own}'; ${advice}`);
  }
}

/** A workgroup that Athena takes. */
export function findCatalogProblems(findings: Findings, { scanLimit, results, databaseName }: FlowLogQueryOptions): void {
  if (scanLimit) {
    findScanLimitProblems(findings, scanLimit);
  }
  findings.require(databaseName === undefined || !isKnown(databaseName) || DATABASE.test(databaseName),
    `'databaseName' must be 1 to 255 lower case letters, digits and '_', got: '${databaseName}'; rename it`);
  if (results) {
    findPrefixProblems(findings, '\'prefix\' of \'results\'', results._prefix);
    requireDays(findings, '\'expireAfter\' of \'results\'', results._expireAfter, MAX_RESULT_DAYS);
  }
}

function findScanLimitProblems(findings: Findings, scanLimit: Size): void {
  const what = '\'scanLimit\' must be';
  if (scanLimit.isUnresolved()) {
    findings.require(converts(scanLimit), `${what} in bytes when its value is a token, got: another unit; pass Size.bytes(token)`);
    return;
  }
  const bytes = scanLimit.toBytes({ rounding: SizeRoundingBehavior.NONE });
  findings.require(Number.isSafeInteger(bytes) && bytes >= SMALLEST_SCAN,
    `${what} whole bytes, ${SMALLEST_SCAN} at least, got: ${bytes}; Athena bills 10 MB for the smallest query, pass Size.mebibytes(10)`);
}

function converts(size: Size): boolean {
  try {
    size.toBytes();
    return true;
  } catch {
    return false;
  }
}

/** A query that finds in the log what it needs, under a name that no other has. */
export function findQueryProblems(findings: Findings, query: NamedQuery, names: string[], missing: string[]): void {
  findings.require(isKnown(query.name), '\'name\' of a query must be known at synth, got: an unresolved token; write it down');
  findings.require(missing.length === 0,
    `query '${query.name}' must find in the log what it needs, got no: ${missing.join(', ')}; log it, or leave the query to addQueries, which leaves out what can not be asked`);
  findings.require(!names.includes(query.name), `query '${query.name}' must have a name of its own, got: that of one that is there; rename it with NamedQuery.of`);
}

/** A central bucket that others can name, and whose policy has room for all of them. */
export function findCentralBucketProblems(findings: Findings, bucketName: string, delivery: Delivery): void {
  findings.require(isKnown(bucketName) && BUCKET.test(bucketName),
    `'bucketName' must be 3 to 63 lower case letters, digits, '-' or '.' and known at synth, got: '${isKnown(bucketName) ? bucketName : 'an unresolved token'}'; other accounts name it, write it down`);
  const length = lengthOfStatements(bucketName, delivery) + REST_OF_POLICY;
  findings.require(length <= MAX_BUCKET_POLICY,
    `'accounts' must fit into the policy of a bucket, ${MAX_BUCKET_POLICY} bytes, got: about ${length}; pass FlowLogAccounts.ofOrganization(id), or shorten 'prefix'`);
}

/** An account and a Region that the central bucket takes logs of. */
export function findSenderProblems(findings: Findings, scope: Construct, bucketName: string, accounts: FlowLogAccounts, regions: string[]): void {
  const { account, region } = Stack.of(scope);
  const named = accounts._senders?.every(isKnown) ? accounts._senders : undefined;
  findings.require(!isKnown(account) || !named || named.includes(account),
    `'bucket' must take logs of this account, got: '${bucketName}', which takes none of '${account}'; add it to 'accounts' of the central bucket`);
  findings.require(!isKnown(region) || !regions.every(isKnown) || regions.includes(region),
    `'bucket' must take logs of this Region, got: '${bucketName}', which takes none of '${region}'; add it to 'regions' of the central bucket`);
}

function requireDays(findings: Findings, what: string, duration: Duration | undefined, most: number): void {
  requireTokenUnit(findings, duration, 'days', what);
  findings.require(!isKnownDuration(duration) || isWholeDays(duration, 1, most),
    `${what} must be whole days from 1 to ${most}, got: ${shown(duration)}; pass Duration.days(30)`);
}

function shown(duration: Duration | undefined): string {
  return isKnownDuration(duration) ? duration.toHumanString() : 'an unresolved token';
}
