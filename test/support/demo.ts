import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 60_000;
const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `npm run demo` as a process of its own. */
export interface DemoProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote to its output, the URL and nothing else. */
  readonly said: () => string;
  /** Interrupts it as Ctrl-C does and resolves with its exit code. */
  interrupt(): Promise<number | null>;
}

/** Starts the demo the way the npm script does. @throws Error with what it said when no URL comes */
export async function startDemo(): Promise<DemoProcess> {
  const child = spawn('node', ['scripts/run.mjs', 'scripts/demo.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0' },
  });
  let said = '';
  let complained = '';
  child.stderr.on('data', (text) => {
    complained += text;
  });
  const over = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const give = () => reject(new Error(`The demo gave no URL: ${said}${complained}`));
    const timer = setTimeout(give, READY_MS);
    child.on('exit', give);
    child.stdout.on('data', (text) => {
      said += text;
      const [found] = /^http:\/\/127\.0\.0\.1:\d+$/m.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return {
    url,
    child,
    said: () => said,
    async interrupt() {
      child.kill('SIGINT');
      return await over;
    },
  };
}

/** A real Chromium: the machine's own, else the one that npm installed. */
export async function openBrowser(): Promise<Browser> {
  const own = [process.env['CHROMIUM_PATH'] ?? '', ...SYSTEM].find((path) => path !== '' && existsSync(path));
  const { default: packed }: { default: typeof sparticuz } = await import('@sparticuz/chromium');
  return await chromium.launch({
    executablePath: own ?? (await packed.executablePath()),
    // As root, and in most containers, Chromium's own sandbox does not start.
    args: own === undefined ? packed.args : ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}
