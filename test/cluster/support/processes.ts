import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** The processes of one test cluster; what each says goes to a file of its name. */
export interface Processes {
  start(name: string, file: string, args: readonly string[]): void;
  /** Asks until it is true. @throws Error with the end of its log when one of the processes has ended meanwhile */
  until(what: string, ask: () => Promise<boolean>): Promise<void>;
  /** Kills them all by their ids: nothing of them is kept. */
  stop(): Promise<void>;
}

export function createProcesses(folder: string): Processes {
  const running = new Map<string, ChildProcess>();
  const logOf = (name: string) => join(folder, `${name}.log`);

  function complain(what: string): never {
    const ended = [...running].find(
      ([, { exitCode, signalCode }]) => exitCode !== null || signalCode !== null,
    );
    const said = [...(ended === undefined ? running.keys() : [ended[0]])].map(
      (name) => `${name} said:\n${readFileSync(logOf(name), 'utf8').slice(-2_000)}`,
    );
    const why = ended === undefined ? 'does not happen' : `cannot happen: ${ended[0]} has ended`;
    throw new Error(`${what} ${why}.\n${said.join('\n')}`);
  }

  return {
    start(name, file, args) {
      const log = openSync(logOf(name), 'w');
      // Nothing of the environment: a proxy of this machine would be asked for the pods.
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
      running.set(name, spawn(file, args, { cwd: folder, env, stdio: ['ignore', log, log] }));
      closeSync(log);
    },

    async until(what, ask) {
      for (let look = 0; look < 1_200; look += 1) {
        if (await ask().catch(() => false)) return;
        if ([...running.values()].some(({ exitCode, signalCode }) => (exitCode ?? signalCode) !== null))
          break;
        await setTimeout(50);
      }
      complain(what);
    },

    async stop() {
      await Promise.all(
        [...running.values()].map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}
