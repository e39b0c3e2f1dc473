/** Addresses that are not routed in the internet: RFC 1918, RFC 6598, loopback, link local, and those of IPv6. */
const PRIVATE = String.raw`'^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|::1$|f[cd]|fe[89ab])'`;

/** Whether the address is private. */
export function isPrivate(column: string): string {
  return `regexp_like({${column}}, ${PRIVATE})`;
}

/**
 * The destination is out in the internet. A VPC has public addresses of IPv6: what stays in it, or goes to a peer or
 * on-premises, is told by the path.
 */
export const PUBLIC_DESTINATION = `NOT ${isPrivate('pkt_dstaddr')}
  AND (strpos({pkt_dstaddr}, ':') = 0 OR {traffic_path} IS NULL OR {traffic_path} NOT IN (1, 3, 4, 5))`;
