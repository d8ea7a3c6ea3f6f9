import { startPage } from '../sim/page/server.ts';
import { startDemoWorld } from './demo/world.ts';

// `npm run demo`: a pretend company with the bot in it, and one page to watch and to play it.

/** Everything ends within this, or the process ends without it, ms. */
const END_MS = 10_000;

const parent = process.ppid;
const port = Number(process.env['PORT'] ?? 0);
process.stderr.write('oms-bot demo: starting');
const running = start();
let ending = false;

// The library's disconnect can race its own reconnect and rejects with nothing; anything else stays fatal.
process.on('unhandledRejection', (reason) => {
  if (reason !== undefined) throw reason;
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
// Killed without a word, the starter cannot tell us.
setInterval(() => {
  if (process.ppid !== parent) void end();
}, 1_000).unref();

try {
  const { url } = await running;
  if (!ending) {
    process.stderr.write('. Ctrl-C ends it.\n');
    console.log(url);
  }
} catch (err) {
  process.stderr.write('\n');
  console.error(err instanceof Error ? `oms-bot demo could not start: ${err.message}` : err);
  process.exit(1);
}

async function start() {
  const world = await startDemoWorld((part) => process.stderr.write(` · ${part}`));
  try {
    process.stderr.write(' · page');
    const page = await startPage(world, Number.isInteger(port) ? { port } : {});
    return {
      url: page.url,
      async stop() {
        await page.stop();
        await world.stop();
      },
    };
  } catch (err) {
    await world.stop();
    throw err;
  }
}

/** A terminal and the starter both send the signal: only the first one counts. */
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(1), END_MS).unref();
  await running.then(async (demo) => await demo.stop()).catch(() => undefined);
  process.exit(0);
}
