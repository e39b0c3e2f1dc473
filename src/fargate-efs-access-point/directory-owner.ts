/** Who owns a directory, for `DirectoryOwner.of`. */
export interface DirectoryOwnerOptions {
  /** The numeric POSIX user that everything in the directory is done as, whatever user the container runs as: 1 to 4294967295. */
  readonly uid: number;

  /** The numeric POSIX group that everything in the directory is done as: 1 to 4294967295. */
  readonly gid: number;

  /**
   * The mode that the directory is created with, octal. Without the execute bit for its owner it can not be mounted. It has
   * no effect on a directory that exists.
   *
   * @default '0750'
   */
  readonly permissions?: string;

  /**
   * Further groups whose files can be reached, 16 at most.
   *
   * @default - none
   */
  readonly secondaryGids?: number[];
}

/** Whom an existing directory belongs to, for `DirectoryOwner.existing`. */
export interface ExistingDirectoryOwnerOptions {
  /** The numeric POSIX user that everything in the directory is done as: 1 to 4294967295. */
  readonly uid: number;

  /** The numeric POSIX group that everything in the directory is done as: 1 to 4294967295. */
  readonly gid: number;

  /**
   * Further groups whose files can be reached, 16 at most.
   *
   * @default - none
   */
  readonly secondaryGids?: number[];
}

/** Who owns the directory, and as whom everything in it is done. */
export class DirectoryOwner {
  /**
   * A user and a group. The directory is created for them at the first mount when it is not there.
   *
   * @see https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
   */
  public static of(options: DirectoryOwnerOptions): DirectoryOwner {
    return new DirectoryOwner(options.uid, options.gid, options.secondaryGids ?? [], options.permissions ?? '0750');
  }

  /**
   * For a directory that exists, such as that of data moved here, or the root of a file system: nothing is created, and a
   * mount fails when it is not there. The user must be allowed to write by the owner and mode that it has.
   */
  public static existing(options: ExistingDirectoryOwnerOptions): DirectoryOwner {
    return new DirectoryOwner(options.uid, options.gid, options.secondaryGids ?? []);
  }

  /**
   * User and group 0, for software that insists on being root. Whoever mounts the directory is root in it, and the policy
   * of the file system no longer denies root to everybody.
   *
   * @param reason Why it must be root: it is asked in the next audit.
   * @param permissions The mode that the directory is created with, octal; '0750' when left out.
   */
  public static root(reason: string, permissions?: string): DirectoryOwner {
    return new DirectoryOwner(0, 0, [], permissions ?? '0750', reason);
  }

  private constructor(
    /** The numeric POSIX user. */
    public readonly uid: number,
    /** The numeric POSIX group. */
    public readonly gid: number,
    /** Further groups. */
    public readonly secondaryGids: number[],
    /** The mode that the directory is created with; undefined when it exists. */
    public readonly permissions?: string,
    /** Why it is root; undefined when it is not. */
    public readonly rootReason?: string,
  ) {}

  /** Whether tasks are root in the directory. */
  public get isRoot(): boolean {
    return this.rootReason !== undefined;
  }
}
