import type { awscdk } from 'projen';

/** What is committed, what is ignored, and what a consumer finds in the tarball. */
export function definePackageContents(project: awscdk.AwsCdkConstructLibrary): void {
  // With `exports` the package can import itself by name: examples/ read exactly as in a team's app.
  project.package.addField('exports', {
    '.': { types: './lib/index.d.ts', default: './lib/index.js' },
    './package.json': './package.json',
    './.jsii': './.jsii',
  });

  // Not projen's publishTo…: `build` would make them all, and no other language is needed to work here.
  project.package.addField('jsii', {
    outdir: 'dist',
    targets: {
      python: { distName: 'cdk-resilience', module: 'cdk_resilience' },
      java: { package: 'com.example.cdkresilience', maven: { groupId: 'com.example', artifactId: 'cdk-resilience' } },
      go: { moduleName: 'example.com/cdk-resilience-go', packageName: 'cdkresilience' },
      dotnet: { namespace: 'CdkResilience', packageId: 'CdkResilience' },
    },
    // Sources in every compiled file would be more than half of the package.
    tsc: { outDir: 'lib', rootDir: 'src', inlineSourceMap: false, inlineSources: false },
  });

  // An entry `tsconfig.json` would keep the committed file out without a word; `cdk.out` would hide files inside integ snapshots.
  project.gitignore.removePatterns('tsconfig.json', 'cdk.out', 'cdk.out/');
  project.gitignore.exclude('/cdk.out/', '/tsconfig.jsii.json', '/.jsii.tabl.json', 'node_modules/', '__pycache__/', '/integ/**/cdk-integ.out*', '/examples/*/lib/');

  for (const path of [
    '/integ/', '/examples/', '/docs/', '/bench/', '/scripts/', '/projenrc/', '/publishing/', '/rosetta/', '/sql-engine/', '/.ci/', '/cdk.out/',
    '.jsii.tabl.json', '/tsconfig.jsii.json', '/jest.config.json', '/jest.deploy.config.json', '/jest.sql-engine.config.json',
    // Declarations say the same.
    '/API.md', '/ARCHITECTURE.md', '/CONTRIBUTING.md',
    // Handlers are in assets/, bundled.
    '/lib/**/*.lambda.js', '/lib/**/*.lambda.d.ts', '/lib/private/runtime/', '/test-reports/', '/cdk.context.json', '*.log',
  ]) {
    project.addPackageIgnore(path);
  }
}
