import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { serve } from '../service';
import { FargateEfsAccessPoint } from 'cdk-resilience';

export const construct = 'FargateEfsAccessPoint';

export function library(stack: Stack, id: string): void {
  const shop = new Construct(stack, id);
  const { vpc, container, service } = serve(shop);
  const files = new FargateEfsAccessPoint(shop, 'Files', { vpc, directory: '/shop' });
  files.mount(container, '/data');
  files.attachTo(service);
}
