import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ServiceActions } from './service-actions';
import { SERVICES } from './service-actions';

/** What is allowed of a service, before anything is said of tags. */
type Level = 'read' | 'write' | 'create' | 'list';

/** How a permission is bound to tags. */
export type Binding =
  | { readonly kind: 'service'; readonly actions: ServiceActions }
  | { readonly kind: 'buckets'; readonly buckets: IBucket[] }
  | { readonly kind: 'objects'; readonly bucket: IBucket };

/**
 * What may be done with the resources of a service whose tags match. Each method adds to it, and leaves what it was called
 * on as it was. Services that do not honour tags are not offered.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
export class AbacPermission {
  /**
   * The objects of buckets whose own tags match. ABAC is switched on for each bucket of this app, without which S3 pays no
   * regard to its tags; from then on tags are written by `s3:TagResource`, as CloudFormation does.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
   */
  public static s3Buckets(...buckets: IBucket[]): AbacPermission {
    return new AbacPermission('s3Buckets', { kind: 'buckets', buckets }, []);
  }

  /**
   * The objects of one bucket whose own tags match, for a bucket that several projects share. S3 can tell by its tags who
   * may read an object, and not who may overwrite or delete it: so objects are written, with matching tags, below a prefix
   * that is the value of the matching tags, such as `Gamma/`, and deleted there. Whoever has a value with a `/` writes nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
   */
  public static s3Objects(bucket: IBucket): AbacPermission {
    return new AbacPermission('s3Objects', { kind: 'objects', bucket }, []);
  }

  /** DynamoDB tables and their indexes. Older accounts must switch ABAC on for DynamoDB, once. */
  public static dynamodb(): AbacPermission {
    return AbacPermission.ofService('dynamodb');
  }

  /** Secrets of Secrets Manager. */
  public static secrets(): AbacPermission {
    return AbacPermission.ofService('secrets');
  }

  /** Parameters of Systems Manager, to be read by name. */
  public static parameters(): AbacPermission {
    return AbacPermission.ofService('parameters');
  }

  /** Keys of KMS: `read` decrypts, `write` encrypts. The policy of each key must leave it to IAM, as CDK's does. */
  public static keys(): AbacPermission {
    return AbacPermission.ofService('keys');
  }

  /** Queues of SQS. */
  public static queues(): AbacPermission {
    return AbacPermission.ofService('queues');
  }

  /** Topics of SNS. */
  public static topics(): AbacPermission {
    return AbacPermission.ofService('topics');
  }

  /** Lambda functions: `read` shows them, `write` invokes. */
  public static functions(): AbacPermission {
    return AbacPermission.ofService('functions');
  }

  /** EC2 instances: `write` starts, stops and reboots. */
  public static instances(): AbacPermission {
    return AbacPermission.ofService('instances');
  }

  private static ofService(name: string): AbacPermission {
    return new AbacPermission(name, { kind: 'service', actions: SERVICES[name] }, []);
  }

  private constructor(
    /** What it was made with, such as 'dynamodb'. */
    public readonly name: string,
    private readonly binding: Binding,
    private readonly levels: Level[],
  ) {}

  /** Reads what is there. */
  public read(): AbacPermission {
    return this.with('read');
  }

  /** Writes into what is there. */
  public write(): AbacPermission {
    return this.with('write');
  }

  /**
   * Creates resources, with matching tags: an untagged one, or one for somebody else, is refused. AWS asks for the
   * permission to tag as well, which also claims a resource that is there and has none of the tags: tag everything first.
   */
  public create(): AbacPermission {
    return this.with('create');
  }

  /**
   * Lists names. No tag narrows that: whoever may list sees the name of every resource of the account (for `s3Objects`,
   * of every object below the own prefix).
   */
  public list(): AbacPermission {
    return this.with('list');
  }

  private with(level: Level): AbacPermission {
    return new AbacPermission(this.name, this.binding, [...new Set([...this.levels, level])]);
  }

  /** @internal */
  public get _binding(): Binding {
    return this.binding;
  }

  /** @internal */
  public get _levels(): string[] {
    return this.levels;
  }
}
