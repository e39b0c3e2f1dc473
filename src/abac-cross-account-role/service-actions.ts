/** What of a service can be opened by tags. */
export interface ServiceActions {
  /** Its prefix in IAM. */
  readonly service: string;
  /** How its resources are called, below `arn:…:service:region:account:`. */
  readonly resources: string[];
  /** Actions that read what is in a resource. */
  readonly read: string[];
  /** Actions that write into a resource that is there. */
  readonly write: string[];
  /** Actions that make a resource, whose tags are those of the request. */
  readonly create: string[];
  /** The action that tags: needed to create with tags, and denied afterwards. */
  readonly tag: string;
  /** The action that takes tags away. */
  readonly untag: string;
  /** Actions that name every resource of the account, which no tag can narrow. */
  readonly list: string[];
}

/**
 * Actions that honour the tags of a resource, each checked against the Service Authorization Reference in
 * test/abac-cross-account-role/service-actions.test.ts. An action that is not here is not offered: a condition that a
 * service ignores would open everything.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const SERVICES: Record<string, ServiceActions> = {
  dynamodb: {
    service: 'dynamodb',
    resources: ['table/*'], // indexes are table/NAME/index/NAME
    read: ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'ConditionCheckItem', 'DescribeTable'],
    write: ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
    create: ['CreateTable'],
    tag: 'TagResource',
    untag: 'UntagResource',
    list: ['ListTables'],
  },
  secrets: {
    service: 'secretsmanager',
    resources: ['secret:*'],
    read: ['GetSecretValue', 'DescribeSecret', 'ListSecretVersionIds'],
    write: ['PutSecretValue', 'UpdateSecretVersionStage'],
    create: ['CreateSecret'],
    tag: 'TagResource',
    untag: 'UntagResource',
    list: ['ListSecrets'],
  },
  parameters: {
    service: 'ssm',
    resources: ['parameter/*'],
    // Not GetParametersByPath, which pays no regard to the tags of each parameter.
    read: ['GetParameter', 'GetParameters', 'GetParameterHistory'],
    // Not PutParameter: the reference has no tag of the resource for it, and it overwrites what is there.
    write: [],
    create: [],
    tag: 'AddTagsToResource',
    untag: 'RemoveTagsFromResource',
    list: ['DescribeParameters'],
  },
  keys: {
    service: 'kms',
    resources: ['key/*'],
    read: ['Decrypt', 'DescribeKey'],
    write: ['Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'],
    create: [],
    tag: 'TagResource',
    untag: 'UntagResource',
    list: ['ListAliases'],
  },
  queues: {
    service: 'sqs',
    resources: ['*'],
    read: ['ReceiveMessage', 'GetQueueAttributes', 'GetQueueUrl'],
    write: ['SendMessage', 'DeleteMessage', 'ChangeMessageVisibility'],
    create: ['CreateQueue'],
    tag: 'TagQueue',
    untag: 'UntagQueue',
    list: ['ListQueues'],
  },
  topics: {
    service: 'sns',
    resources: ['*'],
    read: ['GetTopicAttributes', 'ListSubscriptionsByTopic'],
    write: ['Publish'],
    create: ['CreateTopic'],
    tag: 'TagResource',
    untag: 'UntagResource',
    list: ['ListTopics'],
  },
  functions: {
    service: 'lambda',
    resources: ['function:*'],
    read: ['GetFunction', 'GetFunctionConfiguration'],
    write: ['InvokeFunction'],
    create: [],
    tag: 'TagResource',
    untag: 'UntagResource',
    list: ['ListFunctions'],
  },
  instances: {
    service: 'ec2',
    resources: ['instance/*'],
    read: [],
    write: ['StartInstances', 'StopInstances', 'RebootInstances'],
    create: [],
    tag: 'CreateTags',
    untag: 'DeleteTags',
    list: ['DescribeInstances'],
  },
};

/** What changes the tags of buckets and objects, or whether those of a bucket count at all. */
export const S3_TAGGING = [
  'TagResource', 'UntagResource', 'PutBucketTagging', 'PutBucketAbac', 'PutObjectTagging', 'PutObjectVersionTagging', 'DeleteObjectTagging',
  'DeleteObjectVersionTagging',
];
