import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { startBot } from '../support/bot.ts';
import { ALERTS, newestCard, sendAlert, startPretendWorld } from '../support/rig.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

let world: Awaited<ReturnType<typeof startPretendWorld>>;
let way: TcpProxy;
let bot: Awaited<ReturnType<typeof startBot>>;
let person: ReturnType<typeof world.slack.as>;
const FORM = { status: 'shipped', reason: 'warehouse confirmed the parcel', unchecked: 'yes' };

beforeAll(async () => {
  world = await startPretendWorld();
  world.slack.limits.eventRetryMs = [60_000];
  await world.world.change((state, now) => workflowEngineCrash.start(state, now));
  const database = new URL(world.address.database);
  way = await startTcpProxy({ host: database.hostname, port: Number(database.port) });
  database.port = String(way.port);
  const timing = { ...TIMING, databaseGoneMs: 300, runLeaseMs: 11_000 };
  person = world.slack.as('URESPONDER');
  bot = await startBot({ ...world.address, database: database.href }, { timing });
  await alert('f1');
  await bot.app.idle();
});
afterAll(async () => {
  await bot.stop();
  await way.stop();
  await world.stop();
});

function cut(): void {
  way.mode = 'down';
  way.drop();
}

async function alert(fingerprint: string) {
  const startsAt = new Date(world.now()).toISOString();
  return await sendAlert(bot.app.port(), startsAt, { fingerprint }, {}, 'alert-token');
}
const said = (words: string) => world.slack.messages(ALERTS).filter(({ text }) => text.includes(words));
const pages = () =>
  world.pagerduty.incidents.filter(({ key }) => key === 'oms/prod/database').map(({ status }) => status);

/** Types a command and waits for so many answers that only this person sees. */
async function ask(line: string, count: number): Promise<string> {
  const person = world.slack.as('URESPONDER');
  const before = person.ephemerals().length;
  expect(await person.command(ALERTS, line)).toBe('ok');
  await expect.poll(() => person.ephemerals().length, { timeout: 15_000 }).toBe(before + count);
  return JSON.stringify(person.ephemerals().slice(before));
}

describe('our own database is gone', () => {
  test('is said once in the channel and to PagerDuty', async () => {
    await person.click(newestCard(world.slack), 'Set status by hand…');
    await expect.poll(() => person.modal()).not.toBeNull();
    cut();
    await expect.poll(pages, { timeout: 10_000 }).toEqual(['triggered']);
    await expect.poll(() => said('Our own database has not answered since').length).toBe(1);
    expect(said('Nothing is recorded, so nothing is run.')).toHaveLength(1);
  });

  test('an alert is not acknowledged', async () => {
    expect((await alert('f2')).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${bot.app.port()}/readyz`)).status).toBe(503);
  });

  test('a diagnosis is still made, with the commands to type', async () => {
    const answer = await ask('/oms diagnose stuck-orders', 3);
    expect(answer).toContain('Our own database has not answered');
    expect(answer).toMatch(/\*R16\* .*: \*broken\*/);
    expect(answer).toContain('37 orders have been in processing for over 2 h');
    expect(answer).toContain('kubectl');
  });

  test('stuck orders are still listed, with the commands to type', async () => {
    const answer = await ask('/oms stuck-orders', 3);
    expect(answer).toContain('37 orders have been in processing for over 2 h');
    expect(answer).toContain('retry-workflow');
  });

  test('what needs a record gets a clear answer, and nothing runs', async () => {
    expect(await ask('/oms ack OMS-1', 1)).toContain('was not done');
    const person = world.slack.as('URESPONDER');
    const before = person.ephemerals().length;
    await person.click(newestCard(world.slack), 'Retry workflow');
    await expect.poll(() => person.ephemerals().length, { timeout: 10_000 }).toBe(before + 1);
    expect(person.ephemerals().at(-1)?.text).toContain('What you pressed was not done.');
    expect(world.service.count('POST', /./)).toBe(0);
  });

  test.each([
    [
      'down',
      'Not confirmed: our own database does not answer. Once it does, the card shows whether this was taken.',
    ],
    ['silent', 'Not confirmed: it took too long. The card shows whether this was taken.'],
  ] as const)(
    'a form that was open says that it was not taken, and keeps what was typed: %s',
    async (mode, because) => {
      way.mode = mode;
      expect(JSON.stringify(await person.submit(FORM))).toContain(because);
      expect(person.failures()).toEqual([]);
      cut();
    },
  );

  test('its return is said, closes the page and is journaled with both times', async () => {
    way.mode = 'open';
    await expect.poll(() => said('Our own database answers again.').length, { timeout: 15_000 }).toBe(1);
    await bot.app.idle();
    await expect.poll(pages).toEqual(['resolved']);
    expect(said('Our own database has not answered since')).toHaveLength(1);
    const found = await world.store.owner.query<{ from: number; to: number; answers: number }>(
      `select a.text::jsonb ->> 'from' as from, a.text::jsonb ->> 'to' as to, (a.text::jsonb ->> 'answers')::int as answers
       from journal j join journal_asides a on a.seq = j.seq where j.text::jsonb ->> 'type' = 'database outage'`,
    );
    expect(found.rows).toHaveLength(1);
    expect(found.rows[0]?.answers).toBe(4);
    expect(Number(found.rows[0]?.to)).toBeGreaterThan(Number(found.rows[0]?.from));
  });

  test('afterwards the form can be sent, once, and a press runs as ever', async () => {
    expect(await person.submit(FORM)).toBe('closed');
    await bot.app.idle();
    const [open] = await bot.app.parts.journal.openIncidents();
    expect(open?.offers.filter(({ requestedBy }) => requestedBy !== null)).toHaveLength(1);
    await world.slack.as('URESPONDER').click(newestCard(world.slack), 'Retry workflow');
    await bot.app.idle();
    expect(world.service.count('POST', /retry-workflow/)).toBe(37);
    expect(await verifyChain(world.store.owner)).toMatchObject({ ok: true });
  });

  test('the next outage is said again', async () => {
    cut();
    await expect
      .poll(() => said('Our own database has not answered since').length, { timeout: 10_000 })
      .toBe(2);
    way.mode = 'open';
    await expect.poll(() => said('Our own database answers again.').length, { timeout: 15_000 }).toBe(2);
    await bot.app.idle();
    expect(world.slack.problems).toEqual([]);
  });
});
