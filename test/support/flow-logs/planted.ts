import type { Place } from './clean-traffic';
import { addressOf, instanceOf, interfaceOf, zoneOf } from './clean-traffic';

/** One record: what is not stated is nothing, or what a quiet accepted TCP flow has. */
export type PlantedRecord = Readonly<Record<string, string | number | null>>;

/** The addresses of attackers: RFC 5737, nobody's. */
const ATTACKERS = '198.51.100.';
const ELSEWHERE = '203.0.113.';
const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;

/** What was planted, as the queries should tell it. */
export type Planted = ReturnType<typeof plant>['planted'];

/** Records of every attack and fault, within the hour that begins at `start` (Unix seconds), and what they are. */
export function plant(place: Place, start: number) {
  const { account, region } = place;
  const records: PlantedRecord[] = [];
  /** A record as the nth interface sees it, `after` seconds into the hour. */
  const add = (n: number, after: number, record: PlantedRecord) => records.push({
    version: 11,
    account_id: account,
    interface_id: interfaceOf(place, n),
    instance_id: instanceOf(place, n),
    az_id: zoneOf(place, n),
    region,
    vpc_id: `vpc-0${place.index.toString(16).padStart(16, '0')}`,
    subnet_id: `subnet-0${place.index.toString(16).padStart(8, '0')}${(n % 3).toString().padStart(8, '0')}`,
    protocol: 6,
    packets: 5,
    bytes: 400,
    tcp_flags: 0,
    type: 'IPv4',
    action: 'ACCEPT',
    log_status: 'OK',
    start: start + after,
    end: start + after + 50,
    interface_type: 'interface',
    encryption_status: 0,
    pkt_srcaddr: record.srcaddr ?? '-',
    pkt_dstaddr: record.dstaddr ?? '-',
    ...record,
  });
  /** Somebody comes to the nth interface. */
  const arrives = (n: number, after: number, source: string, sourcePort: number, port: number, record: PlantedRecord = {}) => add(n, after, {
    srcaddr: source, dstaddr: addressOf(place, n), srcport: sourcePort, dstport: port, flow_direction: 'ingress', ...record,
  });
  /** The nth interface sends. */
  const leaves = (n: number, after: number, destination: string, sourcePort: number, port: number, record: PlantedRecord = {}) => add(n, after, {
    srcaddr: addressOf(place, n),
    dstaddr: destination,
    srcport: sourcePort,
    dstport: port,
    flow_direction: 'egress',
    traffic_path: 1,
    next_hop_az_id: zoneOf(place, n),
    next_hop_interface_type: 'interface',
    ...record,
  });
  const toInternet = { traffic_path: 8, next_hop_az_id: '-', next_hop_interface_type: '-' };
  const refused = { action: 'REJECT', packets: 1, bytes: 40, tcp_flags: 2 };
  const times = (count: number, what: (i: number) => void) => Array.from({ length: count }, (_, i) => what(i));

  // A colleague whose address no rule names.
  const blockedSsh = { source: `${ATTACKERS}10`, target: addressOf(place, 3), ports: [22, 3389], flowsEach: 12 };
  blockedSsh.ports.forEach(port => times(blockedSsh.flowsEach, i => arrives(3, i * 200, blockedSsh.source, 40000 + i, port, refused)));

  // The group of a database that forgot an application.
  const misconfiguredGroup = { interfaceId: interfaceOf(place, 4), source: addressOf(place, 7), target: addressOf(place, 4), port: 5432, flows: 15 };
  times(misconfiguredGroup.flows, i => arrives(4, i * 100, misconfiguredGroup.source, 41000 + i, 5432, { ...refused, packets: 3 }));

  // Questions that come in here, and whose answers leave elsewhere.
  const asymmetricRoute = {
    interfaceId: interfaceOf(place, 5), source: '10.200.0.5', sourcePort: 42000, destination: addressOf(place, 5), destinationPort: 443, packets: 9,
  };
  times(3, i => arrives(5, i * 60, asymmetricRoute.source, 42000, 443, { packets: 3, tcp_flags: 2 }));
  // Too few packets to be more than the edge of something.
  arrives(5, 3000, '10.200.0.6', 42001, 443, { packets: 1, tcp_flags: 2 });

  const portScan = { source: `${ATTACKERS}20`, target: addressOf(place, 6), ports: 101 };
  times(portScan.ports, i => arrives(6, i * 5, portScan.source, 43000, 1000 + i, refused));
  // Not a scan: below the threshold.
  times(15, i => arrives(6, i * 5, `${ATTACKERS}21`, 43000, 1000 + i, refused));

  const hostSweep = { source: `${ATTACKERS}30`, port: 445, hosts: 40 };
  times(hostSweep.hosts, i => arrives(i, i * 8, hostSweep.source, 44000, hostSweep.port, refused));

  // Password after password, 240 of them let through by the group; and a rule that closed at last.
  const bruteForce = {
    interfaceId: interfaceOf(place, 8), source: `${ATTACKERS}40`, target: addressOf(place, 8), port: 22, connections: 250, rejected: 10, hour: new Date(start * 1000),
  };
  times(bruteForce.connections - bruteForce.rejected, i => {
    arrives(8, i * 10, bruteForce.source, 45000 + i, 22, { tcp_flags: 3 });
    leaves(8, i * 10, bruteForce.source, 22, 45000 + i, { tcp_flags: 19, ...toInternet });
  });
  times(bruteForce.rejected, i => arrives(8, 2500 + i, bruteForce.source, 46000 + i, 22, refused));
  // A session of an hour: 60 records, one connection.
  times(60, i => {
    arrives(9, i * 58, addressOf(place, 0), 47000, 22, { tcp_flags: i === 0 ? 2 : 0 });
    leaves(9, i * 58, addressOf(place, 0), 22, 47000, { tcp_flags: i === 0 ? 18 : 0 });
  });

  const exfiltration = {
    interfaceId: interfaceOf(place, 10), instanceId: instanceOf(place, 10), source: addressOf(place, 10), destination: `${ELSEWHERE}99`, bytes: 3 * GIBIBYTE,
  };
  times(6, i => {
    leaves(10, i * 60, exfiltration.destination, 48000, 443, { bytes: GIBIBYTE / 2, packets: 400_000, tcp_flags: i === 0 ? 2 : 0, ...toInternet });
    arrives(10, i * 60, exfiltration.destination, 443, 48000, { bytes: MEBIBYTE, packets: 20_000, tcp_flags: i === 0 ? 18 : 0 });
  });
  // As much, by IPv6, between two of our own: public addresses that stay inside.
  const [ours, theirs] = ['2001:db8::a', '2001:db8::b'];
  times(4, i => {
    leaves(11, i * 60, theirs, 48000, 443, { srcaddr: ours, pkt_srcaddr: ours, bytes: GIBIBYTE / 2, type: 'IPv6' });
    arrives(11, i * 60, theirs, 443, 48000, { dstaddr: ours, pkt_dstaddr: ours, type: 'IPv6' });
  });

  // A ping that a group lets in, and an ACL does not let out.
  const rejectedPing = { interfaceId: interfaceOf(place, 12), source: addressOf(place, 12), destination: `${ELSEWHERE}12`, flows: 4 };
  times(rejectedPing.flows, i => {
    arrives(12, i * 60, rejectedPing.destination, 0, 0, { protocol: 1, packets: 4, bytes: 336 });
    leaves(12, i * 60, rejectedPing.destination, 0, 0, { protocol: 1, action: 'REJECT', packets: 4, bytes: 336, ...toInternet });
  });

  // A tunnel (GRE).
  const unexpectedProtocol = { interfaceId: interfaceOf(place, 13), source: `${ELSEWHERE}47`, destination: addressOf(place, 13), protocol: 47, flows: 5 };
  times(unexpectedProtocol.flows, i => arrives(13, i * 60, unexpectedProtocol.source, 0, 0, { protocol: 47 }));

  const crossZone = { interfaceId: interfaceOf(place, 14), from: zoneOf(place, 14), to: zoneOf(place, 15), bytes: 500 * MEBIBYTE };
  times(5, i => {
    leaves(14, i * 60, addressOf(place, 15), 49000, 443, { bytes: 100 * MEBIBYTE, next_hop_az_id: zoneOf(place, 15) });
    arrives(14, i * 60, addressOf(place, 15), 443, 49000, { next_hop_az_id: zoneOf(place, 15) });
  });

  // A download from S3 through a NAT gateway: little is sent, much is received.
  const nat = {
    interfaceId: interfaceOf(place, 16), instanceId: instanceOf(place, 16), remote: `${ELSEWHERE}53`, service: 'S3', sent: 10 * MEBIBYTE, received: 800 * MEBIBYTE,
  };
  times(10, i => {
    leaves(16, i * 60, nat.remote, 50000, 443, { bytes: nat.sent / 10, pkt_dst_aws_service: 'S3', next_hop_interface_type: 'nat_gateway' });
    arrives(16, i * 60, nat.remote, 443, 50000, { bytes: nat.received / 10, pkt_src_aws_service: 'S3' });
  });

  const skippedData = { account, region, day: new Date((start - start % 86_400) * 1000), records: 3, idleRecords: 2 };
  const blank = {
    srcaddr: '-', dstaddr: '-', pkt_srcaddr: '-', pkt_dstaddr: '-', srcport: null, dstport: null, protocol: null, packets: null, bytes: null, action: '-', tcp_flags: null, type: '-',
  };
  times(skippedData.records, i => add(17, i * 60, { ...blank, log_status: 'SKIPDATA' }));
  times(skippedData.idleRecords, i => add(18, i * 60, { ...blank, log_status: 'NODATA' }));

  const passiveFtp = { interfaceId: interfaceOf(place, 20), firstPort: 60_001, ports: 30 };
  const looksLike = {
    /** Accepted on many ports: FTP in passive mode. */
    portScan: () => times(passiveFtp.ports, i => {
      arrives(20, i * 60, `${ELSEWHERE}20`, 51000, passiveFtp.firstPort + i, { tcp_flags: 3 });
      leaves(20, i * 60, `${ELSEWHERE}20`, passiveFtp.firstPort + i, 51000, { tcp_flags: 19, ...toInternet });
    }),
    /** Answers (SYN and ACK) to what left by another way, refused: one host with many ports, many hosts with one port, from outside and from inside. */
    scans: () => times(30, i => {
      arrives(21, i * 60, `${ELSEWHERE}21`, 443, 52000 + i, { ...refused, tcp_flags: 18 });
      arrives(i, i * 60, `${ELSEWHERE}22`, 443, 52000, { ...refused, tcp_flags: 18 });
      arrives(21, i * 60, addressOf(place, 24), 443, 52000 + i, { ...refused, tcp_flags: 18 });
    }),
    /** Packets of closed connections, refused: one host with many ports, and many hosts with one port. */
    late: () => times(30, i => {
      arrives(25, i * 60, `${ELSEWHERE}30`, 443, 52000 + i, { ...refused, tcp_flags: 1 });
      arrives(i, i * 60, `${ELSEWHERE}31`, 443, 52001, { ...refused, tcp_flags: 4 });
    }),
    /** A monitor that visits all hosts, and a client that is busy: welcome, and not at ports that ask for passwords. */
    visits: () => times(30, i => {
      for (const [n, source, port] of [[i, '10.251.0.9', 58000], [26, '10.251.0.10', 59000 + i]] as const) {
        arrives(n, i * 60, source, port, 443, { tcp_flags: 3 });
        leaves(n, i * 60, source, 443, port, { tcp_flags: 19 });
      }
    }),
    /** Clients of ours that connect to SSH elsewhere, and one that has the port of a database as its own. */
    bruteForce: () => times(25, i => {
      leaves(22, i * 60, `${ELSEWHERE}24`, 53000 + i, 22, { tcp_flags: 3, ...toInternet });
      arrives(22, i * 60, `${ELSEWHERE}24`, 22, 53000 + i, { tcp_flags: 19 });
      leaves(22, i * 60, `${ELSEWHERE}25`, 5432, 443, { tcp_flags: 2, ...toInternet });
      arrives(22, i * 60, `${ELSEWHERE}25`, 443, 5432, { tcp_flags: 18 });
    }),
    /** RDP by UDP. */
    rejectedRdp: () => arrives(3, 0, `${ATTACKERS}11`, 40000, 3389, { ...refused, protocol: 17, tcp_flags: 0 }),
    /** A flood that was refused, a backup that stays inside, and what a NAT gateway receives to pass on. */
    exfiltration: () => {
      leaves(23, 0, `${ELSEWHERE}26`, 54000, 53, { protocol: 17, action: 'REJECT', bytes: 2 * GIBIBYTE, ...toInternet });
      leaves(23, 0, addressOf(place, 26), 54001, 443, { bytes: 2 * GIBIBYTE });
      arrives(23, 0, addressOf(place, 26), 443, 54001);
      arrives(27, 0, addressOf(place, 24), 54002, 443, { bytes: 2 * GIBIBYTE, pkt_dstaddr: `${ELSEWHERE}27` });
      leaves(27, 0, addressOf(place, 24), 443, 54002, { pkt_srcaddr: `${ELSEWHERE}27` });
    },
    /** Refused on the way out to the internet. */
    rejectedInternal: () => times(5, i => leaves(28, i * 60, `${ELSEWHERE}28`, 55000 + i, 25, { ...refused, ...toInternet })),
    /** A packet of a closed connection, refused on its way into another zone, and one of a regional NAT gateway, which is in no zone. */
    crossZone: () => {
      leaves(29, 0, addressOf(place, 30), 56000, 443, { ...refused, tcp_flags: 4, next_hop_az_id: zoneOf(place, 30) });
      const regional = { interface_id: '-', instance_id: '-', subnet_id: '-', az_id: '-', srcaddr: '10.250.0.1', pkt_srcaddr: '10.250.0.1' };
      leaves(29, 0, addressOf(place, 31), 443, 56001, { ...regional, next_hop_az_id: zoneOf(place, 31) });
      arrives(29, 0, addressOf(place, 31), 56001, 443, { ...regional, srcaddr: addressOf(place, 31), dstaddr: '10.250.0.1', pkt_dstaddr: '10.250.0.1' });
    },
    /** Refused before it reached the gateway. */
    nat: () => leaves(16, 0, `${ELSEWHERE}54`, 57000, 443, { ...refused, next_hop_interface_type: 'nat_gateway' }),
  };
  Object.values(looksLike).forEach(plantAll => plantAll());

  return {
    records,
    planted: {
      blockedSsh,
      misconfiguredGroup,
      asymmetricRoute,
      portScan,
      hostSweep,
      bruteForce,
      exfiltration,
      rejectedPing,
      unexpectedProtocol,
      crossZone,
      nat,
      skippedData,
      passiveFtp,
    },
  };
}
