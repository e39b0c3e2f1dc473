import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Size } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ring } from '../private/alarm-topic';
import { wholeSeconds } from '../private/validation';

const NAMESPACE = 'AWS/EFS';
/** AWS refuses connections beyond 25,000. */
const CONNECTIONS = 20_000;
/** What half an hour of bursting at 100 MiB/s uses up. */
const CREDITS = Size.mebibytes(100 * 30 * 60);

/** What is watched. */
export interface FileSystemAlarmsProps {
  /** Of the file system. */
  readonly fileSystemId: string;
  /** Where alarms ring. */
  readonly topic: ITopic;
  /** Whether it lives on burst credits. */
  readonly bursting: boolean;
  /**
   * Its replica.
   *
   * @default - it has none
   */
  readonly replication?: { readonly destinationId: string; readonly rpo: Duration };
}

/** Rings for what a person can still do something about: the limits that tasks will run into, and a replica that falls behind. */
export class FileSystemAlarms extends Construct {
  public readonly ioLimit: Alarm;
  public readonly connections: Alarm;
  public readonly burstCredits?: Alarm;
  public readonly replicationLag?: Alarm;

  constructor(scope: Construct, id: string, private readonly props: FileSystemAlarmsProps) {
    super(scope, id);
    this.ioLimit = this.alarm('IoLimit', {
      alarmDescription: 'The file system has been at its I/O limit for 15 minutes: spread files over several file systems, or ask for fewer small operations',
      metric: fileSystemMetric('PercentIOLimit', props.fileSystemId, { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: 95,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.connections = this.alarm('Connections', {
      alarmDescription: 'More than 20,000 clients are connected; AWS refuses more than 25,000 on one file system',
      metric: fileSystemMetric('ClientConnections', props.fileSystemId, { statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: CONNECTIONS,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (props.bursting) {
      this.burstCredits = this.alarm('BurstCredits', {
        alarmDescription: 'Burst credits are used up within half an hour at full speed, and then the file system is slow: use elastic throughput',
        metric: fileSystemMetric('BurstCreditBalance', props.fileSystemId, { statistic: 'Minimum', period: Duration.minutes(5) }),
        threshold: CREDITS.toBytes(),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: 3,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
    if (props.replication) {
      this.replicationLag = this.alarm('ReplicationLag', {
        alarmDescription: `The replica in the other Region is more than ${props.replication.rpo.toHumanString()} behind, or nobody knows how far: that much is lost with this Region`,
        metric: replicationLagMetric(props.fileSystemId, props.replication.destinationId),
        threshold: wholeSeconds(props.replication.rpo),
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.BREACHING,
      });
    }
  }

  private alarm(id: string, props: ConstructorParameters<typeof Alarm>[2]): Alarm {
    return ring(new Alarm(this, id, { comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD, ...props }), this.props.topic);
  }
}

/** A metric of a file system. */
export function fileSystemMetric(metricName: string, fileSystemId: string, options: MetricOptions): Metric {
  return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { FileSystemId: fileSystemId }, ...options });
}

/** How far the replica is behind, in seconds. It lives in the Region of the source, and dies with it. */
export function replicationLagMetric(fileSystemId: string, destinationId: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName: 'TimeSinceLastSync',
    dimensionsMap: { FileSystemId: fileSystemId, DestinationFileSystemId: destinationId },
    statistic: 'Maximum',
    period: Duration.minutes(15),
    ...options,
  });
}
