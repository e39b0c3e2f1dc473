import { Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Says of one finding of a rule pack that it is meant to be, on the resource that it is about.
 *
 * Trap: older versions in our peer range refuse an id with more than one `::`, which the ids of ARNs have. There the id
 * without its bracket is what can be said.
 */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  try {
    Validations.of(construct).acknowledge({ id, reason });
  } catch (error) {
    if (!id.includes('::')) {
      throw error;
    }
    Validations.of(construct).acknowledge({ id: id.replace(/\[.*$/, ''), reason });
  }
}

/** Says why a policy of this construct allows an action on these resources, whose ARNs have a wildcard. */
export function acknowledgeWildcards(construct: IConstruct, arns: string[], reason: string): void {
  const rendered = arns.map(arn => render(Stack.of(construct).resolve(arn))).filter(arn => arn.includes('*'));
  new Set(rendered).forEach(arn => acknowledge(construct, `AwsSolutions-IAM5[Resource::${arn}]`, reason));
}

/** An ARN as the rule pack writes it: references, and the variables of IAM, in angle brackets. */
function render(arn: unknown): string {
  if (typeof arn === 'string') {
    return arn.replaceAll('${', '<').replaceAll('}', '>');
  }
  const [[intrinsic, value]] = Object.entries(arn as object);
  switch (intrinsic) {
    case 'Fn::Join': return value[1].map(render).join(value[0]);
    case 'Fn::GetAtt': return `<${value.join('.')}>`;
    case 'Ref': return `<${value}>`;
    case 'Fn::Sub':
    case 'Fn::ImportValue': return render(value);
    default: return JSON.stringify(arn);
  }
}
