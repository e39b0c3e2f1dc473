import { FlowLogPartitions } from '../../../src/flow-logs-to-athena/storage/flow-log-partitions';

const SPACE = { accounts: ['111111111111', '222222222222'], regions: ['eu-west-1', 'eu-central-1'], days: 365 };
const template = (partitions: FlowLogPartitions) => partitions._parameters('s3://logs/', SPACE)['storage.location.template'];
const projected = (partitions: FlowLogPartitions, key: string) => Object.fromEntries(Object.entries(partitions._parameters('s3://logs/', SPACE))
  .filter(([name]) => name.startsWith(`projection.${key}.`)).map(([name, value]) => [name.slice(`projection.${key}.`.length), value]));

test.each<[string, FlowLogPartitions, string[], string]>([
  ['daily', FlowLogPartitions.daily(), ['day'], 's3://logs/AWSLogs/${aws_account_id}/vpcflowlogs/${aws_region}/${day}/'],
  ['hourly', FlowLogPartitions.hourly(), ['day', 'hour'], 's3://logs/AWSLogs/${aws_account_id}/vpcflowlogs/${aws_region}/${day}/${hour}/'],
  ['hive', FlowLogPartitions.hive(), ['year', 'month', 'day'],
    's3://logs/AWSLogs/aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/aws-region=${aws_region}/year=${year}/month=${month}/day=${day}/'],
  ['hiveHourly', FlowLogPartitions.hiveHourly(), ['year', 'month', 'day', 'hour'],
    's3://logs/AWSLogs/aws-account-id=${aws_account_id}/aws-service=vpcflowlogs/aws-region=${aws_region}/year=${year}/month=${month}/day=${day}/hour=${hour}/'],
])('%s: the table looks where AWS writes, and computes every key', (_, partitions, time, location) => {
  expect(partitions.keys).toEqual(['aws_account_id', 'aws_region', ...time]);
  expect(template(partitions)).toBe(location);
  const parameters = Object.keys(partitions._parameters('s3://logs/', SPACE));
  expect(partitions.keys.filter(key => !parameters.includes(`projection.${key}.type`))).toEqual([]);
  expect(parameters.filter(name => /^projection\.\w+\.type$/.test(name))).toHaveLength(partitions.keys.length);
});

test('accounts and Regions are those that are listed', () => {
  expect(projected(FlowLogPartitions.hourly(), 'aws_account_id')).toEqual({ type: 'enum', values: '111111111111,222222222222' });
  expect(projected(FlowLogPartitions.hourly(), 'aws_region')).toEqual({ type: 'enum', values: 'eu-west-1,eu-central-1' });
});

test('accounts that nobody lists are named by each query', () => {
  const parameters = FlowLogPartitions.hourly()._parameters('s3://logs/', { ...SPACE, accounts: undefined });
  expect(parameters['projection.aws_account_id.type']).toBe('injected');
  expect(parameters).not.toHaveProperty(['projection.aws_account_id.values']);
});

test('days are counted back from the query, so that no template knows what day it is', () => {
  expect(projected(FlowLogPartitions.daily(), 'day')).toEqual({ 'type': 'date', 'format': 'yyyy/MM/dd', 'range': 'NOW-365DAYS,NOW', 'interval': '1', 'interval.unit': 'DAYS' });
  expect(projected(FlowLogPartitions.daily(), 'hour')).toEqual({});
  expect(projected(FlowLogPartitions.hourly(), 'hour')).toEqual({ type: 'integer', range: '0,23', digits: '2' });
});

test('the parts of a Hive date are numbers with the digits of the folders', () => {
  const hive = FlowLogPartitions.hiveHourly();
  expect(projected(hive, 'year')).toEqual({ type: 'integer', range: '2025,2044', digits: '4' });
  expect(projected(hive, 'month')).toEqual({ type: 'integer', range: '1,12', digits: '2' });
  expect(projected(hive, 'day')).toEqual({ type: 'integer', range: '1,31', digits: '2' });
  expect(projected(hive, 'hour')).toEqual({ type: 'integer', range: '0,23', digits: '2' });
  expect(projected(FlowLogPartitions.hive({ firstYear: 2030, lastYear: 2031 }), 'year').range).toBe('2030,2031');
  expect(projected(FlowLogPartitions.hiveHourly({ firstYear: 2030, lastYear: 2031 }), 'year').range).toBe('2030,2031');
});

test('days are compared as dates in either layout', () => {
  expect(FlowLogPartitions.hourly()._between('\'2026/01/30\'', '\'2026/02/02\'')).toBe('day BETWEEN \'2026/01/30\' AND \'2026/02/02\'');
  expect(FlowLogPartitions.hive()._between('a', 'b'))
    .toBe('year BETWEEN substr(a, 1, 4) AND substr(b, 1, 4) AND year || \'/\' || month || \'/\' || day BETWEEN a AND b');
});

test('hours are compared where they are partitions', () => {
  expect(FlowLogPartitions.hourly()._betweenHours('a', 'b'))
    .toBe('day BETWEEN substr(a, 1, 10) AND substr(b, 1, 10) AND day || \'/\' || hour BETWEEN a AND b');
  expect(FlowLogPartitions.daily()._betweenHours('a', 'b')).toBe('day BETWEEN substr(a, 1, 10) AND substr(b, 1, 10)');
  expect(FlowLogPartitions.hiveHourly()._betweenHours('a', 'b')).toMatch(/ AND year \|\| '\/' \|\| month \|\| '\/' \|\| day \|\| '\/' \|\| hour BETWEEN a AND b$/);
});
