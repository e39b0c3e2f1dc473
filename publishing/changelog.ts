const UNRELEASED = '## Unreleased';

/** The changelog with what is unreleased under the version that releases it. */
export function released(changelog: string, version: string, date: string): string {
  if (section(changelog, UNRELEASED) === '') {
    throw new Error('CHANGELOG.md must say under \'## Unreleased\' what changes for users, got: nothing; write it, then release');
  }
  return changelog.replace(UNRELEASED, `## ${version} (${date})`);
}

/** What one release says to its users: its section, without the heading. */
export function notesOf(changelog: string, version: string): string {
  return section(changelog, `## ${version} (`);
}

/** The lines below the heading that begins so, up to the next heading of its kind. */
function section(changelog: string, heading: string): string {
  const lines = changelog.split('\n');
  const start = lines.findIndex(line => line.startsWith(heading));
  if (start === -1) {
    return '';
  }
  const length = lines.slice(start + 1).findIndex(line => line.startsWith('## '));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n').trim();
}
