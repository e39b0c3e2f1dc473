import type { awscdk } from 'projen';

/** What is committed, what is ignored, and what a consumer finds in the tarball. */
export function definePackageContents(project: awscdk.AwsCdkConstructLibrary): void {
  // With `exports` the package can import itself by name: examples/ read exactly as in a team's app.
  project.package.addField('exports', {
    '.': { types: './lib/index.d.ts', default: './lib/index.js' },
    './package.json': './package.json',
    './.jsii': './.jsii',
  });

  // An entry `tsconfig.json` would keep the committed file out without a word; `cdk.out` would hide files inside integ snapshots.
  project.gitignore.removePatterns('tsconfig.json', 'cdk.out', 'cdk.out/');
  project.gitignore.exclude('/cdk.out/', '/tsconfig.jsii.json', '/.jsii.tabl.json', 'node_modules/', '__pycache__/', '/integ/**/cdk-integ.out*');

  for (const path of [
    '/integ/', '/examples/', '/docs/', '/bench/', '/scripts/', '/projenrc/', '/rosetta/', '/.ci/', '/cdk.out/',
    '.jsii.tabl.json', '/tsconfig.jsii.json', '/jest.config.json', '/jest.deploy.config.json', '/ARCHITECTURE.md', '/CONTRIBUTING.md',
  ]) {
    project.addPackageIgnore(path);
  }
}
