import type { Planted } from './planted';
import type { Row } from './query-engine';

const GIB = 1024 ** 3;

/**
 * What each query of the pack must answer over files with what was planted: all rows, of each the cells that matter. Without it,
 * they answer nothing. (`top-talkers` and `ports-in-use` are lists: they always have rows.)
 */
export const ANSWERS: Record<string, (planted: Planted) => Row[]> = {
  'rejected-ssh-rdp': ({ blockedSsh, bruteForce }) => [
    ...blockedSsh.ports.map(dstport => ({ srcaddr: blockedSsh.source, dstaddr: blockedSsh.target, dstport, flows: blockedSsh.flowsEach })),
    { srcaddr: bruteForce.source, dstaddr: bruteForce.target, dstport: bruteForce.port, flows: bruteForce.rejected },
  ],
  'port-scan': ({ portScan }) => [{ srcaddr: portScan.source, dstaddr: portScan.target, ports: portScan.ports }],
  'host-sweep': ({ hostSweep }) => [{ srcaddr: hostSweep.source, dstport: hostSweep.port, hosts: hostSweep.hosts }],
  'brute-force': ({ bruteForce }) => [{
    srcaddr: bruteForce.source,
    dstaddr: bruteForce.target,
    dstport: bruteForce.port,
    in_hour: bruteForce.hour,
    connections: bruteForce.connections,
    rejected: bruteForce.rejected,
  }],
  'exfiltration': ({ exfiltration }) => [{
    interface_id: exfiltration.interfaceId,
    instance_id: exfiltration.instanceId,
    pkt_srcaddr: exfiltration.source,
    pkt_dstaddr: exfiltration.destination,
    total_bytes: exfiltration.bytes,
    gib: exfiltration.bytes / GIB,
    traffic_path: 8,
  }],
  'one-way-flows': ({ asymmetricRoute }) => [{
    interface_id: asymmetricRoute.interfaceId,
    source: asymmetricRoute.source,
    source_port: asymmetricRoute.sourcePort,
    destination: asymmetricRoute.destination,
    destination_port: asymmetricRoute.destinationPort,
    total_packets: asymmetricRoute.packets,
  }],
  'rejected-internal': ({ misconfiguredGroup }) => [{
    interface_id: misconfiguredGroup.interfaceId,
    flow_direction: 'ingress',
    srcaddr: misconfiguredGroup.source,
    dstaddr: misconfiguredGroup.target,
    protocol: 6,
    dstport: misconfiguredGroup.port,
    flows: misconfiguredGroup.flows,
  }],
  'rejected-icmp': ({ rejectedPing }) => [{
    interface_id: rejectedPing.interfaceId, srcaddr: rejectedPing.source, dstaddr: rejectedPing.destination, protocol: 1, flows: rejectedPing.flows,
  }],
  'unexpected-protocols': ({ unexpectedProtocol }) => [{
    interface_id: unexpectedProtocol.interfaceId,
    protocol: unexpectedProtocol.protocol,
    srcaddr: unexpectedProtocol.source,
    dstaddr: unexpectedProtocol.destination,
    flows: unexpectedProtocol.flows,
  }],
  'cross-zone-bytes': ({ crossZone }) => [{
    interface_id: crossZone.interfaceId, az_id: crossZone.from, next_hop_az_id: crossZone.to, total_bytes: crossZone.bytes,
  }],
  'nat-cost': ({ nat }) => [{
    interface: nat.interfaceId,
    instance: nat.instanceId,
    remote_address: nat.remote,
    remote_service: nat.service,
    sent_bytes: nat.sent,
    received_bytes: nat.received,
  }],
  'data-quality': ({ skippedData }) => [{
    aws_account_id: skippedData.account, aws_region: skippedData.region, on_day: skippedData.day, with_loss: skippedData.records,
  }],
};
