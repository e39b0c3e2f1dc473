/** The years of a table whose files lie in a folder for each year. */
export interface HivePartitionOptions {
  /**
   * The first year that the table shows.
   *
   * @default 2025
   */
  readonly firstYear?: number;

  /**
   * The last year that the table shows: files of later years are there, and no query finds them.
   *
   * @default 2044
   */
  readonly lastYear?: number;
}

/** What the partitions of a table are computed from. */
export interface PartitionSpace {
  /**
   * The accounts whose files are there.
   *
   * @default - each query names those that it reads
   */
  readonly accounts?: string[];
  /** The Regions whose files are there. */
  readonly regions: string[];
  /** How many days back files are there. It may be a token. */
  readonly days: number | string;
}

/** The account whose interface it is: the first partition key of every table. */
export const ACCOUNT_KEY = 'aws_account_id';
/** The Region that it is in: the second. (Not `region`, which is a field of the log.) */
export const REGION_KEY = 'aws_region';

/**
 * How the files lie in the bucket, and so what a query can leave unread. The table computes its partitions from the same
 * choice: nobody adds them, and no file lies where the table does not look.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 */
export class FlowLogPartitions {
  /** A folder for each day: for little traffic. Keys: `aws_account_id`, `aws_region`, `day` (`yyyy/MM/dd`). */
  public static daily(): FlowLogPartitions {
    return new FlowLogPartitions(false, false);
  }

  /** A folder for each hour. Keys: `aws_account_id`, `aws_region`, `day` (`yyyy/MM/dd`), `hour` (`00` to `23`). */
  public static hourly(): FlowLogPartitions {
    return new FlowLogPartitions(false, true);
  }

  /**
   * A folder for each day in the names that Hive knows, for tools that read the bucket without our table. Keys:
   * `aws_account_id`, `aws_region`, `year`, `month`, `day` (`01` to `31`).
   */
  public static hive(options: HivePartitionOptions = {}): FlowLogPartitions {
    return new FlowLogPartitions(true, false, options.firstYear, options.lastYear);
  }

  /** The same with a folder for each hour, and the key `hour`. */
  public static hiveHourly(options: HivePartitionOptions = {}): FlowLogPartitions {
    return new FlowLogPartitions(true, true, options.firstYear, options.lastYear);
  }

  private constructor(
    /** Whether folders have the names that Hive knows. */
    public readonly isHive: boolean,
    /** Whether each hour has a folder. */
    public readonly isHourly: boolean,
    /** The first year that a table of Hive partitions shows. */
    public readonly firstYear: number = 2025,
    /** The last year that a table of Hive partitions shows. */
    public readonly lastYear: number = 2044,
  ) {}

  /** The partition keys of the table, outermost first. All are text. */
  public get keys(): string[] {
    return [ACCOUNT_KEY, REGION_KEY, ...(this.isHive ? ['year', 'month', 'day'] : ['day']), ...(this.isHourly ? ['hour'] : [])];
  }

  /**
   * Where files of an account lie below the prefix.
   *
   * @internal
   */
  public _accountFolder(account: string): string {
    return `AWSLogs/${this.isHive ? 'aws-account-id=' : ''}${account}/`;
  }

  /**
   * The folder of one partition below the prefix, with placeholders for the keys.
   *
   * @internal
   */
  public _folder(): string {
    const of = (key: string) => `\${${key}}/`;
    const [service, hour] = this.isHive ? ['aws-service=vpcflowlogs/aws-region=', 'hour='] : ['vpcflowlogs/', ''];
    const day = this.isHive ? `year=${of('year')}month=${of('month')}day=${of('day')}` : of('day');
    return `${this._accountFolder(`\${${ACCOUNT_KEY}}`)}${service}${of(REGION_KEY)}${day}${this.isHourly ? `${hour}${of('hour')}` : ''}`;
  }

  /**
   * The parameters of a Glue table that computes its partitions, for files below this place (`s3://bucket/prefix/`).
   * Nothing in them is of today: days are counted back from the day of the query.
   *
   * @internal
   */
  public _parameters(root: string, { accounts, regions, days }: PartitionSpace): Record<string, string> {
    const of = (key: string, values: Record<string, string>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`projection.${key}.${name}`, value]));
    const count = (key: string, from: number, to: number, digits: number) =>
      of(key, { type: 'integer', range: `${from},${to}`, digits: String(digits) });
    return {
      'projection.enabled': 'true',
      ...of(ACCOUNT_KEY, accounts ? { type: 'enum', values: accounts.join(',') } : { type: 'injected' }),
      ...of(REGION_KEY, { type: 'enum', values: regions.join(',') }),
      ...this.isHive
        ? { ...count('year', this.firstYear, this.lastYear, 4), ...count('month', 1, 12, 2), ...count('day', 1, 31, 2) }
        : of('day', { 'type': 'date', 'format': 'yyyy/MM/dd', 'range': `NOW-${days}DAYS,NOW`, 'interval': '1', 'interval.unit': 'DAYS' }),
      ...this.isHourly ? count('hour', 0, 23, 2) : {},
      'storage.location.template': `${root}${this._folder()}`,
    };
  }

  /**
   * The predicate for partitions of these days, both included. What Trino can prune by a list of values is said by
   * itself, before the comparison of whole dates.
   *
   * @param from SQL that gives text, `yyyy/MM/dd`: a literal, or an expression of constants and `current_timestamp`.
   * @param to The same.
   *
   * @internal
   */
  public _between(from: string, to: string): string {
    if (!this.isHive) {
      return `day BETWEEN ${from} AND ${to}`;
    }
    return `year BETWEEN substr(${from}, 1, 4) AND substr(${to}, 1, 4) AND year || '/' || month || '/' || day BETWEEN ${from} AND ${to}`;
  }

  /**
   * The same by hours, where hours are partitions; else by the days that they are in.
   *
   * @param from SQL that gives text, `yyyy/MM/dd/HH`.
   * @param to The same.
   *
   * @internal
   */
  public _betweenHours(from: string, to: string): string {
    const days = this._between(`substr(${from}, 1, 10)`, `substr(${to}, 1, 10)`);
    const day = this.isHive ? 'year || \'/\' || month || \'/\' || day' : 'day';
    return this.isHourly ? `${days} AND ${day} || '/' || hour BETWEEN ${from} AND ${to}` : days;
  }
}
