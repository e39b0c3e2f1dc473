import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledgement';

/** What a handler of ours states. */
export interface HandlerOptions {
  /** What it does, for whoever finds it in the console. */
  readonly description: string;
  /** How long one run may take. */
  readonly timeout: Duration;
  /** What it may do besides writing its log. */
  readonly statements: PolicyStatement[];
  /** Why some of the statements name resources with a wildcard. @default - none does */
  readonly wildcards?: string;
  /** @default - none */
  readonly environment?: Record<string, string>;
  /** In megabytes. @default 256 */
  readonly memorySize?: number;
  /** Gets the event when all attempts have failed. @default - whoever invokes it hears of the failure */
  readonly deadLetterQueue?: IQueue;
}

/**
 * How a Lambda function of ours runs: a log group of its own that is kept for a year, and a role that may write to it
 * and do what is stated, nothing more. (The managed policy for Lambda may write to every log group.)
 */
export function handlerOptions(scope: Construct, options: HandlerOptions): FunctionOptions & { readonly role: Role; readonly logGroup: LogGroup } {
  const logGroup = new LogGroup(scope, 'Logs', { retention: RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description: options.description });
  logGroup.grantWrite(role);
  options.statements.forEach(statement => role.addToPolicy(statement));
  if (options.wildcards) {
    acknowledgeWildcards(role.node.findChild('DefaultPolicy'), options.statements.flatMap(statement => statement.resources), options.wildcards);
  }
  return {
    description: options.description,
    role,
    logGroup,
    timeout: options.timeout,
    memorySize: options.memorySize ?? 256,
    environment: options.environment,
    deadLetterQueue: options.deadLetterQueue,
  };
}

/** A statement that allows the actions on the resources, under the conditions. */
export function allow(actions: string[], resources: string[], conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions });
}
