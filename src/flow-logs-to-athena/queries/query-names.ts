import { FlowLogField } from '../format/flow-log-field';
import { columnOf, FlowLogFormat } from '../format/flow-log-format';
import { FlowLogPartitions } from '../storage/flow-log-partitions';

const TAGS = FlowLogFormat.of(['a', 'b'].flatMap(key => [FlowLogField.instanceTag(key), FlowLogField.interfaceTag(key), FlowLogField.autoScalingGroupTag(key)]));

/** Every column that a log can have, with the field that it shows. */
export const KNOWN_COLUMNS: ReadonlyMap<string, string> = new Map(
  [FlowLogFormat.all(), FlowLogFormat.transitGateway(), TAGS].flatMap(format => format._fields).map(({ name }) => [columnOf(name), name]),
);

const PARTITION_KEYS = new Set([FlowLogPartitions.hourly(), FlowLogPartitions.hiveHourly()].flatMap(partitions => partitions.keys));

/** Whether tables of some layout have such a partition key. */
export function isPartitionKey(name: string): boolean {
  return PARTITION_KEYS.has(name);
}
