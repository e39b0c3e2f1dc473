/**
 * What the commits since the last release ask for. Before 1.0 a break raises the minor version, which is where `^0.x`
 * ranges stop, and all else the patch; the first release is 0.1.0 whatever its commits say.
 */
export function nextVersion(current: string, suggested: string): string {
  if (current === '0.0.0') {
    return '0.1.0';
  }
  const beforeOne: Record<string, string> = { major: 'minor', minor: 'patch' };
  return current.startsWith('0.') ? beforeOne[suggested] ?? suggested : suggested;
}

if (require.main === module) {
  process.stdout.write(nextVersion(process.env.VERSION ?? '', process.env.SUGGESTED_BUMP ?? ''));
}
