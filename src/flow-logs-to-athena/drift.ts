import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import type { FlowLogFormat } from './format/flow-log-format';
import type { FlowLogPartitions } from './storage/flow-log-partitions';

/** What the table was made for. */
export interface Promised {
  /** Which fields. */
  readonly format: FlowLogFormat;
  /** In which folders. */
  readonly partitions: FlowLogPartitions;
}

/**
 * A flow log that was changed by hand, through the resource below it, so that the table is not of it any more. Athena would
 * find NULL, or nothing, and say nothing.
 */
export function findFlowLogDrift(flowLog: CfnFlowLog, { format, partitions }: Promised): string[] {
  const resolve = (value: unknown) => Stack.of(flowLog).resolve(value);
  const where = `of the flow log '${flowLog.node.path}'`;
  const compare = (property: string, got: unknown, wanted: unknown, advice: string) =>
    JSON.stringify(got) === JSON.stringify(wanted) ? [] : [`'${property}' ${where} must be what its table is made for, got: ${JSON.stringify(got)}; ${advice}`];
  const tags = format._tags();
  const options = resolve(flowLog.destinationOptions) as Record<string, unknown> | undefined;
  return [
    ...compare('logFormat', resolve(flowLog.logFormat), format.logFormat, 'state the fields in \'format\''),
    ...compare('tagFieldSpecifications', resolve(flowLog.tagFieldSpecifications) ?? [], resolve(tags),
      'state tags in \'format\', such as FlowLogField.instanceTag(\'team\')'),
    ...compare('logDestinationType', flowLog.logDestinationType, 's3', 'Parquet goes to S3 only, create another flow log for another destination'),
    ...compare('FileFormat', options?.FileFormat, 'parquet', 'the table reads Parquet, create another flow log for plain text'),
    ...compare('HiveCompatiblePartitions', options?.HiveCompatiblePartitions, partitions.isHive, 'state the layout in \'partitions\''),
    ...compare('PerHourPartition', options?.PerHourPartition, partitions.isHourly, 'state the layout in \'partitions\''),
  ];
}

/** A workgroup that was changed by hand, so that results are nowhere, or nobody caps what a query reads. */
export function findWorkGroupDrift(workGroup: CfnWorkGroup): string[] {
  const settings = Stack.of(workGroup).resolve(workGroup.workGroupConfiguration) as CfnWorkGroup.WorkGroupConfigurationProperty | undefined;
  const where = `of the workgroup '${workGroup.node.path}'`;
  const inBucket = (settings?.resultConfiguration as CfnWorkGroup.ResultConfigurationProperty | undefined)?.outputLocation !== undefined;
  const managed = (settings?.managedQueryResultsConfiguration as CfnWorkGroup.ManagedQueryResultsConfigurationProperty | undefined)?.enabled === true;
  return [
    ...inBucket === managed
      ? [`'results' ${where} must be in a bucket or with Athena, got: ${managed ? 'both' : 'neither'}; state it in 'results', with QueryResults.inBucket or QueryResults.managedByAthena`]
      : [],
    ...settings?.enforceWorkGroupConfiguration === true ? [] : [`'enforceWorkGroupConfiguration' ${where} must be true, got: ${settings?.enforceWorkGroupConfiguration}; else each client chooses its own settings`],
  ];
}
