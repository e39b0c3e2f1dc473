import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';

/** A delivery stream of another account. */
export interface CrossAccountFirehoseOptions {
  /** The ARN of the delivery stream. */
  readonly deliveryStreamArn: string;

  /**
   * The ARN of the role of that account through which logs are delivered: that of a `CentralFirehose`, or of your own, whose
   * name must begin with `AWSLogDeliveryFirehoseCrossAccountRole`.
   */
  readonly deliveryRoleArn: string;
}

/**
 * The delivery stream that flow logs go to.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-firehose.html
 */
export class FirehoseDestination {
  /** A delivery stream of this account. It needs no role: AWS marks the stream as one that takes logs. */
  public static deliveryStream(deliveryStream: IDeliveryStream): FirehoseDestination {
    return new FirehoseDestination(deliveryStream);
  }

  /** A delivery stream of another account: see `CentralFirehose.destination`. */
  public static crossAccount(options: CrossAccountFirehoseOptions): FirehoseDestination {
    return new FirehoseDestination(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _deliveryStream?: IDeliveryStream,
    /** @internal */
    public readonly _crossAccount?: CrossAccountFirehoseOptions,
  ) {}
}
