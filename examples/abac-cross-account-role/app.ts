/**
 * A data platform that teams of other accounts use. One role in its account reaches whatever carries the caller's own
 * `Project` and `Environment`: a new project needs tags, and no change of a policy. The teams have the same within their own
 * accounts: files of a project in project.ts, card data in pci.ts.
 */
import { App, Stack, Tags, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { CardDataStack } from './pci';
import { ProjectFilesStack } from './project';
import {
  AbacAudit, AbacCrossAccountRole, AbacPermission, AbacRoleWatch, AbacSpokeAccess, AccessAttribute, TrustedAccounts,
} from 'cdk-resilience';
import type { AbacHubRole } from 'cdk-resilience';

/** Put your own organization, accounts and Region here. */
export const ORGANIZATION = 'o-exampleorg1';
export const PLATFORM_ACCOUNT = '111111111111';
export const DATA_SCIENCE_ACCOUNT = '222222222222';
export const PAYMENTS_ACCOUNT = '333333333333';
export const IRELAND = 'eu-west-1';
/** Where IAM tells of its changes, whichever Region they were made from. */
const IAM_REGION = 'us-east-1';
const HUB_ROLE = 'DataScienceAccess';

/** What the projects have on the platform, and the role that reaches it. */
export class DataPlatformStack extends Stack {
  public readonly access: AbacCrossAccountRole;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    // One lake for all: each object has the tags of its project, below a prefix such as Gamma/prod/.
    const lake = new Bucket(this, 'Lake', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
    });
    Validations.of(lake).acknowledge({ id: 'AwsSolutions-S1', reason: 'access to the lake is logged by CloudTrail data events' });

    for (const [project, environment] of [['Gamma', 'prod'], ['Gamma', 'test'], ['Delta', 'prod']]) {
      const features = new TableV2(this, `${project}-${environment}-Features`, {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        encryption: TableEncryptionV2.awsManagedKey(),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      });
      const warehouseLogin = new Secret(this, `${project}-${environment}-WarehouseLogin`, {
        secretName: `warehouse/${project}/${environment}`,
      });
      Validations.of(warehouseLogin).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'the warehouse rotates it' });
      for (const resource of [features, warehouseLogin]) {
        Tags.of(resource).add('Project', project);
        Tags.of(resource).add('Environment', environment);
      }
    }

    this.access = new AbacCrossAccountRole(this, 'Access', {
      roleName: HUB_ROLE,
      trusted: TrustedAccounts.of([DATA_SCIENCE_ACCOUNT, PAYMENTS_ACCOUNT])
        .inOrganization(ORGANIZATION)
        .withExternalId('data-platform'),
      attributes: [
        AccessAttribute.matching('Project'),
        AccessAttribute.matching('Environment', { among: ['test', 'prod'] }), // a typo such as `production` matches nothing
      ],
      permissions: [
        AbacPermission.s3Objects(lake).read().write().list(),
        AbacPermission.dynamodb().read(),
        AbacPermission.secrets().read(),
      ],
    });
    new AbacAudit(this, 'Audit', { access: this.access });
  }
}

interface TeamStackProps extends StackProps {
  readonly hubRole: AbacHubRole;
  /** What the people of the team are called. */
  readonly roleName: string;
  readonly project: string;
  readonly environment: string;
}

/** In the account of a team: its people, and what they reach on the platform. */
export class TeamStack extends Stack {
  constructor(scope: Construct, id: string, props: TeamStackProps) {
    super(scope, id, props);
    const people = new Role(this, 'People', { roleName: props.roleName, assumedBy: new AccountRootPrincipal() });
    new AbacSpokeAccess(this, 'PlatformAccess', {
      hubRole: props.hubRole,
      principals: [people],
      tags: { Project: props.project, Environment: props.environment },
    });
  }
}

/** Tells of changes of the roles of one account by which the platform is reached. */
export class RoleWatchStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly roleNames: string[] }) {
    super(scope, id, props);
    new AbacRoleWatch(this, 'Watch', { roleNames: props.roleNames });
  }
}

/** Adds the platform, the teams, and in each account a watch over the roles. No stack needs another. */
export function build(app: App): { platform: DataPlatformStack } {
  const dataScience = { account: DATA_SCIENCE_ACCOUNT, region: IRELAND };
  const payments = { account: PAYMENTS_ACCOUNT, region: IRELAND };
  const platform = new DataPlatformStack(app, 'DataPlatform', { env: { account: PLATFORM_ACCOUNT, region: IRELAND } });
  const { hubRole } = platform.access;
  new TeamStack(app, 'DataScience', { env: dataScience, hubRole, roleName: 'data-scientists', project: 'Gamma', environment: 'prod' });
  new TeamStack(app, 'Payments', { env: payments, hubRole, roleName: 'payments-analysts', project: 'Delta', environment: 'prod' });
  new ProjectFilesStack(app, 'ProjectFiles', { env: dataScience });
  new CardDataStack(app, 'CardData', { env: payments });
  for (const [account, roleNames] of [
    [PLATFORM_ACCOUNT, [HUB_ROLE]],
    [DATA_SCIENCE_ACCOUNT, ['data-scientists', 'alpha-developers']],
    [PAYMENTS_ACCOUNT, ['payments-analysts', 'card-data-operators']],
  ] as const) {
    new RoleWatchStack(app, `RoleWatch-${account}`, { env: { account, region: IAM_REGION }, roleNames: [...roleNames] });
  }
  return { platform };
}

if (require.main === module) {
  build(new App());
}
