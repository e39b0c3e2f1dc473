import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { asText, recordPattern } from './record-pattern';
import { ring } from '../../private/alarm-topic';
import { uniqueName } from '../../private/naming';
import type { FlowLogFormat } from '../format/flow-log-format';

/** Where metrics of flow logs are. */
export const NAMESPACE = 'Resilience/FlowLogs';
/** The number of TCP. */
export const TCP = 6;

const METRIC_NAME_LENGTH = 200;
const PROTOCOLS: Record<number, string> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' };

/** Which rejected traffic is too much. */
export interface RejectAlarmOptions {
  /**
   * Rings when so many records, or more, were rejected in a period: a whole number, 1 at least. A record is one flow in one
   * aggregation interval, not one packet.
   */
  readonly threshold: number;

  /**
   * The port that was knocked at: 0 to 65535.
   *
   * @default - any
   */
  readonly port?: number;

  /**
   * The IANA number of the protocol: 0 to 255.
   *
   * @default - TCP (6) with a port, else any
   */
  readonly protocol?: number;

  /**
   * How long records are counted: whole minutes, one day at most.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * Tells two alarms apart that have the same port and protocol, or a port that is a token: letters, digits, '-' and '_',
   * 50 at most.
   *
   * @default - follows from port and protocol
   */
  readonly name?: string;
}

/** What a `RejectAlarm` watches. */
export interface RejectAlarmProps extends RejectAlarmOptions {
  /** Where records are. */
  readonly logGroup: ILogGroup;
  /** Which fields they have. */
  readonly format: FlowLogFormat;
  /** Where it rings. */
  readonly topic: ITopic;
}

/** The fields that the filter looks at, and what must be in them. */
export function rejected({ port, protocol = port === undefined ? undefined : TCP }: RejectAlarmOptions): Record<string, string | number> {
  return { action: 'REJECT', ...(port === undefined ? {} : { dstport: port }), ...(protocol === undefined ? {} : { protocol }) };
}

/**
 * Counts records that were rejected, and rings when they are too many. Rejected are also packets that come after a
 * connection was closed: a threshold of 1 rings all day.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 */
export class RejectAlarm extends Construct {
  /** @internal */
  public static _create(scope: Construct, id: string, props: RejectAlarmProps): RejectAlarm {
    return new RejectAlarm(scope, id, props);
  }

  /** Makes a metric of the records. */
  public readonly metricFilter: MetricFilter;
  /** How many there were, 0 when other records came in. No dimensions: each source address would be a metric, and be paid for. */
  public readonly metric: Metric;
  /** Rings. */
  public readonly alarm: Alarm;

  private constructor(scope: Construct, id: string, props: RejectAlarmProps) {
    super(scope, id);
    const { threshold, period = Duration.minutes(5) } = props;
    this.metricFilter = new MetricFilter(this, 'Filter', {
      logGroup: props.logGroup,
      filterPattern: FilterPattern.literal(recordPattern(props.format, rejected(props))),
      metricNamespace: NAMESPACE,
      // One name for each log: a namespace is that of the account, and another log must not be counted in.
      metricName: uniqueName(this, METRIC_NAME_LENGTH),
      metricValue: '1',
      defaultValue: 0,
    });
    this.metric = this.metricFilter.metric({ statistic: 'Sum', period });
    this.alarm = ring(new Alarm(this, 'Alarm', {
      alarmDescription: `${asText(threshold)} or more flow records were rejected within ${period.toHumanString()}${whereOf(props)}: the log group has them`,
      metric: this.metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Where nothing is logged, nothing was rejected.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }), props.topic);
  }
}

function whereOf({ port, protocol = port === undefined ? undefined : TCP }: RejectAlarmOptions): string {
  const how = protocol === undefined ? '' : PROTOCOLS[protocol] ?? `protocol ${asText(protocol)}`;
  return `${port === undefined ? '' : ` at port ${asText(port)}`}${how && ` (${how})`}`;
}
