import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { VpcProps } from 'aws-cdk-lib/aws-ec2';
import type { FargateServiceProps } from 'aws-cdk-lib/aws-ecs';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { App, StackProps } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import { IRELAND, testApp } from './app';

/** A stack that knows its zones, as no account is asked for them. */
export class ZonedStack extends Stack {
  public get availabilityZones(): string[] {
    return ['a', 'b', 'c'].map(zone => `${this.region}${zone}`);
  }
}

export function zonedStack(id = 'Shop', props: StackProps = { env: IRELAND }, app: App = testApp()): Stack {
  return new ZonedStack(app, id, props);
}

/** A VPC of two zones, without the NAT gateways that nothing here needs. */
export function smallVpc(stack: Stack, props: VpcProps = {}): Vpc {
  return new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, ...props });
}

export function webTask(stack: Stack, id = 'Task'): FargateTaskDefinition {
  const task = new FargateTaskDefinition(stack, id);
  task.addContainer('web', { image: ContainerImage.fromRegistry('web') });
  return task;
}

export function webService(stack: Stack, id: string, props: Partial<FargateServiceProps> & { vpc: Vpc }): FargateService {
  const { vpc, ...rest } = props;
  return new FargateService(stack, id, {
    cluster: new Cluster(stack, `${id}Cluster`, { vpc }),
    taskDefinition: webTask(stack, `${id}Task`),
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
    ...rest,
  });
}
