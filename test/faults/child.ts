import { flushCompileCache } from 'node:module';
import { loadLibrary } from '../../src/adapters/kubernetes/library.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { startBot } from '../support/bot.ts';
import type { Birth, Kill } from './child-process.ts';

// Loaded ahead with all the rest: its half second is not what a kill is about, and would be most of a look's time.
await loadLibrary();

// A bot in a process of its own. It loads everything, waits until it is told where to live, and then starts; it ends
// itself by SIGKILL before or after the next work of a name that it is told.
const born = await new Promise<Birth>((resolve) => {
  process.once('message', resolve as (message: unknown) => void);
  process.send?.('loaded');
});
process.on('disconnect', () => process.exit());
let { kill } = born;
process.on('message', (told: Kill) => {
  kill = told;
  // At its own end, which it does not live to see, Node would keep for the next one what it has compiled.
  flushCompileCache();
  process.send?.('armed');
});
const seen = new Set<string>();

const { app } = await startBot(born.address, {
  timing: {
    ...TIMING,
    callMs: 500,
    readMs: 500,
    runLeaseMs: 1_200,
    deliveryMs: 500,
    lookSlackMs: 0,
    diagnosisMs: 900,
    voiceMs: 600,
    slackOutageMs: 300,
  },
  log: {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (facts, said) => console.error(JSON.stringify(facts), said),
  },
  async step(name, work) {
    if (!seen.has(name)) process.send?.({ step: name });
    seen.add(name);
    if (meant(name, 'before')) process.kill(process.pid, 'SIGKILL');
    const result = await work();
    if (meant(name, 'after')) process.kill(process.pid, 'SIGKILL');
    return result;
  },
});
process.send?.({ port: app.port() });

function meant(name: string, when: Kill['when']): boolean {
  return kill?.name === name && kill.when === when;
}
