import { runSimulation } from '@cloud-copilot/iam-simulate';

/** An attempt of a service of AWS to reach a resource, on behalf of somebody's log. */
export interface Delivery {
  readonly service?: string;
  readonly action?: string;
  readonly resource: string;
  /** Whose log it is. */
  readonly account: string;
  readonly region: string;
  readonly organization?: string;
  readonly acl?: string;
}

/** What the policy of the resource decides: a service has no policies of its own. */
export async function mayDeliver(policy: object, delivery: Delivery): Promise<string> {
  const { service = 'delivery.logs.amazonaws.com', action = 's3:PutObject', resource, account, region, organization, acl = 'bucket-owner-full-control' } = delivery;
  const result = await runSimulation({
    identityPolicies: [],
    resourcePolicy: policy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    request: {
      principal: service,
      action,
      resource: { resource, accountId: '999999999999' },
      contextVariables: {
        'aws:SecureTransport': 'true',
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:aws:logs:${region}:${account}:log-delivery`,
        ...organization ? { 'aws:SourceOrgID': organization } : {},
        ...action === 's3:PutObject' ? { 's3:x-amz-acl': acl } : {},
      },
    },
  } as unknown as Parameters<typeof runSimulation>[0], {});
  if (result.resultType === 'error') {
    throw new Error(`the evaluator can not judge ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult;
}
