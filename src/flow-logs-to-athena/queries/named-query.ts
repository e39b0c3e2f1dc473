import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Duration } from 'aws-cdk-lib/core';
import { findNamedQueryProblems } from './named-query-validation';
import { bruteForce, exfiltration, hostSweep, portScan, rejectedSshRdp } from './pack/attacks';
import type { PackQuery } from './pack/pack-query';
import { findCountProblems } from './pack/pack-query';
import { dataQuality, oneWayFlows, portsInUse, rejectedIcmp, rejectedInternal, unexpectedProtocols } from './pack/troubleshooting';
import { crossZoneBytes, natCost, topTalkers } from './pack/volume-and-cost';
import type {
  BruteForceOptions, ExfiltrationOptions, OneWayFlowsOptions, PackQueryOptions, RejectedPortsOptions, ScanOptions, UnexpectedProtocolsOptions,
} from './pack-options';
import { isPartitionKey, KNOWN_COLUMNS } from './query-names';
import type { ParsedTemplate } from './query-template';
import { parseTemplate, placeholdersOf, quoteName, renderTemplate } from './query-template';
import { QueryValue } from './query-value';
import { QueryWindow } from './query-window';
import type { QueryableTable } from './queryable-table';
import { Findings } from '../../private/validation';

/** A query of your own, for `NamedQuery.of`. */
export interface NamedQueryOptions {
  /** The name in Athena, 1 to 128 characters. One query of that name a table. */
  readonly name: string;

  /** What it finds. With the caveats 1,024 characters at most. */
  readonly description: string;

  /**
   * One SELECT of Athena's SQL, with names in braces: `{table}`; `{window}`, the predicate that leaves other days unread; a
   * column of the log, such as `{srcaddr}` or `{end}`; a partition key, such as `{day}` or `{aws_account_id}`; a parameter.
   * All of these are quoted as SQL wants it.
   */
  readonly sql: string;

  /**
   * What is put in place of other names.
   *
   * @default - no parameters
   */
  readonly parameters?: { readonly [name: string]: QueryValue };

  /**
   * What its rows do not mean: it stands behind the description.
   *
   * @default - none
   */
  readonly caveats?: string[];

  /**
   * The traffic that must be logged for it: `ALL` when it compares what was accepted with what was rejected.
   *
   * @default - it finds something in any
   */
  readonly traffic?: FlowLogTrafficType;

  /**
   * The days that are read.
   *
   * @default QueryWindow.last(Duration.days(1))
   */
  readonly window?: QueryWindow;
}

/**
 * A question to the flow logs, kept in Athena under a name. Which fields it needs follows from its SQL: where one is not
 * logged, it can not be added.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs.html
 */
export class NamedQuery {
  /** Who was refused at SSH or RDP. Needs rejected traffic. */
  public static rejectedSshRdp(options: RejectedPortsOptions = {}): NamedQuery {
    return NamedQuery.ofPack(rejectedSshRdp(options), options);
  }

  /** One source that knocked at many ports of one host, and was refused. Needs rejected traffic. */
  public static portScan(options: ScanOptions = {}): NamedQuery {
    return NamedQuery.ofPack(portScan(options), options);
  }

  /** One source that knocked at one port of many hosts, and was refused. Needs rejected traffic. */
  public static hostSweep(options: ScanOptions = {}): NamedQuery {
    return NamedQuery.ofPack(hostSweep(options), options);
  }

  /** One source that connects again and again to a port that asks for a password. */
  public static bruteForce(options: BruteForceOptions = {}): NamedQuery {
    return NamedQuery.ofPack(bruteForce(options), options);
  }

  /** One source that sent much data to one public address. Needs accepted traffic. */
  public static exfiltration(options: ExfiltrationOptions = {}): NamedQuery {
    return NamedQuery.ofPack(exfiltration(options), options);
  }

  /** The pairs of addresses that exchanged most data. Needs accepted traffic. */
  public static topTalkers(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(topTalkers(), options);
  }

  /** Flows that were accepted and never answered: asymmetric routing. Needs accepted traffic. */
  public static oneWayFlows(options: OneWayFlowsOptions = {}): NamedQuery {
    return NamedQuery.ofPack(oneWayFlows(options), options);
  }

  /** What is refused between private addresses: a group or an ACL that is too strict. Needs rejected traffic. */
  public static rejectedInternal(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(rejectedInternal(), options);
  }

  /** Pings that were refused. Needs rejected traffic. */
  public static rejectedIcmp(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(rejectedIcmp(), options);
  }

  /** The ports that each interface is reached at: rules that allow more are not needed. Needs accepted traffic. */
  public static portsInUse(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(portsInUse(), { limit: 10_000, ...options });
  }

  /** Traffic that is neither TCP nor UDP nor ICMP. */
  public static unexpectedProtocols(options: UnexpectedProtocolsOptions = {}): NamedQuery {
    return NamedQuery.ofPack(unexpectedProtocols(options), options);
  }

  /** What is sent into another Availability Zone, which costs. Needs accepted traffic. */
  public static crossZoneBytes(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(crossZoneBytes(), options);
  }

  /** Who uses NAT gateways to reach what. Needs accepted traffic. */
  public static natCost(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(natCost(), options);
  }

  /** Days on which records were lost. */
  public static dataQuality(options: PackQueryOptions = {}): NamedQuery {
    return NamedQuery.ofPack(dataQuality(), options);
  }

  /** All of these, with their defaults. */
  public static pack(options: PackQueryOptions = {}): NamedQuery[] {
    return [
      NamedQuery.rejectedSshRdp, NamedQuery.portScan, NamedQuery.hostSweep, NamedQuery.bruteForce, NamedQuery.exfiltration,
      NamedQuery.topTalkers, NamedQuery.oneWayFlows, NamedQuery.rejectedInternal, NamedQuery.rejectedIcmp, NamedQuery.portsInUse,
      NamedQuery.unexpectedProtocols, NamedQuery.crossZoneBytes, NamedQuery.natCost, NamedQuery.dataQuality,
    ].map(query => query(options));
  }

  /** A query of your own. */
  public static of(options: NamedQueryOptions): NamedQuery {
    return new NamedQuery(options);
  }

  private static ofPack({ find, parameters, ...query }: PackQuery, { window, limit = 100 }: PackQueryOptions): NamedQuery {
    return new NamedQuery({ ...query, window, sql: query.sql.trim(), parameters: { ...parameters, limit: QueryValue.number(limit) } }, findings => {
      findCountProblems(findings, 'limit', limit);
      find?.(findings);
    });
  }

  /** The name in Athena. */
  public readonly name: string;
  /** What it finds. */
  public readonly description: string;
  /** What its rows do not mean. */
  public readonly caveats: string[];
  /** The SQL, with names in braces. */
  public readonly sql: string;
  /** The traffic that must be logged; undefined when any will do. */
  public readonly traffic?: FlowLogTrafficType;

  private readonly parameters: Map<string, QueryValue>;
  private readonly window: QueryWindow;
  private readonly template: ParsedTemplate;

  private constructor(options: NamedQueryOptions, find?: (findings: Findings) => void) {
    this.name = options.name;
    this.description = options.description;
    this.caveats = options.caveats ?? [];
    this.sql = options.sql;
    this.traffic = options.traffic;
    this.parameters = new Map(Object.entries(options.parameters ?? {}));
    this.window = options.window ?? QueryWindow.last(Duration.days(1));
    this.template = parseTemplate(this.sql);
    const findings = new Findings();
    // What is wrong with an option of the pack is told by its own name, not by that of the parameter it becomes.
    if (find) {
      find(findings);
    } else {
      findNamedQueryProblems(findings, { ...options, template: this.template });
    }
    this.window._find(findings);
    findings.throwIfAny(`NamedQuery '${this.name}'`);
  }

  /** @internal Description and caveats, as Athena keeps them. */
  public get _fullDescription(): string {
    return [this.description, ...this.caveats].join(' ');
  }

  /**
   * What the table lacks, in words: fields, partition keys, traffic, accounts. Nothing when the query can be asked.
   *
   * @internal
   */
  public _missing(table: QueryableTable): string[] {
    const { keys } = table.partitions;
    const names = placeholdersOf(this.template).filter(name => !this.isFilledIn(name));
    const isThere = (name: string) => table.columns.includes(name) || keys.includes(name);
    const columns = [...names, ...this.template.words].filter(name => KNOWN_COLUMNS.has(name) && !isThere(name));
    const lacks = [
      ...[...new Set(columns)].map(column => `field '${KNOWN_COLUMNS.get(column)}'`),
      ...names.filter(name => isPartitionKey(name) && !keys.includes(name) && !KNOWN_COLUMNS.has(name)).map(name => `partition key '${name}'`),
    ];
    if (this.traffic && table.traffic && table.traffic !== FlowLogTrafficType.ALL && table.traffic !== this.traffic) {
      lacks.push({ ACCEPT: 'accepted traffic', REJECT: 'rejected traffic', ALL: 'accepted and rejected traffic' }[this.traffic]);
    }
    if (table.accountsInjected && !this.window._namesAccounts) {
      lacks.push('accounts in its window (QueryWindow.forAccounts)');
    }
    return lacks;
  }

  /**
   * The SQL for this table, which must lack nothing.
   *
   * @internal
   */
  public _render(table: QueryableTable): string {
    return renderTemplate(this.template, name => {
      switch (name) {
        case 'table': return `${quoteName(table.database)}.${quoteName(table.table)}`;
        case 'window': return this.window._render(table.partitions);
        default: return this.parameters.get(name)?._render() ?? quoteName(name);
      }
    });
  }

  private isFilledIn(name: string): boolean {
    return name === 'table' || name === 'window' || this.parameters.has(name);
  }
}
