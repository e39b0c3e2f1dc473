import { createHash, createHmac } from 'node:crypto';

/** Whose request it is: a session of a role, or the root of an account. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request to a service that no client of the AWS SDK is installed for. */
export interface SignedRequest {
  /** Where it is sent. */
  readonly endpoint: string;
  /** Its name in the signature, such as `sts`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** @default '/' */
  readonly path?: string;
  /** For services of the JSON protocol. @default - the body is a form, or there is none */
  readonly target?: string;
  /** @default - none: the request is a GET */
  readonly body?: string;
}

/** What a service answers to a request with Signature Version 4. */
export async function signedRequest(request: SignedRequest): Promise<{ status: number; body: string }> {
  const { endpoint, service, region, credentials, path = '/', target, body = '' } = request;
  const method = request.body === undefined ? 'GET' : 'POST';
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    'content-type': target ? 'application/x-amz-json-1.1' : 'application/x-www-form-urlencoded',
    'host': new URL(endpoint).host,
    'x-amz-date': now,
    ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
    ...(target ? { 'x-amz-target': target } : {}),
  };
  const signed = Object.keys(headers).sort();
  const canonical = [method, path, '', ...signed.map(name => `${name}:${headers[name]}`), '', signed.join(';'), sha256(body)].join('\n');
  const scope = [now.slice(0, 8), region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', now, scope.join('/'), sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
  const { host: _, ...sent } = headers;
  const response = await fetch(endpoint + path, { method, headers: { ...sent, authorization }, body: request.body });
  return { status: response.status, body: await response.text() };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
