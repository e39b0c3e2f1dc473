import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { isPrivate } from './addresses';
import { OPENS_CONNECTION } from './attacks';
import type { PackQuery } from './pack-query';
import { findCountProblems, findProtocolProblems } from './pack-query';
import type { OneWayFlowsOptions, UnexpectedProtocolsOptions } from '../pack-options';
import { QueryValue } from '../query-value';

/** A rule that forgot somebody. */
export function rejectedInternal(): PackQuery {
  return {
    name: 'rejected-internal',
    description: 'What is refused between private addresses: a security group or network ACL that is too strict.',
    caveats: [
      'The direction tells whose rule it is: egress that of the source, ingress that of the destination. Which rule, no log knows.',
      'A scan from inside is refused as well: see host-sweep.',
    ],
    traffic: FlowLogTrafficType.REJECT,
    parameters: {},
    sql: `
SELECT {interface_id}, {flow_direction}, {srcaddr}, {dstaddr}, {protocol}, {dstport}, count(*) AS flows,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'REJECT' AND ({protocol} = 17 OR ({protocol} = 6 AND ${OPENS_CONNECTION}))
  AND ${isPrivate('srcaddr')} AND ${isPrivate('dstaddr')}
GROUP BY {interface_id}, {flow_direction}, {srcaddr}, {dstaddr}, {protocol}, {dstport}
ORDER BY flows DESC, {interface_id}, {srcaddr}, {dstaddr}, {dstport}
LIMIT {limit}`,
  };
}

/**
 * Both directions of a flow fall into one group, by the lesser and the greater of their ends: the table is read once, where
 * a join would read it twice.
 */
export function oneWayFlows({ minimumPackets = 3 }: OneWayFlowsOptions): PackQuery {
  const source = 'concat({srcaddr}, \' \', CAST({srcport} AS varchar))';
  const destination = 'concat({dstaddr}, \' \', CAST({dstport} AS varchar))';
  return {
    name: 'one-way-flows',
    description: 'TCP flows that were accepted and never answered: asymmetric routing, a return path that is blocked, a host that drops.',
    caveats: [
      'It looks at each interface by itself: a path that comes in by one and leaves by another is symmetric, and looks one-way.',
      'A flow that was cut by the edge of the window, or of which records were skipped, looks one-way, too.',
      'With a minimum of one packet, every answer that was lost is a row.',
    ],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: { minimumPackets: QueryValue.number(minimumPackets) },
    find: findings => findCountProblems(findings, 'minimumPackets', minimumPackets),
    sql: `
SELECT {interface_id}, min({srcaddr}) AS source, min({srcport}) AS source_port, min({dstaddr}) AS destination,
  min({dstport}) AS destination_port, sum({packets}) AS total_packets,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'ACCEPT' AND {protocol} = 6
GROUP BY {interface_id},
  least(${source}, ${destination}),
  greatest(${source}, ${destination})
HAVING min(${source}) = max(${source})
  AND sum({packets}) >= {minimumPackets}
ORDER BY total_packets DESC, {interface_id}, source, source_port
LIMIT {limit}`,
  };
}

/** Ping, and what reports that a path is broken. */
export function rejectedIcmp(): PackQuery {
  return {
    name: 'rejected-icmp',
    description: 'Pings, and other ICMP, that were refused.',
    caveats: [
      'A source that is the address of the interface itself was refused on its way out. When a ping is accepted and its answer is refused, look at the network ACL: security groups let answers pass.',
      'Types and codes of ICMP are not logged.',
    ],
    traffic: FlowLogTrafficType.REJECT,
    parameters: {},
    sql: `
SELECT {interface_id}, {srcaddr}, {dstaddr}, {protocol}, count(*) AS flows, sum({packets}) AS total_packets,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {action} = 'REJECT' AND {protocol} IN (1, 58)
GROUP BY {interface_id}, {srcaddr}, {dstaddr}, {protocol}
ORDER BY flows DESC, {interface_id}, {srcaddr}, {dstaddr}
LIMIT {limit}`,
  };
}

/** TCP tells who opens a connection; of other protocols, the answer goes to the higher port. */
export function portsInUse(): PackQuery {
  return {
    name: 'ports-in-use',
    description: 'The ports that each interface is really reached at: rules that allow more are not needed.',
    caveats: [
      'A log names neither security groups nor rules: compare with those of the interface.',
      'A port that nobody used within the window is not in the list: choose one that has the end of a month, and a restore.',
      'UDP opens no connection: what goes to the higher port is taken for an answer.',
    ],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: {},
    sql: `
SELECT {interface_id}, {protocol}, {dstport}, count(*) AS flows, approx_distinct({srcaddr}) AS sources,
  CAST(from_unixtime(max({end})) AS timestamp) AS last_used
FROM {table}
WHERE {window} AND {action} = 'ACCEPT' AND {flow_direction} = 'ingress'
  AND (({protocol} = 6 AND ${OPENS_CONNECTION}) OR ({protocol} <> 6 AND {dstport} <= {srcport}))
GROUP BY {interface_id}, {protocol}, {dstport}
ORDER BY {interface_id}, flows DESC, {protocol}, {dstport}
LIMIT {limit}`,
  };
}

/** Tunnels, and what nobody knows of. */
export function unexpectedProtocols({ expected = [1, 6, 17, 58] }: UnexpectedProtocolsOptions): PackQuery {
  return {
    name: 'unexpected-protocols',
    description: 'Traffic that is neither TCP nor UDP nor ICMP: tunnels, and devices that speak something else.',
    caveats: ['VPN software (50, 51) and GRE (47) are expected where you run them: add them to what is expected.'],
    parameters: { expected: QueryValue.numbers(expected) },
    find: findings => findProtocolProblems(findings, expected),
    sql: `
SELECT {interface_id}, {protocol}, {srcaddr}, {dstaddr}, {action}, count(*) AS flows, sum({bytes}) AS total_bytes,
  CAST(from_unixtime(min({start})) AS timestamp) AS first_seen, CAST(from_unixtime(max({end})) AS timestamp) AS last_seen
FROM {table}
WHERE {window} AND {protocol} NOT IN ({expected})
GROUP BY {interface_id}, {protocol}, {srcaddr}, {dstaddr}, {action}
ORDER BY flows DESC, {interface_id}, {protocol}, {srcaddr}, {dstaddr}
LIMIT {limit}`,
  };
}

/** A log that is not complete proves nothing. */
export function dataQuality(): PackQuery {
  return {
    name: 'data-quality',
    description: 'Days on which records were lost (SKIPDATA), by account and Region: what was not found there may have been.',
    caveats: [
      'Records without traffic (NODATA) are normal: an interface had nothing to say.',
      'Delivery is best effort: a file that never came leaves no record. DNS of Amazon, DHCP, instance metadata and mirrored traffic are never logged.',
    ],
    parameters: {},
    sql: `
SELECT {aws_account_id}, {aws_region}, date_trunc('day', CAST(from_unixtime({start}) AS timestamp)) AS on_day, count(*) AS records,
  count_if({log_status} = 'NODATA') AS without_traffic, count_if({log_status} = 'SKIPDATA') AS with_loss
FROM {table}
WHERE {window}
GROUP BY {aws_account_id}, {aws_region}, date_trunc('day', CAST(from_unixtime({start}) AS timestamp))
HAVING count_if({log_status} = 'SKIPDATA') > 0
ORDER BY with_loss DESC, {aws_account_id}, {aws_region}, on_day
LIMIT {limit}`,
  };
}
