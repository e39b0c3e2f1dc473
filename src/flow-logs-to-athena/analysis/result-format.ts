/** How the rows of a finding are kept. */
export class ResultFormat {
  /** As Athena writes the result of every query. */
  public static csv(): ResultFormat {
    return new ResultFormat(false);
  }

  /**
   * In Parquet as well, for findings that are to be queried themselves: the query runs a second time, and is paid for, when
   * there is a finding, and only then. Its columns must have names, and no time zones: `CAST(… AS timestamp)`.
   */
  public static parquet(): ResultFormat {
    return new ResultFormat(true);
  }

  private constructor(
    /** @internal */
    public readonly _isParquet: boolean,
  ) {}
}
