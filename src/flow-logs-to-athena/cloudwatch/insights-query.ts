import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { insightsName, parseCommand } from './record-pattern';
import { Findings, isKnown } from '../../private/validation';
import { columnOf } from '../format/flow-log-format';
import type { FlowLogFormat } from '../format/flow-log-format';

const COLUMN = /\{([a-z]\w*)\}/g;
const MAX_NAME = 100;
const MAX_QUERY = 10_000;

/** A query of your own, for `InsightsQuery.of`. */
export interface InsightsQueryOptions {
  /** Its name in the list of saved queries, 1 to 100 characters. */
  readonly name: string;

  /**
   * The query, with columns of the log in braces: `stats count(*) as records by {srcaddr}`. Records are taken apart before
   * it, where CloudWatch does not do it by itself.
   */
  readonly query: string;

  /**
   * The traffic that must be logged for it.
   *
   * @default - it finds something in any
   */
  readonly traffic?: FlowLogTrafficType;
}

/**
 * A saved query of CloudWatch Logs Insights, over the last hours rather than the last year.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export class InsightsQuery {
  /** The newest records that were rejected. */
  public static rejectedTraffic(): InsightsQuery {
    return new InsightsQuery({
      name: 'rejected traffic',
      query: [
        'fields @timestamp, {interface_id}, {srcaddr}, {srcport}, {dstaddr}, {dstport}, {protocol}',
        'filter {action} = "REJECT"',
        'sort @timestamp desc',
        'limit 100',
      ].join('\n| '),
      traffic: FlowLogTrafficType.REJECT,
    });
  }

  /** The pairs of addresses that exchanged most data. */
  public static topTalkers(): InsightsQuery {
    return new InsightsQuery({
      name: 'top talkers',
      query: ['stats sum({bytes}) as total_bytes by {srcaddr}, {dstaddr}', 'sort total_bytes desc', 'limit 20'].join('\n| '),
    });
  }

  /** The ports at which most was rejected. */
  public static rejectedByPort(): InsightsQuery {
    return new InsightsQuery({
      name: 'rejected by port',
      query: ['filter {action} = "REJECT"', 'stats count(*) as records by {dstport}, {protocol}', 'sort records desc', 'limit 20'].join('\n| '),
      traffic: FlowLogTrafficType.REJECT,
    });
  }

  /** All of these. */
  public static pack(): InsightsQuery[] {
    return [InsightsQuery.rejectedTraffic(), InsightsQuery.topTalkers(), InsightsQuery.rejectedByPort()];
  }

  /** A query of your own. */
  public static of(options: InsightsQueryOptions): InsightsQuery {
    const findings = new Findings();
    const { name, query } = options;
    const got = !isKnown(name) ? 'an unresolved token' : name.trim() === '' ? 'none' : name.length;
    findings.require(isKnown(name) && name.trim() !== '' && name.length <= MAX_NAME,
      `'name' must have 1 to ${MAX_NAME} characters and be known at synth, got: ${got}; name it after what it finds`);
    findings.require(!isKnown(query) || (query.trim() !== '' && query.length <= MAX_QUERY),
      `'query' must have 1 to ${MAX_QUERY} characters, got: ${query.trim() === '' ? 'none' : query.length}; CloudWatch takes no other`);
    findings.throwIfAny(`InsightsQuery '${isKnown(name) ? name : ''}'`);
    return new InsightsQuery(options);
  }

  /** Its name in the list of saved queries. */
  public readonly name: string;
  /** The query, with columns of the log in braces. */
  public readonly query: string;
  /** The traffic that must be logged; undefined when any will do. */
  public readonly traffic?: FlowLogTrafficType;

  private constructor(options: InsightsQueryOptions) {
    this.name = options.name;
    this.query = options.query;
    this.traffic = options.traffic;
  }

  /** @internal The columns that it needs. */
  public get _columns(): string[] {
    return [...new Set(Array.from(this.query.matchAll(COLUMN), match => columnOf(match[1])))];
  }

  /** @internal The query for records of this format, which must have its columns. */
  public _render(format: FlowLogFormat): string {
    const query = this.query.replace(COLUMN, (_, column) => insightsName(format, columnOf(column)));
    const parse = parseCommand(format);
    return parse ? `${parse}\n| ${query}` : query;
  }
}
