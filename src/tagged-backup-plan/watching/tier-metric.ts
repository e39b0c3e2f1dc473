import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Where the metrics of a plan are. */
export const METRIC_NAMESPACE = 'Resilience/Backup';

/** A metric of one tier of a plan. */
export function tierMetric(plan: string, tier: string, metricName: string, options?: MetricOptions): Metric {
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap: { Plan: plan, Tier: tier }, ...options });
}
