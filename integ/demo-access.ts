/** For the demo: who assumes the role of the data platform, and what people then reach, with IAM enforced. */
import type { Attempt } from './access/attempts';
import type { Tags } from './access/people';
import { ALPHA_DEVELOPER, ASSUME_ATTEMPTS, CARD_DATA_OPERATOR, DATA_SCIENTIST, rightly } from './access/people';
import { AccessScene } from './access/scene';
import type { Emulator } from './emulator/emulator';
import { formatTable } from './emulator/recorded';
import type { Credentials } from './emulator/signed-request';

/** Two tables: who got in, and what was allowed. IAM is enforced while they are made. */
export async function accessTables(emulator: Emulator): Promise<string> {
  const scene = await AccessScene.of(emulator);
  try {
    const assumed = await Promise.all(ASSUME_ATTEMPTS.map(async attempt => {
      const answer = typeof await scene.assume(attempt) === 'string' ? 'refused' : 'assumed';
      return [attempt.who.account, attempt.who.role, attempt.how, attempt.difference ? `${answer}, and by AWS refused: ${attempt.difference}` : answer];
    }));
    const onThePlatform = await scene.assume(rightly(DATA_SCIENTIST)) as Credentials;
    const tried = [
      ...await rowsOf(scene, 'DataScienceAccess', DATA_SCIENTIST.tags, onThePlatform, await scene.onThePlatform()),
      ...await rowsOf(scene, ALPHA_DEVELOPER.role, ALPHA_DEVELOPER.tags, await scene.signIn(ALPHA_DEVELOPER), scene.withTheFiles),
      ...await rowsOf(scene, CARD_DATA_OPERATOR.role, CARD_DATA_OPERATOR.tags, await scene.signIn(CARD_DATA_OPERATOR), await scene.withCardData()),
    ];
    return [
      formatTable(['Account', 'Who', 'Asks for DataScienceAccess', 'Answer'], assumed),
      formatTable(['As', 'Tags', 'Tries to', 'Answer'], tried),
    ].join('\n\n');
  } finally {
    await emulator.enforceIam(false);
  }
}

async function rowsOf(scene: AccessScene, role: string, tags: Tags, session: Credentials, attempts: Attempt[]): Promise<string[][]> {
  const rows: string[][] = [];
  for (const attempt of attempts) {
    rows.push([role, Object.values(tags).join('/'), attempt.what, await scene.try(attempt, session) ? 'allowed' : 'refused']);
  }
  return rows;
}
