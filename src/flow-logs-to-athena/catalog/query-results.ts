import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';

/** A new bucket for results. */
export interface NewResultsBucketOptions {
  /**
   * After how many days results are gone: 1 to 3650.
   *
   * @default Duration.days(30)
   */
  readonly expireAfter?: Duration;

  /**
   * What encrypts them. Who runs queries must be allowed to use it: `FlowLogsCatalog.grantQuery`.
   *
   * @default - a key that S3 manages
   */
  readonly encryptionKey?: IKey;
}

/** A bucket of yours for results. */
export interface ExistingResultsBucketOptions {
  /**
   * The folder that they are in, without '/' at either end.
   *
   * @default - the root of the bucket
   */
  readonly prefix?: string;

  /**
   * What Athena encrypts them with.
   *
   * @default - a key that S3 manages
   */
  readonly encryptionKey?: IKey;
}

/** Results that Athena keeps. */
export interface ManagedResultsOptions {
  /**
   * What encrypts them.
   *
   * @default - a key that AWS owns
   */
  readonly encryptionKey?: IKey;
}

/**
 * Where the results of queries are: addresses and who talks to whom, so they are encrypted, and go by themselves. Either in
 * a bucket, or with Athena.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/querying.html
 */
export class QueryResults {
  /** In a bucket of their own. */
  public static inNewBucket(options: NewResultsBucketOptions = {}): QueryResults {
    return new QueryResults('new', options.encryptionKey, options.expireAfter);
  }

  /** In a bucket of yours, which keeps its settings. */
  public static inBucket(bucket: IBucket, options: ExistingResultsBucketOptions = {}): QueryResults {
    return new QueryResults('existing', options.encryptionKey, undefined, bucket, options.prefix);
  }

  /**
   * With Athena, which keeps them for 24 hours, for the console and the API: no bucket, and nobody who reads it.
   *
   * @see https://docs.aws.amazon.com/athena/latest/ug/managed-results.html
   */
  public static managedByAthena(options: ManagedResultsOptions = {}): QueryResults {
    return new QueryResults('managed', options.encryptionKey);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'new' | 'existing' | 'managed',
    /** @internal */
    public readonly _encryptionKey?: IKey,
    /** @internal */
    public readonly _expireAfter?: Duration,
    /** @internal */
    public readonly _bucket?: IBucket,
    /** @internal */
    public readonly _prefix?: string,
  ) {}
}
