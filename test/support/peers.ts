import { App, Validations } from 'aws-cdk-lib/core';

/**
 * A test of acknowledgements that name an ARN. The older aws-cdk-lib in our peer range refuse those, and cdk-nag then has
 * findings that nobody can acknowledge in full: docs/decisions/0004-peer-range.md.
 */
export const testWhereArnsAreAcknowledged = acknowledgesArns() ? test : test.skip;

function acknowledgesArns(): boolean {
  try {
    Validations.of(new App()).acknowledge({ id: 'AwsSolutions-IAM4[Policy::arn:aws:iam::aws:policy/x]', reason: 'asks' });
    return true;
  } catch {
    return false;
  }
}
