import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { TABLE_NAME } from './flow-log-table';
import { acknowledgeWildcards } from '../../private/acknowledgement';
import { rootOf } from '../storage/delivery-policy';

/** What somebody must reach to run a query. */
export interface Queryable {
  /** The stack of the workgroup. */
  readonly stack: Stack;
  /** The workgroup. */
  readonly workGroupName: string;
  /** The database. */
  readonly databaseName: string;
  /** The logs. */
  readonly bucket: IBucket;
  /**
   * The folder of the logs.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;
  /**
   * The bucket of the results.
   *
   * @default - Athena keeps them
   */
  readonly resultsBucket?: IBucket;
  /**
   * The folder of the results.
   *
   * @default - the root of the bucket
   */
  readonly resultsPrefix?: string;
  /**
   * The key of the results.
   *
   * @default - they have none that needs a grant
   */
  readonly resultsKey?: IKey;
}

/** Lets somebody run queries in the workgroup, over this table, and read their results. */
export function grantQuery(grantee: IGrantable, queryable: Queryable): Grant {
  const { stack, bucket, resultsBucket } = queryable;
  const grant = (actions: string[], ...resourceArns: string[]) => Grant.addToPrincipal({ grantee, actions, resourceArns });
  const glue = (resource: string, resourceName?: string) => stack.formatArn({ service: 'glue', resource, resourceName });
  const database = queryable.databaseName;
  const logs = bucket.arnForObjects(`${rootOf(queryable.prefix)}AWSLogs/*`);
  const results = resultsBucket?.arnForObjects(`${rootOf(queryable.resultsPrefix)}*`);
  const grants = [
    grant(['athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults',
      'athena:GetQueryResultsStream', 'athena:BatchGetQueryExecution', 'athena:ListQueryExecutions', 'athena:GetNamedQuery', 'athena:BatchGetNamedQuery',
      'athena:ListNamedQueries'], stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: queryable.workGroupName })),
    grant(['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions'],
      glue('catalog'), glue('database', database), glue('table', `${database}/${TABLE_NAME}`)),
    grant(['s3:GetObject'], logs),
    grant(['s3:GetBucketLocation', 's3:ListBucket'], bucket.bucketArn),
  ];
  if (bucket.encryptionKey) {
    grants.push(bucket.encryptionKey.grantDecrypt(grantee));
  }
  if (resultsBucket) {
    grants.push(
      grant(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], results!),
      grant(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], resultsBucket.bucketArn),
    );
  }
  if (queryable.resultsKey) {
    grants.push(queryable.resultsKey.grantEncryptDecrypt(grantee));
  }
  const { grantPrincipal } = grantee;
  const policy = Construct.isConstruct(grantPrincipal) && grantPrincipal.node.tryFindChild('DefaultPolicy');
  if (policy) {
    acknowledgeWildcards(policy, [logs, ...results ? [results] : []], 'a query reads files whose names are not known, and so are those of its results');
  }
  return grants.reduce((all, each) => all.combine(each));
}
