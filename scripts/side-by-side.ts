/** Runs tasks that do not depend on each other, two at a time; shows each one's output when it has ended. */
import { spawn } from 'node:child_process';

async function run(task: string): Promise<boolean> {
  const started = Date.now();
  const output: Buffer[] = [];
  const child = spawn('npx', ['projen', task], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', chunk => output.push(chunk));
  child.stderr.on('data', chunk => output.push(chunk));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  process.stdout.write(Buffer.concat(output));
  console.log(`${code === 0 ? 'passed' : 'FAILED'}: ${task}, ${Math.round((Date.now() - started) / 1000)} s`);
  return code === 0;
}

async function main(tasks: string[]): Promise<void> {
  const results: boolean[] = [];
  const worker = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      results.push(await run(task));
    }
  };
  await Promise.all([worker(), worker()]);
  process.exit(results.every(Boolean) ? 0 : 1);
}

void main(process.argv.slice(2));
