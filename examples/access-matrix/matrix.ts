/**
 * Who may do what, as a policy evaluator judges it. Copy this file and deployed.ts.
 *
 * `@cloud-copilot/iam-simulate` stands under the AGPL: it is a development dependency of yours, and goes nowhere with the app.
 */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Identity } from './deployed';

/** What is decided. Nobody allows the second; the third is denied whatever other policies say. */
export type Decision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/** What somebody tries. Tags are written as 'Project=Gamma, Environment=prod'. */
export interface Attempt {
  readonly action: string;
  /** An ARN; '*' for actions that list. */
  readonly resource: string;
  /** Of the session; other tags are those of the role or user. */
  readonly tags?: string;
  /** Of the resource; for what is in a bucket, of the bucket. */
  readonly resourceTags?: string;
  /** That are given, to what is created or tagged. */
  readonly newTags?: string;
  /** Of the object in S3. */
  readonly objectTags?: string;
  /** That are given to the object in S3. */
  readonly newObjectTags?: string;
  /** Whatever else AWS tells of a request, such as `aws:PrincipalOrgID`. */
  readonly context?: Record<string, string | string[]>;
  /** The policy of the resource: that of a key of KMS, or of the role that is assumed. */
  readonly resourcePolicy?: object;
  /** Whether S3 looks at the tags of the bucket: `deployed.bucketAbac(name)`. */
  readonly bucketAbac?: boolean;
}

/** What AWS decides, for somebody who is that role or user. */
export async function decide({ arn, tags: own, policies }: Identity, attempt: Attempt): Promise<Decision> {
  const [,,,, account, name] = arn.split(':');
  const tags = { ...own };
  for (const [key, value] of Object.entries(tagsOf(attempt.tags))) {
    // A tag of the session takes the place of the role's, whose key is the same without regard to case.
    Object.keys(tags).filter(each => each.toLowerCase() === key.toLowerCase()).forEach(each => delete tags[each]);
    tags[key] = value;
  }
  const [newTags, newObjectTags] = [tagsOf(attempt.newTags), tagsOf(attempt.newObjectTags)];
  const result = await runSimulation({
    identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
    resourcePolicy: attempt.resourcePolicy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    additionalSettings: { s3: { bucketAbacEnabled: attempt.bucketAbac ?? false } },
    request: {
      principal: name.startsWith('role/') ? `arn:aws:sts::${account}:assumed-role/${name.split('/').pop()}/session` : arn,
      action: attempt.action,
      resource: { resource: attempt.resource, accountId: attempt.resource.split(':')[4] || account },
      contextVariables: {
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': account,
        ...keyed('aws:PrincipalTag', tags),
        ...keyed('aws:ResourceTag', tagsOf(attempt.resourceTags)),
        ...keyed('aws:RequestTag', newTags, 'aws:TagKeys'),
        ...keyed('s3:ExistingObjectTag', tagsOf(attempt.objectTags)),
        ...keyed('s3:RequestObjectTag', newObjectTags, 's3:RequestObjectTagKeys'),
        ...attempt.context,
      },
    },
  }, {});
  if (result.resultType === 'error') {
    throw new Error(`the evaluator can not judge ${attempt.action} on ${attempt.resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult;
}

/** How a role is assumed. */
export interface Assumption {
  /** The tags that the session is to have, as 'Project=Gamma'. */
  readonly passing?: string;
  /** The keys of tags that it hands on. */
  readonly transitive?: string[];
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  /** Whatever else AWS tells of a request, such as `aws:PrincipalOrgID`. */
  readonly context?: Record<string, string | string[]>;
}

/** Whether somebody may assume a role like that: each side, and each of the actions that AWS asks for, must allow it. */
export async function decideAssume(who: Identity, role: Identity, how: Assumption): Promise<Decision> {
  const { passing, transitive = [], externalId, sourceIdentity, context } = how;
  const actions = ['sts:AssumeRole', ...(passing ? ['sts:TagSession'] : []), ...(sourceIdentity ? ['sts:SetSourceIdentity'] : [])];
  const decisions = await Promise.all(actions.map(action => decide(who, {
    action,
    resource: role.arn,
    newTags: passing,
    resourcePolicy: role.trust,
    context: {
      ...(transitive.length > 0 ? { 'sts:TransitiveTagKeys': transitive } : {}),
      ...(externalId ? { 'sts:ExternalId': externalId } : {}),
      ...(sourceIdentity ? { 'sts:SourceIdentity': sourceIdentity } : {}),
      ...context,
    },
  })));
  return decisions.find(each => each === 'ExplicitlyDenied') ?? decisions.find(each => each === 'ImplicitlyDenied') ?? 'Allowed';
}

function tagsOf(text = ''): Record<string, string> {
  return Object.fromEntries(text.split(', ').filter(each => each !== '').map(each => each.split(/=(.*)/, 2)));
}

function keyed(prefix: string, tags: Record<string, string>, listedAs?: string): Record<string, string | string[]> {
  const keys = Object.keys(tags);
  return { ...Object.fromEntries(keys.map(key => [`${prefix}/${key}`, tags[key]])), ...(listedAs && keys.length > 0 ? { [listedAs]: keys } : {}) };
}
