import type { awscdk } from 'projen';

/** integ-runner only compares templates here: no credentials, no network, and the Region means nothing. */
const INTEG_RUNNER = 'node -r ./integ/runner/read-newer-assemblies.js node_modules/@aws-cdk/integ-runner/bin/integ-runner --directory integ --language typescript --app "node_modules/.bin/tsx {filePath}"';
const OFFLINE = { env: { AWS_REGION: 'us-east-1', CDK_VALIDATION: 'false', NODE_NO_WARNINGS: '1' } };
/** The AWS SDK announces, at every start, that it will leave Node 20 behind one day. */
const QUIET = { NODE_NO_WARNINGS: '1' };

/** What `npm test` runs (and so `npm cit`), and the tasks beside it. */
export function defineTasks(project: awscdk.AwsCdkConstructLibrary): void {
  project.compileTask.reset('jsii --silence-warnings=reserved-word --generate-tsconfig tsconfig.jsii.json', {
    env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });

  project.compileTask.exec('tsx scripts/load-on-use.ts');

  const apiCheck = project.addTask('api:check', {
    description: 'Fails when API.md does not say what the code says',
    exec: 'tsx scripts/check-api.ts',
  });
  const examples = project.addTask('examples:compile', {
    description: 'Compiles the examples of README and docstrings (jsii-rosetta, strict)',
    exec: 'jsii-rosetta extract --strict --cache .jsii.tabl.json .jsii',
    env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
  const types = project.addTask('types', {
    description: 'Type-checks what jsii does not compile: tests, apps, scripts',
    exec: 'tsc --noEmit -p tsconfig.json',
  });
  project.addTask('lint', {
    description: 'ESLint, without fixing anything: a stage of .ci/run, since it takes a minute',
    steps: [{ spawn: 'eslint' }],
  });
  project.addTask('lint:fix', { description: 'ESLint, mending what it can', exec: 'ESLINT_USE_FLAT_CONFIG=false eslint --ext .ts --fix src test integ examples bench publishing scripts sql-engine projenrc .projenrc.ts' });
  const unit = project.addTask('test:unit', {
    description: 'Unit tests; snapshots are only compared',
    exec: 'jest --ci',
    receiveArgs: true,
  });
  project.addTask('test:properties', {
    description: 'A thousand random programs for each construct, and fifty in strict mode; seeded',
    exec: 'jest --ci --testPathIgnorePatterns /node_modules/ --testPathPatterns "/properties\\.test\\.ts$"',
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
  project.addTask('test:deploy', {
    description: 'Deploys the examples and integ apps to the local emulator and reads them back',
    exec: 'jest --ci -c jest.deploy.config.json',
    env: QUIET,
    receiveArgs: true,
  });
  project.addTask('sql-engine', {
    description: 'Runs the flow-log queries on a real Trino that reads the synthesized Glue tables (needs a JDK and Maven)',
    exec: 'jest --ci -c jest.sql-engine.config.json',
    env: QUIET,
    receiveArgs: true,
  });
  project.addTask('sql-engine:files', {
    description: 'What flow logs in Parquet cost to ask, against plain text, on a real Trino; writes docs/flow-log-files.md',
    exec: 'tsx sql-engine/measure-files.ts',
    env: QUIET,
  });
  project.addTask('test:emulator', { description: 'Tests what we add to the emulator (Python)', exec: 'tsx integ/emulator/python-tests.ts' });
  project.addTask('test:kill', { description: 'Kills the harness at its worst moments and looks for what is left', exec: 'tsx integ/emulator/kill-test.ts', env: QUIET });
  const bench = project.addTask('bench', { description: 'What the constructs cost at synth, against the same by hand; writes docs/benchmarks.md', env: QUIET });
  bench.spawn(project.tasks.tryFind('bundle')!);
  bench.spawn(project.compileTask);
  bench.exec('tsx bench/run.ts', { receiveArgs: true });
  project.addTask('cfn-lint', { description: 'cfn-lint over every example and integ template', exec: 'tsx scripts/cfn-lint/run.ts', env: QUIET });

  project.addTask('package:check', { description: 'Fails when the package would carry a file too many, or lack one', exec: 'tsx scripts/check-package.ts' });

  project.addTask('integ', {
    description: 'Compares the integ snapshots with what is synthesized now',
    steps: [{ exec: `${INTEG_RUNNER} --parallel-regions us-east-1`, ...OFFLINE }],
  });
  project.addTask('integ:update', {
    description: 'Writes the integ snapshots without deploying anything',
    // The runner fails when a resource would be replaced, though it has written the snapshot: trim it all the same.
    steps: [{ spawn: 'bundle' }, { exec: `${INTEG_RUNNER} --parallel-regions us-east-1 --update-on-failed --force --dry-run; tsx scripts/trim-snapshots.ts`, ...OFFLINE }],
  });
  project.addTask('integ:deploy', {
    description: 'Deploys the integ apps to the AWS account of the current credentials, runs their assertions, writes the snapshots',
    steps: [{ exec: `${INTEG_RUNNER} --parallel-regions eu-west-1 --update-on-failed --force`, receiveArgs: true }, { exec: 'tsx scripts/trim-snapshots.ts' }],
  });
  project.addTask('emulator', {
    description: 'Starts the local AWS emulator and prints the environment to export; Ctrl-C ends it',
    exec: 'tsx integ/emulator/emulator.cli.ts',
    env: QUIET,
    receiveArgs: true,
  });
  project.addTask('demo', {
    description: 'Deploys the example apps to the local AWS emulator and shows what was built',
    steps: [{ spawn: project.compileTask.name }, { exec: 'tsx integ/demo.ts' }],
    env: QUIET,
  });

  project.testTask.reset();
  for (const task of [project.tasks.tryFind('bundle'), project.compileTask]) {
    if (task) {
      project.testTask.spawn(task);
    }
  }
  // The longest first: two cores, and none waits for another.
  project.testTask.exec(`tsx scripts/side-by-side.ts ${[types, examples, apiCheck, project.tasks.tryFind('languages:examples:check')!].map(task => task.name).join(' ')}`);
  project.testTask.spawn(unit);
}
