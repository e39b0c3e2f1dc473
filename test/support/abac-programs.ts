import { Group, ManagedPolicy, Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { IRELAND, testApp } from './app';
import type { Identity } from '../../examples/access-matrix/deployed';
import { Deployed } from '../../examples/access-matrix/deployed';
import { AbacCrossAccountRole, AbacPermission, AbacPolicy, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from '../../src';
import type { AbacCrossAccountRoleProps, AbacHubRole } from '../../src';

export const HUB = IRELAND.account;
export const SPOKE = '222222222222';
export const STRANGERS = '333333333333';
export const ORGANIZATION = 'o-a1b2c3d4e5';
export const EXTERNAL_ID = 'data-science-7f3a';
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export const PROJECT = AccessAttribute.matching('Project');
const EVERY_SERVICE = [
  AbacPermission.dynamodb().read().write().create().list(),
  AbacPermission.secrets().read().write().create().list(),
  AbacPermission.parameters().read().list(),
  AbacPermission.keys().read().write().list(),
  AbacPermission.queues().read().write().create().list(),
  AbacPermission.topics().read().write().create().list(),
  AbacPermission.functions().read().write().list(),
  AbacPermission.instances().write().list(),
];

/** The hub roles by name, without their names. */
function hubRoles(hub: Construct): Record<string, Omit<AbacCrossAccountRoleProps, 'roleName'>> {
  const bucket = (id: string, project?: string) => {
    const created = new Bucket(hub, id, { bucketName: `acme-${id.toLowerCase()}` });
    if (project) {
      Tags.of(created).add('Project', project);
    }
    return created;
  };
  const spoke = TrustedAccounts.of([SPOKE]);
  const research = bucket('Research');
  return {
    // Example 2 of the article: shared data in the hub, scientists of a spoke, an external id.
    DataScienceAccess: {
      trusted: spoke.withExternalId(EXTERNAL_ID), attributes: [PROJECT], permissions: [AbacPermission.s3Objects(research).read().write().list()],
    },
    // An auditor's: card data is for people whose scope it is.
    CardData: {
      trusted: spoke,
      attributes: [AccessAttribute.matching('Scope', { among: ['PCI'] }), AccessAttribute.oneOf('Environment', ['prod', 'staging'])],
      permissions: [AbacPermission.s3Objects(bucket('Cards')).read().write().list(), AbacPermission.dynamodb().read().create()],
    },
    EveryService: { trusted: spoke, attributes: [PROJECT], permissions: EVERY_SERVICE },
    Buckets: {
      trusted: spoke,
      attributes: [PROJECT],
      permissions: [AbacPermission.s3Buckets(bucket('Alpha', 'Alpha'), Bucket.fromBucketName(hub, 'Imported', 'acme-imported')).read().write().list()],
    },
    Organization: {
      trusted: TrustedAccounts.ofOrganization(ORGANIZATION).onlyPrincipals(['arn:aws:iam::*:role/data-*']),
      attributes: [PROJECT],
      permissions: [AbacPermission.dynamodb().read()],
    },
    AccountInOrganization: { trusted: spoke.inOrganization(ORGANIZATION), attributes: [PROJECT], permissions: [AbacPermission.dynamodb().read()] },
    People: {
      trusted: spoke.withMfa(Duration.hours(1)).withSourceIdentity(['*@example.com']), attributes: [PROJECT], permissions: [AbacPermission.dynamodb().read()],
    },
    Chain: {
      trusted: spoke,
      attributes: [AccessAttribute.matching('Project', { transitive: true }), AccessAttribute.matching('Cost center')],
      permissions: [AbacPermission.dynamodb().read()],
    },
  };
}

/** Roles and users of a hub account, of a spoke account, and of one that nobody trusts. */
export function abacPrograms(): { identities: Record<string, Identity>; deployed: Deployed } {
  const app = testApp();
  const hub = new Stack(app, 'Hub', { env: IRELAND });
  const [spoke, strangers] = [SPOKE, STRANGERS].map(account => new Stack(app, `Account${account}`, { env: { account, region: 'eu-west-1' } }));
  const roles = Object.entries(hubRoles(hub)).map(([roleName, props]) => new AbacCrossAccountRole(hub, roleName, { roleName, ...props }));
  sharedByPeopleOfTheHub(hub);
  const administrator = ManagedPolicy.fromManagedPolicyArn(hub, 'Administrator', ADMINISTRATOR);
  const administered = new Role(hub, 'Administered', { roleName: 'platform', assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  administered.addManagedPolicy(administrator);

  member(spoke, 'data-scientist', { Project: 'Gamma' }, roles);
  member(spoke, 'data-engineer', { Project: 'Alpha' }, roles);
  member(spoke, 'web', { Project: 'Gamma' }, roles);
  member(spoke, 'cashier', { Scope: 'PCI' }, roles);
  member(spoke, 'clerk', { Scope: 'office' }, roles);
  member(spoke, 'accountant', { 'Project': 'Alpha', 'Cost center': '4711' }, roles);
  member(strangers, 'data-thief', { Project: 'Gamma' }, roles);
  const untold = new Role(spoke, 'Untold', { roleName: 'data-untold', assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  Tags.of(untold).add('Project', 'Gamma');
  const ofSpoke = new Role(spoke, 'SpokeAdministrator', { roleName: 'spoke-administrator', assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  ofSpoke.addManagedPolicy(ManagedPolicy.fromManagedPolicyArn(spoke, 'Administrator', ADMINISTRATOR));
  Tags.of(ofSpoke).add('Project', 'Gamma');

  const deployed = new Deployed(app.synth().directory, { [ADMINISTRATOR]: EVERYTHING });
  const names = ['data-scientist', 'data-engineer', 'web', 'cashier', 'clerk', 'accountant', 'data-thief', 'data-untold', 'spoke-administrator', 'platform'];
  const identities = Object.fromEntries([...names, ...roles.map(({ _props }) => _props.roleName), 'reports'].map(name => [name, deployed.role(name)]));
  for (const user of ['anna', 'ben', 'nobody', 'grouped']) {
    identities[user] = deployed.user(user);
  }
  return { identities, deployed };
}

/** Example 1 of the article: a bucket with the files of project Alpha, and people of the same account. */
function sharedByPeopleOfTheHub(hub: Stack): void {
  const files = new Bucket(hub, 'AlphaFiles', { bucketName: 'acme-alpha-files' });
  Tags.of(files).add('Project', 'Alpha');
  const policy = new AbacPolicy(hub, 'ProjectFiles', {
    attributes: [PROJECT], permissions: [AbacPermission.s3Buckets(files).read().write().list(), AbacPermission.dynamodb().read().create()],
  });
  const group = new Group(hub, 'Group', { groupName: 'project-members' });
  for (const [userName, project] of Object.entries({ anna: 'Alpha', ben: 'Beta', nobody: undefined, grouped: 'Alpha' })) {
    const user = new User(hub, userName, { userName });
    userName === 'grouped' ? user.addToGroup(group) : policy.attachTo(user);
    if (project) {
      Tags.of(user).add('Project', project);
    }
  }
  policy.attachTo(group);
  const reports = new Role(hub, 'Reports', { roleName: 'reports', assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  Tags.of(reports).add('Project', 'Alpha');
  policy.attachTo(reports);
}

/** A role of a spoke that may assume each hub role which asks for no other tags than it has. */
function member(spoke: Stack, roleName: string, tags: Record<string, string>, roles: AbacCrossAccountRole[]): void {
  const role = new Role(spoke, roleName, { roleName, assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  const fits = ({ sessionTagKeys }: AbacHubRole) => JSON.stringify([...sessionTagKeys].sort()) === JSON.stringify(Object.keys(tags).sort());
  for (const { hubRole } of roles.filter(each => fits(each.hubRole))) {
    new AbacSpokeAccess(role, hubRole.roleArn.split('/')[1], { hubRole, principals: [role], tags });
  }
}

/** The same identity, with AWS's AdministratorAccess besides. */
export function andAdministrator(identity: Identity): Identity {
  return { ...identity, policies: [...identity.policies, EVERYTHING] };
}
