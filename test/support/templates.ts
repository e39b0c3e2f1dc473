import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { App } from 'aws-cdk-lib/core';

const EXAMPLES = resolve(__dirname, '../../examples');

/** The example apps: each folder's app.ts exports `build`. */
export const EXAMPLE_APPS: [string, (app: App) => void][] = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter(entry => existsSync(resolve(EXAMPLES, entry.name, 'app.ts')))
  .map(entry => [`examples/${entry.name}`, (app: App) => jest.requireActual(resolve(EXAMPLES, entry.name, 'app.ts')).build(app)]);
