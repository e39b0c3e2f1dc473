/** The type of a field, in Parquet files and in the table that reads them. */
export class FlowLogFieldType {
  /** Text; `-` where the field does not apply. */
  public static readonly STRING = new FlowLogFieldType('STRING', 'string');
  /** A number of 32 bits. */
  public static readonly INT_32 = new FlowLogFieldType('INT_32', 'int');
  /** A number of 64 bits. */
  public static readonly INT_64 = new FlowLogFieldType('INT_64', 'bigint');

  private constructor(
    /** The type that AWS writes in Parquet. */
    public readonly parquet: string,
    /** The type of the column in AWS Glue. */
    public readonly glue: string,
  ) {}
}
