import { TIMING } from '../../src/pipeline/rules.ts';
import { startBot } from '../support/bot.ts';

// A bot in a process of its own, that ends itself by SIGKILL before or after the first work of a given name.
const { address, kill } = JSON.parse(process.argv[2] ?? '{}');
const seen = new Set<string>();

const { app } = await startBot(address, {
  timing: {
    ...TIMING,
    callMs: 500,
    runLeaseMs: 1_200,
    deliveryMs: 500,
    lookSlackMs: 0,
    diagnosisMs: 900,
    voiceMs: 600,
  },
  log: {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (facts, said) => console.error(JSON.stringify(facts), said),
  },
  async step(name, work) {
    if (!seen.has(name)) console.log(`step ${name}`);
    seen.add(name);
    if (kill?.name === name && kill.when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await work();
    if (kill?.name === name && kill.when === 'after') process.kill(process.pid, 'SIGKILL');
    return result;
  },
});
console.log(`port ${app.port()}`);
