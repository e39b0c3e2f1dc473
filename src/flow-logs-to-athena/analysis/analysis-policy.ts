import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { ArnFormat } from 'aws-cdk-lib/core';
import { allow } from '../../private/handler-options';
import type { AnalyzedCatalog } from '../catalog/analyzed-catalog';
import { NAMESPACE } from '../cloudwatch/reject-alarm';
import { rootOf } from '../storage/delivery-policy';

/** Whom an analysis tells. */
export interface Told {
  /** Of findings. */
  readonly topic: ITopic;
  /** Of what failed. */
  readonly deadLetterQueue: IQueue;
}

/**
 * What the state machine may do: these queries' table, this workgroup, and no other.
 *
 * Trap: the tasks of CDK let it read and write every bucket and every table of the account.
 */
export function analysisStatements(stack: Stack, catalog: AnalyzedCatalog, told: Told): PolicyStatement[] {
  return [...queryStatements(stack, catalog), ...storageStatements(catalog), ...tellingStatements(told), ...runtimeStatements()];
}

function queryStatements(stack: Stack, { workGroupName, table: { database, table } }: AnalyzedCatalog): PolicyStatement[] {
  const arn = (service: string, resource: string, resourceName?: string) => stack.formatArn({ service, resource, resourceName });
  return [
    allow(['athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:GetWorkGroup'],
      [arn('athena', 'workgroup', workGroupName)]),
    allow(['athena:GetDataCatalog'], [arn('athena', 'datacatalog', 'AwsDataCatalog')]),
    allow(['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
      [arn('glue', 'catalog'), arn('glue', 'database', database), arn('glue', 'table', `${database}/${table}`)]),
    // Athena looks for this one before it looks for any other.
    allow(['glue:GetDatabase'], [arn('glue', 'database', 'default')]),
  ];
}

function storageStatements({ bucket, prefix, resultsBucket, resultsPrefix, resultsKey }: AnalyzedCatalog): PolicyStatement[] {
  const logs = `${rootOf(prefix)}AWSLogs/`;
  return [
    allow(['s3:GetObject'], [bucket.arnForObjects(`${logs}*`)]),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [`${logs}*`] } }),
    allow(['s3:GetBucketLocation'], [bucket.bucketArn]),
    ...(bucket.encryptionKey ? [allow(['kms:Decrypt'], [bucket.encryptionKey.keyArn])] : []),
    ...(resultsBucket
      ? [
        allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [resultsBucket.arnForObjects(`${rootOf(resultsPrefix)}*`)]),
        allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], [resultsBucket.bucketArn]),
      ]
      : []),
    ...(resultsKey ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [resultsKey.keyArn])] : []),
  ];
}

function tellingStatements({ topic, deadLetterQueue }: Told): PolicyStatement[] {
  return [
    allow(['sns:Publish'], [topic.topicArn]),
    ...(topic.masterKey ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [topic.masterKey.keyArn])] : []),
    allow(['sqs:SendMessage'], [deadLetterQueue.queueArn]),
    allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': NAMESPACE } }),
  ];
}

/** What Step Functions does for itself, and AWS takes no resource for. */
function runtimeStatements(): PolicyStatement[] {
  return [
    allow(['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
      'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'], ['*']),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], ['*']),
  ];
}

/** On behalf of which state machines the role may be used. */
export function stateMachineConditions(stack: Stack): Record<string, unknown> {
  return {
    StringEquals: { 'aws:SourceAccount': stack.account },
    ArnLike: {
      'aws:SourceArn': stack.formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
    },
  };
}
