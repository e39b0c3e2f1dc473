/** Java: the package is compiled with Maven, and a program with it. Needs a JDK, Maven and Maven's repository. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { JAVA_TOOLS, maven } from './maven';
import type { Proof } from './proof';
import { main } from './proof';

async function prove(proof: Proof): Promise<string[]> {
  const shop = join(proof.folder, 'shop');
  cpSync(join(__dirname, 'java'), shop, { recursive: true });
  // Java pays no heed to TMPDIR, and the runtime of jsii leaves a folder behind.
  const env = { MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Djava.io.tmpdir=${join(proof.folder, 'tmp')}` };
  const run = (what: string, folder: string, ...goals: string[]) => proof.run(what, maven(folder, '--quiet', ...goals), { env });
  await run('compiling the package (fetches 170 MB, once)', proof.package, 'install', '-Dmaven.javadoc.skip=true', '-Dmaven.source.skip=true');
  await run('compiling the program', shop, 'compile');
  return proof.judge(await run('running the program', shop, 'exec:java'));
}

main('java', prove, JAVA_TOOLS);
