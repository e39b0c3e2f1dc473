import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { RegionSettingsProperties } from './region-settings';
import { RegionSettingsFunction } from './region-settings-function';
import { createProvider } from '../../private/custom-resource';
import { allow, handlerOptions } from '../../private/handler-options';
import { uniqueName } from '../../private/naming';
import type { Findings } from '../../private/validation';
import { duplicates, quoted } from '../../private/validation';
import type { BackupResourceType } from '../tiers/backup-resource-type';

/**
 * Where the plans of an account and Region keep what they want and what they have switched on. All of them must find each
 * other, whatever name the package is published under: so it is not in the path (docs/publishing.md).
 */
const PARAMETER_ROOT = '/resilience/backup-region-settings';

/** Properties of `RegionOptIn`. */
export interface RegionOptInProps {
  /** The types of resources that AWS Backup must have switched on. */
  readonly resourceTypes: BackupResourceType[];
}

/**
 * Switches types of resources on in the Region's settings of AWS Backup, without which a plan that selects by tag passes
 * them over and says nothing. For DynamoDB the advanced features too, without which tables are not copied.
 *
 * CloudFormation knows no such settings, so a custom resource keeps them. It remembers in Parameter Store what it has
 * switched on, and puts that back when the plan goes or no longer wants it, unless another plan of this library does.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/service-opt-in.html
 */
export class RegionOptIn extends Construct {
  /** The path below which the plan keeps its parameters: `wanted`, and `switched-on` once it has switched something on. */
  public readonly parameterPath: string;
  /** The function that switches. */
  public readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, props: RegionOptInProps) {
    super(scope, id);
    this.parameterPath = `${PARAMETER_ROOT}/${uniqueName(this, 128)}`;
    this.handler = this.createHandler();
    const properties: RegionSettingsProperties = {
      ParameterPath: this.parameterPath,
      ResourceTypes: props.resourceTypes.map(type => type.name).sort(),
    };
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::BackupRegionSettings',
      serviceToken: createProvider(this, this.handler, 'Hands requests of CloudFormation to the function that switches types of resources on in AWS Backup').serviceToken,
      serviceTimeout: Duration.minutes(20),
      properties,
    });
  }

  private createHandler(): LambdaFunction {
    const stack = Stack.of(this);
    const root = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: PARAMETER_ROOT.slice(1) });
    const scope = new Construct(this, 'Settings');
    const options = handlerOptions(scope, {
      description: 'Switches types of resources on in the settings of AWS Backup, and puts back what it switched on',
      timeout: Duration.minutes(10),
      environment: { PARAMETER_ROOT },
      wildcards: 'the settings of a Region are no resource that a policy could name; what this plan has switched on is handed over to the parameter of another plan that wants it, whose name is not known here',
      statements: [
        allow(['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'], ['*']),
        allow(['ssm:GetParametersByPath'], [root]), // it is the path itself that is listed, not what is below it
        allow(['ssm:PutParameter', 'ssm:DeleteParameter'], [`${root}/*`]),
      ],
    });
    return new RegionSettingsFunction(scope, 'Function', options);
  }
}

/** A list of types that says something, and says it once. */
export function findOptInProblems(findings: Findings, resourceTypes: BackupResourceType[] | undefined): void {
  if (resourceTypes) {
    findings.require(resourceTypes.length > 0, '\'optIn\' must name at least one type of resource, got: none; pass one such as BackupResourceType.S3, or leave \'optIn\' out');
    const twice = duplicates(resourceTypes.map(type => type.name));
    findings.require(twice.length === 0, `'optIn' must name each type of resource once, got twice: ${quoted(twice)}; remove one`);
  }
}
