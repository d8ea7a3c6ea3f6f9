import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantStuck } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, newestCard, type Rig, startRig } from '../support/rig.ts';

const MINUTE = 60_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.world.change((state, now) =>
    plantStuck(state, {
      label: 'few',
      count: 3,
      from: now - 200 * MINUTE,
      to: now - 150 * MINUTE,
      each: (order) => {
        order.poison = true;
      },
    }),
  );
});
afterAll(async () => await rig.stop());

const retries = () => rig.service.count('POST', /retry-workflow$/);

test('two yeses in two incidents, neither of which can see the other: one run; the second person reads who is at it', async () => {
  await rig.alert();
  await rig.app.idle();
  const first = newestCard(rig.slack, ALERTS);
  await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
  await rig.app.idle();
  const second = newestCard(rig.slack, ALERTS);
  // Both have looked for a run of the other, and found none, when the first of them is written.
  const gate = await rig.store.owner.connect();
  await gate.query('begin');
  await gate.query('lock table approvals in exclusive mode');
  await rig.slack.as('URESPONDER').click(first, 'Retry workflow');
  await rig.slack.as('UAPPROVER').click(second, 'Retry workflow');
  const waiting = async () =>
    (
      await gate.query(
        `select count(*)::int as waiting from pg_locks where not granted and (locktype = 'advisory' or relation = 'approvals'::regclass)`,
      )
    ).rows;
  await expect.poll(waiting, { timeout: 10_000 }).toEqual([{ waiting: 2 }]);
  await gate.query('commit');
  gate.release();
  await rig.app.idle();
  const answers = ['URESPONDER', 'UAPPROVER'].map((id) => rig.slack.as(id).ephemerals().at(-1)?.text ?? '');
  expect(answers.filter((text) => text.includes('is approved and starts now'))).toHaveLength(1);
  expect(answers.filter((text) => text.includes('is at it'))).toHaveLength(1);
  expect(retries()).toBe(3);
});
