import { FlowLogFormat } from '../../../src/flow-logs-to-athena/format/flow-log-format';
import type { QueryableTable } from '../../../src/flow-logs-to-athena/queries/queryable-table';
import { FlowLogPartitions } from '../../../src/flow-logs-to-athena/storage/flow-log-partitions';

/** Each layout, by the name that its files are written with. */
export const LAYOUTS = {
  daily: FlowLogPartitions.daily(),
  hourly: FlowLogPartitions.hourly(),
  hive: FlowLogPartitions.hive(),
  hiveHourly: FlowLogPartitions.hiveHourly(),
} as const;

/** A table of hourly files with the fields of `FlowLogFormat.security()`, unless told otherwise. */
export function queryableTable(props: Partial<QueryableTable> = {}): QueryableTable {
  return {
    database: 'network', table: 'flow_logs', columns: FlowLogFormat.security().columns, partitions: FlowLogPartitions.hourly(), accountsInjected: false, ...props,
  };
}
