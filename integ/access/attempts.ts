/** What somebody may try: each can be done with the credentials of a session, and knows the request that AWS judges. */
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, UntagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import type { Tags } from './people';
import { prefixed } from './people';
import type { Credentials } from '../emulator/signed-request';
import { signedRequest } from '../emulator/signed-request';

/** For a client of the AWS SDK. */
export interface SessionConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly forcePathStyle: boolean;
}

export interface Attempt {
  readonly what: string;
  readonly action: string;
  readonly resource: string;
  /** What the request and its resource say. */
  readonly context: Record<string, string | string[]>;
  /** Whether it is about a bucket whose own tags count. */
  readonly bucketAbac?: boolean;
  run(config: SessionConfig): Promise<unknown>;
}

/** A resource, and the tags that it has. */
export interface Tagged {
  readonly name: string;
  readonly arn: string;
  readonly tags: Tags;
}

export function readObject(bucket: string, Key: string, tags: Tags): Attempt {
  return {
    ...object('read', bucket, Key),
    action: 's3:GetObject',
    context: prefixed('s3:ExistingObjectTag', tags),
    run: config => new S3Client(config).send(new GetObjectCommand({ Bucket: bucket, Key })),
  };
}

export function writeObject(bucket: string, Key: string, tags: Tags): Attempt {
  const Tagging = new URLSearchParams(tags).toString() || undefined;
  return {
    ...object('write', bucket, Key, tags),
    action: 's3:PutObject',
    context: prefixed('s3:RequestObjectTag', tags),
    run: config => new S3Client(config).send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'new', Tagging })),
  };
}

export function retagObject(bucket: string, Key: string, from: Tags, to: Tags): Attempt {
  return {
    ...object('tag anew', bucket, Key, to),
    action: 's3:PutObjectTagging',
    context: { ...prefixed('s3:ExistingObjectTag', from), ...prefixed('s3:RequestObjectTag', to) },
    run: config => new S3Client(config).send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging: { TagSet: listed(to) } })),
  };
}

export function deleteObject(bucket: string, Key: string): Attempt {
  return {
    ...object('delete', bucket, Key),
    action: 's3:DeleteObject',
    context: {},
    run: config => new S3Client(config).send(new DeleteObjectCommand({ Bucket: bucket, Key })),
  };
}

export function listObjects(bucket: string, Prefix: string): Attempt {
  return {
    what: `list ${Prefix}`,
    action: 's3:ListBucket',
    resource: `arn:aws:s3:::${bucket}`,
    context: { 's3:prefix': Prefix },
    run: config => new S3Client(config).send(new ListObjectsV2Command({ Bucket: bucket, Prefix })),
  };
}

/** The same where the tags of the bucket decide. */
export function inTaggedBucket({ name, tags }: Tagged, bucket: string): Attempt[] {
  return [readObject(bucket, 'plan', {}), writeObject(bucket, 'new', {}), listObjects(bucket, '')].map(attempt => ({
    ...attempt, what: `${attempt.what.replace(/,.*/, '').trim()} in the bucket of ${name}`, context: prefixed('aws:ResourceTag', tags), bucketAbac: true,
  }));
}

export function readItem(table: Tagged, key: string): Attempt {
  return {
    ...of(table),
    what: `read an item of ${table.name}`,
    action: 'dynamodb:GetItem',
    run: config => new DynamoDBClient(config).send(new GetItemCommand({ TableName: nameOf(table), Key: { [key]: { S: '1' } } })),
  };
}

export function deleteItem(table: Tagged, key: string): Attempt {
  return {
    ...of(table),
    what: `delete an item of ${table.name}`,
    action: 'dynamodb:DeleteItem',
    run: config => new DynamoDBClient(config).send(new DeleteItemCommand({ TableName: nameOf(table), Key: { [key]: { S: '2' } } })),
  };
}

export function claimTable(table: Tagged, tags: Tags): Attempt {
  return {
    ...of(table),
    what: `tag ${table.name} as their own`,
    action: 'dynamodb:TagResource',
    context: { ...prefixed('aws:ResourceTag', table.tags), ...prefixed('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) },
    run: config => new DynamoDBClient(config).send(new TagResourceCommand({ ResourceArn: table.arn, Tags: listed(tags) })),
  };
}

export function readSecret(secret: Tagged): Attempt {
  return {
    ...of(secret),
    what: `read ${secret.name}`,
    action: 'secretsmanager:GetSecretValue',
    run: async ({ endpoint, region, credentials }) => {
      const { status, body } = await signedRequest({
        endpoint, region, credentials, service: 'secretsmanager', target: 'secretsmanager.GetSecretValue', body: JSON.stringify({ SecretId: secret.arn }),
      });
      if (status !== 200) {
        throw new Error(body);
      }
    },
  };
}

export function encrypt(key: Tagged): Attempt {
  return {
    ...of(key),
    what: `encrypt with ${key.name}`,
    action: 'kms:Encrypt',
    run: config => new KMSClient(config).send(new EncryptCommand({ KeyId: key.arn, Plaintext: Buffer.from('4111') })),
  };
}

export function changeTrust(roleArn: string): Attempt {
  return {
    what: 'change who may assume the role',
    action: 'iam:UpdateAssumeRolePolicy',
    resource: roleArn,
    context: {},
    run: config => new IAMClient(config).send(new UpdateAssumeRolePolicyCommand({ RoleName: lastOf(roleArn), PolicyDocument: '{}' })),
  };
}

export function loseTags(roleArn: string, TagKeys: string[]): Attempt {
  return {
    what: 'take the tags off the role',
    action: 'iam:UntagRole',
    resource: roleArn,
    context: { 'aws:TagKeys': TagKeys },
    run: config => new IAMClient(config).send(new UntagRoleCommand({ RoleName: lastOf(roleArn), TagKeys })),
  };
}

function object(verb: string, bucket: string, key: string, tags?: Tags) {
  const values = Object.values(tags ?? {}).join('/');
  return { what: `${verb} ${key}${tags ? `, ${values ? `tagged ${values}` : 'without tags'}` : ''}`, resource: `arn:aws:s3:::${bucket}/${key}` };
}

function of({ arn, tags }: Tagged) {
  return { resource: arn, context: prefixed('aws:ResourceTag', tags) };
}

const lastOf = (arn: string) => arn.split('/').pop()!;
const nameOf = (table: Tagged) => lastOf(table.arn);
const listed = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
