import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A process of its own, as it would run in production: memory and `kill -9` mean something only there. */
export interface Process {
  /** Resolves with the match when its output has it; rejects when it ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks over the channel that `spawn` gave it; one question at a time. */
  ask(question: object): Promise<Record<string, number>>;
  /** `kill -9`; resolves at once. */
  kill(): void;
  /** SIGTERM, and SIGKILL when it has not gone within 15 s. */
  end(): Promise<void>;
}

const MEMORY = fileURLToPath(new URL('../peers/memory.ts', import.meta.url));
const { config } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
/** What Node is told where the bot starts. */
const FLAGS = String(config.nodeFlags).split(' ');

/** Starts a TypeScript file under this Node and the bot's flags, ours and a peer alike; it ends with `stack`. */
export function startProcess(
  stack: AsyncDisposableStack,
  file: URL,
  env: Readonly<Record<string, string>>,
): Process {
  // As `npm start` does it, with what Node has compiled before.
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const started = { PATH, HOME, NODE_COMPILE_CACHE };
  const child = spawn(
    process.execPath,
    [
      ...FLAGS,
      '--disable-warning=ExperimentalWarning',
      '--expose-gc',
      `--import=${MEMORY}`,
      fileURLToPath(file),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...started, ...env },
    },
  );
  let output = '';
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (data) => {
    output += data;
    for (const check of waiting) check();
  });
  const gone = once(child, 'exit');
  async function end(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(late);
  }
  stack.defer(end);
  return {
    async said(pattern) {
      return await new Promise((resolve, reject) => {
        const check = () => {
          const found = pattern.exec(output);
          if (found === null) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        child.once('exit', () => reject(new Error(`It ended before it said ${pattern}:\n${output}`)));
        check();
      });
    },
    async ask(question) {
      const answer = once(child, 'message');
      child.send(question);
      const [said] = await answer;
      return said;
    },
    kill: () => void child.kill('SIGKILL'),
    end,
  };
}
