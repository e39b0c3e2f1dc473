import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { QueryableTable } from '../queries/queryable-table';

/** What an analysis must know of the catalog that it asks. */
export interface AnalyzedCatalog {
  /** The table. */
  readonly table: QueryableTable;
  /** The workgroup, which caps what a query reads, and says where results are. */
  readonly workGroupName: string;
  /** The bucket of the logs. */
  readonly bucket: IBucket;
  /**
   * The folder of the logs, without '/' at either end.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;
  /**
   * The bucket that the workgroup writes results to.
   *
   * @default - Athena keeps them
   */
  readonly resultsBucket?: IBucket;
  /**
   * The folder of the results, without '/' at either end.
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
