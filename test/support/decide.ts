import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { render } from './deployed';

/** A request as a policy evaluator judges it: who, from where, does what to what. */
export interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string | string[]>;
  /** Whether the tags of a bucket count. */
  readonly bucketAbac?: boolean;
}

/** The principal of a request that nobody signed. */
export const ANONYMOUS = 'anonymous';

/** The policies that a request is judged by. */
export interface Policies {
  /** Of whoever asks; nobody who is anonymous has any. */
  readonly identity: object[];
  /** Of the resource, if it has one. */
  readonly resource?: object;
}

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`, for somebody whose own policies allow everything. */
export async function decide(policy: object, request: Request): Promise<string> {
  return decideBy({ identity: [EVERYTHING], resource: policy }, request);
}

/** The same, for somebody with these policies. */
export async function decideBy({ identity, resource }: Policies, request: Request): Promise<string> {
  const { principal, action } = request;
  const anonymous = principal === ANONYMOUS;
  const result = await runSimulation({
    identityPolicies: identity.map((policy, index) => ({ name: `policy-${index}`, policy })),
    resourcePolicy: resource,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    additionalSettings: { s3: { bucketAbacEnabled: request.bucketAbac } },
    request: {
      principal: anonymous ? { type: 'Anonymous' } : principal,
      action,
      resource: { resource: request.resource, accountId: request.resource.split(':')[4] || principal.split(':')[4] },
      contextVariables: { ...(anonymous ? {} : { 'aws:PrincipalArn': identityOf(principal) }), ...request.context },
    },
  } as Parameters<typeof runSimulation>[0], {});
  if (result.resultType === 'error') {
    throw new Error(`the evaluator can not judge ${action} on ${request.resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult;
}

/** Whoever has assumed a role is that role. (Paths are lost in the ARN of a session; here they have none.) */
function identityOf(principal: string): string {
  return principal.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2');
}

/** The access policy of the only vault in the stack, with what CloudFormation would put in for pseudo parameters. */
export function vaultPolicyOf(stack: Stack, { account, region }: { account: string; region: string }): any {
  const [vault] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupVault')) as any[];
  const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': account, 'AWS::Region': region };
  return render(vault.Properties.AccessPolicy, {
    ref: id => pseudo[id] ?? `<${id}>`,
    attribute: id => `arn:aws:iam::${account}:role/${id}`,
  });
}
