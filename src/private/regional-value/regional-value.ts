import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { WriteRegionalValueFunction } from './write-regional-value-function';
import type { RegionalValueProperties } from './write-regional-value.lambda';
import { createProvider } from '../custom-resource';
import { allow, handlerOptions } from '../handler-options';
import { plain } from '../naming';

/** Properties of `RegionalValue`. */
export interface RegionalValueProps {
  /** Where the value is read. */
  readonly region: string;
  /** The parameter there, with a leading slash: literal, so that a stack there can read it without a reference. */
  readonly parameterName: string;
  /** What is known only when this stack is deployed. */
  readonly value: string;
}

/**
 * Makes a value of this stack known in another Region, in a parameter there that stacks read at each deployment, with
 * `StringParameter.valueForStringParameter`. They can then be deployed while this Region is dark.
 *
 * Trap: CDK's own references between Regions never carry a changed value, or need both Regions at each deployment.
 */
export class RegionalValue extends Construct {
  /** The function that writes. */
  public readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, props: RegionalValueProps) {
    super(scope, id);
    const parameter = Stack.of(this).formatArn({ service: 'ssm', region: props.region, resource: 'parameter', resourceName: props.parameterName.slice(1) });
    const writer = new Construct(this, 'Writer');
    this.handler = new WriteRegionalValueFunction(writer, 'Function', handlerOptions(writer, {
      description: plain(`Makes a value of ${this.node.path} known in ${props.region}`),
      timeout: Duration.minutes(2),
      statements: [allow(['ssm:PutParameter', 'ssm:DeleteParameter'], [parameter])],
    }));
    const properties: RegionalValueProperties = { Region: props.region, ParameterName: props.parameterName, Value: props.value };
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::RegionalValue',
      serviceToken: createProvider(this, this.handler, 'Hands requests of CloudFormation to the function that makes a value known in another Region').serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
  }
}
