import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../support/bot.ts';

export interface Kill {
  readonly name: string;
  readonly when: 'before' | 'after';
}

/** A bot in a process of its own. */
export interface Child {
  readonly port: number;
  alive(): boolean;
  /** SIGKILL. */
  kill(): void;
}

/**
 * Bots in processes of their own, one at a time. The next one is spawned ahead and has loaded its code when it is
 * needed: loading is most of what a start costs.
 */
export function createNursery(address: () => Address, onStep: (name: string) => void) {
  const cache = mkdtempSync(join(tmpdir(), 'oms-kill-'));
  let spare = load();

  function load() {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'child.ts')],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
      },
    );
    return { child, loaded: message(child, (said) => said === 'loaded') };
  }

  return {
    /** Resolves when it hears, or has died before. */
    async start(kill: Kill | null): Promise<Child> {
      const { child, loaded } = spare;
      await loaded;
      spare = load();
      let port = 0;
      child.on('message', (said: { step?: string; port?: number }) => {
        if (said.step !== undefined) onStep(said.step);
        port = said.port ?? port;
      });
      const heard = message(child, () => port !== 0);
      child.send({ address: address(), kill });
      await heard;
      return {
        get port() {
          return port;
        },
        alive: () => child.exitCode === null && child.signalCode === null,
        kill: () => void child.kill('SIGKILL'),
      };
    },
    stop(): void {
      spare.child.kill('SIGKILL');
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

/** Resolves on a message that fits, or when the process has ended. */
async function message(child: ChildProcess, fits: (said: unknown) => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    child.on('message', (said) => {
      if (fits(said)) resolve();
    });
    child.on('exit', () => resolve());
  });
}
