/**
 * Who reaches what by which tags, as a policy evaluator judges it over the synthesized policies of hub and spoke,
 * by the recipe of examples/access-matrix. docs/access-matrix.md shows the article's two examples, and is compared with them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Identity } from '../../examples/access-matrix/deployed';
import type { Assumption, Attempt, Decision } from '../../examples/access-matrix/matrix';
import { decide, decideAssume } from '../../examples/access-matrix/matrix';
import { SERVICES } from '../../src/abac-cross-account-role/service-actions';
import { abacPrograms, andAdministrator, EXTERNAL_ID, HUB, ORGANIZATION, SPOKE } from '../support/abac-programs';

/** Who, with which tags of the session, does what to what, which has which tags. '' is no tag. */
type Row = [who: string, tags: string, action: string, resource: string, resourceTags: string, expected: Decision, further?: Partial<Attempt>];
/** Who assumes which role, passing which tags. */
type Assuming = [who: string, role: string, passing: string, expected: Decision, further?: Assumption];

const { identities: IDENTITIES, deployed: DEPLOYED } = abacPrograms();
/** Whoever has AdministratorAccess besides. */
const ADMINISTRATORS = Object.fromEntries(Object.entries(IDENTITIES).map(([name, identity]) => [`${name} + administrator`, andAdministrator(identity)]));
const WHO: Record<string, Identity> = { ...IDENTITIES, ...ADMINISTRATORS };

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:${HUB}:${rest}`;
const role = (name: string, account = HUB) => `arn:aws:iam::${account}:role/${name}`;
const policy = (name: string) => `arn:aws:iam::${HUB}:policy/${name}`;
const TABLE = arn('dynamodb', 'table/orders');
const INDEX = `${TABLE}/index/by-customer`;
const SECRET = arn('secretsmanager', 'secret:password-a1b2c3');
const INSTANCE = arn('ec2', 'instance/i-0123456789abcdef0');
const RESEARCH = 'arn:aws:s3:::acme-research';
const CARDS = 'arn:aws:s3:::acme-cards';
const ALPHA = 'arn:aws:s3:::acme-alpha';
const IMPORTED = 'arn:aws:s3:::acme-imported';
const FILES = 'arn:aws:s3:::acme-alpha-files';
/** S3 looks at the tags of the bucket. */
const ABAC: Partial<Attempt> = { bucketAbac: true };

/** Example 1 of the article: a bucket with the files of project Alpha; get, put and list for whoever has its tag. */
const EXAMPLE_1: Row[] = [
  ['anna', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'Allowed', ABAC],
  ['anna', '', 's3:PutObject', `${FILES}/plan.md`, 'Project=Alpha', 'Allowed', ABAC],
  ['anna', '', 's3:ListBucket', FILES, 'Project=Alpha', 'Allowed', ABAC],
  ['ben', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
  ['ben', '', 's3:PutObject', `${FILES}/plan.md`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
  ['ben', '', 's3:ListBucket', FILES, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
  ['nobody', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
  ['nobody', '', 's3:GetObject', `${FILES}/plan.md`, '', 'ImplicitlyDenied', ABAC],
];

/** Example 2 of the article: the role DataScienceAccess in the hub, and objects of project Gamma. */
const EXAMPLE_2_ASSUMING: Assuming[] = [
  ['data-scientist', 'DataScienceAccess', 'Project=Gamma', 'Allowed', { externalId: EXTERNAL_ID }],
  ['data-scientist', 'DataScienceAccess', 'Project=Gamma', 'ImplicitlyDenied'],
  ['data-scientist', 'DataScienceAccess', 'Project=Gamma', 'ImplicitlyDenied', { externalId: 'guessed' }],
  ['data-scientist', 'DataScienceAccess', 'Project=Gamma', 'ImplicitlyDenied', { externalId: EXTERNAL_ID.toUpperCase() }],
  ['data-scientist', 'DataScienceAccess', 'Project=Alpha', 'ImplicitlyDenied', { externalId: EXTERNAL_ID }],
  ['data-engineer', 'DataScienceAccess', 'Project=Gamma', 'ImplicitlyDenied', { externalId: EXTERNAL_ID }],
  ['data-thief', 'DataScienceAccess', 'Project=Gamma', 'ImplicitlyDenied', { externalId: EXTERNAL_ID }],
];
const EXAMPLE_2: Row[] = [
  ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed', { objectTags: 'Project=Gamma' }],
  ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Alpha/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=Alpha' }],
  ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied'],
  ['DataScienceAccess', 'Project=Alpha', 's3:GetObject', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=Gamma' }],
  ['DataScienceAccess', '', 's3:GetObject', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=Gamma' }],
];

const MFA = { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '60' };
const ANNA = 'anna@example.com';

const ASSUMING: Record<string, Assuming[]> = {
  'with one\'s own tags, and no others': [
    ['data-scientist', 'EveryService', 'Project=Gamma', 'Allowed'],
    ['data-engineer', 'EveryService', 'Project=Alpha', 'Allowed'],
    ['data-scientist', 'EveryService', 'Project=Alpha', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', 'Project=gamma', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', 'project=Gamma', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', 'Project=', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', '', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', 'Project=Gamma, Team=ml', 'ImplicitlyDenied'],
    ['data-scientist', 'EveryService', 'Team=ml', 'ImplicitlyDenied'],
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4711', 'Allowed'],
    ['accountant', 'Chain', 'Project=Alpha', 'ImplicitlyDenied'],
    ['accountant', 'Chain', 'Cost center=4711', 'ImplicitlyDenied'],
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4712', 'ImplicitlyDenied'],
    ['accountant', 'Chain', 'Project=Gamma, Cost center=4711', 'ImplicitlyDenied'],
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4711, Team=ml', 'ImplicitlyDenied'],
    ['cashier', 'CardData', 'Scope=PCI', 'Allowed'],
    ['cashier', 'CardData', 'Scope=PCI, Environment=prod', 'ImplicitlyDenied'],
    ['cashier', 'CardData', 'Scope=office', 'ImplicitlyDenied'],
    // Whoever's scope counts for nothing may have a session, which reaches nothing: see below.
    ['clerk', 'CardData', 'Scope=office', 'Allowed'],
  ],
  'handing tags on': [
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4711', 'Allowed', { transitive: ['Project'] }],
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4711', 'ImplicitlyDenied', { transitive: ['Cost center'] }],
    ['accountant', 'Chain', 'Project=Alpha, Cost center=4711', 'ImplicitlyDenied', { transitive: ['Project', 'Cost center'] }],
    ['data-scientist', 'EveryService', 'Project=Gamma', 'ImplicitlyDenied', { transitive: ['Project'] }],
  ],
  'from another account or organization': [
    ['data-thief', 'EveryService', 'Project=Gamma', 'ImplicitlyDenied'],
    ['data-thief', 'Organization', 'Project=Gamma', 'ImplicitlyDenied', { context: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } }],
    ['data-thief', 'Organization', 'Project=Gamma', 'ImplicitlyDenied'],
    // Any account of the organization is trusted, if its administrators say so.
    ['data-thief', 'Organization', 'Project=Gamma', 'Allowed', { context: { 'aws:PrincipalOrgID': ORGANIZATION } }],
    ['data-scientist', 'Organization', 'Project=Gamma', 'Allowed', { context: { 'aws:PrincipalOrgID': ORGANIZATION } }],
    ['data-scientist', 'Organization', 'Project=Gamma', 'ImplicitlyDenied'],
    ['web', 'Organization', 'Project=Gamma', 'ImplicitlyDenied', { context: { 'aws:PrincipalOrgID': ORGANIZATION } }],
    ['data-scientist', 'AccountInOrganization', 'Project=Gamma', 'Allowed', { context: { 'aws:PrincipalOrgID': ORGANIZATION } }],
    ['data-scientist', 'AccountInOrganization', 'Project=Gamma', 'ImplicitlyDenied', { context: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } }],
    ['data-scientist', 'AccountInOrganization', 'Project=Gamma', 'ImplicitlyDenied'],
    ['data-thief', 'AccountInOrganization', 'Project=Gamma', 'ImplicitlyDenied', { context: { 'aws:PrincipalOrgID': ORGANIZATION } }],
  ],
  'only where both sides allow it': [
    ['data-untold', 'EveryService', 'Project=Gamma', 'ImplicitlyDenied'],
    ['cashier', 'EveryService', 'Project=Gamma', 'ImplicitlyDenied'],
    ['reports', 'EveryService', 'Project=Alpha', 'ImplicitlyDenied'],
    ['platform', 'EveryService', 'Project=Alpha', 'ImplicitlyDenied'],
    // An administrator of the spoke is trusted with the tags of the spoke, and still can not choose one that it has not.
    ['spoke-administrator', 'EveryService', 'Project=Gamma', 'Allowed'],
    ['spoke-administrator', 'EveryService', 'Project=Alpha', 'ImplicitlyDenied'],
    ['spoke-administrator', 'EveryService', 'Project=Gamma, Team=ml', 'ImplicitlyDenied'],
    ['spoke-administrator', 'EveryService', '', 'ImplicitlyDenied'],
  ],
  'with a second factor and a name': [
    ['data-scientist', 'People', 'Project=Gamma', 'Allowed', { sourceIdentity: ANNA, context: MFA }],
    ['data-scientist', 'People', 'Project=Gamma', 'Allowed', { sourceIdentity: ANNA, context: { ...MFA, 'aws:MultiFactorAuthAge': '3599' } }],
    ['data-scientist', 'People', 'Project=Gamma', 'ImplicitlyDenied', { sourceIdentity: ANNA, context: { ...MFA, 'aws:MultiFactorAuthAge': '3600' } }],
    ['data-scientist', 'People', 'Project=Gamma', 'ImplicitlyDenied', { sourceIdentity: ANNA, context: { 'aws:MultiFactorAuthPresent': 'false' } }],
    ['data-scientist', 'People', 'Project=Gamma', 'ImplicitlyDenied', { sourceIdentity: ANNA }],
    ['data-scientist', 'People', 'Project=Gamma', 'ImplicitlyDenied', { sourceIdentity: 'anna@example.org', context: MFA }],
    ['data-scientist', 'People', 'Project=Gamma', 'ImplicitlyDenied', { context: MFA }],
    ['data-scientist', 'People', 'Project=Alpha', 'ImplicitlyDenied', { sourceIdentity: ANNA, context: MFA }],
    ['data-scientist', 'EveryService', 'Project=Gamma', 'ImplicitlyDenied', { sourceIdentity: ANNA }],
  ],
};

const REACHING: Record<string, Row[]> = {
  'tags on both sides': [
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    ['EveryService', 'Project=Alpha', 'dynamodb:Query', INDEX, 'Project=Alpha', 'Allowed'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha, Environment=prod, Note=x', 'Allowed'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Beta', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:Query', INDEX, 'Project=Beta', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, '', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Team=Alpha', 'ImplicitlyDenied'],
    ['EveryService', '', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', '', 'dynamodb:GetItem', TABLE, '', 'ImplicitlyDenied'],
    ['EveryService', 'Team=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=ALPHA', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha-2', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project= Alpha', 'ImplicitlyDenied'],
    // IAM tells the keys of tags apart without regard to case, on both sides.
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'project=Alpha', 'Allowed'],
    ['EveryService', 'PROJECT=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    // What STS does not let anybody pass is no harm either: other tags decide nothing.
    ['EveryService', 'Project=Alpha, Team=ml', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE.replace('eu-west-1', 'us-east-1'), 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:GetItem', TABLE.replace(HUB, SPOKE), 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:DeleteTable', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:UpdateTable', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'ssm:PutParameter', arn('ssm', 'parameter/url'), 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'ssm:GetParametersByPath', arn('ssm', 'parameter/url'), 'Project=Alpha', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'ec2:TerminateInstances', INSTANCE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['Organization', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    ['Organization', 'Project=Alpha', 'dynamodb:PutItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['Organization', 'Project=Alpha', 'secretsmanager:GetSecretValue', SECRET, 'Project=Alpha', 'ImplicitlyDenied'],
    ['platform', '', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
  ],
  'creating': [
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'Allowed', { newTags: 'Project=Alpha' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'Allowed', { newTags: 'Project=Alpha, Note=x' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied'],
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Note=x' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Project=Beta' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Project=alpha' }],
    ['EveryService', '', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['EveryService', '', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied'],
    // AWS asks for the permission to tag as well. With it goes what nobody has tagged: IAM can not tell that it was there before.
    ['EveryService', 'Project=Alpha', 'dynamodb:TagResource', TABLE, '', 'Allowed', { newTags: 'Project=Alpha' }],
    ['EveryService', 'Project=Alpha', 'secretsmanager:TagResource', SECRET, 'Note=x', 'Allowed', { newTags: 'Project=Alpha' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:TagResource', TABLE, '', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Beta', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ImplicitlyDenied', { newTags: 'Note=x' }],
    ['EveryService', 'Project=Alpha', 'dynamodb:UntagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Project'] } }],
    ['Organization', 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Project=Alpha' }],
  ],
  'the bucket\'s tags, with ABAC of the bucket on and off': [
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${ALPHA}/a`, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Alpha', 's3:GetObjectVersion', `${ALPHA}/a`, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Alpha', 's3:PutObject', `${ALPHA}/a`, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Alpha', 's3:DeleteObject', `${ALPHA}/a`, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Alpha', 's3:ListBucket', ALPHA, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Beta', 's3:GetObject', `${ALPHA}/a`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Beta', 's3:PutObject', `${ALPHA}/a`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Beta', 's3:DeleteObject', `${ALPHA}/a`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Beta', 's3:ListBucket', ALPHA, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${ALPHA}/a`, '', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${IMPORTED}/a`, 'Project=Alpha', 'Allowed', ABAC],
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${IMPORTED}/a`, 'Project=Alpha', 'ImplicitlyDenied', { bucketAbac: false }],
    ['Buckets', 'Project=Alpha', 's3:PutObject', `${IMPORTED}/a`, 'Project=Alpha', 'ImplicitlyDenied', { bucketAbac: false }],
    ['Buckets', 'Project=Alpha', 's3:ListBucket', IMPORTED, 'Project=Alpha', 'ImplicitlyDenied', { bucketAbac: false }],
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${RESEARCH}/a`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['Buckets', 'Project=Alpha', 's3:GetObject', `${IMPORTED}/a`, '', 'ImplicitlyDenied', { objectTags: 'Project=Alpha' }],
    ['Buckets', 'Project=Alpha', 's3:PutObjectTagging', `${ALPHA}/a`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
  ],
  'the object\'s tags, in a bucket that is shared': [
    ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Alpha/given-away.csv`, '', 'Allowed', { objectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:GetObjectVersion', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed', { objectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:GetObject', `${RESEARCH}/Alpha/x`, 'Project=Gamma', 'ImplicitlyDenied', { ...ABAC, objectTags: 'Project=Alpha' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed', { newObjectTags: 'Project=Gamma, Note=x' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied'],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Alpha/model.csv`, '', 'ImplicitlyDenied', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma-2/model.csv`, '', 'ImplicitlyDenied', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/model.csv`, '', 'ImplicitlyDenied', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', '', 's3:PutObject', `${RESEARCH}/Gamma/model.csv`, '', 'ExplicitlyDenied', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', '', 's3:PutObject', `${RESEARCH}//model.csv`, '', 'ImplicitlyDenied'],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed', { objectTags: 'Project=Gamma', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=Gamma', newObjectTags: 'Note=x' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Gamma/theirs.csv`, '', 'ExplicitlyDenied', { objectTags: 'Project=Alpha', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Alpha/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Alpha', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:DeleteObjectTagging', `${RESEARCH}/Gamma/model.csv`, '', 'ExplicitlyDenied', { objectTags: 'Project=Gamma' }],
    // S3 knows no tags of the object that is deleted: the prefix decides.
    ['DataScienceAccess', 'Project=Gamma', 's3:DeleteObject', `${RESEARCH}/Gamma/model.csv`, '', 'Allowed'],
    ['DataScienceAccess', 'Project=Gamma', 's3:DeleteObject', `${RESEARCH}/Alpha/model.csv`, '', 'ImplicitlyDenied', { objectTags: 'Project=Gamma' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:DeleteObjectVersion', `${RESEARCH}/Gamma/model.csv`, '', 'ImplicitlyDenied'],
    ['DataScienceAccess', '', 's3:DeleteObject', `${RESEARCH}//model.csv`, '', 'ImplicitlyDenied'],
    // The prefix of project 'Gamma/vision' would be a folder of project Gamma: such a project has none, and only reads.
    ['DataScienceAccess', 'Project=Gamma', 's3:DeleteObject', `${RESEARCH}/Gamma/vision/model.csv`, '', 'Allowed'],
    ['DataScienceAccess', 'Project=Gamma/vision', 's3:DeleteObject', `${RESEARCH}/Gamma/vision/model.csv`, '', 'ImplicitlyDenied'],
    ['DataScienceAccess', 'Project=Gamma/vision', 's3:PutObject', `${RESEARCH}/Gamma/vision/model.csv`, '', 'ImplicitlyDenied', { newObjectTags: 'Project=Gamma/vision' }],
    ['DataScienceAccess', 'Project=Gamma/vision', 's3:ListBucket', RESEARCH, '', 'ImplicitlyDenied', { context: { 's3:prefix': 'Gamma/vision/' } }],
    ['DataScienceAccess', 'Project=Gamma/vision', 's3:GetObject', `${RESEARCH}/shared.csv`, '', 'Allowed', { objectTags: 'Project=Gamma/vision' }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'Allowed', { context: { 's3:prefix': 'Gamma/' } }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'Allowed', { context: { 's3:prefix': 'Gamma/2026/' } }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'ImplicitlyDenied', { context: { 's3:prefix': 'Gamma' } }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'ImplicitlyDenied', { context: { 's3:prefix': 'Alpha/' } }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'ImplicitlyDenied', { context: { 's3:prefix': '' } }],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', RESEARCH, '', 'ImplicitlyDenied'],
    ['DataScienceAccess', 'Project=Gamma', 's3:ListBucket', CARDS, '', 'ImplicitlyDenied', { context: { 's3:prefix': 'Gamma/' } }],
  ],
  'several tags, of which some have values that count': [
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'Allowed', { objectTags: 'Scope=PCI, Environment=prod' }],
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'Allowed', { objectTags: 'Scope=PCI, Environment=staging' }],
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'ImplicitlyDenied', { objectTags: 'Scope=PCI, Environment=test' }],
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'ImplicitlyDenied', { objectTags: 'Scope=PCI, Environment=Prod' }],
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'ImplicitlyDenied', { objectTags: 'Scope=PCI' }],
    ['CardData', 'Scope=PCI', 's3:GetObject', `${CARDS}/PCI/1`, '', 'ImplicitlyDenied', { objectTags: 'Environment=prod' }],
    ['CardData', 'Scope=office', 's3:GetObject', `${CARDS}/office/1`, '', 'ImplicitlyDenied', { objectTags: 'Scope=office, Environment=prod' }],
    ['CardData', 'Scope=office', 's3:PutObject', `${CARDS}/office/1`, '', 'ImplicitlyDenied', { newObjectTags: 'Scope=office, Environment=prod' }],
    ['CardData', 'Scope=PCI', 's3:PutObject', `${CARDS}/PCI/1`, '', 'Allowed', { newObjectTags: 'Scope=PCI, Environment=prod' }],
    ['CardData', 'Scope=PCI', 's3:PutObject', `${CARDS}/PCI/1`, '', 'ImplicitlyDenied', { newObjectTags: 'Scope=PCI' }],
    ['CardData', 'Scope=PCI', 's3:PutObject', `${CARDS}/PCI/1`, '', 'ExplicitlyDenied', { newObjectTags: 'Scope=PCI, Environment=test' }],
    ['CardData', 'Scope=PCI', 's3:DeleteObject', `${CARDS}/PCI/1`, '', 'Allowed'],
    ['CardData', 'Scope=office', 's3:DeleteObject', `${CARDS}/office/1`, '', 'ImplicitlyDenied'],
    ['CardData', 'Scope=PCI', 's3:ListBucket', CARDS, '', 'Allowed', { context: { 's3:prefix': 'PCI/' } }],
    ['CardData', 'Scope=office', 's3:ListBucket', CARDS, '', 'ImplicitlyDenied', { context: { 's3:prefix': 'office/' } }],
    ['CardData', 'Scope=PCI', 'dynamodb:GetItem', TABLE, 'Scope=PCI, Environment=prod', 'Allowed'],
    ['CardData', 'Scope=PCI', 'dynamodb:GetItem', TABLE, 'Scope=PCI, Environment=test', 'ImplicitlyDenied'],
    ['CardData', 'Scope=PCI', 'dynamodb:GetItem', TABLE, 'Scope=PCI', 'ImplicitlyDenied'],
    ['CardData', 'Scope=PCI', 'dynamodb:GetItem', TABLE, 'Environment=prod', 'ImplicitlyDenied'],
    ['CardData', 'Scope=office', 'dynamodb:GetItem', TABLE, 'Scope=office, Environment=prod', 'ImplicitlyDenied'],
    ['CardData', 'Scope=office', 'dynamodb:GetItem', TABLE, 'Scope=PCI, Environment=prod', 'ImplicitlyDenied'],
    ['CardData', 'Scope=PCI', 'dynamodb:CreateTable', TABLE, '', 'Allowed', { newTags: 'Scope=PCI, Environment=prod' }],
    ['CardData', 'Scope=PCI', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Scope=PCI' }],
    ['CardData', 'Scope=PCI', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Scope=PCI, Environment=test' }],
    ['CardData', 'Scope=PCI', 'dynamodb:TagResource', TABLE, '', 'ExplicitlyDenied', { newTags: 'Scope=PCI, Environment=test' }],
    ['Chain', 'Project=Alpha, Cost center=4711', 'dynamodb:GetItem', TABLE, 'Project=Alpha, Cost center=4711', 'Allowed'],
    ['Chain', 'Project=Alpha, Cost center=4711', 'dynamodb:GetItem', TABLE, 'Project=Alpha, Cost center=4712', 'ImplicitlyDenied'],
    ['Chain', 'Project=Alpha, Cost center=4711', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['Chain', 'Project=Alpha', 'dynamodb:GetItem', TABLE, 'Project=Alpha, Cost center=4711', 'ImplicitlyDenied'],
  ],
  'within an account, by the tags of the role or user': [
    ['reports', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'Allowed', ABAC],
    ['reports', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Beta', 'ImplicitlyDenied', ABAC],
    // A session that brings a tag has that one.
    ['reports', 'Project=Beta', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'ImplicitlyDenied', ABAC],
    ['anna', '', 's3:GetObject', `${FILES}/plan.md`, 'Project=Alpha', 'ImplicitlyDenied', { bucketAbac: false }],
    ['anna', '', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    ['anna', '', 'dynamodb:CreateTable', TABLE, '', 'Allowed', { newTags: 'Project=Alpha' }],
    ['anna', '', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied'],
    ['ben', '', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'ImplicitlyDenied'],
    ['nobody', '', 'dynamodb:GetItem', TABLE, '', 'ImplicitlyDenied'],
    ['nobody', '', 'dynamodb:CreateTable', TABLE, '', 'ImplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['grouped', '', 'dynamodb:GetItem', TABLE, 'Project=Alpha', 'Allowed'],
    ['grouped', '', 'dynamodb:GetItem', TABLE, 'Project=Beta', 'ImplicitlyDenied'],
  ],
};

const HELD = 'EveryService + administrator';
const TAMPERING: Record<string, Row[]> = {
  'the tags that decide, whatever else is allowed': [
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'project=Beta' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Project=alpha' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Beta', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Beta', 'ExplicitlyDenied', { newTags: 'Note=x' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, '', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    [HELD, 'Project=Alpha', 'dynamodb:UntagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Note', 'Project'] } }],
    [HELD, 'Project=Alpha', 'dynamodb:UntagResource', TABLE, 'Project=Beta', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Project'] } }],
    [HELD, 'Project=Alpha', 'dynamodb:UntagResource', TABLE, 'project=Beta', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['project'] } }],
    ['CardData + administrator', 'Scope=PCI', 'dynamodb:TagResource', TABLE, 'Scope=PCI, Environment=prod', 'ExplicitlyDenied', { newTags: 'Environment=test' }],
    ['CardData + administrator', 'Scope=PCI', 'dynamodb:TagResource', TABLE, 'Scope=PCI, Environment=test', 'ExplicitlyDenied', { newTags: 'Environment=prod' }],
    ['CardData + administrator', 'Scope=PCI', 'dynamodb:UntagResource', TABLE, 'Scope=PCI', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Environment'] } }],
    // What is one's own, or decides nothing, is nobody's business.
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, '', 'Allowed', { newTags: 'Project=Alpha' }],
    [HELD, 'Project=Alpha', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'Allowed', { newTags: 'Note=x' }],
    [HELD, 'Project=Alpha', 'dynamodb:UntagResource', TABLE, 'Project=Alpha', 'Allowed', { context: { 'aws:TagKeys': ['Note'] } }],
    [HELD, 'Project=Alpha', 'dynamodb:CreateTable', TABLE, '', 'Allowed', { newTags: 'Project=Alpha' }],
    ['CardData + administrator', 'Scope=PCI', 'dynamodb:TagResource', TABLE, 'Scope=PCI, Environment=prod', 'Allowed', { newTags: 'Environment=staging' }],
    ['platform', '', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'Allowed', { newTags: 'Project=Beta' }],
    ['platform', '', 'dynamodb:UntagResource', TABLE, 'Project=Alpha', 'Allowed', { context: { 'aws:TagKeys': ['Project'] } }],
  ],
  'buckets and objects': [
    ['Buckets + administrator', 'Project=Alpha', 's3:PutBucketAbac', ALPHA, 'Project=Alpha', 'ExplicitlyDenied', ABAC],
    ['Buckets + administrator', 'Project=Alpha', 's3:PutBucketTagging', ALPHA, 'Project=Alpha', 'ExplicitlyDenied', ABAC],
    ['Buckets + administrator', 'Project=Alpha', 's3:PutBucketTagging', IMPORTED, '', 'ExplicitlyDenied', { bucketAbac: false }],
    ['Buckets + administrator', 'Project=Alpha', 's3:TagResource', ALPHA, 'Project=Alpha', 'ExplicitlyDenied', { ...ABAC, newTags: 'Project=Beta' }],
    ['Buckets + administrator', 'Project=Beta', 's3:TagResource', ALPHA, 'Project=Alpha', 'ExplicitlyDenied', { ...ABAC, newTags: 'Project=Beta' }],
    ['Buckets + administrator', 'Project=Alpha', 's3:UntagResource', ALPHA, 'Project=Alpha', 'ExplicitlyDenied', { ...ABAC, context: { 'aws:TagKeys': ['Project'] } }],
    ['Buckets + administrator', 'Project=Alpha', 's3:TagResource', ALPHA, 'Project=Alpha', 'Allowed', { ...ABAC, newTags: 'Note=x' }],
    ['Buckets + administrator', 'Project=Alpha', 's3:PutBucketVersioning', ALPHA, 'Project=Alpha', 'Allowed', ABAC],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Alpha/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Alpha', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObjectVersionTagging', `${RESEARCH}/Alpha/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Alpha', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:DeleteObjectTagging', `${RESEARCH}/Gamma/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Gamma' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:DeleteObjectVersionTagging', `${RESEARCH}/Alpha/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Alpha' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Gamma/x`, '', 'Allowed', { objectTags: 'Project=Gamma', newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObjectTagging', `${RESEARCH}/Gamma/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Gamma', newObjectTags: 'Project=Alpha' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/x`, '', 'ExplicitlyDenied', { newObjectTags: 'Project=Alpha' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/x`, '', 'ExplicitlyDenied', { newObjectTags: 'project=Alpha, Note=x' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/x`, '', 'Allowed', { newObjectTags: 'Project=Gamma' }],
    ['DataScienceAccess + administrator', 'Project=Gamma', 's3:PutObject', `${RESEARCH}/Gamma/x`, '', 'Allowed'],
    ['platform', '', 's3:PutBucketAbac', ALPHA, 'Project=Alpha', 'Allowed', ABAC],
    ['platform', '', 's3:PutObject', `${RESEARCH}/Gamma/x`, '', 'Allowed', { newObjectTags: 'Project=Alpha' }],
  ],
  'the role, its trust and its policies': [
    ...['TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
      'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole'].map((action): Row =>
      [HELD, 'Project=Alpha', `iam:${action}`, role('EveryService'), '', 'ExplicitlyDenied']),
    ...['permissions', 'tamper-proofing'].flatMap(name => ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicy', 'DeletePolicyVersion'].map((action): Row =>
      [HELD, 'Project=Alpha', `iam:${action}`, policy(`EveryService-${name}`), '', 'ExplicitlyDenied'])),
    [HELD, 'Project=Alpha', 'iam:TagRole', role('reports'), '', 'Allowed', { newTags: 'Project=Beta' }],
    [HELD, 'Project=Alpha', 'iam:CreatePolicyVersion', policy('another'), '', 'Allowed'],
    ['platform', '', 'iam:UpdateAssumeRolePolicy', role('EveryService'), '', 'Allowed'],
    ['EveryService', 'Project=Alpha', 'iam:PutRolePolicy', role('reports'), '', 'ImplicitlyDenied'],
  ],
  'people and roles of a spoke': [
    ['data-scientist + administrator', '', 'iam:TagRole', role('data-scientist', SPOKE), '', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['data-scientist + administrator', '', 'iam:TagRole', role('web', SPOKE), '', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['data-scientist + administrator', '', 'iam:UntagRole', role('data-scientist', SPOKE), '', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Project'] } }],
    ['data-scientist + administrator', '', 'iam:DetachRolePolicy', role('data-scientist', SPOKE), '', 'ExplicitlyDenied'],
    ['data-scientist + administrator', '', 'iam:UpdateAssumeRolePolicy', role('data-engineer', SPOKE), '', 'ExplicitlyDenied'],
    ['data-scientist + administrator', '', 'iam:TagUser', `arn:aws:iam::${SPOKE}:user/anna`, '', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['spoke-administrator', '', 'iam:TagRole', role('spoke-administrator', SPOKE), '', 'Allowed', { newTags: 'Project=Alpha' }],
  ],
  'people and roles within an account': [
    ['anna + administrator', '', 'iam:TagUser', `arn:aws:iam::${HUB}:user/anna`, '', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['anna + administrator', '', 'iam:UntagUser', `arn:aws:iam::${HUB}:user/anna`, '', 'ExplicitlyDenied', { context: { 'aws:TagKeys': ['Project'] } }],
    ['anna + administrator', '', 'iam:DetachUserPolicy', `arn:aws:iam::${HUB}:user/anna`, '', 'ExplicitlyDenied'],
    ['anna + administrator', '', 'iam:PutUserPolicy', `arn:aws:iam::${HUB}:user/ben`, '', 'ExplicitlyDenied'],
    ['anna + administrator', '', 'iam:DeleteUserPermissionsBoundary', `arn:aws:iam::${HUB}:user/anna`, '', 'ExplicitlyDenied'],
    ['grouped + administrator', '', 'iam:DetachGroupPolicy', `arn:aws:iam::${HUB}:group/project-members`, '', 'ExplicitlyDenied'],
    ['grouped + administrator', '', 'iam:PutGroupPolicy', `arn:aws:iam::${HUB}:group/project-members`, '', 'ExplicitlyDenied'],
    ['grouped + administrator', '', 'iam:RemoveUserFromGroup', `arn:aws:iam::${HUB}:group/project-members`, '', 'ExplicitlyDenied'],
    ['reports + administrator', '', 'iam:TagRole', role('reports'), '', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['anna + administrator', '', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['anna + administrator', '', 'dynamodb:TagResource', TABLE, 'Project=Beta', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    // Whoever has no tag of its own gives none.
    ['nobody + administrator', '', 'dynamodb:TagResource', TABLE, '', 'ExplicitlyDenied', { newTags: 'Project=Alpha' }],
    ['nobody + administrator', '', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Project=Beta' }],
    ['nobody + administrator', '', 'dynamodb:TagResource', TABLE, 'Project=Alpha', 'ExplicitlyDenied', { newTags: 'Note=x' }],
    ['nobody + administrator', '', 's3:PutObjectTagging', `${RESEARCH}/Gamma/x`, '', 'ExplicitlyDenied', { objectTags: 'Project=Gamma', newObjectTags: 'Note=x' }],
    ['nobody + administrator', '', 'dynamodb:TagResource', TABLE, '', 'Allowed', { newTags: 'Note=x' }],
    ['anna + administrator', '', 's3:PutBucketAbac', FILES, 'Project=Alpha', 'ExplicitlyDenied', ABAC],
  ],
};

const KEY_LEFT_TO_IAM = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HUB}:root` }, Action: 'kms:*', Resource: '*' }] };
/** One resource of each service. */
const RESOURCES: Record<string, [arn: string, further?: Partial<Attempt>]> = {
  dynamodb: [TABLE],
  secrets: [SECRET],
  parameters: [arn('ssm', 'parameter/url')],
  keys: [arn('kms', 'key/8a3f1b1e-0000-4000-8000-000000000000'), { resourcePolicy: KEY_LEFT_TO_IAM }],
  queues: [arn('sqs', 'jobs')],
  topics: [arn('sns', 'news')],
  functions: [arn('lambda', 'function:resize')],
  instances: [INSTANCE],
};

/** Every action of the map. */
function rowsOf(service: string): Row[] {
  const [resource, further] = RESOURCES[service];
  const { service: prefix, read, write, create, list, tag, untag } = SERVICES[service];
  return [
    ...[...read, ...write].flatMap((action): Row[] => ['Project=Alpha', 'Project=Beta', 'Project=alpha', ''].map((tags): Row =>
      ['EveryService', 'Project=Alpha', `${prefix}:${action}`, resource, tags, tags === 'Project=Alpha' ? 'Allowed' : 'ImplicitlyDenied', further])),
    ...create.flatMap((action): Row[] => ['Project=Alpha', 'Project=Beta', ''].map((newTags): Row =>
      ['EveryService', 'Project=Alpha', `${prefix}:${action}`, resource, '', newTags === 'Project=Alpha' ? 'Allowed' : 'ImplicitlyDenied', { newTags }])),
    ...list.map((action): Row => ['EveryService', 'Project=Alpha', `${prefix}:${action}`, '*', '', 'Allowed']),
    ['EveryService', 'Project=Alpha', `${prefix}:${tag}`, resource, '', create.length > 0 ? 'Allowed' : 'ImplicitlyDenied', { ...further, newTags: 'Project=Alpha' }],
    [HELD, 'Project=Alpha', `${prefix}:${tag}`, resource, '', 'Allowed', { ...further, newTags: 'Project=Alpha' }],
    [HELD, 'Project=Alpha', `${prefix}:${tag}`, resource, 'Project=Alpha', 'ExplicitlyDenied', { ...further, newTags: 'Project=Beta' }],
    [HELD, 'Project=Alpha', `${prefix}:${tag}`, resource, 'Project=Beta', 'ExplicitlyDenied', { ...further, newTags: 'Project=Alpha' }],
    [HELD, 'Project=Alpha', `${prefix}:${untag}`, resource, 'Project=Alpha', 'ExplicitlyDenied', { ...further, context: { 'aws:TagKeys': ['Project'] } }],
  ];
}

const decideRow = async ([who, tags, action, resource, resourceTags,, further]: Row) =>
  decide(WHO[who], { action, resource, tags, resourceTags, ...further });
const decideAssuming = async ([who, roleName, passing,, further]: Assuming) => decideAssume(WHO[who], WHO[roleName], { passing, ...further });

const text = (further?: object) => further ? `, ${JSON.stringify({ ...further, resourcePolicy: undefined })}` : '';
const reaches = (rows: Row[]) => test.each(rows.map((row): [string, Row] =>
  [`${row[0]} [${row[1]}] ${row[2]} ${row[3]} [${row[4]}]${text(row[6])}: ${row[5]}`, row]))('%s', async (_, row) => {
  expect(await decideRow(row)).toBe(row[5]);
});
const assumes = (rows: Assuming[]) => test.each(rows.map((row): [string, Assuming] =>
  [`${row[0]} becomes ${row[1]} [${row[2]}]${text(row[4])}: ${row[3]}`, row]))('%s', async (_, row) => {
  expect(await decideAssuming(row)).toBe(row[3]);
});

describe('example 1: the bucket with the files of project Alpha', () => reaches(EXAMPLE_1));
describe('example 2: DataScienceAccess, and the objects of project Gamma', () => {
  assumes(EXAMPLE_2_ASSUMING);
  reaches(EXAMPLE_2);
});
describe.each(Object.entries(ASSUMING))('who becomes the role: %s', (_, rows) => assumes(rows));
// AWS asks for them all; each is refused by itself as well, whatever the others say.
describe('who becomes the role: each action by itself, for an administrator of the spoke', () => reaches(([
  ['EveryService', 'sts:AssumeRole', 'Allowed', { newTags: 'Project=Gamma' }],
  ['EveryService', 'sts:AssumeRole', 'ImplicitlyDenied', { newTags: 'Project=Alpha' }],
  ['EveryService', 'sts:TagSession', 'Allowed', { newTags: 'Project=Gamma' }],
  ['EveryService', 'sts:TagSession', 'ImplicitlyDenied', { newTags: 'Project=Alpha' }],
  ['EveryService', 'sts:TagSession', 'ImplicitlyDenied', { newTags: 'Project=Gamma, Team=ml' }],
  ['EveryService', 'sts:TagSession', 'ImplicitlyDenied', {}],
  ['EveryService', 'sts:SetSourceIdentity', 'ImplicitlyDenied', { context: { 'sts:SourceIdentity': ANNA } }],
  ['People', 'sts:SetSourceIdentity', 'Allowed', { context: { 'sts:SourceIdentity': ANNA } }],
  ['People', 'sts:SetSourceIdentity', 'ImplicitlyDenied', { context: { 'sts:SourceIdentity': 'anna@example.org' } }],
  ['People', 'sts:SetSourceIdentity', 'ImplicitlyDenied', {}],
] as [string, string, Decision, Partial<Attempt>][]).map(([name, action, expected, further]): Row =>
  ['spoke-administrator', '', action, role(name), '', expected, { ...further, resourcePolicy: WHO[name].trust }])));
describe.each(Object.entries(REACHING))('what a session reaches: %s', (_, rows) => reaches(rows));
describe.each(Object.keys(RESOURCES))('each action of %s', service => reaches(rowsOf(service)));
describe.each(Object.entries(TAMPERING))('what nobody changes: %s', (_, rows) => reaches(rows));

test('S3 looks at the tags of the buckets that are reached by them, as the rows say', () => {
  expect(['acme-alpha', 'acme-alpha-files', 'acme-imported', 'acme-research'].map(name => DEPLOYED.bucketAbac(name))).toEqual([true, true, false, false]);
});

test('all services are there', () => {
  expect(Object.keys(RESOURCES)).toEqual(Object.keys(SERVICES));
});

describe('docs/access-matrix.md', () => {
  const page = readFileSync(resolve(__dirname, '../../docs/access-matrix.md'), 'utf8');
  const tableUnder = (heading: string) => page.split(`### ${heading}\n`)[1].split('\n#')[0].split('\n').filter(line => line.startsWith('|')).slice(2);
  const line = (...cells: string[]) => `| ${cells.join(' | ')} |`;
  const code = (each: string) => each === '' ? 'none' : `\`${each}\``;

  test('shows who becomes the role', () => {
    expect(tableUnder('Who becomes the role')).toEqual(EXAMPLE_2_ASSUMING.map(([who, becomes, passing, expected, { externalId = '' } = {}]) =>
      line(code(who), code(becomes), code(passing), code(externalId), expected)));
  });

  test('shows who reaches what', () => {
    expect(tableUnder('Who reaches what')).toEqual([...EXAMPLE_1, ...EXAMPLE_2].map(([who, tags, action, resource, resourceTags, expected, { objectTags = '' } = {}]) =>
      line(code(who), code(tags), code(action), code(resource.replace('arn:aws:s3:::', '')), code(resourceTags || objectTags), expected)));
  });
});
