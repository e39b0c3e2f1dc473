import type { NamedQuery } from '../queries/named-query';

/** When rows of a query are a finding. */
export interface FindingOptions {
  /**
   * A finding is when the query has more rows than this: 0 to 998.
   *
   * @default 0
   */
  readonly threshold?: number;
}

/** A query that is asked again and again, and how many of its rows are too many. */
export class Finding {
  /** The query, and the rows that may be. It need not be one that is kept in Athena. */
  public static of(query: NamedQuery, options: FindingOptions = {}): Finding {
    return new Finding(query, options.threshold ?? 0);
  }

  private constructor(
    /** The query. */
    public readonly query: NamedQuery,
    /** A finding is when it has more rows than this. */
    public readonly threshold: number,
  ) {}
}
