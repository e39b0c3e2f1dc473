import type { FlowLog, FlowLogMaxAggregationInterval, FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { FlowLogDestination } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnQueryDefinition, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { findDeliveryProblems, findInsightsProblems, findRejectAlarmProblems, idOf } from './cloudwatch-validation';
import type { InsightsQuery } from './insights-query';
import { KEY_ACTIONS, keyStatement } from './log-group-key';
import type { RejectAlarmOptions } from './reject-alarm';
import { RejectAlarm } from './reject-alarm';
import { allowAlarmsToPublish, createAlarmTopic } from '../../private/alarm-topic';
import { plain } from '../../private/naming';
import { Findings } from '../../private/validation';
import { FlowLogFormat } from '../format/flow-log-format';
import { createFlowLog } from '../source/flow-log';
import type { FlowLogSource } from '../source/flow-log-source';

const MAX_QUERY_NAME = 255;

/** What is logged to CloudWatch, and how it is kept. */
export interface FlowLogsToCloudWatchOptions {
  /**
   * The fields that are logged, in this order: filters and saved queries follow from it.
   *
   * @default - FlowLogFormat.default(), whose fields CloudWatch finds by itself, and FlowLogFormat.transitGateway() for a
   * transit gateway
   */
  readonly format?: FlowLogFormat;

  /**
   * Which traffic is logged. CloudWatch takes twice as much for a gigabyte as S3 does: REJECT is all that alarms need.
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

  /**
   * How long records are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly retention?: RetentionDays;

  /**
   * A key that encrypts the records. CloudWatch Logs may use it for this log group only.
   *
   * @default - a key that CloudWatch Logs manages
   */
  readonly encryptionKey?: IKey;

  /**
   * Where alarms ring.
   *
   * @default - a new encrypted topic with the first alarm; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
}

/** Properties of a `FlowLogsToCloudWatch`. */
export interface FlowLogsToCloudWatchProps extends FlowLogsToCloudWatchOptions {
  /** Whose traffic is logged. */
  readonly source: FlowLogSource;
}

/**
 * Flow logs in CloudWatch, for what must be known within minutes: alarms on what is rejected, and saved queries over the
 * last weeks. For the last year there is `FlowLogsToAthena`.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 */
export class FlowLogsToCloudWatch extends Construct {
  /** The fields that are logged. */
  public readonly format: FlowLogFormat;
  /** The flow log. AWS can not change it: whatever is changed of it makes a new one. */
  public readonly flowLog: FlowLog;
  /** Where records are. It is kept when the stack goes; what is in it goes by itself. */
  public readonly logGroup: LogGroup;
  /** Writes into the log group, on behalf of flow logs of this account and Region. */
  public readonly role: Role;

  private readonly alarms = new Map<string, RejectAlarm>();
  private readonly queries = new Map<string, CfnQueryDefinition>();
  private topic?: ITopic;

  constructor(scope: Construct, id: string, private readonly props: FlowLogsToCloudWatchProps) {
    super(scope, id);
    this.format = props.format ?? (props.source.isTransitGateway ? FlowLogFormat.transitGateway() : FlowLogFormat.default());
    this.topic = props.alarmTopic;
    const findings = new Findings();
    findDeliveryProblems(findings, this, { ...props, format: this.format });
    findings.throwIfAny(this);

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.retention ?? RetentionDays.ONE_MONTH,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (props.encryptionKey) {
      openKey(this, props.encryptionKey);
    }
    this.role = createRole(this);
    this.flowLog = createFlowLog(this, 'FlowLog', {
      ...props,
      namesDefaultFields: false,
      format: this.format,
      destination: FlowLogDestination.toCloudWatchLogs(this.logGroup, this.role),
    });
    // Trap: nothing makes the log wait for the policy of its role, and what it can not write by then is lost.
    this.flowLog.node.addDependency(this.role);
  }

  /** Where alarms ring; undefined while there is none, and no topic was given. */
  public get alarmTopic(): ITopic | undefined {
    return this.topic;
  }

  /**
   * Rings when too much is rejected, at a port or at all.
   *
   * @throws When a field that it needs, or rejected traffic, is not logged.
   */
  public alarmOnRejects(options: RejectAlarmOptions): RejectAlarm {
    const findings = new Findings();
    findRejectAlarmProblems(findings, options, { format: this.format, traffic: this.props.traffic, ids: [...this.alarms.keys()] });
    findings.throwIfAny(this);
    const { logGroup, format } = this;
    const id = idOf(options);
    if (this.alarms.size === 0) {
      this.topic ??= createAlarmTopic(this, 'AlarmTopic');
      allowAlarmsToPublish(this, this.topic, []);
    }
    const alarm = RejectAlarm._create(this, id, { ...options, logGroup, format, topic: this.topic! });
    this.alarms.set(id, alarm);
    return alarm;
  }

  /**
   * Saves the query in CloudWatch, in a folder of the path of this construct.
   *
   * @throws When it needs a field, or traffic, that is not logged.
   */
  public addInsightsQuery(query: InsightsQuery): CfnQueryDefinition {
    const findings = new Findings();
    findInsightsProblems(findings, query, { format: this.format, traffic: this.props.traffic, names: [...this.queries.keys()] });
    findings.throwIfAny(this);
    // The L2 builds queries of its own words; ours are written as CloudWatch reads them.
    const definition = new CfnQueryDefinition(this, `Query-${query.name}`, {
      name: `${this.node.path}/${query.name}`.slice(-MAX_QUERY_NAME),
      queryString: query._render(this.format),
      logGroupNames: [this.logGroup.logGroupName],
    });
    this.queries.set(query.name, definition);
    return definition;
  }
}

/**
 * Trap: the role of the L2 may be used by flow logs of any account that knows its ARN. It has no more permissions than
 * these: the log group is there, and whoever deletes it must not get it back without its retention and its key.
 */
function createRole(scope: Construct): Role {
  const stack = Stack.of(scope);
  return new Role(scope, 'Role', {
    description: plain(`Flow logs write to the log group of ${scope.node.path}`),
    assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }) },
      },
    }),
  });
}

function openKey(scope: FlowLogsToCloudWatch, key: IKey): void {
  const statement = keyStatement(scope.logGroup.node.defaultChild as CfnLogGroup);
  if (!key.addToResourcePolicy(statement).statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-resilience:flowLogGroupKey',
      `the policy of the imported key '${key.node.path}' can not be extended: let logs.${Stack.of(scope).region}.amazonaws.com use it (${KEY_ACTIONS.join(', ')}) where kms:EncryptionContext:aws:logs:arn is the log group, or the log group can not be created`);
  }
}
