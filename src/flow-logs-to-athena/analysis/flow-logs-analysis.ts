import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { analysisStatements, stateMachineConditions } from './analysis-policy';
import { findAnalysisProblems, findInputProblems } from './analysis-validation';
import { ANALYSIS, AnalysisWorkflow, FINDINGS_METRIC, itemsOf, QUERY, QUERY_TIMEOUT } from './analysis-workflow';
import type { Finding } from './finding';
import type { ResultFormat } from './result-format';
import { acknowledgeWildcards } from '../../private/acknowledgement';
import { allowAlarmsToPublish, createAlarmTopic, ring } from '../../private/alarm-topic';
import { alarmOnAnyMessage, createDeadLetterQueue } from '../../private/dead-letter-queue';
import { plain, uniqueName } from '../../private/naming';
import { Findings } from '../../private/validation';
import type { AnalyzedCatalog } from '../catalog/analyzed-catalog';
import { NAMESPACE } from '../cloudwatch/reject-alarm';
import type { NamedQuery } from '../queries/named-query';

const NAME_LENGTH = 128;
const QUERIES_AT_ONCE = 2;

/** What is asked, when, and whom it tells. */
export interface FlowLogsAnalysisOptions {
  /** The queries, and how many of their rows are a finding: 1 to 100. */
  readonly findings: Finding[];

  /**
   * When they are asked. A query looks back over its own window: ask it as often.
   *
   * @default ScheduleExpression.rate(Duration.days(1))
   */
  readonly schedule?: ScheduleExpression;

  /**
   * How much later than the schedule says it may begin: whole minutes, one day at most.
   *
   * @default - it begins at the time
   */
  readonly flexibleWindow?: Duration;

  /**
   * How the rows of a finding are kept.
   *
   * @default ResultFormat.csv()
   */
  readonly resultFormat?: ResultFormat;

  /**
   * How many queries run at once: 1 to 20.
   *
   * @default 2
   */
  readonly concurrency?: number;

  /**
   * Where findings are announced, and alarms ring.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
}

/**
 * Asks the flow logs by itself, and tells somebody when there is something to see: which query, how many rows, where they
 * are. A query that fails is asked again where that helps, and else ends in a dead-letter queue that rings; the others go
 * on. What one query may read is capped by the workgroup.
 */
export class FlowLogsAnalysis extends Construct {
  /** @internal */
  public static _create(scope: Construct, id: string, catalog: AnalyzedCatalog, options: FlowLogsAnalysisOptions): FlowLogsAnalysis {
    return new FlowLogsAnalysis(scope, id, catalog, options);
  }

  /** Begins it. */
  public readonly schedule: Schedule;
  /** Asks the queries. */
  public readonly stateMachine: StateMachine;
  /** What it may do, and nothing else. */
  public readonly role: Role;
  /** Where findings are announced, and alarms ring. */
  public readonly alarmTopic: ITopic;
  /** Holds, for 14 days, which query failed and why. */
  public readonly deadLetterQueue: Queue;
  /** Holds, for 14 days, runs that could not be begun. */
  public readonly scheduleDeadLetterQueue: Queue;
  /** Rings when a query failed. */
  public readonly failedQueryAlarm: Alarm;
  /** Rings when a run could not be begun. */
  public readonly notBegunAlarm: Alarm;
  /** Rings when a run failed as a whole. */
  public readonly failedAlarm: Alarm;
  /** Rings when a run did not end in time. */
  public readonly timedOutAlarm: Alarm;

  private readonly name: string;

  private constructor(scope: Construct, id: string, catalog: AnalyzedCatalog, options: FlowLogsAnalysisOptions) {
    super(scope, id);
    validateOptions(this, options, catalog);
    const stack = Stack.of(this);
    this.name = uniqueName(this, NAME_LENGTH);
    this.alarmTopic = options.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
    this.deadLetterQueue = createDeadLetterQueue(this, 'DeadLetterQueue');
    this.scheduleDeadLetterQueue = createDeadLetterQueue(this, 'ScheduleDeadLetterQueue');
    allowAlarmsToPublish(this, this.alarmTopic, []);

    this.role = this.createRole(stack, catalog);
    this.stateMachine = this.createStateMachine(catalog, options);
    this.schedule = this.createSchedule(stack, options);

    this.failedQueryAlarm = alarmOnAnyMessage(this, 'FailedQueryAlarm', this.deadLetterQueue, this.alarmTopic,
      'A query over the flow logs failed: the dead-letter queue says which, and why');
    this.notBegunAlarm = alarmOnAnyMessage(this, 'NotBegunAlarm', this.scheduleDeadLetterQueue, this.alarmTopic,
      'An analysis of the flow logs could not be begun for a day: the dead-letter queue of the schedule has it');
    this.failedAlarm = this.alarmOn('FailedAlarm', this.stateMachine.metricFailed({ period: Duration.minutes(5) }),
      'An analysis of the flow logs failed: queries after the failure were not asked');
    this.timedOutAlarm = this.alarmOn('TimedOutAlarm', this.stateMachine.metricTimedOut({ period: Duration.minutes(5) }),
      'An analysis of the flow logs did not end in time: some queries were not asked');
  }

  /** 1 for each run in which the query had a finding, and 0 for each in which it had none. */
  public metricFindings(query: NamedQuery, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: NAMESPACE,
      metricName: FINDINGS_METRIC,
      dimensionsMap: { [ANALYSIS]: this.name, [QUERY]: query.name },
      statistic: 'Sum',
      ...options,
    });
  }

  private createRole(stack: Stack, catalog: AnalyzedCatalog): Role {
    const role = new Role(this, 'Role', {
      description: plain(`Asks the flow logs: ${this.node.path}`),
      assumedBy: new ServicePrincipal('states.amazonaws.com', { conditions: stateMachineConditions(stack) }),
    });
    const statements = analysisStatements(stack, catalog, { topic: this.alarmTopic, deadLetterQueue: this.deadLetterQueue });
    statements.forEach(statement => role.addToPolicy(statement));
    acknowledgeWildcards(role.node.findChild('DefaultPolicy'), statements.flatMap(statement => statement.resources),
      'the files of these logs and results; metrics of one namespace, logs and traces, for which AWS takes no resource');
    return role;
  }

  private createStateMachine(catalog: AnalyzedCatalog, options: FlowLogsAnalysisOptions): StateMachine {
    const { findings, concurrency = QUERIES_AT_ONCE, resultFormat } = options;
    const parquet = resultFormat?._isParquet ?? false;
    const { name, alarmTopic: topic, deadLetterQueue } = this;
    const { definition } = new AnalysisWorkflow(this, 'Workflow', { findings, catalog, concurrency, parquet, name, topic, deadLetterQueue });
    const rounds = Math.ceil(findings.length / concurrency) * (parquet ? 2 : 1);
    return new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(definition),
      comment: plain(`Asks the flow logs: ${this.node.path}`),
      // Trap: each task would add to the role what its service asks for, on every resource.
      role: this.role.withoutPolicyUpdates(),
      // Every query at its longest, and an hour for asking again.
      timeout: Duration.seconds((rounds + 1) * QUERY_TIMEOUT.toSeconds()),
      tracingEnabled: true,
      // Rows of the log are no business of whoever may read this one.
      logs: { destination: this.createLogGroup(), level: LogLevel.ALL, includeExecutionData: false },
    });
  }

  private createLogGroup(): LogGroup {
    return new LogGroup(this, 'Logs', {
      // Trap: each other name is written into one policy of the account, which is full some day.
      logGroupName: `/aws/vendedlogs/states/${this.name}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private createSchedule(stack: Stack, options: FlowLogsAnalysisOptions): Schedule {
    // Trap: the role of the L2 is created beside the construct, and shared with schedules of others.
    const role = new Role(this, 'ScheduleRole', {
      description: plain(`Begins an analysis of the flow logs: ${this.node.path}`),
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
          },
        },
      }),
    });
    const schedule = new Schedule(this, 'Schedule', {
      description: plain(`Begins an analysis of the flow logs: ${this.node.path}`),
      schedule: options.schedule ?? ScheduleExpression.rate(Duration.days(1)),
      timeWindow: options.flexibleWindow ? TimeWindow.flexible(options.flexibleWindow) : TimeWindow.off(),
      target: new StepFunctionsStartExecution(this.stateMachine, {
        role,
        deadLetterQueue: this.scheduleDeadLetterQueue,
        maxEventAge: Duration.days(1),
        retryAttempts: 185,
      }),
    });
    schedule.node.addDependency(role);
    return schedule;
  }

  private alarmOn(id: string, metric: Metric, alarmDescription: string): Alarm {
    return ring(new Alarm(this, id, {
      alarmDescription,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Between runs there is nothing to report.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }), this.alarmTopic);
  }
}

function validateOptions(scope: Construct, options: FlowLogsAnalysisOptions, catalog: AnalyzedCatalog): void {
  const findings = new Findings();
  findAnalysisProblems(findings, options, catalog);
  findings.throwIfAny(scope);
  findInputProblems(findings, itemsOf(options.findings, catalog));
  findings.throwIfAny(scope);
}
