import Module from 'node:module';

/** Node's own way to load, which is replaced to listen. */
interface Loader {
  _load(request: string, parent: { filename?: string } | undefined, isMain: boolean): unknown;
}

/** Prints the modules of aws-cdk-lib that files of the library ask for while `use` runs. */
export function listModulesUsed(use: () => void): void {
  const library = require.resolve('cdk-resilience').replace(/index\.js$/, '');
  const used = new Set<string>();
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function (request, parent, isMain) {
    if (parent?.filename?.startsWith(library) && /^(aws-cdk-lib|constructs)/.test(request)) {
      used.add(request);
    }
    return load.call(this, request, parent, isMain);
  };
  use();
  process.stdout.write(JSON.stringify([...used].sort()));
}
