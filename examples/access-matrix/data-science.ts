/** The app of the article: data in a hub account, scientists in a spoke account. Yours takes its place. */
import type { App } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { AbacCrossAccountRole, AbacPermission, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from 'cdk-resilience';

const HUB = { account: '111111111111', region: 'eu-west-1' };
const SPOKE = { account: '222222222222', region: 'eu-west-1' };

/** Adds both stacks to the app. */
export function build(app: App): void {
  const hub = new Stack(app, 'Hub', { env: HUB });
  const research = new Bucket(hub, 'Research', {
    bucketName: 'acme-research', encryption: BucketEncryption.S3_MANAGED, enforceSSL: true, blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  });
  const { hubRole } = new AbacCrossAccountRole(hub, 'Access', {
    roleName: 'DataScienceAccess',
    trusted: TrustedAccounts.of([SPOKE.account]).withExternalId('data-science-7f3a'),
    attributes: [AccessAttribute.matching('Project')],
    permissions: [AbacPermission.s3Objects(research).read().write(), AbacPermission.dynamodb().read()],
  });

  const spoke = new Stack(app, 'Spoke', { env: SPOKE });
  const scientists = new Role(spoke, 'Scientists', { roleName: 'data-scientist', assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
  new AbacSpokeAccess(spoke, 'Access', { hubRole, principals: [scientists], tags: { Project: 'Gamma' } });
}
