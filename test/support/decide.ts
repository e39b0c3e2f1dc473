import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';

/** A request as a policy evaluator judges it: who, from where, does what to what. */
export interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string | string[]>;
}

/** `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`, for somebody whose own policies allow everything. */
export async function decide(policy: object, request: Request): Promise<string> {
  const account = request.resource.split(':')[4] || request.principal.split(':')[4];
  const result = await runSimulation({
    identityPolicies: [{ name: 'admin', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }],
    resourcePolicy: policy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: account },
      contextVariables: { 'aws:PrincipalArn': identityOf(request.principal), ...request.context },
    },
  } as Parameters<typeof runSimulation>[0], {});
  if (result.resultType === 'error') {
    throw new Error(`the evaluator can not judge ${request.action} on ${request.resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult;
}

/** Whoever has assumed a role is that role. (Paths are lost in the ARN of a session; here they have none.) */
function identityOf(principal: string): string {
  return principal.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2');
}

/** The access policy of the only vault in the stack, with what CloudFormation would put in for pseudo parameters. */
export function vaultPolicyOf(stack: Stack, pseudo: { account: string; region: string }): any {
  const [vault] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupVault')) as any[];
  return render(vault.Properties.AccessPolicy, { 'AWS::Partition': 'aws', 'AWS::AccountId': pseudo.account, 'AWS::Region': pseudo.region });
}

function render(value: any, pseudo: Record<string, string>): any {
  if (Array.isArray(value)) {
    return value.map(each => render(each, pseudo));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('Ref' in value) {
    return pseudo[value.Ref] ?? `<${value.Ref}>`;
  }
  if ('Fn::GetAtt' in value) {
    return `arn:aws:iam::${pseudo['AWS::AccountId']}:role/${value['Fn::GetAtt'][0]}`;
  }
  if ('Fn::Sub' in value) {
    return value['Fn::Sub'].replace(/\$\{([^}]+)\}/g, (_: string, name: string) => pseudo[name]);
  }
  if ('Fn::Join' in value) {
    return render(value['Fn::Join'][1], pseudo).join(value['Fn::Join'][0]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, render(each, pseudo)]));
}
