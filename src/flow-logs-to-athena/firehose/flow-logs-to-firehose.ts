import type { CfnFlowLog, FlowLog, FlowLogDestinationConfig, FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLogDestination, FlowLogDestinationType } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { FirehoseDestination } from './firehose-destination';
import { findFirehoseProblems } from './firehose-validation';
import { createSourceRole } from './source-role';
import { Findings } from '../../private/validation';
import { FlowLogFormat } from '../format/flow-log-format';
import { createFlowLog } from '../source/flow-log';
import type { FlowLogSource } from '../source/flow-log-source';

/** What is logged to Firehose. */
export interface FlowLogsToFirehoseOptions {
  /**
   * The fields that are logged, in this order: whoever reads the stream must know it.
   *
   * @default - FlowLogFormat.default(), and FlowLogFormat.transitGateway() for a transit gateway
   */
  readonly format?: FlowLogFormat;

  /**
   * Which traffic is logged.
   *
   * @default - ALL
   */
  readonly traffic?: FlowLogTrafficType;

  /**
   * How long packets of a flow are put into one record. On Nitro instances it is a minute or less, whatever is stated.
   *
   * @default FlowLogMaxAggregationInterval.ONE_MINUTE
   */
  readonly aggregationInterval?: FlowLogMaxAggregationInterval;
}

/** Properties of a `FlowLogsToFirehose`. */
export interface FlowLogsToFirehoseProps extends FlowLogsToFirehoseOptions {
  /** Whose traffic is logged. */
  readonly source: FlowLogSource;

  /** The delivery stream that logs go to. */
  readonly destination: FirehoseDestination;
}

/**
 * Flow logs to Amazon Data Firehose, from where third-party tools take them. Plain text, fields with spaces between: AWS
 * delivers no other.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-firehose.html
 */
export class FlowLogsToFirehose extends Construct {
  /** The fields that are logged. */
  public readonly format: FlowLogFormat;
  /** The flow log. AWS can not change it: whatever is changed of it makes a new one. */
  public readonly flowLog: FlowLog;
  /** Delivers into the other account; undefined within one. */
  public readonly role?: Role;

  constructor(scope: Construct, id: string, props: FlowLogsToFirehoseProps) {
    super(scope, id);
    this.format = props.format ?? (props.source.isTransitGateway ? FlowLogFormat.transitGateway() : FlowLogFormat.default());
    const { source, destination: { _deliveryStream, _crossAccount } } = props;
    const findings = new Findings();
    findFirehoseProblems(findings, this, { ...props, format: this.format });
    findings.throwIfAny(this);

    this.role = _crossAccount && createSourceRole(this, source, _crossAccount.deliveryRoleArn);
    const deliveryStreamArn = _crossAccount?.deliveryStreamArn ?? _deliveryStream!.deliveryStreamArn;
    this.flowLog = createFlowLog(this, 'FlowLog', {
      ...props, format: this.format, destination: new DeliveryStream(deliveryStreamArn, this.role), namesDefaultFields: false,
    });
    if (_crossAccount && this.role) {
      // Trap: the L2 takes a role for another account, and has no word for the role over there, without which AWS refuses.
      (this.flowLog.node.defaultChild as CfnFlowLog).deliverCrossAccountRole = _crossAccount.deliveryRoleArn;
      this.flowLog.node.addDependency(this.role);
    }
  }
}

/**
 * A delivery stream by its ARN.
 *
 * Trap: of the two destinations of the L2 one is deprecated, and the other wants the resource of a stream that is in another
 * app.
 */
class DeliveryStream extends FlowLogDestination {
  constructor(private readonly deliveryStreamArn: string, private readonly iamRole?: Role) {
    super();
  }

  public bind(): FlowLogDestinationConfig {
    return { logDestinationType: FlowLogDestinationType.KINESIS_DATA_FIREHOSE, deliveryStreamArn: this.deliveryStreamArn, iamRole: this.iamRole };
  }
}
