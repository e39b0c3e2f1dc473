import { FlowLogField } from '../../../src/flow-logs-to-athena/format/flow-log-field';
import { FlowLogFormat } from '../../../src/flow-logs-to-athena/format/flow-log-format';
import { TransitGatewayField } from '../../../src/flow-logs-to-athena/format/transit-gateway-field';

const names = (format: FlowLogFormat) => format._fields.map(field => field.name);

test('the default format is what AWS logs by itself, in its order', () => {
  expect(FlowLogFormat.default().logFormat).toBe('${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} '
    + '${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}');
});

test.each<[string, FlowLogFormat, number]>([
  ['default', FlowLogFormat.default(), 14],
  ['security', FlowLogFormat.security(), 29],
  ['all', FlowLogFormat.all(), 48],
  ['transitGateway', FlowLogFormat.transitGateway(), 36],
])('%s names each of its fields once', (_, format, count) => {
  expect(new Set(names(format)).size).toBe(count);
  expect(format._fields).toHaveLength(count);
});

test.each<[number, number]>([[7, 39], [8, 40], [9, 41], [10, 42], [11, 48]])('up to version %i there are %i fields that need no tag', (version, count) => {
  expect(FlowLogField._all().filter(field => field.version <= version)).toHaveLength(count);
});

test('a column is the field with underscores, of the type that AWS writes', () => {
  const format = FlowLogFormat.of([FlowLogField.LOG_STATUS, FlowLogField.TCP_FLAGS, FlowLogField.BYTES]);
  expect(format._fields.map(({ column, type }) => [column, type.parquet, type.glue])).toEqual([
    ['log_status', 'STRING', 'string'], ['tcp_flags', 'INT_32', 'int'], ['bytes', 'INT_64', 'bigint'],
  ]);
  expect(format.columns).toEqual(['log_status', 'tcp_flags', 'bytes']);
});

test('with adds behind, and leaves the format alone that it starts from', () => {
  const format = FlowLogFormat.of([FlowLogField.END]);
  expect(names(format.with(FlowLogField.START, FlowLogField.ACTION))).toEqual(['end', 'start', 'action']);
  expect(names(format)).toEqual(['end']);
});

test('the second tag of a kind is another field, and all keys are told in the order of their fields', () => {
  const format = FlowLogFormat.of([
    FlowLogField.instanceTag('team'), FlowLogField.interfaceTag('zone'), FlowLogField.instanceTag('stage'),
    FlowLogField.autoScalingGroupTag('fleet'), FlowLogField.VERSION,
  ]);
  expect(format.logFormat).toBe('${instance-tag} ${interface-tag} ${instance-tag-2} ${asg-tag} ${version}');
  expect(format.columns).toEqual(['instance_tag', 'interface_tag', 'instance_tag_2', 'asg_tag', 'version']);
  expect(format._tags()).toEqual([
    { resourceType: 'instance', tagKeys: ['team', 'stage'] },
    { resourceType: 'network-interface', tagKeys: ['zone'] },
    { resourceType: 'auto-scaling-group', tagKeys: ['fleet'] },
  ]);
});

test('a format without tags tells of none', () => {
  expect(FlowLogFormat.all()._tags()).toEqual([]);
});

test('fields of a transit gateway are a schema of their own', () => {
  const format = FlowLogFormat.ofTransitGateway([TransitGatewayField.TGW_ID, TransitGatewayField.PACKETS_LOST_BLACKHOLE]);
  expect(format.isTransitGateway).toBe(true);
  expect(format._fields.map(({ column, type }) => [column, type.glue])).toEqual([['tgw_id', 'string'], ['packets_lost_blackhole', 'bigint']]);
  expect(FlowLogFormat.transitGateway().columns).not.toContain('action');
  expect(FlowLogFormat.security().isTransitGateway).toBe(false);
});
