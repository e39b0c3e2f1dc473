import type { App } from 'aws-cdk-lib/core';
import { Stage } from 'aws-cdk-lib/core';
import { testApp } from './app';
import { STRICT } from './rule-packs';

/** Builds a program in a stage; a message when it is refused. */
export type Build<Program> = (scope: Stage, input: Program) => unknown;

/** The first programs that build, each in a stage of one app. */
export function firstThatBuild<Program>(count: number, app: App, programs: Program[], build: Build<Program>): Program[] {
  const inputs: Program[] = [];
  for (const input of programs) {
    const id = `Program${inputs.length}`;
    if (inputs.length < count) {
      typeof build(new Stage(app, id), input) === 'string' ? app.node.tryRemoveChild(id) : inputs.push(input);
    }
  }
  expect(inputs.length).toBe(count);
  return inputs;
}

/** In one app, because the validator starts once an app, and that is most of its time. */
export function expectStrictValidation(fill: (app: App) => unknown): void {
  process.env.CDK_VALIDATION = 'true';
  try {
    const app = testApp(STRICT);
    fill(app);
    expect(() => app.synth()).not.toThrow();
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
}
