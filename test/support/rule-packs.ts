import type { App } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** The context in which CDK's own validator is strict. */
export const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** What cdk-nag's AwsSolutions finds in the stacks of the app, and nobody acknowledged. */
export function nagFindings(app: App): string[] {
  return app.node.children.filter(Stack.isStack).flatMap(stack => new AwsSolutionsChecks(app).validateScope(stack).violations)
    .flatMap(violation => violation.violatingResources.map(resource => `${violation.ruleName} ${resource.constructPath ?? resource.resourceLogicalId}`));
}

/** The findings that are acknowledged on this construct itself. */
export function acknowledgements(construct: IConstruct): string[] {
  return construct.node.metadata.filter(entry => /acknowledg/i.test(entry.type))
    .flatMap(entry => Object.keys(entry.data)).map(id => id.replace('Annotation::', ''));
}
