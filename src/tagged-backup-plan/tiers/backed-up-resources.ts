/**
 * Which resources of an app hold state that AWS Backup can back up, which tier their tag names and how close to now
 * the tier restores them. All is read from the definition that goes into the template: what aspects, property
 * overrides and L1 constructs did to a resource counts, whoever made it.
 */
import type { CfnResource } from 'aws-cdk-lib/core';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { BackupResourceType } from './backup-resource-type';
import type { BackupTier } from './backup-tier';
import { isKnown } from '../../private/validation';

const DB_CLUSTER = 'AWS::RDS::DBCluster';
const GLOBAL_TABLE = 'AWS::DynamoDB::GlobalTable';

/** How CloudFormation calls what AWS Backup backs up. Which database an RDS resource is, its engine says. */
const TYPES = new Map<string, BackupResourceType | ((properties: Properties) => BackupResourceType | undefined)>([
  ['AWS::DocDB::DBCluster', BackupResourceType.DOCUMENTDB],
  [GLOBAL_TABLE, BackupResourceType.DYNAMODB],
  ['AWS::DynamoDB::Table', BackupResourceType.DYNAMODB],
  ['AWS::EC2::Instance', BackupResourceType.EC2],
  ['AWS::EC2::Volume', BackupResourceType.EBS],
  ['AWS::EFS::FileSystem', BackupResourceType.EFS],
  ['AWS::FSx::FileSystem', BackupResourceType.FSX],
  ['AWS::Neptune::DBCluster', BackupResourceType.NEPTUNE],
  [DB_CLUSTER, properties => isAurora(properties) ? BackupResourceType.AURORA : BackupResourceType.RDS],
  ['AWS::RDS::DBInstance', properties => isPartOfCluster(properties) ? undefined : BackupResourceType.RDS],
  ['AWS::S3::Bucket', BackupResourceType.S3],
]);

/**
 * How far behind now the point-in-time recovery of a DynamoDB table can restore.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 */
export const DYNAMODB_RECOVERY_WITHIN = Duration.minutes(5);

/** Properties as they stand in the template: what is known at synth is a literal, all else an intrinsic function. */
type Properties = Record<string, unknown>;

/** What AWS Backup backs the resource up as; undefined for anything that holds no state, or not its own. */
export function typeOf(resource: CfnResource): BackupResourceType | undefined {
  const type = TYPES.get(resource.cfnResourceType);
  const properties = type && propertiesOf(resource);
  return properties && (typeof type === 'function' ? type(properties) : type);
}

/** The type in the words of a message: of RDS, Multi-AZ clusters are a kind of their own. */
export function typeNameOf(resource: CfnResource): string | undefined {
  const type = typeOf(resource);
  return type === BackupResourceType.RDS && resource.cfnResourceType === DB_CLUSTER ? `${type.name} cluster` : type?.name;
}

/**
 * Whether AWS Backup finds the resource in the account and Region of the stack. What is not known at synth may be
 * anywhere, so it is found. A global table is in the Region of each of its replicas.
 */
export function isFoundIn(stack: Stack, resource: CfnResource): boolean {
  const own = Stack.of(resource);
  const same = (a: string, b: string) => !isKnown(a) || !isKnown(b) || a === b;
  return same(own.account, stack.account)
    && (resource.cfnResourceType === GLOBAL_TABLE ? replicaIn(stack, resource) !== undefined : same(own.region, stack.region));
}

/**
 * The value of the tag that the resource will carry, in the Region of the stack; undefined without such a tag.
 * An unresolved token where the value, or whether there is one, is not known at synth: see `isKnown`.
 */
export function tierTagOf(resource: CfnResource, tagKey: string, stack: Stack = Stack.of(resource)): string | undefined {
  const properties = propertiesOf(resource);
  switch (resource.cfnResourceType) {
    // Trap: tags of a global table are rendered for each replica. The L1 has no tag manager; that of TableV2 is on the L2.
    case GLOBAL_TABLE: return valueOf(read(replicaIn(stack, resource), 'Tags'), tagKey);
    case 'AWS::EFS::FileSystem': return valueOf(properties?.FileSystemTags, tagKey) ?? stackTag(Stack.of(resource), tagKey);
    default: return valueOf(properties?.Tags, tagKey) ?? stackTag(Stack.of(resource), tagKey);
  }
}

/**
 * How far behind now the resource can be restored in the tier: by the tier's continuous backup or by the
 * point-in-time recovery of a DynamoDB table, else by the tier's snapshots. Undefined when it is not known at synth.
 */
export function reachedRpo(resource: CfnResource, tier: BackupTier, stack: Stack = Stack.of(resource)): Duration | undefined {
  const type = typeOf(resource);
  if (type === BackupResourceType.DYNAMODB) {
    const recoverable = hasPointInTimeRecovery(resource, stack);
    return recoverable === undefined ? undefined : recoverable ? DYNAMODB_RECOVERY_WITHIN : tier.reachableRpo(type);
  }
  if (type === BackupResourceType.RDS && resource.cfnResourceType === DB_CLUSTER) {
    const engineIsKnown = typeof propertiesOf(resource)?.Engine === 'string';
    return engineIsKnown ? tier._snapshotRpo : undefined; // it may be Aurora, which has continuous backup
  }
  return type && tier.reachableRpo(type);
}

/** Undefined when the resource does not go into the template. */
function propertiesOf(resource: CfnResource): Properties | undefined {
  const { Resources = {} } = Stack.of(resource).resolve(resource._toCloudFormation()) as { Resources?: Record<string, { Properties?: Properties }> };
  return Object.values(Resources).map(definition => definition.Properties ?? {})[0];
}

function isAurora(properties: Properties): boolean {
  return typeof properties.Engine === 'string' && properties.Engine.toLowerCase().startsWith('aurora');
}

/** Such an instance computes, and its cluster holds the data. */
function isPartOfCluster(properties: Properties): boolean {
  return properties.DBClusterIdentifier !== undefined || isAurora(properties);
}

/**
 * The replica of a global table in the Region of the stack. One whose Region is not known at synth may be it, and
 * then so may the intrinsic function that stands for it, or for all.
 */
function replicaIn(stack: Stack, resource: CfnResource): unknown {
  const replicas = propertiesOf(resource)?.Replicas;
  if (!Array.isArray(replicas)) {
    return replicas;
  }
  const inRegion = isKnown(stack.region) ? replicas.find(replica => replica.Region === stack.region) : replicas[0];
  return inRegion ?? replicas.find(replica => typeof replica.Region !== 'string');
}

/** Undefined when it is not known at synth. */
function hasPointInTimeRecovery(resource: CfnResource, stack: Stack): boolean | undefined {
  const table = resource.cfnResourceType === GLOBAL_TABLE ? replicaIn(stack, resource) : propertiesOf(resource);
  const enabled = read(read(table, 'PointInTimeRecoverySpecification'), 'PointInTimeRecoveryEnabled');
  return typeof enabled === 'object' ? undefined : String(enabled) === 'true';
}

/** A tag's value: undefined without the tag, an unresolved token when it is not known at synth. */
function valueOf(tags: unknown, tagKey: string): string | undefined {
  // A tag whose key is not known at synth may be the one, unless another one is.
  const tag: unknown = Array.isArray(tags) ? tags.find(each => each.Key === tagKey) ?? tags.find(each => typeof each.Key !== 'string') : tags;
  const value = typeof read(tag, 'Key') === 'string' ? read(tag, 'Value') : tag;
  return value === undefined ? undefined : typeof value === 'object' ? Token.asString(value) : String(value);
}

/** CloudFormation gives the tags of a stack to its resources and nested stacks. CDK leaves out those that are tokens. */
function stackTag(stack: Stack, tagKey: string): string | undefined {
  const value: unknown = stack.resolve(stack.tags.tagValues()[tagKey]);
  return typeof value === 'string' ? value : stack.nestedStackParent && stackTag(stack.nestedStackParent, tagKey);
}

/** A property of what stands in the template; an intrinsic function stands for all that is in it. */
function read(value: unknown, property: string): unknown {
  const isIntrinsic = typeof value === 'object' && value !== null && Object.keys(value).some(key => key === 'Ref' || key.startsWith('Fn::'));
  return isIntrinsic ? value : (value as Properties | undefined)?.[property];
}
