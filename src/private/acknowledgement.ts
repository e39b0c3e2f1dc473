import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Says of one finding of a rule pack that it is meant to be, on the resource that it is about.
 *
 * Trap: older versions in our peer range refuse an id with `::`, which the ids of managed policies have. There the id
 * without its bracket is what can be said.
 */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  try {
    Validations.of(construct).acknowledge({ id, reason });
  } catch (error) {
    if (!id.includes('::')) {
      throw error;
    }
    Validations.of(construct).acknowledge({ id: id.replace(/\[.*$/, ''), reason });
  }
}
