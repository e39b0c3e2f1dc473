import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Size, SizeRoundingBehavior } from 'aws-cdk-lib/core';
import { PUBLIC_DESTINATION } from './addresses';
import type { PackQuery } from './pack-query';
import { findCountProblems, findPortProblems } from './pack-query';
import type { BruteForceOptions, ExfiltrationOptions, RejectedPortsOptions, ScanOptions } from '../pack-options';
import { QueryValue } from '../query-value';

/** SYN is set and ACK is not: somebody opens a connection. Packets of closed connections are rejected, too, and open none. */
export const OPENS_CONNECTION = 'bitwise_and({tcp_flags}, 2) = 2 AND bitwise_and({tcp_flags}, 16) = 0';

const ESTIMATED = 'Counts of distinct values are estimates, within 2.3 percent: choose a threshold with room.';

/** Who is refused at a port of administration. */
export function rejectedSshRdp({ ports = [22, 3389] }: RejectedPortsOptions): PackQuery {
  return {
    name: 'rejected-ssh-rdp',
    description: 'Who was refused at SSH or RDP: attackers, and colleagues whose address a rule does not name.',
    caveats: ['Packets that come after a connection closed are rejected, too.'],
    traffic: FlowLogTrafficType.REJECT,
    parameters: { ports: QueryValue.numbers(ports) },
    find: findings => findPortProblems(findings, ports),
    sql: `
SELECT {srcaddr}, {dstaddr}, {dstport}, count(*) AS flows, sum({packets}) AS total_packets,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'REJECT' AND {protocol} = 6 AND {dstport} IN ({ports})
GROUP BY {srcaddr}, {dstaddr}, {dstport}
ORDER BY flows DESC, {srcaddr}, {dstaddr}, {dstport}
LIMIT {limit}`,
  };
}

/** One source, one host, many ports. */
export function portScan({ threshold = 20 }: ScanOptions): PackQuery {
  return {
    name: 'port-scan',
    description: 'Who knocked at many ports of one host, and was refused.',
    caveats: [ESTIMATED, 'TCP only. A scan slower than the window, or from many addresses, stays below the threshold.'],
    traffic: FlowLogTrafficType.REJECT,
    parameters: { threshold: QueryValue.number(threshold) },
    find: findings => findCountProblems(findings, 'threshold', threshold),
    sql: `
SELECT {srcaddr}, {dstaddr}, approx_distinct({dstport}) AS ports, count(*) AS flows,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'REJECT' AND {protocol} = 6 AND ${OPENS_CONNECTION}
GROUP BY {srcaddr}, {dstaddr}
HAVING approx_distinct({dstport}) >= {threshold}
ORDER BY ports DESC, {srcaddr}, {dstaddr}
LIMIT {limit}`,
  };
}

/** One source, one port, many hosts. */
export function hostSweep({ threshold = 20 }: ScanOptions): PackQuery {
  return {
    name: 'host-sweep',
    description: 'Who knocked at one port of many hosts, and was refused: from inside, a sign of malware that spreads.',
    caveats: [ESTIMATED, 'TCP only. Hosts are interfaces, by their primary address: addresses that nobody has are in no record.'],
    traffic: FlowLogTrafficType.REJECT,
    parameters: { threshold: QueryValue.number(threshold) },
    find: findings => findCountProblems(findings, 'threshold', threshold),
    sql: `
SELECT {srcaddr}, {dstport}, approx_distinct({dstaddr}) AS hosts, count(*) AS flows,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'REJECT' AND {protocol} = 6 AND ${OPENS_CONNECTION}
GROUP BY {srcaddr}, {dstport}
HAVING approx_distinct({dstaddr}) >= {threshold}
ORDER BY hosts DESC, {srcaddr}, {dstport}
LIMIT {limit}`,
  };
}

/** Many connections to a port that asks for a password. A session that lasts has many records, but opens one connection. */
export function bruteForce({ ports = [22, 3389, 3306, 5432, 1433], threshold = 20 }: BruteForceOptions): PackQuery {
  return {
    name: 'brute-force',
    description: 'Who connected again and again, within an hour, to a port that asks for a password.',
    caveats: [
      'A log knows connections, not passwords: a deployment tool, or a program without a connection pool, looks the same.',
      'Hours are those of the clock: an attempt around a full hour is counted in two parts.',
    ],
    parameters: { ports: QueryValue.numbers(ports), threshold: QueryValue.number(threshold) },
    find: findings => {
      findPortProblems(findings, ports);
      findCountProblems(findings, 'threshold', threshold);
    },
    sql: `
SELECT {srcaddr}, {dstaddr}, {dstport}, date_trunc('hour', CAST(from_unixtime({start}) AS timestamp)) AS in_hour,
  count(*) AS connections, count_if({action} = 'REJECT') AS rejected
FROM {table}
WHERE {window} AND {protocol} = 6 AND {dstport} IN ({ports}) AND {flow_direction} = 'ingress' AND ${OPENS_CONNECTION}
GROUP BY {srcaddr}, {dstaddr}, {dstport}, date_trunc('hour', CAST(from_unixtime({start}) AS timestamp))
HAVING count(*) >= {threshold}
ORDER BY connections DESC, {srcaddr}, {dstaddr}, {dstport}
LIMIT {limit}`,
  };
}

/** Much data to one public address. */
export function exfiltration({ minimumSize = Size.gibibytes(1) }: ExfiltrationOptions): PackQuery {
  const bytes = minimumSize.isUnresolved() ? NaN : minimumSize.toBytes({ rounding: SizeRoundingBehavior.NONE });
  return {
    name: 'exfiltration',
    description: 'Who sent much data to one public address: theft, or a backup that nobody remembers.',
    caveats: [
      'Traffic through a NAT gateway has two rows: the instance with path 1, and the gateway.',
      'Path 8 is an internet gateway and path 7 a gateway endpoint; path 2 may be either.',
      'Answers to clients count as well: what a server publishes looks like theft to one who downloads all of it.',
      'Addresses of Amazon are public: pkt_dst_aws_service tells which service, not whose bucket.',
    ],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: { minimumBytes: QueryValue.number(bytes) },
    find: findings => findings.require(Number.isInteger(bytes) && bytes >= 1,
      `'minimumSize' must be a whole number of bytes that is known at synth, got: ${minimumSize.isUnresolved() ? 'an unresolved token' : bytes}; pass Size.gibibytes(1)`),
    sql: `
SELECT {interface_id}, {instance_id}, {pkt_srcaddr}, {pkt_dstaddr}, {pkt_dst_aws_service}, {traffic_path},
  sum({bytes}) AS total_bytes, round(CAST(sum({bytes}) AS double) / 1073741824, 3) AS gib,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'ACCEPT' AND {flow_direction} = 'egress'
  AND ${PUBLIC_DESTINATION}
GROUP BY {interface_id}, {instance_id}, {pkt_srcaddr}, {pkt_dstaddr}, {pkt_dst_aws_service}, {traffic_path}
HAVING sum({bytes}) >= {minimumBytes}
ORDER BY total_bytes DESC, {interface_id}, {pkt_srcaddr}, {pkt_dstaddr}
LIMIT {limit}`,
  };
}
