/** Java: the package is compiled with Maven, and a program with it. Needs a JDK, Maven and Maven's repository. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './packages';
import type { Proof } from './proof';
import { main } from './proof';

/** Not the repository of the user: our package, version 0.0.0, has no place there. */
const LOCAL_REPOSITORY = join(CACHE, 'maven');

async function prove(proof: Proof): Promise<string[]> {
  const shop = join(proof.folder, 'shop');
  cpSync(join(__dirname, 'java'), shop, { recursive: true });
  // Java pays no heed to TMPDIR, and the runtime of jsii leaves a folder behind.
  const env = { MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Djava.io.tmpdir=${join(proof.folder, 'tmp')}` };
  const maven = (what: string, folder: string, ...goals: string[]) => proof.run(what, [
    'mvn', '--batch-mode', '--quiet', `-Dmaven.repo.local=${LOCAL_REPOSITORY}`, '--file', join(folder, 'pom.xml'), ...goals,
  ], { env });
  await maven('compiling the package (fetches 170 MB, once)', proof.package, 'install', '-Dmaven.javadoc.skip=true', '-Dmaven.source.skip=true');
  await maven('compiling the program', shop, 'compile');
  return proof.judge(await maven('running the program', shop, 'exec:java'));
}

main('java', prove, [
  {
    name: 'JDK',
    command: ['javac', '-version'],
    version: /javac (\d+)(?:\.(\d+))?/,
    oldest: [17, 0],
    install: 'install one (on Debian and Ubuntu the package openjdk-17-jdk-headless)',
  },
  {
    name: 'Maven',
    command: ['mvn', '--version'],
    version: /Apache Maven (\d+)\.(\d+)/,
    oldest: [3, 6],
    install: 'install it (on Debian and Ubuntu the package maven), and see that JAVA_HOME is a JDK',
  },
]);
