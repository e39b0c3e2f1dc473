import { performance } from 'node:perf_hooks';

/** How long it takes to load what `load` requires, without the start of Node. */
export function timeOf(load: () => unknown): void {
  const started = performance.now();
  load();
  process.stdout.write(JSON.stringify({ loadMilliseconds: performance.now() - started }));
}
