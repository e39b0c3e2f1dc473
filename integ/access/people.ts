/** Who there is in the example of AbacCrossAccountRole, and how they try to assume the role of the platform. */
import type { Assumption } from '../emulator/assume-role';
import { ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT } from '../emulator/environments';

export const ORGANIZATION = 'o-exampleorg1';
export const HUB_ROLE = `arn:aws:iam::${ACCOUNT}:role/DataScienceAccess`;

export type Tags = Record<string, string>;

/** A role of an account, and the tags that its sessions have. */
export interface Somebody {
  readonly account: string;
  readonly role: string;
  readonly tags: Tags;
}

export const DATA_SCIENTIST: Somebody = { account: OTHER_ACCOUNT, role: 'data-scientists', tags: { Project: 'Gamma', Environment: 'prod' } };
export const PAYMENTS_ANALYST: Somebody = { account: THIRD_ACCOUNT, role: 'payments-analysts', tags: { Project: 'Delta', Environment: 'prod' } };
export const ALPHA_DEVELOPER: Somebody = { account: OTHER_ACCOUNT, role: 'alpha-developers', tags: { Project: 'Alpha' } };
export const CARD_DATA_OPERATOR: Somebody = { account: THIRD_ACCOUNT, role: 'card-data-operators', tags: { Scope: 'PCI' } };
/** In no program: of an account outside of the organization, allowed everything there, with the tags of the data scientists. */
export const STRANGER: Somebody = { account: '444444444444', role: 'strangers', tags: DATA_SCIENTIST.tags };
/** In no program either: a policy of their own that AWS would refuse, since it forgets to allow sts:TagSession. */
export const FORGETFUL: Somebody = { ...DATA_SCIENTIST, role: 'forgetful-scientists' };

/** Whoever has assumed the role of the platform, with their tags. */
export function onThePlatform({ tags }: Somebody): Somebody {
  return { account: ACCOUNT, role: 'DataScienceAccess', tags };
}

/** Somebody tries to assume the role of the platform. */
export interface AssumeAttempt extends Assumption {
  readonly who: Somebody;
  readonly how: string;
  /** Why the emulator lets them in though AWS would not. @default - it does not, or they may */
  readonly difference?: string;
}

export const RIGHTLY = 'with the external id and their own tags';

/** As the people are meant to do it. */
export function rightly(who: Somebody): AssumeAttempt {
  return { who, how: RIGHTLY, roleArn: HUB_ROLE, externalId: 'data-platform', tags: who.tags };
}

const gamma = rightly(DATA_SCIENTIST);
export const ASSUME_ATTEMPTS: AssumeAttempt[] = [
  gamma,
  rightly(PAYMENTS_ANALYST),
  { ...gamma, how: 'with another external id', externalId: 'another' },
  { ...gamma, how: 'without an external id', externalId: undefined },
  { ...gamma, how: 'without tags', tags: {} },
  { ...gamma, how: 'with one tag of two', tags: { Project: 'Gamma' } },
  { ...gamma, how: 'with the project of another team', tags: { ...gamma.tags, Project: 'Delta' } },
  { ...gamma, how: 'with a tag too many', tags: { ...gamma.tags, CostCenter: '7' } },
  { ...gamma, how: 'handing the project on', transitive: ['Project'] },
  { ...rightly(ALPHA_DEVELOPER), how: 'without a policy that allows it' },
  {
    ...rightly(FORGETFUL),
    how: 'without a policy that allows to bring tags',
    difference: 'the emulator asks the policies of the caller for sts:AssumeRole alone',
  },
  { ...rightly(STRANGER), how: 'from an account that is not trusted' },
];

/** What STS knows of the request. */
export function contextOf({ who, externalId, tags = {}, transitive }: AssumeAttempt): Record<string, string | string[]> {
  const keys = Object.keys(tags);
  return {
    ...(who === STRANGER ? {} : { 'aws:PrincipalOrgID': ORGANIZATION }),
    ...prefixed('aws:PrincipalTag', who.tags),
    ...prefixed('aws:RequestTag', tags),
    ...(keys.length > 0 ? { 'aws:TagKeys': keys } : {}),
    ...(externalId ? { 'sts:ExternalId': externalId } : {}),
    ...(transitive ? { 'sts:TransitiveTagKeys': transitive } : {}),
  };
}

/** Tags as condition keys. */
export function prefixed(prefix: string, tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
}
