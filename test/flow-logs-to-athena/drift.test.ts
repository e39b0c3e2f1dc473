/**
 * Flow log, table and workgroup follow from one list, and can still be changed by hand, through the resources below them.
 * Synth then says so; A13 are lines of the list that nobody can break otherwise.
 */
import type { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FlowLogField, FlowLogFormat, FlowLogPartitions, QueryResults } from '../../src';
import { errorOf, shopStack } from '../support/app';
import { logsIn } from '../support/flow-log-stacks';

/** What synth says of logs that were changed so. */
function drift(change: (log: CfnFlowLog) => void, props: Parameters<typeof logsIn>[1] = {}): string {
  const stack = shopStack();
  const logs = logsIn(stack, props);
  change(logs.flowLog.node.defaultChild as CfnFlowLog);
  return errorOf(() => stack.node.root.node.findAll().flatMap(each => each.node.validate()).forEach(message => { throw new Error(message); }));
}

const of = 'of the flow log \'Shop/FlowLogs/FlowLog/FlowLog\' must be what its table is made for, got:';
const options = { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true };

test.each<[string, (log: CfnFlowLog) => void, string]>([
  ['fields', log => { log.logFormat = '${srcaddr}'; }, `'logFormat' ${of} "\${srcaddr}"; state the fields in 'format'`],
  ['A13.3: tags that no field shows', log => { log.tagFieldSpecifications = [{ resourceType: 'instance', tagKeys: ['a'] }]; },
    `'tagFieldSpecifications' ${of} [{"resourceType":"instance","tagKeys":["a"]}]; state tags in 'format', such as FlowLogField.instanceTag('team')`],
  ['A13.7: Parquet goes to S3 only', log => { log.logDestinationType = 'kinesis-data-firehose'; },
    `'logDestinationType' ${of} "kinesis-data-firehose"; Parquet goes to S3 only, create another flow log for another destination`],
  ['A13.7: and the table reads nothing else', log => { log.destinationOptions = { ...options, FileFormat: 'plain-text' }; },
    `'FileFormat' ${of} "plain-text"; the table reads Parquet, create another flow log for plain text`],
  ['Hive folders', log => { log.destinationOptions = { ...options, HiveCompatiblePartitions: true }; },
    `'HiveCompatiblePartitions' ${of} true; state the layout in 'partitions'`],
  ['days', log => { log.destinationOptions = { ...options, PerHourPartition: false }; }, `'PerHourPartition' ${of} false; state the layout in 'partitions'`],
])('%s', (_, change, message) => {
  expect(drift(change)).toBe(message);
});

test('A13.3: a field that shows a tag without its key', () => {
  expect(drift(log => { log.tagFieldSpecifications = undefined; }, { format: FlowLogFormat.default().with(FlowLogField.instanceTag('a')) }))
    .toBe(`'tagFieldSpecifications' ${of} []; state tags in 'format', such as FlowLogField.instanceTag('team')`);
});

test.each<[string, QueryResults | undefined]>([['in a bucket', undefined], ['with Athena', QueryResults.managedByAthena()]])('what is left alone is as promised: %s', (_, results) => {
  const stack = shopStack();
  logsIn(stack, { format: FlowLogFormat.default().with(FlowLogField.instanceTag('a')), storage: { partitions: FlowLogPartitions.hive() }, queries: { results } });
  expect(stack.node.findAll().flatMap(each => each.node.validate())).toEqual([]);
});

describe('A13.9: results are in a bucket or with Athena', () => {
  const problemsOf = (results: QueryResults | undefined, change: object) => {
    const stack = shopStack();
    const { workGroup } = logsIn(stack, { queries: { results } }).catalog;
    workGroup.workGroupConfiguration = { ...workGroup.workGroupConfiguration, ...change };
    return stack.node.findAll().flatMap(each => each.node.validate());
  };
  const results = 'of the workgroup \'Shop/FlowLogs/Catalog/WorkGroup\' must be';

  test.each<[string, QueryResults | undefined, object, string]>([
    ['both', undefined, { managedQueryResultsConfiguration: { enabled: true } }, 'both'],
    ['neither', undefined, { resultConfiguration: undefined }, 'neither'],
    ['neither, where Athena had them', QueryResults.managedByAthena(), { managedQueryResultsConfiguration: { enabled: false } }, 'neither'],
  ])('%s', (_, stated, change, got) => {
    expect(problemsOf(stated, change))
      .toEqual([`'results' ${results} in a bucket or with Athena, got: ${got}; state it in 'results', with QueryResults.inBucket or QueryResults.managedByAthena`]);
  });

  test('each client its own', () => {
    expect(problemsOf(QueryResults.inBucket(Bucket.fromBucketName(shopStack(), 'Results', 'results')), { enforceWorkGroupConfiguration: false }))
      .toEqual([`'enforceWorkGroupConfiguration' ${results} true, got: false; else each client chooses its own settings`]);
  });
});
