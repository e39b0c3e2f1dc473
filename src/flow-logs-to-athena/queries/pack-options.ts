import type { Size } from 'aws-cdk-lib/core';
import type { QueryWindow } from './query-window';

/** What may be stated of any query of the pack. */
export interface PackQueryOptions {
  /**
   * The days that are read.
   *
   * @default QueryWindow.last(Duration.days(1))
   */
  readonly window?: QueryWindow;

  /**
   * The most rows that it answers with.
   *
   * @default - 100; 10,000 for portsInUse, which is a list to be compared with rules
   */
  readonly limit?: number;
}

/** What may be stated of `NamedQuery.rejectedSshRdp`. */
export interface RejectedPortsOptions extends PackQueryOptions {
  /**
   * The destination ports, 0 to 65535.
   *
   * @default [22, 3389]
   */
  readonly ports?: number[];
}

/** What may be stated of `NamedQuery.portScan` and `NamedQuery.hostSweep`. */
export interface ScanOptions extends PackQueryOptions {
  /**
   * The ports, or hosts, from which on it is a scan. They are estimated, within 2.3 percent.
   *
   * @default 20
   */
  readonly threshold?: number;
}

/** What may be stated of `NamedQuery.bruteForce`. */
export interface BruteForceOptions extends PackQueryOptions {
  /**
   * The ports that ask for passwords, 0 to 65535.
   *
   * @default - 22, 3389, 3306, 5432 and 1433: SSH, RDP, MySQL, PostgreSQL, SQL Server
   */
  readonly ports?: number[];

  /**
   * The connections within one hour, of one source to one port of one host, from which on it is an attempt.
   *
   * @default 20
   */
  readonly threshold?: number;
}

/** What may be stated of `NamedQuery.exfiltration`. */
export interface ExfiltrationOptions extends PackQueryOptions {
  /**
   * What one source must have sent to one public address.
   *
   * @default Size.gibibytes(1)
   */
  readonly minimumSize?: Size;
}

/** What may be stated of `NamedQuery.oneWayFlows`. */
export interface OneWayFlowsOptions extends PackQueryOptions {
  /**
   * The packets that were sent without an answer: a client that gets none repeats itself.
   *
   * @default 3
   */
  readonly minimumPackets?: number;
}

/** What may be stated of `NamedQuery.unexpectedProtocols`. */
export interface UnexpectedProtocolsOptions extends PackQueryOptions {
  /**
   * The IANA numbers of the protocols that are expected, 0 to 255.
   *
   * @default - 1, 6, 17 and 58: ICMP, TCP, UDP, ICMPv6
   */
  readonly expected?: number[];
}
