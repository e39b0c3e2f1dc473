import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, TimeZone, Token } from 'aws-cdk-lib/core';
import type { FlowLogsAnalysis, FlowLogsAnalysisOptions } from '../../../src';
import { Finding, NamedQuery, ResultFormat } from '../../../src';
import type { AnalyzedCatalog } from '../../../src/flow-logs-to-athena/catalog/analyzed-catalog';
import { deployedProperties, statementsOf } from '../../support/abac-roles';
import { ACCOUNT, errorOf, shopStack } from '../../support/app';
import { decideBy } from '../../support/decide';
import { analysisIn, catalogIn, refusals, waitsFor } from '../../support/flow-log-deliveries';

const TOKEN = Token.asNumber({ Ref: 'Said' });
const SCAN = NamedQuery.portScan();
const named = (name: string, sql = 'SELECT 1 FROM {table} WHERE {window}') => NamedQuery.of({ name, description: 'One.', sql });

function definitionOf(analysis: FlowLogsAnalysis): any {
  return JSON.parse(deployedProperties(analysis.stateMachine).DefinitionString);
}

function statesOf(options: Partial<FlowLogsAnalysisOptions> = {}, catalog: Partial<AnalyzedCatalog> = {}): any {
  return definitionOf(analysisIn(shopStack(), options, catalog)).States.EachQuery.ItemProcessor.States;
}

describe('by default', () => {
  const stack = shopStack();
  const analysis = analysisIn(stack);
  const template = Template.fromStack(stack);

  test('every day, tried for a day, then kept', () => {
    expect(deployedProperties(analysis.schedule)).toEqual({
      Description: 'Begins an analysis of the flow logs: Shop/Nightly',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpression: 'rate(1 day)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      State: 'ENABLED',
      Target: {
        Arn: '<NightlyStateMachine>',
        RoleArn: '<NightlyScheduleRole.Arn>',
        DeadLetterConfig: { Arn: '<NightlyScheduleDeadLetterQueue.Arn>' },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
    expect(waitsFor(template.toJSON(), stack, analysis.schedule)).toEqual(['NightlyScheduleRoleDefaultPolicy', 'NightlyScheduleRole']);
  });

  test('by a role of its own, which may begin this one and nothing else', () => {
    const role = analysis.node.findChild('ScheduleRole') as any;
    expect(statementsOf(role)).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': `arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule-group/default` } },
    }]);
    expect(deployedProperties(role.node.findChild('DefaultPolicy')).PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: '<NightlyStateMachine>' },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '<NightlyScheduleDeadLetterQueue.Arn>' },
    ]);
    expect(stack.node.children.map(child => child.node.id)).not.toContainEqual(expect.stringMatching(/^SchedulerRole/));
  });

  test('a standard workflow, traced, that logs what it does and not what it finds', () => {
    expect(deployedProperties(analysis.stateMachine)).toMatchObject({
      StateMachineType: 'STANDARD',
      RoleArn: '<NightlyRole.Arn>',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: '<NightlyLogs.Arn>' } }] },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/states/Shop-Nightly-[0-9A-F]{8}$'), RetentionInDays: 365 });
    expect(waitsFor(template.toJSON(), stack, analysis.stateMachine)).toEqual(['NightlyRoleDefaultPolicy', 'NightlyRole']);
  });

  test('alarms on a query that failed, a run that was not begun, failed, or did not end', () => {
    expect([analysis.failedQueryAlarm, analysis.notBegunAlarm, analysis.failedAlarm, analysis.timedOutAlarm].map(alarm => {
      const { MetricName, Namespace, Threshold, TreatMissingData, ComparisonOperator, Dimensions, AlarmActions } = deployedProperties(alarm);
      return [Namespace, MetricName, Dimensions[0].Value, ComparisonOperator, Threshold, TreatMissingData, AlarmActions];
    })).toEqual([
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', '<NightlyDeadLetterQueue.QueueName>'],
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', '<NightlyScheduleDeadLetterQueue.QueueName>'],
      ['AWS/States', 'ExecutionsFailed', '<NightlyStateMachine>'],
      ['AWS/States', 'ExecutionsTimedOut', '<NightlyStateMachine>'],
    ].map(alarm => [...alarm, 'GreaterThanOrEqualToThreshold', 1, 'notBreaching', ['<NightlyAlarmTopic>']]));
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  });

  test('a metric for each query', () => {
    expect(analysis.metricFindings(SCAN).toMetricConfig().metricStat).toMatchObject({
      namespace: 'Resilience/FlowLogs',
      metricName: 'Findings',
      statistic: 'Sum',
      dimensions: [{ name: 'Analysis', value: expect.stringMatching(/^Shop-Nightly-[0-9A-F]{8}$/) }, { name: 'Query', value: 'port-scan' }],
    });
    expect(analysis.metricFindings(SCAN, { period: Duration.days(1) }).period.toDays()).toBe(1);
  });
});

describe('the workflow', () => {
  test('asks each query, with what it needs to know of it', () => {
    const stack = shopStack();
    const { States: { Queries, EachQuery }, TimeoutSeconds } = definitionOf(analysisIn(stack, {
      findings: [Finding.of(SCAN), Finding.of(NamedQuery.dataQuality(), { threshold: 998 })],
    }));
    const { table } = catalogIn(shopStack());
    const item = (query: NamedQuery) => ({ name: query.name, description: [query.description, ...query.caveats].join(' '), sql: query._render(table) });
    expect(Queries.Result).toEqual([
      { ...item(SCAN), threshold: 0, counts: 100, maxRows: 101 },
      { ...item(NamedQuery.dataQuality()), threshold: 998, counts: 999, maxRows: 1000 },
    ]);
    expect(EachQuery).toMatchObject({ Type: 'Map', ItemsPath: '$', MaxConcurrency: 2, ResultPath: null, ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'RunQuery' } });
    expect(TimeoutSeconds).toBe(2 * 3600);
  });

  test('no template holds a date', () => {
    expect(JSON.stringify(definitionOf(analysisIn(shopStack())))).not.toMatch(/20\d\d/);
  });

  test('in the workgroup, where nothing is asked for but the query', () => {
    const { RunQuery } = statesOf();
    expect(RunQuery).toMatchObject({
      Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
      ResultSelector: { 'id.$': '$.QueryExecution.QueryExecutionId', 'location.$': '$.QueryExecution.ResultConfiguration.OutputLocation' },
      TimeoutSeconds: 3600,
      Next: 'CountRows',
    });
    // An empty place for results would be one too many where Athena keeps them.
    expect(RunQuery.Parameters).toEqual({ 'QueryString.$': '$.sql', 'WorkGroup': 'shop-logs', 'QueryExecutionContext': { Database: 'shop' } });
  });

  test('counts rows without the header, no more than it must see', () => {
    expect(statesOf().CountRows).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:athena:getQueryResults',
      Parameters: { 'QueryExecutionId.$': '$.execution.id', 'MaxResults.$': '$.maxRows' },
      ResultSelector: { 'rows.$': 'States.MathAdd(States.ArrayLength($.ResultSet.Rows), -1)' },
      ResultPath: '$.counted',
      Next: 'TooManyRows',
    });
  });

  test('goes on when there are more rows than the threshold', () => {
    const { TooManyRows, InCsv, Announce, CountFinding, CountNothing } = statesOf();
    expect(TooManyRows).toMatchObject({ Choices: [{ Variable: '$.counted.rows', NumericGreaterThanPath: '$.threshold', Next: 'InCsv' }], Default: 'CountNothing' });
    expect(InCsv).toMatchObject({ Parameters: { 'location.$': '$.execution.location' }, ResultPath: '$.result', Next: 'Announce' });
    expect(Announce.Next).toBe('CountFinding');
    const metric = (Value: number) => ({
      Resource: 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData',
      Parameters: {
        Namespace: 'Resilience/FlowLogs',
        MetricData: [{
          MetricName: 'Findings',
          Dimensions: [{ Name: 'Analysis', Value: expect.stringMatching(/^Shop-Nightly-[0-9A-F]{8}$/) }, { 'Name': 'Query', 'Value.$': '$.name' }],
          Value,
        }],
      },
      End: true,
    });
    expect(CountFinding).toMatchObject(metric(1));
    expect(CountNothing).toMatchObject(metric(0));
  });

  test('announces which query, how many rows, and where they are', () => {
    expect(statesOf().Announce).toMatchObject({
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        'TopicArn': '<NightlyAlarmTopic>',
        'Subject': 'Finding in flow logs',
        'Message.$': 'States.Format(\'{}\n\nQuery: {}\nRows: {} (a finding above {}; {} are counted at most)\nResult: {}\nExecution: {}\', '
          + '$.description, $.name, $.counted.rows, $.threshold, $.counts, $.result.location, $$.Execution.Id)',
      },
    });
  });

  test('waits longer and longer while Athena is busy, and asks no query again that failed', () => {
    const patiently = { IntervalSeconds: 10, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 300, JitterStrategy: 'FULL' };
    const states = statesOf({ resultFormat: ResultFormat.parquet() });
    for (const name of ['RunQuery', 'CountRows', 'WriteParquet']) {
      expect(states[name].Retry).toEqual([{
        ErrorEquals: ['Athena.TooManyRequestsException', 'Athena.InternalServerException', 'Athena.AmazonAthenaException', 'Athena.SdkClientException'], ...patiently,
      }]);
    }
    for (const name of ['Announce', 'CountFinding', 'CountNothing', 'KeepFailure']) {
      expect(states[name].Retry).toEqual([{ ErrorEquals: ['States.ALL'], ...patiently }]);
    }
  });

  test.each([ResultFormat.csv(), ResultFormat.parquet()])('every task that fails ends in the queue, and the other queries go on', resultFormat => {
    const states = statesOf({ resultFormat });
    const tasks = Object.keys(states).filter(name => states[name].Type === 'Task' && name !== 'KeepFailure' && name !== 'WriteParquet');
    expect(tasks.sort()).toEqual(['Announce', 'CountFinding', 'CountNothing', 'CountRows', 'RunQuery']);
    for (const name of tasks) {
      expect(states[name].Catch).toContainEqual({ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'KeepFailure' });
    }
    expect(states.KeepFailure).toMatchObject({
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: {
        QueueUrl: '<NightlyDeadLetterQueue>',
        MessageBody: { 'query.$': '$.name', 'description.$': '$.description', 'failure.$': '$.failure', 'execution.$': '$$.Execution.Id', 'at.$': '$$.State.EnteredTime' },
      },
      End: true,
    });
  });

  test('rows that are too wide to be counted are announced', () => {
    const { CountRows, Uncountable } = statesOf();
    expect(CountRows.Catch[0]).toEqual({ ErrorEquals: ['States.DataLimitExceeded'], ResultPath: null, Next: 'Uncountable' });
    expect(Uncountable).toMatchObject({ Result: { rows: 'more than can be counted' }, ResultPath: '$.counted', Next: 'InCsv' });
  });

  test('results that Athena keeps have no address', () => {
    expect(statesOf({}, { resultsBucket: undefined }).RunQuery.ResultSelector).toEqual({ 'id.$': '$.QueryExecution.QueryExecutionId', 'location': 'in Athena, for 24 hours' });
  });
});

describe('Parquet', () => {
  test('is written for a finding only, below the results', () => {
    const { TooManyRows, WriteParquet, InParquet } = statesOf({ resultFormat: ResultFormat.parquet() }, { resultsPrefix: 'athena/shop' });
    expect(TooManyRows.Choices[0].Next).toBe('WriteParquet');
    expect(WriteParquet.Parameters['QueryString.$']).toBe(
      'States.Format(\'UNLOAD (\n{}\n) TO \\\'{}{}/{}/\\\' WITH (format = \\\'PARQUET\\\', compression = \\\'SNAPPY\\\')\', $.sql, \'s3://results/athena/shop/findings/\', $$.Execution.Name, $.name)');
    expect(WriteParquet).toMatchObject({ Resource: 'arn:aws:states:::athena:startQueryExecution.sync', TimeoutSeconds: 3600, Next: 'InParquet' });
    expect(InParquet).toMatchObject({ Parameters: { 'location.$': 'States.Format(\'{}{}/{}/\', \'s3://results/athena/shop/findings/\', $$.Execution.Name, $.name)' }, Next: 'Announce' });
  });
  test('that can not be written leaves the finding announced', () => {
    const { WriteParquet, InCsvOnly } = statesOf({ resultFormat: ResultFormat.parquet() });
    expect(WriteParquet.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.unwritten', Next: 'InCsvOnly' }]);
    expect(InCsvOnly).toMatchObject({
      Parameters: { 'location.$': 'States.Format(\'{} (and not in Parquet: {})\', $.execution.location, States.JsonToString($.unwritten))' }, ResultPath: '$.result', Next: 'Announce',
    });
  });
  test('takes its time', () => {
    expect(definitionOf(analysisIn(shopStack(), { resultFormat: ResultFormat.parquet() })).TimeoutSeconds).toBe(3 * 3600);
  });
});

describe('options', () => {
  test('schedule and window', () => {
    const { schedule } = analysisIn(shopStack(), {
      schedule: ScheduleExpression.cron({ hour: '5', minute: '30', timeZone: TimeZone.EUROPE_BERLIN }), flexibleWindow: Duration.minutes(1440),
    });
    expect(deployedProperties(schedule)).toMatchObject({
      ScheduleExpression: 'cron(30 5 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin', FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1440 },
    });
  });
  test('concurrency, and the time that it leaves', () => {
    const findings = ['a', 'b', 'c', 'd', 'e'].map(name => Finding.of(named(name)));
    const { States, TimeoutSeconds } = definitionOf(analysisIn(shopStack(), { findings, concurrency: 1 }));
    expect([States.EachQuery.MaxConcurrency, TimeoutSeconds]).toEqual([1, 6 * 3600]);
    expect(definitionOf(analysisIn(shopStack(), { findings, concurrency: 20 })).TimeoutSeconds).toBe(2 * 3600);
  });
  test('a topic that there is, and its key', () => {
    const stack = shopStack();
    const alarmTopic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
    const analysis = analysisIn(stack, { alarmTopic });
    expect(analysis.alarmTopic).toBe(alarmTopic);
    expect(deployedProperties(analysis.role.node.findChild('DefaultPolicy')).PolicyDocument.Statement).toEqual(expect.arrayContaining([
      { Effect: 'Allow', Action: 'sns:Publish', Resource: '<Topic>' },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '<Key.Arn>' },
    ]));
    Template.fromStack(stack).resourceCountIs('AWS::SNS::Topic', 1);
  });
  test('an imported topic must be opened by hand', () => {
    const stack = shopStack();
    analysisIn(stack, { alarmTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`) });
    Annotations.fromStack(stack).hasWarning('/Shop/Nightly', Match.stringLikeRegexp('^the policy of the imported topic \'Shop/Topic\' can not be extended'));
  });
});

describe('what it may do', () => {
  const policyOf = (stack: Stack, catalog: Partial<AnalyzedCatalog> = {}) => {
    const analysis = analysisIn(stack, {}, { prefix: 'net', resultsPrefix: 'athena', ...catalog });
    return deployedProperties(analysis.role.node.findChild('DefaultPolicy')).PolicyDocument;
  };
  const policy = policyOf(shopStack());
  const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
  const decideOn = (action: string, resource: string, context?: Record<string, string>) =>
    decideBy({ identity: [policy] }, { principal: `arn:aws:iam::${ACCOUNT}:role/Nightly`, action, resource, context });

  test.each<[string, string, Record<string, string>]>([
    ['athena:StartQueryExecution', regional('athena', 'workgroup/shop-logs'), {}],
    ['athena:GetQueryResults', regional('athena', 'workgroup/shop-logs'), {}],
    ['glue:GetTable', regional('glue', 'table/shop/flow_logs'), {}],
    ['glue:GetDatabase', regional('glue', 'database/default'), {}],
    ['s3:GetObject', 'arn:aws:s3:::logs/net/AWSLogs/1/file.parquet', {}],
    ['s3:ListBucket', 'arn:aws:s3:::logs', { 's3:prefix': 'net/AWSLogs/111111111111/' }],
    ['s3:PutObject', 'arn:aws:s3:::results/athena/1.csv', {}],
    ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Resilience/FlowLogs' }],
  ])('%s on %s', async (action, resource, context) => {
    expect(await decideOn(action, resource, context)).toBe('Allowed');
  });
  test.each<[string, string, Record<string, string>]>([
    ['athena:StartQueryExecution', regional('athena', 'workgroup/primary'), {}],
    ['athena:UpdateWorkGroup', regional('athena', 'workgroup/shop-logs'), {}],
    ['glue:GetTable', regional('glue', 'table/shop/others'), {}],
    ['glue:GetTable', regional('glue', 'table/default/others'), {}],
    ['glue:UpdateTable', regional('glue', 'table/shop/flow_logs'), {}],
    ['s3:GetObject', 'arn:aws:s3:::logs/other/AWSLogs/1/file.parquet', {}],
    ['s3:ListBucket', 'arn:aws:s3:::logs', { 's3:prefix': 'other/' }],
    ['s3:PutObject', 'arn:aws:s3:::logs/net/AWSLogs/1/file.parquet', {}],
    ['s3:DeleteObject', 'arn:aws:s3:::results/athena/1.csv', {}],
    ['s3:GetObject', 'arn:aws:s3:::results/others/1.csv', {}],
    ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/EC2' }],
  ])('not %s on %s', async (action, resource, context) => {
    expect(await decideOn(action, resource, context)).toBe('ImplicitlyDenied');
  });

  test('keys, where there are any', () => {
    const stack = shopStack();
    const [logs, results] = ['LogsKey', 'ResultsKey'].map(id => new Key(stack, id));
    const { Statement } = policyOf(stack, { bucket: new Bucket(stack, 'Encrypted', { encryptionKey: logs }), resultsKey: results });
    expect(Statement).toEqual(expect.arrayContaining([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '<LogsKey.Arn>' },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '<ResultsKey.Arn>' },
    ]));
  });
  test('no bucket, where Athena keeps results', () => {
    expect(JSON.stringify(policyOf(shopStack(), { resultsBucket: undefined }))).not.toContain('s3:PutObject');
  });
  test('and on behalf of state machines of this account and Region', () => {
    expect(statementsOf(analysisIn(shopStack()).role)[0].Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': regional('states', 'stateMachine:*') },
    });
  });
  test('Trap: each task would add to the role what its service asks for, on every resource', () => {
    expect(JSON.stringify(policy.Statement.filter((each: any) => each.Resource === '*').map((each: any) => each.Action))).not.toMatch(/athena|s3:|glue/);
  });
});

describe('validation', () => {
  test('everything that is wrong is said at once', () => {
    expect(errorOf(() => analysisIn(shopStack(), { findings: [], concurrency: 0, flexibleWindow: Duration.days(2) }))).toBe([
      'FlowLogsAnalysis \'Shop/Nightly\' can not be built:',
      '  - \'findings\' must hold 1 to 100, got: none; pass Finding.of(NamedQuery.portScan()), and split many over two analyses',
      '  - \'flexibleWindow\' must be whole minutes, 1 to 1440 and known at synth, got: 2880 minutes; pass Duration.minutes(15)',
      '  - \'concurrency\' must be a whole number, 1 to 20 and known at synth, got: 0; Athena runs 20 queries of an account at once where nobody asked for more',
    ].join('\n'));
  });
  test.each<[string, Partial<FlowLogsAnalysisOptions>, string]>([
    ['too many', { findings: Array.from({ length: 101 }, (_, index) => Finding.of(named(`q${index}`))) },
      '\'findings\' must hold 1 to 100, got: 101; pass Finding.of(NamedQuery.portScan()), and split many over two analyses'],
    ['one twice', { findings: [Finding.of(SCAN), Finding.of(SCAN, { threshold: 9 })] }, '\'findings\' must ask each query once, got twice: \'port-scan\'; rename one with NamedQuery.of'],
    ['a name with a quote', { findings: [Finding.of(named('it\'s'))] },
      '\'findings\' must have queries named by letters, digits, spaces and any of \'_.-\', got: \'it\'s\'; a metric and a folder are named after them'],
    ['a name of another script', { findings: [Finding.of(named('проверка'))] },
      '\'findings\' must have queries named by letters, digits, spaces and any of \'_.-\', got: \'проверка\'; a metric and a folder are named after them'],
    ['a threshold below 0', { findings: [Finding.of(SCAN, { threshold: -1 })] },
      '\'threshold\' of \'port-scan\' must be a whole number, 0 to 998 and known at synth, got: -1; Athena shows 1000 rows at most, let the query count with HAVING'],
    ['a threshold that Athena can not show', { findings: [Finding.of(SCAN, { threshold: 999 })] },
      '\'threshold\' of \'port-scan\' must be a whole number, 0 to 998 and known at synth, got: 999; Athena shows 1000 rows at most, let the query count with HAVING'],
    ['half a row', { findings: [Finding.of(SCAN, { threshold: 0.5 })] },
      '\'threshold\' of \'port-scan\' must be a whole number, 0 to 998 and known at synth, got: 0.5; Athena shows 1000 rows at most, let the query count with HAVING'],
    ['a threshold that is a token', { findings: [Finding.of(SCAN, { threshold: TOKEN })] },
      '\'threshold\' of \'port-scan\' must be a whole number, 0 to 998 and known at synth, got: an unresolved token; Athena shows 1000 rows at most, let the query count with HAVING'],
    ['once', { schedule: ScheduleExpression.at(new Date(0)) },
      '\'schedule\' must come again, got: \'at(1970-01-01T00:00:00)\'; pass ScheduleExpression.rate or ScheduleExpression.cron'],
    ['a window of seconds', { flexibleWindow: Duration.seconds(30) }, '\'flexibleWindow\' must be whole minutes, 1 to 1440 and known at synth, got: 0.5 minutes; pass Duration.minutes(15)'],
    ['a window that is a token', { flexibleWindow: Duration.minutes(TOKEN) },
      '\'flexibleWindow\' must be whole minutes, 1 to 1440 and known at synth, got: an unresolved token; pass Duration.minutes(15)'],
    ['too many at once', { concurrency: 21 },
      '\'concurrency\' must be a whole number, 1 to 20 and known at synth, got: 21; Athena runs 20 queries of an account at once where nobody asked for more'],
    ['some at once', { concurrency: TOKEN },
      '\'concurrency\' must be a whole number, 1 to 20 and known at synth, got: an unresolved token; Athena runs 20 queries of an account at once where nobody asked for more'],
    ['more SQL than can be carried', { findings: ['a', 'b'].map(name => Finding.of(named(name, `SELECT '${'x'.repeat(130_000)}' FROM {table} WHERE {window}`))) },
      '\'findings\' must have 250000 bytes of SQL together at most, got: 260861; split them over two analyses'],
  ])('%s', (_, options, message) => {
    expect(refusals(() => analysisIn(shopStack(), options))).toEqual([message]);
  });
  test('what is not logged', () => {
    const { table } = catalogIn(shopStack());
    expect(refusals(() => analysisIn(shopStack(), {}, { table: { ...table, columns: ['srcaddr', 'dstaddr', 'dstport', 'action', 'start', 'end', 'protocol'], traffic: FlowLogTrafficType.ACCEPT } })))
      .toEqual(['query \'port-scan\' must find in the log what it needs, got no: field \'tcp-flags\', rejected traffic; log it, or leave the query out']);
  });
  test('Parquet, where Athena keeps results', () => {
    expect(refusals(() => analysisIn(shopStack(), { resultFormat: ResultFormat.parquet() }, { resultsBucket: undefined })))
      .toEqual(['\'resultFormat\' must be CSV where Athena keeps results, got: Parquet; keep results in a bucket with QueryResults.inNewBucket()']);
  });
  test('the largest of everything', () => {
    const findings = Array.from({ length: 100 }, (_, index) => Finding.of(named(`q${index}`), { threshold: 998 }));
    const schedule = ScheduleExpression.expression(Token.asString({ Ref: 'Said' }));
    expect(() => analysisIn(shopStack(), { findings, concurrency: 20, flexibleWindow: Duration.minutes(1), schedule })).not.toThrow();
  });
});
