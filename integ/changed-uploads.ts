/**
 * The example of FargateEfsAccessPoint after a change, for its deploy test. Context `change`: `directory` adds one in
 * Ireland, `replica` gives Frankfurt another file system as well.
 */
import { App } from 'aws-cdk-lib';
import type { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { build } from '../examples/fargate-efs-access-point/app';
import { FargateEfsAccessPoint } from 'cdk-resilience';

const app = new App();
const { ireland, frankfurt } = build(app);
const archive = new FargateEfsAccessPoint(ireland, 'Archive', {
  vpc: ireland.vpc, directory: '/archive', fileSystem: ireland.uploads.fileSystem,
});
archive.mount(ireland.reportService.taskDefinition.defaultContainer!, '/archive');
archive.attachTo(ireland.reportService);
if (app.node.tryGetContext('change') === 'replica') {
  const key = new Key(frankfurt, 'OtherKey', { enableKeyRotation: true });
  (frankfurt.uploads.fileSystem.node.defaultChild as CfnFileSystem).kmsKeyId = key.keyArn; // another key is another file system
}
