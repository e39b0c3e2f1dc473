import type { CfnFlowLog, FlowLogDestination, FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLog, FlowLogMaxAggregationInterval as Interval, FlowLogTrafficType as Traffic, LogFormat } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { FlowLogSource } from './flow-log-source';
import { FlowLogFormat } from '../format/flow-log-format';

/** What is logged. */
export interface LoggedTraffic {
  /** Whose traffic. */
  readonly source: FlowLogSource;
  /** Which fields. */
  readonly format: FlowLogFormat;
  /**
   * Which traffic.
   *
   * @default - all of it
   */
  readonly traffic?: FlowLogTrafficType;
  /**
   * How long packets of a flow are put into one record.
   *
   * @default - one minute
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;
}

/** A flow log, wherever it goes to. */
export interface FlowLogOptions extends LoggedTraffic {
  /** Where to. */
  readonly destination: FlowLogDestination;
  /** Whether fields are named even where they are AWS's own: in plain text they are not, so that CloudWatch finds them by itself. */
  readonly namesDefaultFields: boolean;
}

/** A flow log, as AWS takes it. */
export function createFlowLog(scope: Construct, id: string, options: FlowLogOptions): FlowLog {
  const { source, format } = options;
  const flowLog = new FlowLog(scope, id, {
    resourceType: source._resourceType,
    // Trap: the L2 logs all traffic when nobody says which, but a transit gateway must have no traffic type.
    trafficType: source.isTransitGateway ? undefined : options.traffic ?? Traffic.ALL,
    // Trap: the L2 says that a minute is the default of a transit gateway, and leaves it out. AWS takes nothing else there, and its default is ten.
    maxAggregationInterval: options.aggregationInterval ?? Interval.ONE_MINUTE,
    logFormat: isDefault(format) && !options.namesDefaultFields ? undefined : format._fields.map(field => LogFormat.field(field.name)),
    destination: options.destination,
  });
  const tags = format._tags();
  if (tags.length > 0) {
    // Trap: the L2 does not know of them, and AWS refuses a log format with tags that has none.
    (flowLog.node.defaultChild as CfnFlowLog).tagFieldSpecifications = tags;
  }
  return flowLog;
}

/** Whether it is what AWS logs when nobody says otherwise, in that order. */
export function isDefault(format: FlowLogFormat): boolean {
  return format.logFormat === FlowLogFormat.default().logFormat;
}
