import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition } from 'aws-cdk-lib/aws-ecs';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/** What both programs of a row have: a service on Fargate in a VPC of its own. */
export function serve(scope: Construct): { vpc: IVpc; container: ContainerDefinition; service: FargateService } {
  const vpc = new Vpc(scope, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new FargateTaskDefinition(scope, 'Task');
  const container = taskDefinition.addContainer('app', { image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx') });
  const service = new FargateService(scope, 'Service', {
    cluster: new Cluster(scope, 'Cluster', { vpc }), taskDefinition, minHealthyPercent: 100, circuitBreaker: { rollback: true },
  });
  return { vpc, container, service };
}
