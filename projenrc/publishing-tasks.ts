import type { awscdk } from 'projen';

const QUIET = { NODE_NO_WARNINGS: '1' };
const JSII = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

/** How the package becomes a release, and how it is proved that others can use it. */
export function definePublishingTasks(project: awscdk.AwsCdkConstructLibrary): void {
  // projen's own task builds one language, asks for a clean checkout last and pushes.
  project.tasks.tryFind('release')!.reset('tsx publishing/release.ts', { env: { RELEASE: 'true', ...QUIET } });
  project.tasks.tryFind('publish:git')!.reset('tsx publishing/tag-release.ts');
  project.tasks.tryFind('compat')!.reset('tsx publishing/compatibility/compare-api.ts', { receiveArgs: true });
  project.addTask('compat:prove', { description: 'Plants breaking changes and sees each caught', exec: 'tsx publishing/compatibility/prove.ts' });
  project.addTask('test:floor', {
    description: 'Compiles the library and runs its unit tests with the oldest peers that a consumer may bring',
    exec: 'tsx publishing/compatibility/test-floor.ts',
    env: QUIET,
  });
  project.addTask('rename', {
    description: 'Builds the package under another name: --name @acme/resilience --repository URL',
    exec: 'tsx publishing/rename.ts',
    env: QUIET,
    receiveArgs: true,
  });
  project.addTask('registry', {
    description: 'Publishes to a registry on loopback, renamed and wrapped as well, and uses what was published in fresh apps, offline',
    exec: 'tsx publishing/registry/prove.ts',
    env: QUIET,
  });
  project.addTask('languages', {
    description: 'Writes the packages for Python, Java, Go and .NET, as sources, into dist',
    steps: [{ spawn: project.compileTask.name }, { exec: 'tsx publishing/languages/generate.ts' }],
  });
  project.addTask('languages:python', {
    description: 'Installs the Python package, synthesizes with it, and runs the examples of docs/python',
    exec: 'tsx publishing/languages/prove-python.ts',
    env: QUIET,
  });
  project.addTask('languages:java', {
    description: 'Compiles the Java package with Maven, and synthesizes with it (needs a JDK and Maven)',
    exec: 'tsx publishing/languages/prove-java.ts',
    env: QUIET,
  });
  project.addTask('languages:go', {
    description: 'Compiles the Go package, and synthesizes with it (needs Go)',
    exec: 'tsx publishing/languages/prove-go.ts',
    env: QUIET,
  });
  project.addTask('languages:examples', { description: 'Writes docs/python', exec: 'tsx publishing/languages/examples-in-python.ts', env: JSII });
  project.addTask('languages:examples:check', {
    description: 'Fails when docs/python is not what the READMEs say',
    exec: 'tsx publishing/languages/examples-in-python.ts --check',
    env: JSII,
  });
}
