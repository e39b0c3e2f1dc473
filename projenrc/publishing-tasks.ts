import type { awscdk } from 'projen';

const QUIET = { NODE_NO_WARNINGS: '1' };

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
}
