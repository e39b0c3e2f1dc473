/** What a container may do with a directory that it mounts. */
export class MountAccess {
  /** Read and write. */
  public static readWrite(): MountAccess {
    return new MountAccess(false);
  }

  /**
   * Read only: the mount is read-only, and the task may not write by its role. The role is the task's: when another
   * container of the same task writes, the mount alone keeps this one from it.
   */
  public static readOnly(): MountAccess {
    return new MountAccess(true);
  }

  private constructor(
    /** Whether writing is refused. */
    public readonly isReadOnly: boolean,
  ) {}
}
