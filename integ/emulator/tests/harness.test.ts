import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { appArguments, withoutAws } from '../cdk-cli';
import { freePort } from '../emulator';
import { findPython, pythonEnvironment } from '../python-environment';
import { formatTable, knownTypes, recordedRows } from '../recorded';
import { runSupervised } from '../supervised';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'harness-test-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers as a Python of this version and does nothing else. */
function fakePython(version: string): string {
  const program = join(folder, 'python');
  writeFileSync(program, `#!/bin/sh\n[ "$1" = -c ] && echo ${program} ${version} && exit 0\nexit 1\n`);
  chmodSync(program, 0o755);
  return program;
}

describe('one clear sentence', () => {
  test('when there is no Python', () => {
    expect(() => findPython(['no-such-python'])).toThrow('Python 3.11 or later is needed, found none: install it and see that \'python3\' starts it');
  });

  test('when Python is too old', () => {
    expect(() => findPython([fakePython('3 9 2')])).toThrow('Python 3.11 or later is needed, found 3.9.2: install it and see that \'python3\' starts it');
  });

  test('when Python lacks its venv module', async () => {
    const program = fakePython('3 11 7');
    const requirements = join(folder, 'requirements.txt');
    writeFileSync(requirements, '');
    await expect(pythonEnvironment({ requirements, candidates: [program], cache: folder })).rejects.toThrow(
      `'${program}' can not make a virtual environment: install its venv module (on Debian and Ubuntu the package python3-venv)`);
  });

  test('when the port is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>(done => other.listen(0, '127.0.0.1', () => done((other.address() as { port: number }).port)));
    await expect(freePort(port)).rejects.toThrow(`port ${port} is taken: end what listens there, or choose another with --port`);
    await new Promise(done => other.close(done));
  });

  test.each([NaN, -1, 65536, 80.5])('when the port is %p', async port => {
    await expect(freePort(port)).rejects.toThrow(
      `a port must be a number up to 65535, got: ${port}; choose one with --port, or leave it out for any that is free`);
  });

  test('when a command fails, with its last lines', async () => {
    const { program } = findPython();
    await expect(runSupervised('the thing', 60, { python: program, command: [program, '-c', 'print("because"); raise SystemExit(3)'] }))
      .rejects.toThrow('the thing failed with exit code 3; its last lines tell why:\nbecause');
  });

  test('when a command hangs, which is then ended', async () => {
    const { program } = findPython();
    await expect(runSupervised('the thing', 1, { python: program, command: [program, '-uc', 'import time; print("waiting"); time.sleep(60)'] }))
      .rejects.toThrow('the thing was ended after 1 seconds; its last lines tell where it hung:\nwaiting');
  });
});

test('a free port is found when none is asked for', async () => {
  expect(await freePort()).toBeGreaterThan(1023);
});

describe('the CDK CLI', () => {
  test('is told which app, where to write, and its context', () => {
    expect(appArguments({ app: 'examples/a b/app.ts', context: { colour: 'red', size: 'a=b' } }, '/out')).toEqual([
      '--app', `node --import tsx "${resolve(__dirname, '../../../examples/a b/app.ts')}"`, '--output', '/out',
      '--context', 'colour=red', '--context', 'size=a=b',
    ]);
    expect(appArguments({ app: 'app.ts' }, '/out')).not.toContain('--context');
  });

  test('gets nothing of the AWS of whoever runs it', () => {
    expect(withoutAws({ PATH: '/bin', AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'x', CDK_DEFAULT_ACCOUNT: '1' })).toEqual({ PATH: '/bin' });
  });
});

describe('what was only recorded', () => {
  const types = {
    'AWS::A::One': { acts: 'answers', recorded: 'its name' },
    'AWS::B::Two': { acts: '', recorded: 'all', dropped: { Colour: 'not passed on', Size: 'unknown' } },
  };

  test('is counted by type, with the properties that were dropped of those that were given', () => {
    expect(recordedRows([{ Type: 'AWS::B::Two', Properties: { Colour: 'red' } }, { Type: 'AWS::B::Two' }, { Type: 'AWS::A::One' }], types)).toEqual([
      { type: 'AWS::A::One', count: 1, acts: 'answers', recorded: 'its name' },
      { type: 'AWS::B::Two', count: 2, acts: '', recorded: 'all; Colour dropped: not passed on' },
    ]);
  });

  test('names a property inside others, too', () => {
    const nested = { 'AWS::A::One': { acts: '', recorded: 'all', dropped: { 'Parts.Size.Width': 'not passed on' } } };
    const rows = (Parts: unknown) => recordedRows([{ Type: 'AWS::A::One', Properties: { Parts } }], nested)[0].recorded;
    expect(rows([{ Size: { Width: 1 } }])).toBe('all; Parts.Size.Width dropped: not passed on');
    expect(rows({ Size: [{ Depth: 1 }, { Width: 1 }] })).toBe('all; Parts.Size.Width dropped: not passed on');
    expect(rows([{ Size: 'Width' }, null, { Width: 1 }])).toBe('all');
  });

  test('fails for a type that the list does not know', () => {
    expect(() => recordedRows([{ Type: 'AWS::C::Three' }], types)).toThrow(
      'integ/emulator/recorded.json says nothing of AWS::C::Three: find out what the emulator does of it, and add it');
  });

  test('every type in the list says what it does here, or what not', () => {
    for (const facts of Object.values(knownTypes())) {
      expect(facts.acts + facts.recorded).not.toBe('');
    }
  });

  test('tables line up', () => {
    expect(formatTable(['A', 'Long'], [['wide', 'x'], ['y', '']])).toBe('A     Long\n----  ----\nwide  x\ny');
  });
});
