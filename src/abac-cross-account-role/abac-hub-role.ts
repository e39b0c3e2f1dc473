/** What a spoke must know of a hub role, for `AbacHubRole.of`. */
export interface AbacHubRoleOptions {
  /** The ARN of the role in the hub account. */
  readonly roleArn: string;
  /** The keys of the tags that a session must bring. */
  readonly sessionTagKeys: string[];
  /**
   * The external id that the role asks for.
   *
   * @default - it asks for none
   */
  readonly externalId?: string;
  /**
   * Whether the role asks for a source identity.
   *
   * @default false
   */
  readonly sourceIdentity?: boolean;
}

/** A role of a hub account, as a spoke account knows it: by literal values, so that the two are deployed in any order. */
export class AbacHubRole {
  /** A role of another app. That of an `AbacCrossAccountRole` of this app is its `hubRole`. */
  public static of(options: AbacHubRoleOptions): AbacHubRole {
    return new AbacHubRole(options.roleArn, [...options.sessionTagKeys], options.externalId, options.sourceIdentity ?? false);
  }

  private constructor(
    /** The ARN of the role in the hub account. */
    public readonly roleArn: string,
    /** The keys of the tags that a session must bring. */
    public readonly sessionTagKeys: string[],
    /** The external id that the role asks for; undefined when it asks for none. */
    public readonly externalId: string | undefined,
    /** Whether the role asks for a source identity. */
    public readonly asksForSourceIdentity: boolean,
  ) {}
}
