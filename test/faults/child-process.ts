import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import type { Address } from '../support/bot.ts';
import { roomInMemory } from '../support/folder.ts';

export interface Kill {
  readonly name: string;
  readonly when: 'before' | 'after';
}

/** What a process is told first: where to live, and where it is to die from its first breath on. */
export interface Birth {
  readonly address: Address;
  readonly kill: Kill | null;
}

/** A bot in a process of its own. */
export interface Child {
  readonly port: number;
  alive(): boolean;
  /** From now on it dies before or after the next work of that name. */
  arm(kill: Kill): Promise<void>;
  /** SIGKILL. */
  kill(): void;
}

/** The bot and its packages in one file: to load it from a thousand is most of what a start costs. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    // What packages in CommonJS expect to be there.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname; const __filename = import.meta.filename;',
    },
    logLevel: 'warning',
  });
  await stop();
  return outfile;
}

/**
 * Bots in processes of their own, one at a time. The next one is spawned ahead and has loaded its code when it is
 * needed.
 */
export async function createNursery(address: () => Address, onStep: (name: string) => void) {
  const folder = mkdtempSync(join(roomInMemory(), 'oms-kill-'));
  const program = await bundled(folder);
  let spare = load();

  function load() {
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    });
    return { child, loaded: message(child, (said) => said === 'loaded') };
  }

  return {
    /** Resolves when it hears, or has died before. */
    async start(kill: Kill | null = null): Promise<Child> {
      const { child, loaded } = spare;
      await loaded;
      spare = load();
      let port = 0;
      child.on('message', (said: { step?: string; port?: number }) => {
        if (said.step !== undefined) onStep(said.step);
        port = said.port ?? port;
      });
      const heard = message(child, () => port !== 0);
      child.send({ address: address(), kill } satisfies Birth);
      await heard;
      return {
        get port() {
          return port;
        },
        alive: () => child.exitCode === null && child.signalCode === null,
        async arm(kill) {
          const armed = message(child, (said) => said === 'armed');
          child.send(kill);
          await armed;
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
    end(): void {
      spare.child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
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
