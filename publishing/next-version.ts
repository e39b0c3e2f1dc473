/**
 * What the commits since the last release ask for. Before 1.0 a break and a feature both raise the minor version, which
 * is what `^0.x` ranges stop at; the first release is 0.1.0 whatever its commits say.
 */
export function nextVersion(current: string, suggested: string): string {
  if (current === '0.0.0') {
    return '0.1.0';
  }
  return suggested === 'major' && current.startsWith('0.') ? 'minor' : suggested;
}

if (require.main === module) {
  process.stdout.write(nextVersion(process.env.VERSION ?? '', process.env.SUGGESTED_BUMP ?? ''));
}
