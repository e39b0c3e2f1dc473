import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { CatchProps, IChainable, INextable, RetryProps, State } from 'aws-cdk-lib/aws-stepfunctions';
import { Chain, Choice, Condition, CustomState, FieldUtils, JitterType, JsonPath, Map, Pass, Result, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, SnsPublish, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Finding } from './finding';
import type { AnalyzedCatalog } from '../catalog/analyzed-catalog';
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
const PATIENTLY: RetryProps = {
  interval: Duration.seconds(10), maxAttempts: 6, backoffRate: 2, maxDelay: Duration.minutes(5), jitterStrategy: JitterType.FULL,
};
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

/** A state that can fail. */
type Task = State & INextable & { addCatch(handler: IChainable, props?: CatchProps): unknown };

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
 *     query ── count ── too many? ── (Parquet) ── announce ── metric
 *       └────────┴──────────┴──────────────────────┴───────────┴── keep the failure
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
    const kept = <T extends Task>(task: T) => {
      task.addCatch(failed, { resultPath: '$.failure' });
      return task;
    };
    // The metric comes last: without it a finding is announced all the same.
    const found = this.found(Chain.start(kept(this.announce())).next(kept(this.metric('CountFinding', 1))));
    const tooMany = new Choice(this, 'TooManyRows')
      .when(Condition.numberGreaterThanJsonPath('$.counted.rows', '$.threshold'), found)
      .otherwise(kept(this.metric('CountNothing', 0)));
    const count = this.count();
    // A few wide rows are more than Step Functions carries: then there are rows, and somebody should look.
    const uncountable = new Pass(this, 'Uncountable', { result: Result.fromObject({ rows: UNCOUNTABLE }), resultPath: '$.counted' });
    count.addCatch(uncountable, { errors: ['States.DataLimitExceeded'], resultPath: JsonPath.DISCARD });
    uncountable.next(found);
    return Chain.start(kept(this.query('RunQuery', JsonPath.stringAt('$.sql'), '$.execution'))).next(kept(count)).next(tooMany);
  }

  /**
   * Trap: the task of CDK states an empty place for results, which is one too many where Athena keeps them.
   */
  private query(id: string, queryString: string, resultPath: string): CustomState {
    const { workGroupName, table, resultsBucket } = this.props.catalog;
    const query = new CustomState(this, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(this).partition}:states:::athena:startQueryExecution.sync`,
        Parameters: FieldUtils.renderObject({
          QueryString: queryString, WorkGroup: workGroupName, QueryExecutionContext: { Database: table.database },
        }),
        ResultSelector: FieldUtils.renderObject({
          id: JsonPath.stringAt('$.QueryExecution.QueryExecutionId'),
          // Results that Athena keeps are nowhere that one could go.
          location: resultsBucket ? JsonPath.stringAt('$.QueryExecution.ResultConfiguration.OutputLocation') : 'in Athena, for 24 hours',
        }),
        ResultPath: resultPath,
        TimeoutSeconds: QUERY_TIMEOUT.toSeconds(),
      },
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
  private found(announce: IChainable): IChainable {
    const { parquet, catalog: { resultsBucket, resultsPrefix } } = this.props;
    const at = (id: string, location: string) => new Pass(this, id, { parameters: { location }, resultPath: '$.result' }).next(announce);
    if (!parquet || !resultsBucket) {
      return at('InCsv', JsonPath.stringAt('$.execution.location'));
    }
    const folder = [JsonPath.executionName, JsonPath.stringAt('$.name')];
    const root = `s3://${resultsBucket.bucketName}/${rootOf(resultsPrefix)}findings/`;
    const unload = this.query('WriteParquet', JsonPath.format('UNLOAD (\n{}\n) TO \'{}{}/{}/\' WITH (format = \'PARQUET\', compression = \'SNAPPY\')',
      JsonPath.stringAt('$.sql'), root, ...folder), '$.unloaded');
    unload.addCatch(at('InCsvOnly', JsonPath.format('{} (and not in Parquet: {})', JsonPath.stringAt('$.execution.location'),
      JsonPath.jsonToString(JsonPath.objectAt('$.unwritten')))), { resultPath: '$.unwritten' });
    return Chain.start(unload).next(at('InParquet', JsonPath.format('{}{}/{}/', root, ...folder)));
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
        failure: JsonPath.objectAt('$.failure'),
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
