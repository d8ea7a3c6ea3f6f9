import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { PAGE } from '../../src/views/stuck-list.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
});
afterAll(async () => await rig.stop());

const RETRY_ALL = `Retry all ${PAGE} shown`;
const RETRY = { method: 'POST', path: /retry-workflow$/ };
const retries = () => rig.service.count(RETRY.method, RETRY.path);
const newest = (id: string) => {
  const answer = rig.slack.as(id).ephemerals().at(-1);
  if (answer === undefined) throw new Error(`${id} was told nothing.`);
  return answer;
};
const ordersIn = ({ blocks }: { readonly blocks?: unknown }) =>
  [...new Set(JSON.stringify(blocks).match(/\bord_\w+/g))].sort();
const incidents = async () => await rig.app.parts.journal.openIncidents();
const runs = async () => (await incidents()).flatMap((incident) => incident.runs);

/** Asks for the list of stuck orders. */
async function list(id: string) {
  await rig.slack.as(id).command(ALERTS, '/oms stuck-orders');
  await rig.app.idle();
  return newest(id);
}

/** Presses in what was answered last. */
async function press(id: string, button: Parameters<ReturnType<Rig['slack']['as']>['click']>[1]) {
  await rig.slack.as(id).click(newest(id), button);
  await rig.app.idle();
  return newest(id);
}

/** What the journal says of refusals, as they were written. */
async function refusals(): Promise<readonly string[]> {
  const { rows } = await rig.store.owner.query<{ because: string }>(
    `select a.text::jsonb ->> 'because' as because from journal j join journal_asides a on a.seq = j.seq
     where j.text::jsonb ->> 'type' = 'refused' and j.incident is null order by j.seq`,
  );
  return rows.map(({ because }) => because);
}

describe('the list of stuck orders, pressed', () => {
  test('goes on with the next page, and what is shared is the page that was seen', async () => {
    const first = ordersIn(await list('UBYSTANDER'));
    const second = ordersIn(await press('UBYSTANDER', 'Next page'));
    expect([first.length, second.length]).toEqual([PAGE, PAGE]);
    expect(second.filter((order) => first.includes(order))).toEqual([]);
    await press('UBYSTANDER', 'Share in channel');
    expect(rig.slack.messages(ALERTS).map(ordersIn)).toEqual([second]);
  });

  test('by somebody without the right says who has it, and is recorded', async () => {
    await list('UBYSTANDER');
    const { text } = await press('UBYSTANDER', RETRY_ALL);
    expect(text).toBe('You may not approve “Retry workflow”. These may: <@URESPONDER>, <@UAPPROVER>.');
    expect(await refusals()).toEqual([text]);
    expect(await incidents()).toEqual([]);
  });

  test('waits for what the card’s own button would wait for', async () => {
    await rig.world.change((state) => {
      for (const pod of state.pods) if (pod.app === 'workflow-engine') pod.ready = false;
    });
    await list('URESPONDER');
    const { text } = await press('URESPONDER', RETRY_ALL);
    expect(text).toBe('Nothing was started: the workflow engine is down, nobody would take it.');
    expect((await refusals()).at(-1)).toBe(text);
    expect([await incidents(), retries()]).toEqual([[], 0]);
    await rig.world.change((state) => {
      for (const pod of state.pods) pod.ready = true;
    });
  });

  test('stops when too many fail, and the same press is not worked on again', async () => {
    await list('URESPONDER');
    const well = rig.service.faults.add({ match: RETRY, fault: { mode: 'status', status: 503 } });
    const heard = rig.slack.faults.add({ match: { path: /^\/actions/ }, fault: { mode: 'down' }, times: 1 });
    await press('URESPONDER', RETRY_ALL);
    well();
    heard();
    const [run, ...more] = await runs();
    expect(more).toEqual([]);
    expect(run?.outcome).toBe('failed');
    expect(run?.counts.unsent).toBeGreaterThan(0);
    expect(run?.line).toContain('Not asked: too many failed.');
    expect(retries()).toBe(PAGE - (run?.counts.unsent ?? 0));
  });

  test('retries the one order of its line, once for two presses at the same time', async () => {
    const sent = retries();
    const before = (await runs()).length;
    const answer = await list('URESPONDER');
    const [oldest = ''] = ordersIn(answer);
    const told = rig.slack.as('URESPONDER').ephemerals().length;
    const click = async () => await rig.slack.as('URESPONDER').click(answer, { value: `retry ${oldest}` });
    await Promise.all([click(), click()]);
    await rig.app.idle();
    const texts = rig.slack
      .as('URESPONDER')
      .ephemerals()
      .slice(told)
      .map(({ text }) => text);
    expect(texts.sort()).toEqual([
      '1 of 1 orders are retried now; the card of OMS-1 shows what comes of it.',
      expect.stringMatching(/^Nothing was started: <@URESPONDER> asked for this already; /),
    ]);
    expect([retries(), (await runs()).length]).toEqual([sent + 1, before + 1]);
    expect((await runs()).at(-1)).toMatchObject({ targets: [oldest], by: 'URESPONDER', outcome: 'done' });
  });

  test('leaves out what is under proof, whichever incident asked for it', async () => {
    await rig.alert({}, { region: 'eu' });
    await rig.app.idle();
    await rig.slack.as('UAPPROVER').click(rig.card(), 'Retry workflow');
    await rig.app.idle();
    const sent = retries();
    await list('URESPONDER');
    const { text } = await press('URESPONDER', RETRY_ALL);
    expect(text).toContain('<@UAPPROVER> asked for this already; the card of OMS-2 shows what came of it.');
    expect(retries()).toBe(sent);
  });
});

describe('a card', () => {
  test('gives the commands to type to whoever asks', async () => {
    await rig.slack.as('UBYSTANDER').click(rig.card(), 'Commands to type');
    await rig.app.idle();
    const { text, blocks } = newest('UBYSTANDER');
    expect(text).toBe('Commands for OMS-2.');
    expect(JSON.stringify(blocks)).toMatch(/\*R16\*.*\/admin\/orders\/stuck.*\*R20\*.*retry-workflow/);
  });

  test('stands once for all alerts of one webhook that mean it', async () => {
    await rig.alert({}, { region: 'us' }, 'alert-token', 3);
    await rig.app.idle();
    expect((await incidents()).at(-1)?.sources.map(({ state }) => state)).toEqual([
      'firing',
      'firing',
      'firing',
    ]);
  });

  test('that shows what was offered before starts nothing', async () => {
    const old = structuredClone(rig.card());
    await rig.world.change((state) => {
      for (const order of state.orders.values()) {
        if (order.status !== 'processing' || order.errorCode === null) continue;
        order.status = 'shipped';
        state.dirty.add(order.id);
        break;
      }
    });
    await rig.skip(1);
    const sent = retries();
    await rig.slack.as('URESPONDER').click(old, 'Retry workflow');
    await rig.app.idle();
    expect(newest('URESPONDER').text).toBe(
      'The world has changed since this button was shown. The card of OMS-3 has the newest one; nothing was started.',
    );
    expect(retries()).toBe(sent);
  });
});
