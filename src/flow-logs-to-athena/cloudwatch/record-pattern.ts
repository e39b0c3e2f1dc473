import { Tokenization } from 'aws-cdk-lib/core';
import { isKnown } from '../../private/validation';
import { FlowLogFormat } from '../format/flow-log-format';
import { isDefault } from '../source/flow-log';

/** What CloudWatch calls the fields of AWS's own format, which it finds by itself. The others are called as their columns. */
const DISCOVERED: Record<string, string> = {
  account_id: 'accountId',
  interface_id: 'interfaceId',
  srcaddr: 'srcAddr',
  dstaddr: 'dstAddr',
  srcport: 'srcPort',
  dstport: 'dstPort',
  start: 'startTime',
  end: 'endTime',
  log_status: 'logStatus',
};

/**
 * The pattern of a metric filter: all fields of the log in their order, which is how the filter tells them apart, and for
 * some the value that they must have.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 */
export function recordPattern(format: FlowLogFormat, values: Record<string, string | number>): string {
  return `[${format.columns.map(column => column in values ? `${column}="${asText(values[column])}"` : column).join(', ')}]`;
}

/** What takes a record apart in Logs Insights; nothing for AWS's own format. */
export function parseCommand(format: FlowLogFormat): string | undefined {
  const { columns } = format;
  return isDefault(format) ? undefined : `parse @message "${columns.map(() => '*').join(' ')}" as ${columns.join(', ')}`;
}

/** What a column is called in Logs Insights, once the record is taken apart. */
export function insightsName(format: FlowLogFormat, column: string): string {
  return isDefault(format) ? DISCOVERED[column] ?? column : column;
}

/** A number that may be a token, as text. */
export function asText(value: string | number): string {
  return typeof value === 'number' && !isKnown(value) ? Tokenization.stringifyNumber(value) : String(value);
}
