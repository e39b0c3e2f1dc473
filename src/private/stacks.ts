import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** The stack that is deployed: nested stacks go with the outermost, whose synthesizer and place are theirs. */
export function outermostStack(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}
