import type { awscdk } from 'projen';

/** integ-runner looks only for changed templates: no credentials, no network. */
const INTEG_RUNNER_ENV = { AWS_REGION: 'us-east-1', CDK_VALIDATION: 'false' };
const INTEG_RUNNER = 'node -r ./integ/runner/read-newer-assemblies.js node_modules/@aws-cdk/integ-runner/bin/integ-runner --directory integ --parallel-regions us-east-1 --app "npx tsx {filePath}" --test-regex "integ\\.[^/]+\\.ts$"';

/** What `npm test` runs (and so `npm cit`), and the tasks beside it. */
export function defineTasks(project: awscdk.AwsCdkConstructLibrary): void {
  project.compileTask.reset('jsii --silence-warnings=reserved-word --generate-tsconfig tsconfig.jsii.json', {
    env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });

  const apiCheck = project.addTask('api:check', {
    description: 'Fails when API.md does not say what the code says',
    exec: 'tsx scripts/check-api.ts',
  });
  const examples = project.addTask('examples:compile', {
    description: 'Compiles the examples of README and docstrings (jsii-rosetta, strict)',
    exec: 'jsii-rosetta extract --strict --cache .jsii.tabl.json .jsii',
  });
  const lint = project.addTask('lint', {
    description: 'ESLint, without fixing anything',
    steps: [{ spawn: 'eslint' }],
  });
  const unit = project.addTask('test:unit', {
    description: 'Unit tests; snapshots are only compared',
    exec: 'jest --ci',
    receiveArgs: true,
  });
  project.addTask('test:unit:update', {
    description: 'Unit tests; writes new and changed snapshots',
    exec: 'jest --updateSnapshot',
    receiveArgs: true,
  });
  project.addTask('test:coverage', {
    description: 'Unit tests with coverage, which doubles their time',
    exec: 'jest --ci --coverage --collectCoverageFrom "src/**/*.ts"',
    receiveArgs: true,
  });
  const integ = project.addTask('integ', {
    description: 'Compares the integ snapshots with what is synthesized now',
    env: INTEG_RUNNER_ENV,
    exec: INTEG_RUNNER,
    receiveArgs: true,
  });
  project.addTask('integ:update', {
    description: 'Writes the integ snapshots without deploying anything',
    env: INTEG_RUNNER_ENV,
    steps: [{ exec: `${INTEG_RUNNER} --update-on-failed --dry-run`, receiveArgs: true }, { exec: 'tsx scripts/trim-snapshots.ts' }],
  });
  project.addTask('integ:deploy', {
    description: 'Deploys the integ apps to the AWS account of the current credentials, runs their assertions, writes the snapshots',
    steps: [{
      exec: INTEG_RUNNER.replace(' --parallel-regions us-east-1', '') + ' --update-on-failed --parallel-regions eu-west-1',
      receiveArgs: true,
    }, { exec: 'tsx scripts/trim-snapshots.ts' }],
  });
  project.addTask('emulator', {
    description: 'Starts the local AWS emulator and prints the environment to export; Ctrl-C ends it',
    exec: 'tsx integ/emulator/emulator.cli.ts',
    receiveArgs: true,
  });
  project.addTask('demo', {
    description: 'Deploys the example apps to the local AWS emulator and shows what was built',
    steps: [{ spawn: project.compileTask.name }, { exec: 'tsx integ/demo.ts', receiveArgs: true }],
  });

  const bundle = project.tasks.tryFind('bundle');
  project.testTask.reset();
  for (const task of [bundle, project.compileTask, apiCheck, examples, lint, unit, integ]) {
    if (task) {
      project.testTask.spawn(task);
    }
  }
}
