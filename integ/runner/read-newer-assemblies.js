/**
 * Preloaded into integ-runner: lets it read what our aws-cdk-lib writes.
 *
 * integ-runner 2.197.10 carries a copy of the cloud assembly schema at revision 53 and refuses newer ones; aws-cdk-lib
 * writes a later revision, whose additions the runner does not use. Raises the revision in memory while that file is
 * loaded: node_modules stays as it was installed. Remove when an integ-runner with the newer schema is out: then the
 * text below is not found any more, and this file says so.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { sep } = require('node:path');
const { revision } = require('@aws-cdk/cloud-assembly-schema/schema/version.json');

const BUNDLE = ['integ-runner', 'lib', 'workers', 'extract', 'index.js'].join(sep);
const EMBEDDED = /revision: 53\n/;

const load = Module._extensions['.js'];
Module._extensions['.js'] = function (module, filename) {
  if (!filename.endsWith(BUNDLE)) {
    return load(module, filename);
  }
  const source = readFileSync(filename, 'utf8');
  if (!EMBEDDED.test(source)) {
    throw new Error('integ-runner no longer carries schema revision 53: see whether integ/runner/read-newer-assemblies.js can go');
  }
  return module._compile(source.replace(EMBEDDED, `revision: ${revision}\n`), filename);
};
