import type { Credentials } from './signed-request';
import { signedRequest } from './signed-request';

/** With what a role is assumed. */
export interface Assumption {
  readonly roleArn: string;
  /** @default - none */
  readonly externalId?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
  /** Keys of tags that the session hands on. @default - none */
  readonly transitive?: string[];
}

/** The credentials of a session, or what STS said against it. */
export async function assumeRole(endpoint: string, credentials: Credentials, assumption: Assumption): Promise<Credentials | string> {
  const { roleArn, externalId, tags = {}, transitive = [] } = assumption;
  const form = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', RoleArn: roleArn, RoleSessionName: 'somebody' });
  if (externalId) {
    form.set('ExternalId', externalId);
  }
  Object.entries(tags).forEach(([key, value], index) => {
    form.set(`Tags.member.${index + 1}.Key`, key);
    form.set(`Tags.member.${index + 1}.Value`, value);
  });
  transitive.forEach((key, index) => form.set(`TransitiveTagKeys.member.${index + 1}`, key));
  const { status, body } = await signedRequest({ endpoint, service: 'sts', region: 'eu-west-1', credentials, body: form.toString() });
  const said = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '';
  return status === 200
    ? { accessKeyId: said('AccessKeyId'), secretAccessKey: said('SecretAccessKey'), sessionToken: said('SessionToken') }
    : `${said('Code')}: ${said('Message')}`;
}
