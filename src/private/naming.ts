import { Names } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A description that EC2, IAM and Lambda take, of what may name a construct: its path can be long, and in any script. */
export function plain(description: string): string {
  return description.replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, '_').slice(0, 255);
}

/** A name that follows from the path of the construct, and so is the same at every synth and known in every Region. */
export function uniqueName(construct: IConstruct, maxLength: number): string {
  return Names.uniqueResourceName(construct, { maxLength, separator: '-', allowedSpecialCharacters: '-' });
}
