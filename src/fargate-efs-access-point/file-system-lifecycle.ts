import type { LifecyclePolicy } from 'aws-cdk-lib/aws-efs';

/** After how long files move to cheaper storage, for `FileSystemLifecycle.of`. */
export interface FileSystemLifecycleOptions {
  /**
   * How long a file is not read before it moves to Infrequent Access.
   *
   * @default - files stay in Standard
   */
  readonly toInfrequentAccess?: LifecyclePolicy;

  /**
   * How long a file is not read before it moves to Archive: later than to Infrequent Access, and only with elastic
   * throughput.
   *
   * @default - files never move to Archive
   */
  readonly toArchive?: LifecyclePolicy;
}

/**
 * When files move to cheaper storage. Whatever is read moves back, so that a restored service is not slow forever.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/lifecycle-management-efs.html
 */
export class FileSystemLifecycle {
  /** Stages of your own; what is read moves back to Standard. */
  public static of(options: FileSystemLifecycleOptions): FileSystemLifecycle {
    return new FileSystemLifecycle(options.toInfrequentAccess, options.toArchive);
  }

  /** Everything stays in Standard: for files that are read all the time, or so small that moving them saves nothing. */
  public static keepInStandard(): FileSystemLifecycle {
    return new FileSystemLifecycle();
  }

  private constructor(
    /** Undefined: files stay in Standard. */
    public readonly toInfrequentAccess?: LifecyclePolicy,
    /** Undefined: files never move to Archive. */
    public readonly toArchive?: LifecyclePolicy,
  ) {}
}
