import type { Stack } from 'aws-cdk-lib/core';

/** Adds one instance to the stack. */
export type Program = (stack: Stack, id: string) => void;

/** What a file in `rows/` exports; the file of the same name in `by-hand/` exports the same as `byHand`. */
export interface Row {
  /** The name of the class that the package exports. */
  readonly construct: string;
  /** Adds one instance by the library, as a team would write it. */
  readonly library: Program;
  /** What a reader of the table must know, such as why a limit is missed. */
  readonly remark?: string;
}

/** What a file in `by-hand/` exports. It knows nothing of the library, or that would be loaded, too. */
export interface ByHand {
  /** Adds the same resources with the same properties, by L2s (and L1s where there is no L2). */
  readonly byHand: Program;
}

/** The two programs that are compared. */
export type Side = 'library' | 'byHand';
export const SIDES: Side[] = ['library', 'byHand'];
