/** What else a matching attribute asks for. */
export interface MatchingAttributeOptions {
  /**
   * The values that count; whoever has another one reaches nothing.
   *
   * @default - every value, as long as both sides have the same
   */
  readonly among?: string[];

  /**
   * Whether the session hands the tag on, unchangeable, to every role that is assumed from it.
   *
   * @default false
   */
  readonly transitive?: boolean;
}

/**
 * A tag that decides what is reached. All attributes of a role must hold, and a tag that is missing, on either side, never
 * matches.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html
 */
export class AccessAttribute {
  /**
   * The resource's tag equals that of whoever asks: one key that fits where the tags agree.
   *
   * @param key 1 to 128 letters, digits, spaces and _.:/=+-@. Keys are told apart without regard to case, values with it.
   */
  public static matching(key: string, options: MatchingAttributeOptions = {}): AccessAttribute {
    return new AccessAttribute(key, true, options.among, options.transitive ?? false);
  }

  /** The resource's tag has one of these values, whoever asks. */
  public static oneOf(key: string, values: string[]): AccessAttribute {
    return new AccessAttribute(key, false, values, false);
  }

  private constructor(
    /** The key of the tag. */
    public readonly key: string,
    /** Whether it must be the same for the resource and for whoever asks. */
    public readonly isMatching: boolean,
    /** The values that count; undefined for every one. */
    public readonly values: string[] | undefined,
    /** Whether sessions hand it on. */
    public readonly isTransitive: boolean,
  ) {}
}
