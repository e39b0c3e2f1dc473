/** Publishes, for each tier, how old the newest backup of its worst resource is, and how many resources have none. */
import { BackupClient, paginateListRecoveryPointsByBackupVault, paginateListRecoveryPointsByResource } from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { AGE_VARIABLES, METRICS } from '../handler-props';
import type { TaggedResource, TierAge } from './recovery-point-age';
import { agesOf, canBeContinuous, databaseInstanceIn, noteRecoveryPoints } from './recovery-point-age';
import { required } from '../../private/runtime/environment';
import { RETRIES } from '../../private/runtime/retries';

/** Resources that are looked up at the same time; the service throttles early. */
const AT_ONCE = 5;
/** ARNs in one line of the log. */
const NAMED = 20;

const backup = new BackupClient(RETRIES);
const cloudwatch = new CloudWatchClient(RETRIES);
const rds = new RDSClient(RETRIES);
const tagging = new ResourceGroupsTaggingAPIClient(RETRIES);

export async function handler(): Promise<void> {
  const now = Date.now();
  const tiers: string[] = JSON.parse(required(AGE_VARIABLES.tiers));
  const resources = await taggedResources(tiers);
  const newest = await recentRecoveryPoints(now);
  const continuousTiers: string[] = JSON.parse(required(AGE_VARIABLES.continuousTiers));
  // A continuous backup was created long ago and is written on: it is in no list of what was created lately.
  const mayBeContinuous = ({ arn, tier }: TaggedResource) => continuousTiers.includes(tier) && canBeContinuous(arn);
  await inTurns(resources.filter(resource => !newest.has(resource.arn) || mayBeContinuous(resource)), async ({ arn }) => {
    for await (const page of paginateListRecoveryPointsByResource({ client: backup }, { ResourceArn: arn })) {
      noteRecoveryPoints(newest, (page.RecoveryPoints ?? []).map(point => ({ ...point, ResourceArn: arn })), now);
    }
  });
  const members = await clusterMembers(resources.filter(({ arn }) => !newest.has(arn)));
  const ages = agesOf(tiers, resources.filter(({ arn }) => !members.has(arn)), newest, now);
  ages.forEach(tell);
  await publish(ages, new Date(now));
}

async function taggedResources(tiers: string[]): Promise<TaggedResource[]> {
  const key = required(AGE_VARIABLES.tagKey);
  const found: TaggedResource[] = [];
  for await (const page of paginateGetResources({ client: tagging }, {
    TagFilters: [{ Key: key, Values: tiers }],
    ResourceTypeFilters: JSON.parse(required(AGE_VARIABLES.resourceTypes)),
  })) {
    for (const { ResourceARN, Tags = [] } of page.ResourceTagMappingList ?? []) {
      found.push({ arn: ResourceARN!, tier: Tags.find(tag => tag.Key === key)!.Value! });
    }
  }
  return found;
}

/** The time up to which each resource can be restored, of those that were backed up lately. */
async function recentRecoveryPoints(now: number): Promise<Map<string, number>> {
  const newest = new Map<string, number>();
  const input = {
    BackupVaultName: required(AGE_VARIABLES.vault),
    ByCreatedAfter: new Date(now - Number(required(AGE_VARIABLES.lookbackSeconds)) * 1000),
  };
  for await (const page of paginateListRecoveryPointsByBackupVault({ client: backup, pageSize: 1000 }, input)) {
    noteRecoveryPoints(newest, page.RecoveryPoints ?? [], now);
  }
  return newest;
}

/** An instance of an Aurora cluster carries the cluster's tag and is never backed up by itself. */
async function clusterMembers(resources: TaggedResource[]): Promise<Set<string>> {
  const members = new Set<string>();
  await inTurns(resources, async ({ arn }) => {
    const DBInstanceIdentifier = databaseInstanceIn(arn);
    if (DBInstanceIdentifier) {
      try {
        const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
        if (DBInstances[0]?.DBClusterIdentifier) {
          members.add(arn);
        }
      } catch (error) {
        if ((error as Error).name !== 'DBInstanceNotFoundFault') {
          throw error;
        }
        members.add(arn); // gone since it was listed
      }
    }
  });
  return members;
}

/** One line for the log of whoever is woken: which resources they are. */
function tell(age: TierAge): void {
  console.log(JSON.stringify({ ...age, neverBackedUp: age.neverBackedUp.slice(0, NAMED), neverBackedUpCount: age.neverBackedUp.length }));
}

async function publish(ages: TierAge[], Timestamp: Date): Promise<void> {
  await cloudwatch.send(new PutMetricDataCommand({
    Namespace: required(AGE_VARIABLES.namespace),
    MetricData: ages.flatMap(age => {
      const common = { Timestamp, Dimensions: [{ Name: 'Plan', Value: required(AGE_VARIABLES.plan) }, { Name: 'Tier', Value: age.tier }] };
      return [
        { ...common, MetricName: METRICS.oldestRecoveryPoint, Unit: 'Seconds', Value: age.oldestSeconds } as const,
        { ...common, MetricName: METRICS.neverBackedUp, Unit: 'Count', Value: age.neverBackedUp.length } as const,
        { ...common, MetricName: METRICS.taggedResources, Unit: 'Count', Value: age.resources } as const,
      ];
    }),
  }));
}

async function inTurns<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await work(item);
    }
  }));
}
