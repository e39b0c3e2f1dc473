/** The files of a project, in the account of its team: whoever has the project's tag reads, writes and lists them. */
import { Stack, Tags, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { AbacPermission, AbacPolicy, AccessAttribute } from 'cdk-resilience';

/** Projects Alpha and Beta: a bucket and developers each, one policy for all. */
export class ProjectFilesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const buckets = ['Alpha', 'Beta'].map(project => {
      const files = new Bucket(this, `${project}Files`, {
        encryption: BucketEncryption.S3_MANAGED,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        enforceSSL: true,
      });
      Tags.of(files).add('Project', project);
      Validations.of(files).acknowledge({ id: 'AwsSolutions-S1', reason: 'access to the files is logged by CloudTrail data events' });
      return files;
    });
    const access = new AbacPolicy(this, 'Access', {
      attributes: [AccessAttribute.matching('Project')],
      permissions: [AbacPermission.s3Buckets(...buckets).read().write().list()],
    });

    for (const project of ['Alpha', 'Beta']) {
      const developers = new Role(this, `${project}Developers`, {
        roleName: `${project.toLowerCase()}-developers`,
        assumedBy: new AccountRootPrincipal(),
      });
      Tags.of(developers).add('Project', project);
      access.attachTo(developers);
    }
  }
}
