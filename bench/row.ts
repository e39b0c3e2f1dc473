import type { Stack } from 'aws-cdk-lib/core';

/** What a file in `rows/` exports: a construct and the same thing written by hand. */
export interface Row {
  /** The name of the class that the package exports. */
  readonly construct: string;
  /** Adds one instance by the library, as a team would write it. */
  readonly library: (stack: Stack, id: string) => void;
  /** Adds the same resources with the same properties, by L2s (and L1s where there is no L2). */
  readonly byHand: (stack: Stack, id: string) => void;
  /** What a reader of the table must know, such as why a limit is missed. */
  readonly remark?: string;
}

/** The two programs that are compared. */
export type Side = 'library' | 'byHand';
export const SIDES: Side[] = ['library', 'byHand'];
