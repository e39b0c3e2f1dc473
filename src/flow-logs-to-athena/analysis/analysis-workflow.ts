import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IChainable, RetryProps, TaskStateBase } from 'aws-cdk-lib/aws-stepfunctions';
import { Choice, Condition, IntegrationPattern, JitterType, JsonPath, Map, Pass, Result, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { AthenaStartQueryExecution, CallAwsService, SnsPublish, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AnalyzedCatalog } from './analyzed-catalog';
import type { Finding } from './finding';
import { NAMESPACE } from '../cloudwatch/reject-alarm';
import { rootOf } from '../storage/delivery-policy';

/** The longest that a query may wait and run. */
export const QUERY_TIMEOUT = Duration.hours(1);
/** The metric of findings: 1 for each run that had one, 0 for each that had none. */
export const FINDINGS_METRIC = 'Findings';
/** The name of the dimension that says which analysis it is. */
export const ANALYSIS = 'Analysis';
/** The name of the dimension that says which query it is. */
export const QUERY = 'Query';

/** Rows that are counted even where fewer decide: a message that says 2 of 90 helps nobody. */
const LEAST_COUNTED = 100;
/** Athena is busy, and the query is not wrong: asked again later, it succeeds. */
const ATHENA_BUSY = ['Athena.TooManyRequestsException', 'Athena.InternalServerException', 'Athena.AmazonAthenaException', 'Athena.SdkClientException'];
const PATIENTLY: RetryProps = { interval: Duration.seconds(10), maxAttempts: 6, backoffRate: 2, maxDelay: Duration.minutes(5), jitterStrategy: JitterType.FULL };
const UNCOUNTABLE = 'more than can be counted';

/** What the workflow is made of. */
export interface AnalysisWorkflowProps {
  /** What is asked. */
  readonly findings: Finding[];
  /** Of whom. */
  readonly catalog: AnalyzedCatalog;
  /** How many queries run at once. */
  readonly concurrency: number;
  /** Whether findings are kept in Parquet as well. */
  readonly parquet: boolean;
  /** The value of the dimension that says which analysis it is. */
  readonly name: string;
  /** Where findings are announced. */
  readonly topic: ITopic;
  /** Where queries go that failed. */
  readonly deadLetterQueue: IQueue;
}

/** What the workflow knows of a query. */
interface Item {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  readonly threshold: number;
  /** Rows that are counted at most. */
  readonly counts: number;
  /** Rows that are fetched: the first is the header. */
  readonly maxRows: number;
}

/**
 * Asks every query, some at once. One that fails ends in the dead-letter queue, and the others go on.
 *
 *     query ── count ── metric ── too many? ── (Parquet) ── announce
 *       └────────┴─────────┴───────────────────────┴────────── keep the failure
 */
export class AnalysisWorkflow extends Construct {
  /** Where it begins. */
  public readonly definition: IChainable;

  constructor(scope: Construct, id: string, private readonly props: AnalysisWorkflowProps) {
    super(scope, id);
    const map = new Map(this, 'EachQuery', { itemsPath: '$', maxConcurrency: props.concurrency, resultPath: JsonPath.DISCARD });
    map.itemProcessor(this.eachQuery());
    this.definition = new Pass(this, 'Queries', { result: Result.fromArray(itemsOf(props.findings, props.catalog)) }).next(map);
  }

  private eachQuery(): IChainable {
    const failed = this.keepFailure();
    const kept = <T extends TaskStateBase>(task: T) => {
      task.addCatch(failed, { resultPath: '$.failure' });
      return task;
    };
    const announce = kept(this.announce());
    const found = this.found(announce);
    const tooMany = new Choice(this, 'TooManyRows')
      .when(Condition.numberGreaterThanJsonPath('$.counted.rows', '$.threshold'), kept(this.metric('CountFinding', 1)).next(found))
      .otherwise(kept(this.metric('CountNothing', 0)));
    const count = this.count();
    // A few wide rows are more than Step Functions carries: then there are rows, and somebody should look.
    const uncountable = new Pass(this, 'Uncountable', { result: Result.fromObject({ rows: UNCOUNTABLE }), resultPath: '$.counted' });
    count.addCatch(uncountable, { errors: ['States.DataLimitExceeded'], resultPath: JsonPath.DISCARD });
    uncountable.next(kept(this.metric('CountUncountable', 1)).next(found));
    return kept(this.query('RunQuery', JsonPath.stringAt('$.sql'), '$.execution')).next(kept(count)).next(tooMany);
  }

  private query(id: string, queryString: string, resultPath: string): AthenaStartQueryExecution {
    const { workGroupName, table, resultsBucket } = this.props.catalog;
    const query = new AthenaStartQueryExecution(this, id, {
      queryString,
      workGroup: workGroupName,
      queryExecutionContext: { databaseName: table.database },
      integrationPattern: IntegrationPattern.RUN_JOB,
      taskTimeout: Timeout.duration(QUERY_TIMEOUT),
      resultSelector: {
        id: JsonPath.stringAt('$.QueryExecution.QueryExecutionId'),
        // Results that Athena keeps are nowhere that one could go.
        ...(resultsBucket ? { location: JsonPath.stringAt('$.QueryExecution.ResultConfiguration.OutputLocation') } : { location: 'in Athena, for 24 hours' }),
      },
      resultPath,
    });
    // Not where the query itself failed: it would fail again, and what it read is paid for.
    query.addRetry({ ...PATIENTLY, errors: ATHENA_BUSY });
    return query;
  }

  private count(): CallAwsService {
    const count = new CallAwsService(this, 'CountRows', {
      service: 'athena',
      action: 'getQueryResults',
      parameters: { QueryExecutionId: JsonPath.stringAt('$.execution.id'), MaxResults: JsonPath.numberAt('$.maxRows') },
      iamResources: ['*'],
      resultSelector: { rows: JsonPath.numberAt('States.MathAdd(States.ArrayLength($.ResultSet.Rows), -1)') },
      resultPath: '$.counted',
    });
    count.addRetry({ ...PATIENTLY, errors: ATHENA_BUSY });
    return count;
  }

  private metric(id: string, value: number): CallAwsService {
    const metric = new CallAwsService(this, id, {
      service: 'cloudwatch',
      action: 'putMetricData',
      parameters: {
        Namespace: NAMESPACE,
        MetricData: [{
          MetricName: FINDINGS_METRIC,
          Dimensions: [{ Name: ANALYSIS, Value: this.props.name }, { Name: QUERY, Value: JsonPath.stringAt('$.name') }],
          Value: value,
        }],
      },
      iamResources: ['*'],
      resultPath: JsonPath.DISCARD,
    });
    metric.addRetry(PATIENTLY);
    return metric;
  }

  /** What is done before a finding is announced: nothing, or it is written once more, and announced whether that succeeds or not. */
  private found(announce: TaskStateBase): IChainable {
    const { parquet, catalog: { resultsBucket, resultsPrefix } } = this.props;
    const at = (id: string, place: string) => new Pass(this, id, { parameters: { location: place }, resultPath: '$.result' });
    if (!parquet || !resultsBucket) {
      return at('InCsv', JsonPath.stringAt('$.execution.location')).next(announce);
    }
    const folder = [JsonPath.executionName, JsonPath.stringAt('$.name')];
    const root = `s3://${resultsBucket.bucketName}/${rootOf(resultsPrefix)}findings/`;
    const unload = this.query('WriteParquet',
      JsonPath.format('UNLOAD ({}) TO \'{}{}/{}/\' WITH (format = \'PARQUET\', compression = \'SNAPPY\')', JsonPath.stringAt('$.sql'), root, ...folder), '$.unloaded');
    unload.addCatch(at('InCsvOnly', JsonPath.format('{} (and not in Parquet: {})', JsonPath.stringAt('$.execution.location'), JsonPath.stringAt('$.unwritten.Cause'))).next(announce), {
      resultPath: '$.unwritten',
    });
    return unload.next(at('InParquet', JsonPath.format('{}{}/{}/', root, ...folder))).next(announce);
  }

  private announce(): SnsPublish {
    const announce = new SnsPublish(this, 'Announce', {
      topic: this.props.topic,
      subject: 'Finding in flow logs',
      message: TaskInput.fromText(JsonPath.format(
        '{}\n\nQuery: {}\nRows: {} (a finding above {}; {} are counted at most)\nResult: {}\nExecution: {}',
        ...['$.description', '$.name', '$.counted.rows', '$.threshold', '$.counts', '$.result.location'].map(path => JsonPath.stringAt(path)),
        JsonPath.executionId,
      )),
      resultPath: JsonPath.DISCARD,
    });
    announce.addRetry(PATIENTLY);
    return announce;
  }

  private keepFailure(): SqsSendMessage {
    const keep = new SqsSendMessage(this, 'KeepFailure', {
      queue: this.props.deadLetterQueue,
      messageBody: TaskInput.fromObject({
        query: JsonPath.stringAt('$.name'),
        description: JsonPath.stringAt('$.description'),
        error: JsonPath.stringAt('$.failure.Error'),
        cause: JsonPath.stringAt('$.failure.Cause'),
        execution: JsonPath.executionId,
        at: JsonPath.stateEnteredTime,
      }),
      resultPath: JsonPath.DISCARD,
    });
    keep.addRetry(PATIENTLY);
    return keep;
  }
}

/** What the queries are, as the workflow passes them on. */
export function itemsOf(findings: Finding[], { table }: AnalyzedCatalog): Item[] {
  return findings.map(({ query, threshold }) => {
    // One more than the threshold must be seen.
    const counts = Math.max(threshold + 1, LEAST_COUNTED);
    return { name: query.name, description: query._fullDescription, sql: query._render(table), threshold, counts, maxRows: counts + 1 };
  });
}
