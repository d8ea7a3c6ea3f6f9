import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { decode, type IncidentRow } from '../../src/store/rows.ts';
import { ALERTS, newestCard, sendAlert, startPretendWorld } from '../support/rig.ts';
import { type Child, createNursery, type Kill } from './child-process.ts';
import { nobodyNames } from './steps.ts';

export type World = Awaited<ReturnType<typeof startPretendWorld>>;

/** One way through the bot, walked again for every kill. */
export interface Story {
  readonly name: string;
  /** Every kill point of the way, as `step` names them. */
  readonly steps: readonly string[];
  /** Of these, the ones that every round goes through: only a bot that `restart` starts dies there. */
  readonly armedLater?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Before the first journey, and before each. */
  prepare(world: World): Promise<void>;
  /** The actions that are approved, one after the other. */
  readonly actions: readonly string[];
  /** After the approvals. @param name the step of this journey; null: nobody kills */
  after(walk: Walk, name: string | null): Promise<void>;
  /** What must hold of the pages of an incident, by their keys behind its id. */
  readonly pages: readonly string[];
}

/** What a story may use. */
export interface Walk {
  readonly world: World;
  readonly region: string;
  /** Whoever gets no answer asks again; once the bot has died on the way, one starts that nobody kills. */
  until(what: string, condition: () => Promise<boolean>): Promise<void>;
  settled(): Promise<boolean>;
  /** Ends the bot, and starts one that dies at the step of this journey, where that is armed later. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  port(): number;
  /** Waits for a while until all is settled, the bot has died, or neither. */
  settledWithin(): Promise<void>;
  alert(fingerprint: string): Promise<boolean>;
  incident(): Promise<Pick<Incident, 'id' | 'offers' | 'runs' | 'climbed'> | null>;
}

/** What is asked meanwhile is work for the database that the bot needs. */
const POLL_MS = 50;

let world: World;
let nursery: Awaited<ReturnType<typeof createNursery>>;
let bot: Child | null = null;
const steps = new Set<string>();

async function start(): Promise<void> {
  bot = await nursery.start();
}

function alive(): boolean {
  return bot?.alive() ?? false;
}

/** Waits for a condition; once the bot has died on the way, starts one that nobody kills. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (!alive()) await start();
    if (await condition()) return;
    if (Date.now() > deadline)
      throw new Error(
        `Never happened: ${what}; left: ${JSON.stringify(await world.store.journal.backlog(ALERTS))}`,
      );
    await sleep(POLL_MS);
  }
}

async function settled(): Promise<boolean> {
  const left = await world.store.journal.backlog(ALERTS);
  return Object.values(left).every((count) => count === 0);
}

async function settledWithin(): Promise<void> {
  for (let tries = 0; tries < 50 && alive() && !(await settled()); tries += 1) await sleep(POLL_MS);
}

/** From the alert to the first sample of the proof, as people would do it: whoever gets no answer asks again. */
async function journey(story: Story, region: string, kill: Kill | null): Promise<void> {
  const name = kill?.name ?? null;
  const later = name !== null && (story.armedLater ?? []).includes(name);
  // Whoever took over from the one killed before is the next to die: a start costs as much as all the rest.
  if (!alive()) await start();
  let victim = bot;
  if (kill !== null && !later) await victim?.arm(kill);
  const port = () => bot?.port ?? 0;
  async function restart(meanwhile: () => Promise<void>): Promise<void> {
    bot?.kill();
    await meanwhile();
    bot = await nursery.start(later ? kill : null);
    if (later) victim = bot;
  }
  await story.prepare(world);
  const startsAt = new Date(world.now()).toISOString();
  const alert = async (fingerprint: string) =>
    await sendAlert(port(), startsAt, { fingerprint }, { ...story.labels, region }, 'alert-token')
      .then(({ status }) => status === 202)
      .catch(() => false);
  const incident = async () => await incidentOf(region);
  await until('the alert is taken', async () => await alert(region));
  await until('the card stands', settled);
  for (const action of story.actions) {
    await until(`${action} is approved`, async () => {
      const { runs = [], offers = [] } = (await incident()) ?? {};
      if (runs.some((run) => run.action === action)) return true;
      const offer = offers.find((one) => one.action === action && one.waits === null);
      if (offer !== undefined) await press(offer.id);
      // On a busy machine a look can be too late for a finding; the next one is a minute away.
      else if (await settled()) await world.skipWorld(1);
      await settledWithin();
      return false;
    });
    await until('the run has settled', settled);
  }
  await story.after({ world, region, until, restart, port, settled, settledWithin, alert, incident }, name);
  await until('all is settled', settled);
  if (kill !== null) expect(victim?.alive(), 'it went past the step').toBe(false);
}

/** Presses an offer's button, whichever place it has on the card. */
async function press(offer: string): Promise<void> {
  const text = { type: 'plain_text', text: 'Press' };
  const button = { type: 'button', action_id: 'oms_run:0', value: offer, text };
  const card = { ...newestCard(world.slack), blocks: [{ type: 'actions', elements: [button] }] };
  await world.slack
    .as('URESPONDER')
    .click(card, 'Press')
    .catch(() => undefined);
}

async function incidentOf(region: string): Promise<Incident | null> {
  const found = await world.store.owner.query<IncidentRow>(
    'select body, diagnosis from incidents where scope = $1',
    [region],
  );
  return found.rows[0] === undefined ? null : decode(found.rows[0]);
}

/**
 * A real process on a real PostgreSQL, killed with SIGKILL before or after every step, and started again. Long
 * stories have a file for each *when*, so that the workers share the minutes.
 */
export function killedAtEveryStep(story: Story, ...whens: readonly Kill['when'][]): void {
  // A busy machine starts processes slowly, and each case starts two.
  describe(`${story.name}: a bot that is killed ${whens.join(' or ')} a step`, { timeout: 120_000 }, () => {
    beforeAll(async () => {
      steps.clear();
      world = await startPretendWorld();
      world.slack.limits.ackMs = 1_000;
      nursery = await createNursery(
        () => world.address,
        (name) => steps.add(name),
      );
      await start();
    });
    afterAll(async () => {
      bot?.kill();
      nursery.end();
      await world.stop();
    });

    test('goes through every step that the list names when nobody kills it', async () => {
      const missing = () => story.steps.filter((name) => !steps.has(name));
      let lines: readonly string[] = [];
      for (let walk = 1; walk <= 4; walk += 1) {
        const region = `unharmed ${walk}`;
        await journey(story, region, null);
        lines = (await incidentOf(region))?.runs.map(({ line }) => line) ?? [];
        // On a busy machine half a second is too short to ask whether an approval still holds; nothing runs, rightly.
        if (missing().length > 0 && lines.some((line) => /could not be (?:checked|read) first/.test(line)))
          continue;
        await truth(story, region);
        break;
      }
      expect(missing(), lines.join('\n')).toEqual([]);
      expect([...steps].filter(nobodyNames), 'steps that neither a story nor a reason names').toEqual([]);
    });

    for (const { name, when } of story.steps.flatMap((name) => whens.map((when) => ({ name, when })))) {
      test(`${when} “${name}” loses nothing and runs nothing twice`, async () => {
        const region = `${when} ${name}`;
        await journey(story, region, { name, when });
        await truth(story, region);
      });
    }

    test('leaves a chain that is whole', async () => {
      expect(await verifyChain(world.store.owner)).toMatchObject({ ok: true });
    });
  });
}

/** What must hold whenever it has settled. */
async function truth(story: Story, region: string): Promise<void> {
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
  const found = await world.store.owner.query<{ body: Incident }>(
    'select body from incidents where scope = $1',
    [region],
  );
  expect(found.rows).toHaveLength(1);
  const { id, runs } = found.rows[0]?.body ?? {};
  expect(runs?.map(({ action, state }) => [action, state])).toEqual(
    story.actions.map((action) => [action, 'ended']),
  );
  for (const run of runs ?? []) expect(run.outcome).toMatch(/done|partly|failed|unknown/);
  // One approval of a restart is at most one patch, and its generation is the one that was shown.
  const restarts = await world.store.owner.query<{ count: number }>(
    `select count(*)::int as count from run_items where target like 'deployment/%' and begun_at is not null`,
  );
  expect(world.kubernetes.count('PATCH', /deployments/)).toBeLessThanOrEqual(restarts.rows[0]?.count ?? 0);
  expect(keys).toContain(`card/${id}`);
  const pages = world.pagerduty.incidents.flatMap(({ key }) => key.split(`oms/prod/${id}/`)[1] ?? []);
  expect(pages.filter((key) => !key.startsWith('slack-outage'))).toEqual(story.pages);
  expect(new Set(pages).size).toBe(pages.length);
}

function keyOf(metadata: unknown): string[] {
  const payload = (metadata as { event_payload?: { key?: string } } | undefined)?.event_payload;
  return payload?.key === undefined ? [] : [payload.key];
}
