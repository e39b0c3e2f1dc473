import type { PolicyDocument, PolicyStatement, PrincipalPolicyFragment } from 'aws-cdk-lib/aws-iam';
import { PrincipalBase } from 'aws-cdk-lib/aws-iam';

/** Whoever a trust policy of ours trusts: it writes the whole policy, where others add a statement of their own making. */
export class TrustPrincipal extends PrincipalBase {
  constructor(private readonly statements: PolicyStatement[]) {
    super();
  }

  public addToAssumeRolePolicy(document: PolicyDocument): void {
    document.addStatements(...this.statements);
  }

  public dedupeString(): string | undefined {
    return undefined; // never merged with another
  }

  /** Nobody else's policy can name it. */
  public get policyFragment(): PrincipalPolicyFragment {
    throw new Error('a trust policy names several principals under several conditions, and stands in the role alone');
  }
}
