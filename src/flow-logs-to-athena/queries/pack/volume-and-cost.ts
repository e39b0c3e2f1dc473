import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import type { PackQuery } from './pack-query';

const GIB = 'round(CAST(sum({bytes}) AS double) / 1073741824, 3) AS gib';

/** Who talks most. */
export function topTalkers(): PackQuery {
  return {
    name: 'top-talkers',
    description: 'The pairs of addresses that exchanged most data, as each interface saw it.',
    caveats: ['It always has rows. Traffic between two interfaces that are both logged has a row of each.'],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: {},
    sql: `
SELECT {interface_id}, {srcaddr}, {dstaddr}, sum({bytes}) AS total_bytes, ${GIB},
  sum({packets}) AS total_packets, count(*) AS flows
FROM {table}
WHERE {window} AND {action} = 'ACCEPT'
GROUP BY {interface_id}, {srcaddr}, {dstaddr}
ORDER BY total_bytes DESC, {interface_id}, {srcaddr}, {dstaddr}
LIMIT {limit}`,
  };
}

/** Bytes are counted where they are sent, so each once. */
export function crossZoneBytes(): PackQuery {
  return {
    name: 'cross-zone-bytes',
    description: 'What each interface sent into another Availability Zone, which is billed at both ends.',
    caveats: [
      'The next hop counts, not the destination: a load balancer, endpoint or NAT gateway in another zone is one.',
      'Next hops of other accounts are known by their zone alone, those without an interface and those of other Regions are not known.',
      'What is sent by interfaces that are not logged is missing.',
    ],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: {},
    sql: `
SELECT {az_id}, {next_hop_az_id}, {interface_id}, {instance_id}, {next_hop_interface_type}, sum({bytes}) AS total_bytes, ${GIB}
FROM {table}
WHERE {window} AND {action} = 'ACCEPT' AND {flow_direction} = 'egress'
  AND {az_id} <> {next_hop_az_id} AND {az_id} <> '-' AND {next_hop_az_id} NOT IN ('-', '')
GROUP BY {az_id}, {next_hop_az_id}, {interface_id}, {instance_id}, {next_hop_interface_type}
ORDER BY total_bytes DESC, {interface_id}, {next_hop_az_id}
LIMIT {limit}`,
  };
}

/**
 * A NAT gateway bills both directions, and the answer, which is most of a download, has no next hop that tells: flow and
 * answer fall into one group, by who is spoken with.
 */
export function natCost(): PackQuery {
  const remote = (address: string, service: string) => `CASE WHEN {flow_direction} = 'egress' THEN {pkt_dst${address}} ELSE {pkt_src${address}} END AS remote_address,
    CASE WHEN {flow_direction} = 'egress' THEN {pkt_dst_${service}} ELSE {pkt_src_${service}} END AS remote_service`;
  return {
    name: 'nat-cost',
    description: 'Who uses NAT gateways to reach what, answers included: S3 and DynamoDB have gateway endpoints that cost nothing.',
    caveats: [
      'Bytes are those that instances sent and received; the bill has those that the gateway processed, and its hours besides.',
      'What is sent by interfaces that are not logged is missing.',
    ],
    traffic: FlowLogTrafficType.ACCEPT,
    parameters: {},
    sql: `
SELECT interface, instance, remote_address, remote_service,
  sum(sent) AS sent_bytes, sum(received) AS received_bytes, round(CAST(sum(sent + received) AS double) / 1073741824, 3) AS gib
FROM (
  SELECT {interface_id} AS interface, {instance_id} AS instance, {next_hop_interface_type} AS next_hop,
    ${remote('addr', 'aws_service')},
    CASE WHEN {flow_direction} = 'egress' THEN {bytes} ELSE 0 END AS sent,
    CASE WHEN {flow_direction} = 'egress' THEN 0 ELSE {bytes} END AS received
  FROM {table}
  WHERE {window} AND {action} = 'ACCEPT' AND {flow_direction} IN ('egress', 'ingress')
)
GROUP BY interface, instance, remote_address, remote_service
HAVING count_if(next_hop IN ('nat_gateway', 'regional_nat_gateway')) > 0
ORDER BY gib DESC, interface, remote_address
LIMIT {limit}`,
  };
}
