import type { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import type { FlowLogPartitions } from '../storage/flow-log-partitions';

/** What a query must know of the table that it is for. */
export interface QueryableTable {
  /** The database. */
  readonly database: string;
  /** The table. */
  readonly table: string;
  /** The columns of the log. */
  readonly columns: string[];
  /** How its files lie. */
  readonly partitions: FlowLogPartitions;
  /**
   * What is logged.
   *
   * @default - all of it: the log of a transit gateway
   */
  readonly traffic?: FlowLogTrafficType;
  /** Whether each query must name the accounts that it reads. */
  readonly accountsInjected: boolean;
}
