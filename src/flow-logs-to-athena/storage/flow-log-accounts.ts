/**
 * The accounts that send their logs to one bucket: whom its policy lets in, and what `aws_account_id` can be in the table.
 */
export class FlowLogAccounts {
  /** These accounts: 50 at most, as the table then lists them, and a query may leave out which it reads. */
  public static of(accounts: string[]): FlowLogAccounts {
    return new FlowLogAccounts(accounts, accounts);
  }

  /** These accounts, more than a table can list: each query must name those that it reads. */
  public static ofMany(accounts: string[]): FlowLogAccounts {
    return new FlowLogAccounts(accounts);
  }

  /**
   * All accounts of the organization, those of tomorrow included.
   *
   * @param organizationId `o-…`.
   * @param accounts Those that the table lists, 50 at most; when left out, each query must name those that it reads.
   */
  public static ofOrganization(organizationId: string, accounts?: string[]): FlowLogAccounts {
    return new FlowLogAccounts(undefined, accounts, organizationId);
  }

  private constructor(
    /** @internal Whom the policy names; undefined for an organization. */
    public readonly _senders?: string[],
    /** @internal Whom the table lists; undefined when each query names those that it reads. */
    public readonly _listed?: string[],
    /** @internal Whose accounts are let in. */
    public readonly _organizationId?: string,
  ) {}
}
