import type { CfnTableProps } from 'aws-cdk-lib/aws-glue';
import type { FlowLogFormat } from '../format/flow-log-format';
import type { FlowLogPartitions, PartitionSpace } from '../storage/flow-log-partitions';

/** The name of every table: users' SQL goes on when a format or a stack is changed. */
export const TABLE_NAME = 'flow_logs';

/** What a table shows. */
export interface FlowLogTableOptions {
  /** What it is of. */
  readonly description: string;
  /** The database that it is in. */
  readonly databaseName: string;
  /** Which fields are logged. */
  readonly format: FlowLogFormat;
  /** How the files lie. */
  readonly partitions: FlowLogPartitions;
  /** Where they lie: `s3://bucket/prefix/`. */
  readonly root: string;
  /** What partitions are computed from. */
  readonly space: PartitionSpace;
}

/**
 * A table over the files of a flow log. Columns are found by name, so their order does not matter; files that have more or
 * fewer than the table are read all the same.
 */
export function flowLogTable({ description, databaseName, format, partitions, root, space }: FlowLogTableOptions): Omit<CfnTableProps, 'catalogId'> {
  return {
    databaseName,
    tableInput: {
      name: TABLE_NAME,
      description,
      tableType: 'EXTERNAL_TABLE',
      parameters: { classification: 'parquet', ...partitions._parameters(root, space) },
      partitionKeys: partitions.keys.map(name => ({ name, type: 'string' })),
      storageDescriptor: {
        location: `${root}AWSLogs/`,
        columns: format._fields.map(field => ({ name: field.column, type: field.type.glue })),
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    },
  };
}
