/** Judges what a restore test restored, tells AWS Backup, publishes how long it took, and writes the evidence. */
import { BackupClient, DescribeRestoreJobCommand, PutRestoreValidationResultCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { RestoreCheckRequest, RestoreCheckResponse, RestoreTestedTier } from '../handler-props';
import { METRICS, RESTORE_TEST_VARIABLES } from '../handler-props';
import type { Judgement, Probe, RestoreJob } from './restore-test-result';
import { alreadyJudged, durationSeconds, evidenceKey, evidenceOf, failedRestore, judge, unchecked } from './restore-test-result';
import { required } from '../../private/runtime/environment';
import { RETRIES } from '../../private/runtime/retries';

const backup = new BackupClient(RETRIES);
const cloudwatch = new CloudWatchClient(RETRIES);
const dynamodb = new DynamoDBClient(RETRIES);
const ec2 = new EC2Client(RETRIES);
const efs = new EFSClient(RETRIES);
const lambda = new LambdaClient(RETRIES);
const rds = new RDSClient(RETRIES);
const s3 = new S3Client(RETRIES);

/** How each type is looked at. Restored databases of all engines answer through the API of RDS. */
const PROBES: Record<string, (id: string) => Promise<Probe>> = {
  DynamoDB: async TableName => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const { Count } = await dynamodb.send(new ScanCommand({ TableName, Limit: 1, Select: 'COUNT' }));
    return { state: String(Table?.TableStatus), expected: 'ACTIVE', empty: Count === 0 };
  },
  S3: async Bucket => {
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
    return { state: 'present', expected: 'present', empty: KeyCount === 0 };
  },
  RDS: async DBInstanceIdentifier => {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return { state: String(DBInstances[0]?.DBInstanceStatus), expected: 'available' };
  },
  Aurora: clusterProbe,
  DocumentDB: clusterProbe,
  Neptune: clusterProbe,
  EFS: async FileSystemId => {
    const { FileSystems = [] } = await efs.send(new DescribeFileSystemsCommand({ FileSystemId }));
    return { state: String(FileSystems[0]?.LifeCycleState), expected: 'available' };
  },
  EBS: async id => {
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    return { state: String(Volumes[0]?.State), expected: 'available' };
  },
  EC2: async id => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return { state: String(Reservations[0]?.Instances?.[0]?.State?.Name), expected: 'running' };
  },
};

async function clusterProbe(DBClusterIdentifier: string): Promise<Probe> {
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
  return { state: String(DBClusters[0]?.Status), expected: 'available' };
}

/** The part of `Restore Job State Change` that is read; the job itself is asked for the rest. */
export interface RestoreJobEvent {
  readonly detail?: { readonly restoreJobId?: string };
}

export async function handler(event: RestoreJobEvent): Promise<void> {
  const RestoreJobId = event.detail?.restoreJobId;
  if (!RestoreJobId) {
    throw new Error(`no restore job in the event: ${JSON.stringify(event)}`);
  }
  const job = await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
  const tested = testedTier(job.CreatedBy?.RestoreTestingPlanArn);
  if (!tested) {
    return; // somebody restores in earnest, or another plan tests
  }
  const judgement = alreadyJudged(job) ?? (job.Status === 'COMPLETED' ? await judgementOf(job, tested) : failedRestore(job));
  if (job.Status === 'COMPLETED' && !alreadyJudged(job)) {
    await backup.send(new PutRestoreValidationResultCommand({
      RestoreJobId, ValidationStatus: judgement.status, ValidationStatusMessage: judgement.message,
    }));
  }
  await writeEvidence(tested, job, judgement);
  await publish(tested, job, judgement);
}

function testedTier(planArn = ''): RestoreTestedTier | undefined {
  return (JSON.parse(required(RESTORE_TEST_VARIABLES.tiers)) as Record<string, RestoreTestedTier>)[planArn];
}

async function judgementOf(job: RestoreJob, tested: RestoreTestedTier): Promise<Judgement> {
  const type = String(job.ResourceType);
  const arn = String(job.CreatedResourceArn);
  const check = (JSON.parse(required(RESTORE_TEST_VARIABLES.checks)) as Record<string, string>)[type];
  if (check) {
    return ownCheck(check, {
      restoreJobId: String(job.RestoreJobId),
      tier: tested.tier,
      resourceType: type,
      createdResourceArn: arn,
      sourceResourceArn: job.SourceResourceArn,
      recoveryPointArn: job.RecoveryPointArn,
    });
  }
  try {
    return PROBES[type] ? judge(await PROBES[type](arn.split(/[:/]/).pop()!), job.BackupSizeInBytes) : unchecked(type);
  } catch (error) {
    if (/NotFound|NoSuch/.test((error as Error).name)) {
      return { status: 'FAILED', message: `'${arn}' is not there: ${(error as Error).message}` };
    }
    throw error; // throttled, or not allowed to look: that says nothing of the backup
  }
}

async function ownCheck(FunctionName: string, request: RestoreCheckRequest): Promise<Judgement> {
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }));
  const answer = Payload ? Buffer.from(Payload).toString() : 'null';
  if (FunctionError) {
    return { status: 'FAILED', message: `the check failed: ${answer}`.slice(0, 1000) };
  }
  const { valid, message } = (JSON.parse(answer) ?? {}) as Partial<RestoreCheckResponse>;
  return { status: valid === true ? 'SUCCESSFUL' : 'FAILED', message: message ?? (valid === true ? 'the check is content' : 'the check did not say that it is valid') };
}

async function writeEvidence(tested: RestoreTestedTier, job: RestoreJob, judgement: Judgement): Promise<void> {
  await s3.send(new PutObjectCommand({
    Bucket: required(RESTORE_TEST_VARIABLES.bucket),
    Key: evidenceKey(tested, job),
    ContentType: 'application/json',
    Body: JSON.stringify(evidenceOf(required(RESTORE_TEST_VARIABLES.plan), tested, job, judgement), undefined, 2),
  }));
}

async function publish(tested: RestoreTestedTier, job: RestoreJob, judgement: Judgement): Promise<void> {
  const Dimensions = [{ Name: 'Plan', Value: required(RESTORE_TEST_VARIABLES.plan) }, { Name: 'Tier', Value: tested.tier }];
  const seconds = durationSeconds(job);
  await cloudwatch.send(new PutMetricDataCommand({
    Namespace: required(RESTORE_TEST_VARIABLES.namespace),
    MetricData: [
      { MetricName: METRICS.restoreTestFailed, Dimensions, Unit: 'Count', Value: judgement.status === 'FAILED' ? 1 : 0 },
      ...seconds === undefined ? [] : [{ MetricName: METRICS.restoreDuration, Dimensions, Unit: 'Seconds', Value: seconds } as const],
    ],
  }));
}
