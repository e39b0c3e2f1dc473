/** Fails when the package would carry what a consumer has no use for, or lack what they need. Packs nothing. */
import { resolve } from 'node:path';
import { packageProblems } from './package-files';
import { filesBelow, packedFiles } from './packed-files';

const REPOSITORY = resolve(__dirname, '..');

const { files, unpackedSize } = packedFiles(REPOSITORY);
const problems = packageProblems(files, filesBelow(resolve(REPOSITORY, 'src')), unpackedSize);
problems.forEach(problem => console.error(problem));
console.log(`package: ${files.length} files, ${Math.round(unpackedSize / 1000)} kB, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
