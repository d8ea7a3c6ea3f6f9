import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const rejections: unknown[] = [];
const note = (reason: unknown) => void rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  rig = await startRig();
});
afterAll(async () => {
  await rig.stop();
  process.off('unhandledRejection', note);
});

async function answers(): Promise<boolean> {
  const person = rig.slack.as('UBYSTANDER');
  const before = person.ephemerals().length;
  await person.command(ALERTS, '/oms incidents');
  await rig.app.idle();
  return person.ephemerals().length > before;
}

test.each(['warning', 'refresh_requested', 'link_disabled'])(
  'a socket that Slack closes with “%s” is opened again',
  async (reason) => {
    rig.slack.disconnectSockets(reason);
    await expect.poll(async () => rig.slack.sockets(), { timeout: 10_000 }).toBeGreaterThan(0);
    await expect.poll(answers, { timeout: 10_000 }).toBe(true);
  },
);

test('a Slack that is away for longer than any retry is waited for, and nothing is thrown into nowhere', async () => {
  const back = rig.slack.faults.add({ match: { path: /apps\.connections\.open/ }, fault: { mode: 'down' } });
  rig.slack.dropSockets();
  const tries = () =>
    rig.slack.httpRequests.filter(({ path, fault }) => path.includes('connections.open') && fault !== null)
      .length;
  await expect.poll(tries, { timeout: 20_000 }).toBeGreaterThan(4);
  const ready = await fetch(`http://127.0.0.1:${rig.app.port()}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('Slack is not connected.');
  back();
  await expect.poll(answers, { timeout: 20_000 }).toBe(true);
  expect(rejections).toEqual([]);
});
