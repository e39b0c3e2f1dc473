/** How the Go proxy calls the peers. */
const MODULES: Record<string, string> = {
  'aws-cdk-lib': 'github.com/aws/aws-cdk-go/awscdk/v2',
  'constructs': 'github.com/aws/constructs-go/constructs/v10',
};

/**
 * A go.mod that asks for the oldest versions of the peer range. jsii-pacmak writes the versions that happen to be
 * installed here, and to Go such a line means "at least": no app could use an older one, and the newest are not in the
 * index of Go. Indirect lines go as well; they belong to those versions.
 */
export function requireOldest(goMod: string, peers: Record<string, string>): string {
  const lines = goMod.split('\n').filter(line => !line.endsWith('// indirect'));
  return lines.map(line => {
    const peer = Object.keys(MODULES).find(name => line.trim().startsWith(`${MODULES[name]} `));
    return peer ? `\t${MODULES[peer]} v${oldest(peer, peers[peer])}` : line;
  }).join('\n');
}

function oldest(name: string, range: string | undefined): string {
  const version = /^\^(\d+\.\d+\.\d+)$/.exec(range ?? '')?.[1];
  if (!version) {
    throw new Error(`the range of the peer '${name}' must be a caret and a version, got: '${range}'; teach go-module.ts to read it`);
  }
  return version;
}
