/** The example of AbacCrossAccountRole as it is deployed on an emulator, with something in its lake, buckets and tables. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Attempt, SessionConfig, Tagged } from './attempts';
import {
  changeTrust, claimTable, deleteItem, deleteObject, encrypt, inTaggedBucket, listObjects, loseTags, readItem, readObject, readSecret, retagObject,
  writeObject,
} from './attempts';
import type { AssumeAttempt, Somebody, Tags } from './people';
import { FORGETFUL, HUB_ROLE, ORGANIZATION, STRANGER } from './people';
import { assumeRole } from '../emulator/assume-role';
import type { Emulator } from '../emulator/emulator';
import { ACCOUNT, IRELAND, OTHER_ACCOUNT, THIRD_ACCOUNT } from '../emulator/environments';
import { physicalId } from '../emulator/physical-id';
import type { Credentials } from '../emulator/signed-request';
import { signedRequest } from '../emulator/signed-request';

const GAMMA: Tags = { Project: 'Gamma', Environment: 'prod' };
const GAMMA_TEST: Tags = { Project: 'Gamma', Environment: 'test' };
const DELTA: Tags = { Project: 'Delta', Environment: 'prod' };
const PROJECTS = [GAMMA, GAMMA_TEST, DELTA];
const PCI: Tags = { Scope: 'PCI' };

export class AccessScene {
  /** Fills what was deployed, makes its accounts an organization, adds whoever the example does not have, and enforces IAM. */
  public static async of(emulator: Emulator): Promise<AccessScene> {
    const find = (account: string, stack: string, type: string, id?: RegExp) => physicalId(emulator, IRELAND, stack, type, id, account);
    const scene = new AccessScene(emulator, {
      lake: await find(ACCOUNT, 'DataPlatform', 'AWS::S3::Bucket'),
      alpha: await find(OTHER_ACCOUNT, 'ProjectFiles', 'AWS::S3::Bucket', /^AlphaFiles/),
      beta: await find(OTHER_ACCOUNT, 'ProjectFiles', 'AWS::S3::Bucket', /^BetaFiles/),
      cardTokens: await find(THIRD_ACCOUNT, 'CardData', 'AWS::DynamoDB::GlobalTable', /^CardTokens/),
      campaigns: await find(THIRD_ACCOUNT, 'CardData', 'AWS::DynamoDB::GlobalTable', /^Campaigns/),
      cardKey: await find(THIRD_ACCOUNT, 'CardData', 'AWS::KMS::Key', /^Key/),
      ...Object.fromEntries(await Promise.all(PROJECTS.map(async tags =>
        [nameOf(tags), await find(ACCOUNT, 'DataPlatform', 'AWS::DynamoDB::GlobalTable', new RegExp(`^${tags.Project}${tags.Environment}`))]))),
    });
    await scene.fill();
    await scene.createRole(STRANGER, { Action: '*', Resource: '*' });
    await scene.createRole(FORGETFUL, { Action: 'sts:AssumeRole', Resource: HUB_ROLE });
    await scene.organize([ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT]);
    await emulator.enforceIam();
    return scene;
  }

  private constructor(private readonly emulator: Emulator, private readonly ids: Record<string, string>) {}

  /** Which accounts are in the organization from now on. */
  public async organize(accounts: string[]): Promise<void> {
    await this.emulator.control(ACCOUNT, IRELAND, '/_iam/organization', { id: ORGANIZATION, accounts });
  }

  /** Signed in as a role of their account. */
  public async signIn({ account, role }: Somebody): Promise<Credentials> {
    const root = { accessKeyId: account, secretAccessKey: 'local' };
    const session = await assumeRole(this.emulator.endpoint, root, { roleArn: `arn:aws:iam::${account}:role/${role}` });
    if (typeof session === 'string') {
      throw new Error(`${role} can not sign in: ${session}`);
    }
    return session;
  }

  /** The credentials of the platform's role, or what STS said against it. */
  public async assume(attempt: AssumeAttempt): Promise<Credentials | string> {
    return assumeRole(this.emulator.endpoint, await this.signIn(attempt.who), attempt);
  }

  /** Whether it was allowed. An error that is no refusal is thrown. */
  public async try(attempt: Attempt, credentials: Credentials): Promise<boolean> {
    try {
      await attempt.run({ ...this.emulator.clientConfig(ACCOUNT, IRELAND), credentials } as SessionConfig);
      return true;
    } catch (error) {
      if (/AccessDenied/.test((error as Error).name + (error as Error).message)) {
        return false;
      }
      throw error;
    }
  }

  /** What a data scientist of Gamma in production may try on the platform. */
  public async onThePlatform(): Promise<Attempt[]> {
    const { lake } = this.ids;
    const [gamma, , delta] = PROJECTS.map(tags => this.table(`the table of ${nameOf(tags)}`, nameOf(tags), tags));
    const secrets = await Promise.all(PROJECTS.map(tags => this.secret(`the secret of ${nameOf(tags)}`, ACCOUNT, `warehouse/${nameOf(tags)}`, tags)));
    return [
      ...PROJECTS.map(tags => readObject(lake, `${nameOf(tags)}/data`, tags)),
      readObject(lake, 'untagged', {}),
      writeObject(lake, 'Gamma/prod/new', GAMMA),
      writeObject(lake, 'Gamma/prod/bare', {}),
      writeObject(lake, 'Gamma/prod/given', DELTA),
      writeObject(lake, 'Delta/prod/taken', GAMMA),
      retagObject(lake, 'Gamma/prod/data', GAMMA, GAMMA),
      retagObject(lake, 'Gamma/prod/data', GAMMA, DELTA),
      retagObject(lake, 'Delta/prod/data', DELTA, GAMMA),
      deleteObject(lake, 'Gamma/prod/old'),
      deleteObject(lake, 'Delta/prod/old'),
      listObjects(lake, 'Gamma/prod/'),
      listObjects(lake, 'Delta/prod/'),
      ...PROJECTS.map(tags => readItem(this.table(`the table of ${nameOf(tags)}`, nameOf(tags), tags), 'id')),
      deleteItem(gamma, 'id'),
      ...secrets.map(readSecret),
      claimTable(delta, GAMMA),
      changeTrust(HUB_ROLE),
    ];
  }

  /** What a developer of project Alpha may try in their own account. */
  public get withTheFiles(): Attempt[] {
    return [
      ...['Alpha', 'Beta'].flatMap(project => {
        const bucket = this.ids[project.toLowerCase()];
        return inTaggedBucket({ name: project, arn: `arn:aws:s3:::${bucket}`, tags: { Project: project } }, bucket);
      }),
      loseTags(`arn:aws:iam::${OTHER_ACCOUNT}:role/alpha-developers`, ['Project']),
    ];
  }

  /** What an operator of card data may try in their own account. */
  public async withCardData(): Promise<Attempt[]> {
    const tokens = this.table('the card tokens', 'cardTokens', PCI, THIRD_ACCOUNT);
    return [
      readItem(tokens, 'token'),
      deleteItem(tokens, 'token'),
      readSecret(await this.secret('the login of the bank', THIRD_ACCOUNT, 'bank-login', PCI)),
      encrypt({ name: 'the key of the card data', arn: `arn:aws:kms:${IRELAND}:${THIRD_ACCOUNT}:key/${this.ids.cardKey}`, tags: PCI }),
      readItem(this.table('the campaigns', 'campaigns', { Scope: 'none' }, THIRD_ACCOUNT), 'campaign'),
    ];
  }

  private table(name: string, id: string, tags: Tags, account = ACCOUNT): Tagged {
    return { name, arn: `arn:aws:dynamodb:${IRELAND}:${account}:table/${this.ids[id]}`, tags };
  }

  /** Its ARN ends in letters that nobody chose. */
  private async secret(name: string, account: string, SecretId: string, tags: Tags): Promise<Tagged> {
    const { body } = await signedRequest({
      endpoint: this.emulator.endpoint,
      region: IRELAND,
      credentials: { accessKeyId: account, secretAccessKey: 'local' },
      service: 'secretsmanager',
      target: 'secretsmanager.DescribeSecret',
      body: JSON.stringify({ SecretId }),
    });
    return { name, arn: JSON.parse(body).ARN, tags };
  }

  private async fill(): Promise<void> {
    const put = (account: string, Bucket: string, Key: string, tags: Tags = {}) => new S3Client(this.emulator.clientConfig(account, IRELAND))
      .send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: new URLSearchParams(tags).toString() || undefined }));
    const write = (account: string, id: string, key: string) => new DynamoDBClient(this.emulator.clientConfig(account, IRELAND))
      .send(new PutItemCommand({ TableName: this.ids[id], Item: { [key]: { S: '1' } } }));
    for (const tags of PROJECTS) {
      await put(ACCOUNT, this.ids.lake, `${nameOf(tags)}/data`, tags);
      await put(ACCOUNT, this.ids.lake, `${nameOf(tags)}/old`, tags);
      await write(ACCOUNT, nameOf(tags), 'id');
    }
    await put(ACCOUNT, this.ids.lake, 'untagged');
    await put(OTHER_ACCOUNT, this.ids.alpha, 'plan');
    await put(OTHER_ACCOUNT, this.ids.beta, 'plan');
    await write(THIRD_ACCOUNT, 'cardTokens', 'token');
    await write(THIRD_ACCOUNT, 'campaigns', 'campaign');
  }

  /** A role that the example does not have, with an inline policy. */
  private async createRole({ account, role: RoleName, tags }: Somebody, statement: object): Promise<void> {
    const iam = new IAMClient(this.emulator.clientConfig(account, IRELAND));
    const allow = (what: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...what }] });
    await iam.send(new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: allow({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: allow(statement) }));
  }
}

/** How the prefix, the table and the secret of a project are called. */
function nameOf({ Project, Environment }: Tags): string {
  return `${Project}/${Environment}`;
}
