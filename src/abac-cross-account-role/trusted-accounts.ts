import type { Duration } from 'aws-cdk-lib/core';

/**
 * Who may assume the role. Each method gives a narrower trust, and leaves the one that it was called on as it was.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
 */
export class TrustedAccounts {
  /** These accounts: whoever their administrators allow it. */
  public static of(accountIds: string[]): TrustedAccounts {
    return new TrustedAccounts({ accountIds: [...accountIds] });
  }

  /** Every account of an organization: whoever their administrators allow it. */
  public static ofOrganization(organizationId: string): TrustedAccounts {
    return new TrustedAccounts({ accountIds: [], organizationId });
  }

  private constructor(private readonly trust: Trust) {}

  /**
   * Only with this external id, which keeps somebody who works for several customers from being sent to the wrong one. It
   * is no secret: it stands in the template.
   *
   * @param externalId 2 to 1224 letters, digits and _+=,.@:/-.
   */
  public withExternalId(externalId: string): TrustedAccounts {
    return new TrustedAccounts({ ...this.trust, externalId });
  }

  /** Only while the account is in the organization. */
  public inOrganization(organizationId: string): TrustedAccounts {
    return new TrustedAccounts({ ...this.trust, organizationId });
  }

  /**
   * Only roles and users whose ARN is like one of these; `*` stands for any text. ARNs are compared, so that a role that is
   * deleted and made again is trusted again.
   */
  public onlyPrincipals(arns: string[]): TrustedAccounts {
    return new TrustedAccounts({ ...this.trust, principalArns: [...arns] });
  }

  /**
   * Only people who have proved a second factor within this time. Programs and roles that were assumed from roles have
   * none, and are refused.
   */
  public withMfa(within: Duration): TrustedAccounts {
    return new TrustedAccounts({ ...this.trust, mfaWithin: within });
  }

  /**
   * Only with a source identity like one of these, which CloudTrail then shows for everything that is done; `*` stands for
   * any text.
   */
  public withSourceIdentity(identities: string[]): TrustedAccounts {
    return new TrustedAccounts({ ...this.trust, sourceIdentities: [...identities] });
  }

  /** @internal */
  public get _trust(): Trust {
    return this.trust;
  }
}

/** What a trust asks for. */
export interface Trust {
  /** The accounts; none for every account of the organization. */
  readonly accountIds: string[];
  /**
   * The organization of the account.
   *
   * @default - any
   */
  readonly organizationId?: string;
  /**
   * What somebody says who works for several customers.
   *
   * @default - nothing
   */
  readonly externalId?: string;
  /**
   * The roles and users.
   *
   * @default - all of the account
   */
  readonly principalArns?: string[];
  /**
   * How long ago a second factor was proved.
   *
   * @default - none is asked for
   */
  readonly mfaWithin?: Duration;
  /**
   * The source identities.
   *
   * @default - none is asked for
   */
  readonly sourceIdentities?: string[];
}
