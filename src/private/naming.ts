import { Names } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A name that follows from the path of the construct, and so is the same at every synth and known in every Region. */
export function uniqueName(construct: IConstruct, maxLength: number): string {
  return Names.uniqueResourceName(construct, { maxLength, separator: '-', allowedSpecialCharacters: '-' });
}
