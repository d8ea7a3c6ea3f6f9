import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ends the server when whoever started it is gone, also by SIGKILL: the pipe on its input then closes. Then removes
 * the folder that its first argument names. Nothing of it is wanted any more, so it is killed. The shell itself says
 * nothing: it would end at a pipe that nobody reads.
 */
const WATCHDOG = `folder=$1; shift; exec 3<&0
"$@" </dev/null 3<&- & server=$!
(read -r _ <&3; kill -9 "$server") 2>/dev/null & guard=$!
exec >/dev/null 2>&1
wait "$server"; code=$?
kill "$guard"; rm -rf "$folder"; exit "$code"`;

export interface Server {
  /** Its last 8,000 characters of output. */
  said(): string;
  /** Its code, when it has ended. */
  readonly gone: Promise<number | null>;
  /** Ends it at once and removes its folder. */
  stop(): Promise<void>;
}

/** A folder of its own under the temporary one. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `oms-${name}-`));
}

/**
 * Starts a program that lives no longer than this process.
 * @param folder goes with it
 */
export function startServer(
  folder: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Server {
  const child = spawn('sh', ['-c', WATCHDOG, 'sh', folder, command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: folder,
    // Of its own session: Ctrl-C in a terminal reaches only its owner, which then ends it.
    detached: true,
    env: { ...process.env, ...env },
  });
  let said = '';
  const hear = (text: Buffer) => {
    said = `${said}${text}`.slice(-8_000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.on('error', () => undefined);
  const gone = new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  return {
    said: () => said,
    gone,
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}

/** Waits for its first sign of life. @throws Error with what it said, when it ends before or takes longer */
export async function ready(
  name: string,
  server: Server,
  isReady: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  let over = false;
  void server.gone.then(() => {
    over = true;
  });
  const deadline = Date.now() + withinMs;
  while (!(await isReady().catch(() => false))) {
    if (over || Date.now() > deadline) {
      await server.stop();
      throw new Error(`${name} did not start:\n${server.said().trim()}`);
    }
    await sleep(25);
  }
}

export async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const say = (what: boolean) => () => {
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', say(true));
    socket.once('error', say(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
