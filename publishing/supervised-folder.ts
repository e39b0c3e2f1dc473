import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Supervised } from '../integ/emulator/supervised';

/** A folder that goes with this process, however it ends: another process holds it, on the leash of supervise.py. */
export class SupervisedFolder {
  /** Makes a folder. */
  public static async make(python: string): Promise<SupervisedFolder> {
    const path = join(tmpdir(), `cdk-resilience-${randomUUID()}`);
    const holder = new Supervised({ python, folder: path, command: [python, '-c', 'import threading; threading.Event().wait()'], env: process.env });
    for (let waited = 0; waited < 100 && !existsSync(path); waited++) {
      await sleep(50);
    }
    if (!existsSync(path)) {
      throw new Error(`no folder could be made in '${tmpdir()}': see whether it can be written to\n${holder.lastLines}`);
    }
    return new SupervisedFolder(path, holder);
  }

  private constructor(public readonly path: string, private readonly holder: Supervised) {}

  /** Removes it, and waits until it is gone. */
  public async remove(): Promise<void> {
    await this.holder.end();
  }
}
