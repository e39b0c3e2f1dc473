import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { allow, handlerOptions } from './handler-options';

/** CDK's framework between CloudFormation and a function of ours, with a role that may invoke it and write the log, no more. */
export function createProvider(scope: Construct, handler: LambdaFunction, description: string): Provider {
  const { role, logGroup } = handlerOptions(new Construct(scope, 'Framework'), {
    description,
    timeout: Duration.minutes(15),
    statements: [allow(['lambda:InvokeFunction', 'lambda:GetFunction'], [handler.functionArn])],
  });
  return new Provider(scope, 'Provider', {
    onEventHandler: handler,
    logGroup,
    // Trap: the framework grants itself every version and alias of our function, which it never invokes.
    frameworkOnEventRole: role.withoutPolicyUpdates(),
  });
}
