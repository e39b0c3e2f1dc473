/** Runs the tests of the provisioners in the emulator's own Python environment. */
import { join } from 'node:path';
import { pythonEnvironment } from './python-environment';
import { runSupervised } from './supervised';

async function main(): Promise<void> {
  const python = await pythonEnvironment({ requirements: join(__dirname, 'requirements.txt'), progress: line => console.log(line) });
  await runSupervised('the tests of the provisioners', 120, {
    python,
    command: [python, '-m', 'unittest', 'discover', '--start-directory', 'tests', '--top-level-directory', '.'],
    cwd: __dirname,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    onLine: line => console.log(line),
  });
}

main().catch(error => {
  console.error((error as Error).message);
  process.exit(1);
});
