import type { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { CentralFlowLogsBucket } from './central-flow-logs-bucket';
import { findBucketProblems } from './validation';
import { Findings } from '../../private/validation';
import type { FlowLogsAnalysis, FlowLogsAnalysisOptions } from '../analysis/flow-logs-analysis';
import type { FlowLogQueryOptions } from '../catalog/flow-logs-catalog';
import { FlowLogsCatalog } from '../catalog/flow-logs-catalog';
import type { NamedQuery } from '../queries/named-query';
import { allowDelivery, createLogBucket } from '../storage/log-bucket';
import { findArchiveProblems, findCatalogProblems, findCentralBucketProblems, findKeyProblems, findRetentionProblems } from '../validation';

/** Properties of a `CentralFlowLogs`. */
export interface CentralFlowLogsProps {
  /** The bucket, as all accounts know it. */
  readonly bucket: CentralFlowLogsBucket;

  /**
   * How long logs are kept, in whole days. The table looks back as far.
   *
   * @default Duration.days(365)
   */
  readonly retention?: Duration;

  /**
   * What encrypts the files: a customer managed key of the Region of the bucket. The accounts that send need nothing of it.
   *
   * @default - a key that S3 manages
   */
  readonly encryptionKey?: IKey;

  /**
   * When files move to Glacier Instant Retrieval.
   *
   * @default - after 90 days when they are kept for 180 or longer, else never
   */
  readonly archiveAfter?: Duration;

  /**
   * How they are queried.
   *
   * @default - 100 GiB a query, results in a bucket of their own for 30 days
   */
  readonly queries?: FlowLogQueryOptions;
}

/**
 * The flow logs of several accounts in one, that of the security team, where those who made a mess can not remove its
 * traces: the bucket, which takes logs of exactly these accounts, and one table over all of them.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
 */
export class CentralFlowLogs extends Construct {
  /** The bucket that the files are in. */
  public readonly bucket: Bucket;
  /** Database, table, workgroup and queries. */
  public readonly catalog: FlowLogsCatalog;

  constructor(scope: Construct, id: string, props: CentralFlowLogsProps) {
    super(scope, id);
    const { retention = Duration.days(365), queries } = props;
    const { bucketName, accounts, regions, format, traffic, prefix, partitions } = props.bucket;
    validateProps(this, { ...props, retention });

    this.bucket = createLogBucket(this, 'Bucket', { bucketName, encryptionKey: props.encryptionKey, retention, archiveAfter: props.archiveAfter });
    allowDelivery(this, this.bucket, { partition: Stack.of(this).partition, regions, accounts, prefix, partitions });
    this.catalog = new FlowLogsCatalog(this, 'Catalog', {
      ...{ bucket: this.bucket, format, prefix, partitions, accounts, regions, retention, traffic, queries },
    });
  }

  /**
   * Keeps the query in Athena, under its name, for whoever opens the workgroup.
   *
   * @throws When it needs a field, or traffic, that is not logged.
   */
  public addQuery(query: NamedQuery): CfnNamedQuery {
    return this.catalog.addQuery(query);
  }

  /**
   * Keeps those of the queries whose fields and traffic are logged: `addQueries(NamedQuery.pack())`. A note at synth says
   * which are left out, and why.
   *
   * @returns Those that were added.
   */
  public addQueries(queries: NamedQuery[]): CfnNamedQuery[] {
    return this.catalog.addQueries(queries);
  }

  /** Lets somebody run queries in the workgroup, and read their results: see `FlowLogsCatalog.grantQuery`. */
  public grantQuery(grantee: IGrantable): Grant {
    return this.catalog.grantQuery(grantee);
  }

  /**
   * Asks queries by a schedule, and tells somebody what they find: which query, how many rows, where they are.
   *
   * @param id What it is called below this construct, such as `Daily`.
   * @throws When a query needs a field, or traffic, that is not logged.
   */
  public analyze(id: string, options: FlowLogsAnalysisOptions): FlowLogsAnalysis {
    return this.catalog.analyze(id, options);
  }
}

function validateProps(scope: Construct, props: CentralFlowLogsProps & { readonly retention: Duration }): void {
  const { bucketName, accounts, regions, prefix, partitions } = props.bucket;
  const findings = new Findings();
  findBucketProblems(findings, props.bucket);
  findCentralBucketProblems(findings, bucketName, { partition: Stack.of(scope).partition, accounts, regions, prefix, partitions });
  findRetentionProblems(findings, props.retention);
  findKeyProblems(findings, scope, props.encryptionKey);
  findArchiveProblems(findings, props.archiveAfter, props.retention);
  findCatalogProblems(findings, props.queries ?? {});
  findings.throwIfAny(scope);
}
