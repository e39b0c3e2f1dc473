import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Annotations, Duration, Names, Size, Stack, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AnalyzedCatalog } from './analyzed-catalog';
import { flowLogTable, TABLE_NAME } from './flow-log-table';
import { grantQuery } from './query-grant';
import { QueryResults } from './query-results';
import { resultConfiguration, resultsBucketOf, resultsKey } from './results-bucket';
import { acknowledge } from '../../private/acknowledgement';
import { plain, uniqueName } from '../../private/naming';
import { Findings } from '../../private/validation';
import type { FlowLogsAnalysisOptions } from '../analysis/flow-logs-analysis';
import { FlowLogsAnalysis } from '../analysis/flow-logs-analysis';
import { findWorkGroupDrift } from '../drift';
import type { FlowLogFormat } from '../format/flow-log-format';
import type { NamedQuery } from '../queries/named-query';
import type { QueryableTable } from '../queries/queryable-table';
import { rootOf } from '../storage/delivery-policy';
import { FlowLogAccounts } from '../storage/flow-log-accounts';
import { FlowLogPartitions } from '../storage/flow-log-partitions';
import {
  findAccountProblems, findCatalogProblems, findFormatProblems, findPartitionProblems, findPrefixProblems, findQueryProblems, findRetentionProblems,
} from '../validation';

const WORK_GROUP_NAME_LENGTH = 128;
const DATABASE_NAME_LENGTH = 128;

/** How the logs are queried. */
export interface FlowLogQueryOptions {
  /**
   * What one query may read: Athena cancels it beyond, and bills what was read. 10 MB at least.
   *
   * @default Size.gibibytes(100)
   */
  readonly scanLimit?: Size;

  /**
   * Where results are.
   *
   * @default QueryResults.inNewBucket()
   */
  readonly results?: QueryResults;

  /**
   * The name of the database in AWS Glue: lower case letters, digits and '_'.
   *
   * @default - one that follows from the path of the construct
   */
  readonly databaseName?: string;
}

/** Properties of a `FlowLogsCatalog`. */
export interface FlowLogsCatalogProps {
  /** The bucket that the files are in. */
  readonly bucket: IBucket;

  /** The fields that are logged. */
  readonly format: FlowLogFormat;

  /**
   * The folder that they are below, without '/' at either end.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;

  /**
   * How they lie.
   *
   * @default FlowLogPartitions.hourly()
   */
  readonly partitions?: FlowLogPartitions;

  /**
   * The accounts whose logs are there.
   *
   * @default - this account
   */
  readonly accounts?: FlowLogAccounts;

  /**
   * The Regions whose logs are there.
   *
   * @default - this Region
   */
  readonly regions?: string[];

  /**
   * How many days back the table looks.
   *
   * @default Duration.days(365)
   */
  readonly retention?: Duration;

  /**
   * Which traffic is logged: queries that need another are refused.
   *
   * @default - all of it
   */
  readonly traffic?: FlowLogTrafficType;

  /**
   * How they are queried.
   *
   * @default - 100 GiB a query, results in a bucket of their own for 30 days
   */
  readonly queries?: FlowLogQueryOptions;
}

/**
 * A table over flow logs in S3, and a workgroup to query it in. `FlowLogsToAthena` and `CentralFlowLogs` have one; it can
 * also be had alone, for logs that are there already, in Parquet.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs.html
 */
export class FlowLogsCatalog extends Construct {
  /** The database in AWS Glue. */
  public readonly database: CfnDatabase;
  /** The table: its columns are the fields of the log, and it computes its partitions. */
  public readonly table: CfnTable;
  /** The workgroup: its settings are those of each query, whatever a client asks for. */
  public readonly workGroup: CfnWorkGroup;
  /** The bucket that results are in; undefined when Athena keeps them. */
  public readonly resultsBucket?: IBucket;
  /** The name of the database. */
  public readonly databaseName: string;
  /** The name of the table: always `flow_logs`. */
  public readonly tableName: string = TABLE_NAME;
  /** The name of the workgroup. */
  public readonly workGroupName: string;

  private readonly queries = new Map<string, CfnNamedQuery>();
  private readonly analyzed: AnalyzedCatalog;

  constructor(scope: Construct, id: string, props: FlowLogsCatalogProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { bucket, format, prefix, queries = {}, retention = Duration.days(365), regions = [stack.region] } = props;
    const partitions = props.partitions ?? FlowLogPartitions.hourly();
    const accounts = props.accounts ?? FlowLogAccounts.of([stack.account]);
    validateProps(this, { ...props, partitions, accounts, regions, retention });

    const results = queries.results ?? QueryResults.inNewBucket();
    this.databaseName = queries.databaseName ?? databaseNameOf(this);
    this.workGroupName = uniqueName(this, WORK_GROUP_NAME_LENGTH);
    const table: QueryableTable = {
      database: this.databaseName,
      table: TABLE_NAME,
      columns: format.columns,
      partitions,
      traffic: props.traffic,
      accountsInjected: !accounts._listed,
    };
    const description = plain(`Flow logs of ${scope.node.path}`);
    this.database = new CfnDatabase(this, 'Database', { catalogId: stack.account, databaseInput: { name: this.databaseName, description } });
    this.table = new CfnTable(this, 'Table', {
      catalogId: stack.account,
      ...flowLogTable({
        description,
        databaseName: this.databaseName,
        format,
        partitions,
        root: `s3://${bucket.bucketName}/${rootOf(prefix)}`,
        space: { accounts: accounts._listed, regions, days: Tokenization.stringifyNumber(retention.toDays()) },
      }),
    });
    this.table.addResourceDependency(this.database);
    this.resultsBucket = resultsBucketOf(this, 'Results', results);
    this.workGroup = createWorkGroup(this, results, queries.scanLimit ?? Size.gibibytes(100));
    this.analyzed = {
      table,
      workGroupName: this.workGroupName,
      bucket,
      prefix,
      resultsBucket: this.resultsBucket,
      resultsPrefix: results._prefix,
      resultsKey: resultsKey(results, this.resultsBucket),
    };
    this.node.addValidation({ validate: () => findWorkGroupDrift(this.workGroup) });
  }

  /**
   * Keeps the query in Athena, under its name, for whoever opens the workgroup.
   *
   * @throws When it needs a field, or traffic, that is not logged.
   */
  public addQuery(query: NamedQuery): CfnNamedQuery {
    const findings = new Findings();
    findQueryProblems(findings, query, [...this.queries.keys()], query._missing(this._table));
    findings.throwIfAny(this);
    const resource = new CfnNamedQuery(this, `Query-${query.name}`, {
      name: query.name,
      description: query._fullDescription,
      database: this.databaseName,
      workGroup: this.workGroup.ref,
      queryString: query._render(this._table),
    });
    resource.addResourceDependency(this.database);
    this.queries.set(query.name, resource);
    return resource;
  }

  /**
   * Keeps those of the queries whose fields and traffic are logged: `addQueries(NamedQuery.pack())`. A note at synth says
   * which are left out, and why.
   *
   * @returns Those that were added.
   */
  public addQueries(queries: NamedQuery[]): CfnNamedQuery[] {
    const missing = queries.map(query => query._missing(this._table));
    const left = queries.flatMap((query, index) => missing[index].length > 0 ? [`'${query.name}' (${missing[index].join(', ')})`] : []);
    if (left.length > 0) {
      Annotations.of(this).addInfoV2('cdk-resilience:flowLogQueriesLeftOut', `queries are left out, since what they need is not logged: ${left.join('; ')}`);
    }
    return queries.filter((_, index) => missing[index].length === 0).map(query => this.addQuery(query));
  }

  /**
   * Lets somebody run queries in the workgroup, and read their results: not only those that are kept. It opens no policy of
   * an imported key.
   */
  public grantQuery(grantee: IGrantable): Grant {
    return grantQuery(grantee, Stack.of(this), this.analyzed);
  }

  /**
   * Asks queries by a schedule, and tells somebody what they find.
   *
   * @param id What it is called below this construct, such as `Daily`.
   * @throws When a query needs a field, or traffic, that is not logged.
   */
  public analyze(id: string, options: FlowLogsAnalysisOptions): FlowLogsAnalysis {
    const analysis = FlowLogsAnalysis._create(this, id, this.analyzed, options);
    // It asks the table from its first run on.
    analysis.schedule.node.addDependency(this.table, this.workGroup);
    return analysis;
  }

  /**
   * What queries see of the table.
   *
   * @internal
   */
  public get _table(): QueryableTable {
    return this.analyzed.table;
  }
}

function createWorkGroup(scope: FlowLogsCatalog, results: QueryResults, scanLimit: Size): CfnWorkGroup {
  const workGroup = new CfnWorkGroup(scope, 'WorkGroup', {
    name: scope.workGroupName,
    description: plain(`Queries of ${scope.databaseName}.${TABLE_NAME}`),
    // Trap: without it the workgroup can not be deleted, since it has a history.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      bytesScannedCutoffPerQuery: scanLimit.toBytes(),
      ...resultConfiguration(results, scope.resultsBucket, Stack.of(scope).account),
    },
  });
  if (!scope.resultsBucket) {
    acknowledge(workGroup, 'AwsSolutions-ATH1', 'Athena encrypts the results that it keeps itself, always');
  }
  return workGroup;
}

/** Letters, digits and '_', which need no quotes in SQL. */
function databaseNameOf(scope: Construct): string {
  return Names.uniqueResourceName(scope, { maxLength: DATABASE_NAME_LENGTH, separator: '_', allowedSpecialCharacters: '_' }).toLowerCase();
}

type Complete = FlowLogsCatalogProps & Required<Pick<FlowLogsCatalogProps, 'partitions' | 'accounts' | 'regions' | 'retention'>>;

function validateProps(scope: Construct, props: Complete): void {
  const findings = new Findings();
  findFormatProblems(findings, props.format);
  findPartitionProblems(findings, props.partitions, props.format.columns);
  findPrefixProblems(findings, '\'prefix\'', props.prefix);
  findAccountProblems(findings, props.accounts, props.regions);
  findRetentionProblems(findings, props.retention);
  findCatalogProblems(findings, props.queries ?? {});
  findings.throwIfAny(scope);
}
