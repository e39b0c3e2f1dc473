import { FlowLogField, FlowLogFormat } from '../../../src';
import { insightsName, parseCommand, recordPattern } from '../../../src/flow-logs-to-athena/cloudwatch/record-pattern';

describe('the pattern of a filter', () => {
  test('is the one that AWS documents, for its own format', () => {
    expect(recordPattern(FlowLogFormat.default(), { action: 'REJECT', dstport: 22, protocol: 6 })).toBe(
      '[version, account_id, interface_id, srcaddr, dstaddr, srcport, dstport="22", protocol="6", packets, bytes, start, end, action="REJECT", log_status]');
  });
  test.each([FlowLogFormat.default(), FlowLogFormat.security(), FlowLogFormat.all()])('names the fields of the format, in their order', format => {
    const names = recordPattern(format, { action: 'REJECT' }).slice(1, -1).split(', ').map(each => each.replace('="REJECT"', ''));
    expect(names).toEqual(format.columns);
  });
  test('follows another order', () => {
    expect(recordPattern(FlowLogFormat.of([FlowLogField.ACTION, FlowLogField.DSTPORT]), { action: 'REJECT' })).toBe('[action="REJECT", dstport]');
  });
  test('of the longest format there is has room in a filter, which is 1,024 characters', () => {
    const tags = [FlowLogField.instanceTag, FlowLogField.interfaceTag, FlowLogField.autoScalingGroupTag].flatMap(tag => [tag('a'), tag('b')]);
    expect(recordPattern(FlowLogFormat.all().with(...tags), { action: 'REJECT', dstport: 65_535, protocol: 255 }).length).toBeLessThanOrEqual(1024);
  });
});

describe('Logs Insights', () => {
  test('takes records of AWS\'s own format apart by itself, with its own names', () => {
    const format = FlowLogFormat.default();
    expect(parseCommand(format)).toBeUndefined();
    expect(format.columns.map(column => insightsName(format, column))).toEqual([
      'version', 'accountId', 'interfaceId', 'srcAddr', 'dstAddr', 'srcPort', 'dstPort', 'protocol', 'packets', 'bytes', 'startTime', 'endTime', 'action', 'logStatus',
    ]);
  });
  test('is told of the fields of any other, in their order', () => {
    const format = FlowLogFormat.of([FlowLogField.SRCADDR, FlowLogField.PKT_DSTADDR, FlowLogField.BYTES]);
    expect(parseCommand(format)).toBe('parse @message "* * *" as srcaddr, pkt_dstaddr, bytes');
    expect(insightsName(format, 'srcaddr')).toBe('srcaddr');
  });
  test('AWS\'s own fields in another order are another format', () => {
    const [first, ...rest] = [FlowLogField.ACCOUNT_ID, FlowLogField.VERSION];
    expect(parseCommand(FlowLogFormat.of([first, ...rest]))).toBe('parse @message "* *" as account_id, version');
  });
});
