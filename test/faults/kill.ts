import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { ALERTS, newestCard, sendAlert, startPretendWorld } from '../support/rig.ts';

type World = Awaited<ReturnType<typeof startPretendWorld>>;
interface Kill {
  readonly name: string;
  readonly when: 'before' | 'after';
}

/** Every kill point of the way from the alert to the proof, as `step` names them. */
const STEPS = [
  'accept alertmanager',
  'commit receive',
  'look R16',
  'look impact',
  'commit diagnosis',
  'post',
  'commit announced',
  'edit card',
  'accept slack',
  'commit approve',
  'binding R20',
  'commit run begins',
  'commit item begins',
  'call R20',
  'commit item ends',
  'commit run ends',
  'proof R20',
  'commit proof',
  'commit escalate',
  'page',
] as const;

let world: World;
let bot: ChildProcess | null = null;
let port = 0;
const steps = new Set<string>();

async function start(kill: Kill | null): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'child.ts'),
      JSON.stringify({ address: world.address, kill }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  bot = child;
  let text = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      text += data;
      for (const [, name = ''] of text.matchAll(/^step (.+)$/gm)) steps.add(name);
      const found = /^port (\d+)$/m.exec(text);
      if (found !== null) {
        port = Number(found[1]);
        resolve();
      }
    });
    child.on('exit', () => resolve());
  });
}

function alive(): boolean {
  return bot !== null && bot.exitCode === null && bot.signalCode === null;
}

/** Waits for a condition; once the bot has died on the way, starts one that nobody kills. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (!alive()) await start(null);
    if (await condition()) return;
    if (Date.now() > deadline) throw new Error(`Never happened: ${what}`);
    await sleep(25);
  }
}

async function settled(): Promise<boolean> {
  const left = await world.store.journal.backlog(ALERTS);
  return Object.values(left).every((count) => count === 0);
}

/** From the alert to the first sample of the proof, as people would do it: whoever gets no answer asks again. */
async function journey(region: string): Promise<void> {
  const startsAt = new Date(world.now()).toISOString();
  const send = async () =>
    await sendAlert(port, startsAt, { fingerprint: region }, { region }, 'alert-token')
      .then(({ status }) => status === 202)
      .catch(() => false);
  await until('the alert is taken', send);
  await until('the card stands', settled);
  await until('the approval is taken', async () => {
    const before = await approvals(region);
    if (before > 0) return true;
    await world.slack
      .as('URESPONDER')
      .click(newestCard(world.slack), 'Retry workflow')
      .catch(() => undefined);
    await settledWithin();
    return (await approvals(region)) > 0;
  });
  await until('the run has settled', settled);
  await until('help is called', async () => {
    if ((await rungs(region)) > 0) return true;
    await world.slack
      .as('UBYSTANDER')
      .click(newestCard(world.slack), 'Call for help')
      .catch(() => undefined);
    await settledWithin();
    return (await rungs(region)) > 0;
  });
  await until('all is settled', settled);
}

async function rungs(region: string): Promise<number> {
  const found = await world.store.owner.query<{ count: number }>(
    `select jsonb_array_length(body->'climbed') as count from incidents where scope = $1`,
    [region],
  );
  return found.rows[0]?.count ?? 0;
}

async function settledWithin(): Promise<void> {
  for (let tries = 0; tries < 100 && alive() && !(await settled()); tries += 1) await sleep(25);
}

async function approvals(region: string): Promise<number> {
  const found = await world.store.owner.query<{ count: number }>(
    `select count(*)::int as count from approvals a join offers o on o.id = a.offer join incidents i on i.id = o.incident where i.scope = $1`,
    [region],
  );
  return found.rows[0]?.count ?? 0;
}

/**
 * A real process on a real PostgreSQL, killed with SIGKILL before or after every step, and started again. Two files
 * call this, so that two workers share the minutes.
 */
export function killedAtEveryStep(when: Kill['when']): void {
  beforeAll(async () => {
    world = await startPretendWorld();
    world.slack.limits.ackMs = 1_000;
    await world.world.change((state, now) => {
      workflowEngineCrash.start(state, now);
      // A handful is enough to show a batch.
      const stuck = [...state.orders.values()].filter(
        ({ status, errorCode }) => status === 'processing' && errorCode !== null,
      );
      for (const order of stuck.slice(6)) {
        order.status = 'shipped';
        order.errorCode = null;
        state.dirty.add(order.id);
      }
    });
    await start(null);
  });
  afterAll(async () => {
    bot?.kill('SIGKILL');
    await world.stop();
  });

  // A busy machine starts processes slowly, and each case starts two.
  describe(`a bot that is killed ${when} a step`, { timeout: 120_000 }, () => {
    test('goes through every step that the list names when nobody kills it', async () => {
      await journey('unharmed');
      expect(STEPS.filter((name) => !steps.has(name))).toEqual([]);
    });

    for (const name of STEPS) {
      test(`${when} “${name}” loses nothing and runs nothing twice`, async () => {
        bot?.kill('SIGKILL');
        await until('the last one is gone', async () => true);
        bot?.kill('SIGKILL');
        await start({ name, when });
        const region = `${when} ${name}`;
        await journey(region);
        await truth(region);
      });
    }

    test('leaves a chain that is whole', async () => {
      expect(await verifyChain(world.store.owner)).toMatchObject({ ok: true });
    });
  });
}

/** What must hold whenever it has settled. */
async function truth(region: string): Promise<void> {
  const keys = [...world.slack.workspace.channels]
    .flatMap(({ messages }) => messages)
    .flatMap(({ metadata }) => keyOf(metadata));
  expect(
    keys.filter((key, place) => keys.indexOf(key) !== place),
    'a message twice',
  ).toEqual([]);
  const sent = world.service.requests
    .filter(({ method }) => method === 'POST')
    .map(({ headers }) => headers['idempotency-key'] ?? 'no key');
  expect(
    sent.filter((key, place) => sent.indexOf(key) !== place),
    'a request twice',
  ).toEqual([]);
  const found = await world.store.owner.query<{
    id: string;
    runs: { state: string; outcome: string; targets: string[] }[];
  }>(`select id, body->'runs' as runs from incidents where scope = $1`, [region]);
  expect(found.rows).toHaveLength(1);
  expect(found.rows[0]?.runs).toMatchObject([
    { state: 'ended', outcome: expect.stringMatching(/done|partly|failed|unknown/) },
  ]);
  const id = found.rows[0]?.id;
  expect(keys).toContain(`card/${id}`);
  const pages = world.pagerduty.incidents.filter(({ key }) => key.includes(`/${id}/`));
  expect(pages.map(({ key }) => key)).toEqual([`oms/prod/${id}/1/rung-1`]);
}

function keyOf(metadata: unknown): string[] {
  const payload = (metadata as { event_payload?: { key?: string } } | undefined)?.event_payload;
  return payload?.key === undefined ? [] : [payload.key];
}
