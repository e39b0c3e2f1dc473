/** Go: the package is compiled, and a program with it. Needs Go, and its module proxy once. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from './proof';
import { main } from './proof';

async function prove(proof: Proof): Promise<string[]> {
  const shop = join(proof.folder, 'shop'); // its go.mod finds the package beside it
  cpSync(join(__dirname, 'go'), shop, { recursive: true });
  const program = join(proof.folder, 'program');
  await proof.run('compiling the package and the program (fetches 400 MB, once)', ['go', 'build', '-mod=readonly', '-o', program, '.'], { cwd: shop });
  return proof.judge(await proof.run('running the program', [program]));
}

main('go', prove, [{
  name: 'Go',
  command: ['go', 'version'],
  version: /go(\d+)\.(\d+)/,
  oldest: [1, 25],
  install: 'install it, and see that `go version` starts it',
}]);
