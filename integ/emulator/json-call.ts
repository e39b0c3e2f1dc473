import type { Emulator } from './emulator';
import { ACCOUNT } from './environments';
import { signedRequest } from './signed-request';

/** Services of the JSON protocol that no client of the AWS SDK is installed for: their target, and their name in a signature. */
const SERVICES: Record<string, string> = {
  AmazonAthena: 'athena',
  AWSGlue: 'glue',
  AWSStepFunctions: 'states',
  Firehose_20150804: 'firehose',
  Logs_20140328: 'logs',
};

/** Where a call goes. */
export interface CallOptions {
  readonly region: string;
  /** @default - the first of the examples */
  readonly account?: string;
}

/** What a service answers to an operation such as `AmazonAthena.GetWorkGroup`; a refusal is an error. */
export async function jsonCall(emulator: Emulator, options: CallOptions, target: string, body: object = {}): Promise<any> {
  return answered(emulator, options, { service: SERVICES[target.split('.')[0]], target, body: JSON.stringify(body) });
}

/** What a service answers to a GET of a path. */
export async function jsonGet(emulator: Emulator, options: CallOptions, service: string, path: string): Promise<any> {
  return answered(emulator, options, { service, path });
}

async function answered(
  { endpoint }: Emulator, { region, account = ACCOUNT }: CallOptions, request: { service: string; path?: string; target?: string; body?: string },
): Promise<any> {
  const credentials = { accessKeyId: account, secretAccessKey: 'local' };
  const { status, body } = await signedRequest({ endpoint, region, credentials, ...request });
  if (status >= 400) {
    throw new Error(`${request.target ?? request.path} was refused: ${body}`);
  }
  return JSON.parse(body);
}
