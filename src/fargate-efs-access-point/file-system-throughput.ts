import type { Size } from 'aws-cdk-lib/core';

/**
 * How fast a file system is, and what that costs.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/performance.html
 */
export class FileSystemThroughput {
  /** As fast as is asked for, paid by the GB read and written. Right for nearly all; dear for a task that reads all day. */
  public static elastic(): FileSystemThroughput {
    return new FileSystemThroughput('elastic');
  }

  /** Follows the amount that is stored, with credits for bursts; an alarm rings before they are used up. */
  public static bursting(): FileSystemThroughput {
    return new FileSystemThroughput('bursting');
  }

  /**
   * Always so fast, and paid for whether it is used or not.
   *
   * @param perSecond 1 to 3414 MiB.
   */
  public static provisioned(perSecond: Size): FileSystemThroughput {
    return new FileSystemThroughput('provisioned', perSecond);
  }

  private constructor(
    /** 'elastic', 'bursting' or 'provisioned'. */
    public readonly mode: string,
    /** Undefined unless it is provisioned. */
    public readonly perSecond?: Size,
  ) {}
}
