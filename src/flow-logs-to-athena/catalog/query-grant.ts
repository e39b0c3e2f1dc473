import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AnalyzedCatalog } from './analyzed-catalog';
import { acknowledgeWildcards } from '../../private/acknowledgement';
import { rootOf } from '../storage/delivery-policy';

/** Lets somebody run queries in the workgroup, over this table, and read their results. */
export function grantQuery(grantee: IGrantable, stack: Stack, catalog: AnalyzedCatalog): Grant {
  const { bucket, resultsBucket, table: { database, table } } = catalog;
  const grant = (actions: string[], ...resourceArns: string[]) => Grant.addToPrincipal({ grantee, actions, resourceArns });
  const glue = (resource: string, resourceName?: string) => stack.formatArn({ service: 'glue', resource, resourceName });
  const logs = bucket.arnForObjects(`${rootOf(catalog.prefix)}AWSLogs/*`);
  const results = resultsBucket?.arnForObjects(`${rootOf(catalog.resultsPrefix)}*`);
  const grants = [
    grant(['athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults',
      'athena:GetQueryResultsStream', 'athena:BatchGetQueryExecution', 'athena:ListQueryExecutions', 'athena:GetNamedQuery', 'athena:BatchGetNamedQuery',
      'athena:ListNamedQueries'], stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: catalog.workGroupName })),
    grant(['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions'],
      glue('catalog'), glue('database', database), glue('table', `${database}/${table}`)),
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
  if (catalog.resultsKey) {
    grants.push(catalog.resultsKey.grantEncryptDecrypt(grantee));
  }
  const { grantPrincipal } = grantee;
  const policy = Construct.isConstruct(grantPrincipal) && grantPrincipal.node.tryFindChild('DefaultPolicy');
  if (policy) {
    acknowledgeWildcards(policy, [logs, ...results ? [results] : []], 'a query reads files whose names are not known, and so are those of its results');
  }
  return grants.reduce((all, each) => all.combine(each));
}
