import { COLUMN_TYPES, nothing } from './columns';

/** Where interfaces are: the same numbers give the same addresses and ids in every file of a place. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Makes its addresses different from those of other places: 0 to 255. */
  readonly index: number;
}

/** The interfaces of a place; a third of them in each zone. */
export const INTERFACES = 42;

/** The private address of the nth interface of a place. */
export function addressOf({ index }: Place, n: number): string {
  return `10.${index}.${n % 3}.${10 + n}`;
}

/** Its id. */
export function interfaceOf({ index }: Place, n: number): string {
  return `eni-0${index.toString(16).padStart(8, '0')}${n.toString(16).padStart(8, '0')}`;
}

/** The id of its instance. */
export function instanceOf({ index }: Place, n: number): string {
  return `i-0${index.toString(16).padStart(8, '0')}${n.toString(16).padStart(8, '0')}`;
}

/** The id of its zone. */
export function zoneOf({ region }: Place, n: number): string {
  const [continent, direction, number] = region.split('-');
  return `${continent}${direction[0]}${number}-az${n % 3 + 1}`;
}

/** Who reaches all hosts by SSH, in sessions that last: the first interface. */
const BASTION = 0;

/**
 * SELECT of clean traffic: conversations of two records each, question and answer, as the interface of the server sees them, or
 * that of the client where it speaks with the internet. Beside them what is normal and looks like an attack to a query that
 * is not careful: sessions that last, packets of closed connections, the background of the internet, records without traffic.
 *
 * Numbers follow from the number of the row, by arithmetic: the same rows at every run, and a million in a second or two.
 *
 * @param from The first row; even.
 * @param to The row behind the last; even.
 */
export function cleanTraffic(place: Place, columns: string[], from: number, to: number, start: number, seconds: number): string {
  const values: Record<string, string> = {
    version: '11',
    account_id: `'${place.account}'`,
    vpc_id: `'vpc-0${place.index.toString(16).padStart(16, '0')}'`,
    region: `'${place.region}'`,
    interface_id: `format('eni-0${hex8(place.index)}{:08x}', here)`,
    instance_id: `format('i-0${hex8(place.index)}{:08x}', here)`,
    subnet_id: `format('subnet-0${hex8(place.index)}{:08x}', here % 3)`,
    az_id: `'${zoneOf(place, 0).slice(0, -1)}' || (here % 3 + 1)`,
    srcaddr: 'CASE WHEN idle THEN \'-\' WHEN answers THEN server ELSE client END',
    dstaddr: 'CASE WHEN idle THEN \'-\' WHEN answers THEN client ELSE server END',
    pkt_srcaddr: 'CASE WHEN idle THEN \'-\' WHEN answers THEN server ELSE client END',
    pkt_dstaddr: 'CASE WHEN idle THEN \'-\' WHEN answers THEN client ELSE server END',
    srcport: 'CASE WHEN idle THEN NULL WHEN answers THEN server_port ELSE client_port END',
    dstport: 'CASE WHEN idle THEN NULL WHEN answers THEN client_port ELSE server_port END',
    protocol: 'CASE WHEN idle THEN NULL WHEN kind = \'name\' THEN 17 WHEN kind = \'ping\' THEN 1 ELSE 6 END',
    packets: 'CASE WHEN idle THEN NULL WHEN rejected THEN 1 ELSE 4 + c % 60 END',
    bytes: 'CASE WHEN idle THEN NULL WHEN rejected THEN 40 ELSE 400 + h3 % 90000 END',
    start: 'started',
    end: 'started + 1 + h2 % 58',
    action: 'CASE WHEN idle THEN \'-\' WHEN rejected THEN \'REJECT\' ELSE \'ACCEPT\' END',
    log_status: 'CASE WHEN idle THEN \'NODATA\' ELSE \'OK\' END',
    // What is over has FIN or RST; what lasts has neither, and no SYN either.
    tcp_flags: `CASE WHEN idle THEN NULL WHEN kind IN ('name', 'ping', 'session', 'pool') THEN 0 WHEN kind = 'late' THEN CASE WHEN c % 2 = 0 THEN 1 ELSE 4 END
      WHEN kind = 'background' THEN 2 WHEN answers THEN 19 ELSE 3 END`,
    type: 'CASE WHEN idle THEN \'-\' ELSE \'IPv4\' END',
    flow_direction: 'CASE WHEN idle THEN \'-\' WHEN inbound THEN \'ingress\' ELSE \'egress\' END',
    traffic_path: 'CASE WHEN idle OR inbound THEN NULL WHEN kind IN (\'web\', \'service\') THEN 8 ELSE 1 END',
    pkt_dst_aws_service: 'CASE WHEN kind = \'service\' AND NOT answers AND c % 3 = 0 THEN \'S3\' ELSE \'-\' END',
    pkt_src_aws_service: 'CASE WHEN kind = \'service\' AND answers AND c % 3 = 0 THEN \'S3\' ELSE \'-\' END',
    next_hop_az_id: `CASE WHEN idle OR inbound OR kind IN ('web', 'service') THEN '-' ELSE '${zoneOf(place, 0).slice(0, -1)}' || (here % 3 + 1) END`,
    next_hop_interface_type: 'CASE WHEN idle OR inbound OR kind IN (\'web\', \'service\') THEN \'-\' ELSE \'interface\' END',
    interface_type: '\'interface\'',
    encryption_status: '0',
  };
  const inside = (n: string) => `'10.${place.index}.' || (${n}) % 3 || '.' || (10 + ${n})`;
  const outside = (h: string) => `'198.' || (18 + ${h} % 2) || '.' || (${h} // 2 % 256) || '.' || (${h} // 512 % 256)`;
  return `
WITH numbers AS (
  SELECT i, i // 2 AS c, i % 2 AS second, (i // 2 * 2654435761 + 97) % 4294967296 AS h1 FROM range(${from}, ${to}) t(i)
), hashes AS (
  SELECT *, (h1 // 8 * 40503 + c) % 4294967291 AS h2, (h1 // 16 * 48271 + c * 7) % 2147483647 AS h3 FROM numbers
), kinds AS (
  SELECT *, h1 // 65536 % 1000 AS k, h2 % ${INTERFACES} AS here, h3 % 4 AS choice FROM hashes
), named AS (
  SELECT *, CASE WHEN k < 550 THEN 'internal' WHEN k < 700 THEN 'web' WHEN k < 850 THEN 'service' WHEN k < 900 THEN 'name' WHEN k < 920 THEN 'ping'
      WHEN k < 940 THEN 'pool' WHEN k < 950 THEN 'session' WHEN k < 970 THEN 'background' WHEN k < 990 THEN 'late' ELSE 'idle' END AS kind
  FROM kinds
), flows AS (
  SELECT *, kind = 'idle' AS idle, kind IN ('background', 'late') AS rejected,
    kind = 'service' AS from_here,
    second = 1 AND kind NOT IN ('background', 'late', 'idle') AS answers,
    CASE
      WHEN kind = 'web' THEN ${outside('h3')}
      WHEN kind = 'background' THEN ${outside('(h3 + second * 7919)')}
      WHEN kind = 'service' THEN ${inside('here')}
      -- A server of the internet, or the bastion: each speaks to many ports, or many hosts, after connections closed.
      WHEN kind = 'late' THEN CASE WHEN c % 2 = 0 THEN '198.18.0.1' ELSE ${inside(String(BASTION))} END
      WHEN kind = 'session' THEN ${inside(String(BASTION))}
      -- Three further interfaces are in the same zone.
      ELSE ${inside(`((here + 3 + 3 * choice) % ${INTERFACES})`)} END AS client,
    CASE WHEN kind = 'service' THEN ${outside('(h3 % 65536)')} ELSE ${inside('here')} END AS server,
    CASE WHEN kind = 'ping' THEN 0 WHEN kind = 'session' THEN 50022 WHEN kind = 'late' AND c % 2 = 0 THEN 443 ELSE 32768 + h2 % 28000 END AS client_port,
    CASE kind WHEN 'internal' THEN CASE c % 3 WHEN 0 THEN 443 WHEN 1 THEN 8080 ELSE 8443 END WHEN 'name' THEN 53 WHEN 'ping' THEN 0 WHEN 'pool' THEN 5432
      WHEN 'session' THEN 22 WHEN 'background' THEN 5500 + (h2 + second * 13) % 20000
      WHEN 'late' THEN CASE WHEN c % 2 = 0 THEN 32768 + (h2 + second) % 28000 ELSE 443 END ELSE 443 END AS server_port,
    ${start} + h2 % ${seconds - 120} AS started
  FROM named
), seen AS (
  SELECT *, answers = from_here AS inbound FROM flows
)
SELECT ${columns.map(column => `CAST(${values[column] ?? nothing(column)} AS ${COLUMN_TYPES[column]}) AS "${column}"`).join(', ')} FROM seen`;
}

function hex8(n: number): string {
  return n.toString(16).padStart(8, '0');
}
