import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantStuck } from '../../sim/world/scenarios/scenario.ts';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { type Rig, startRig } from '../support/rig.ts';

const MINUTE = 60_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ ordersPerHour: 240 });
  await rig.world.start(workflowEngineCrash);
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => await rig.stop());

const calls = () => rig.slack.messages('#orders-team').map(({ text }) => text);
const pages = () => rig.pagerduty.incidents.map(({ key, status }) => `${key} ${status}`);

test('a share of over 25 % that comes after the first rung wakes its team all the same', async () => {
  await rig.skip(21);
  expect(calls()).toEqual([expect.stringContaining('needs you: rung 1. The trouble has lasted 20 minutes.')]);
  expect(pages()).toEqual([]);
  await rig.world.change((state, now) =>
    plantStuck(state, {
      label: 'many',
      count: 400,
      from: now - 200 * MINUTE,
      to: now - 130 * MINUTE,
      each: (order) => {
        order.poison = true;
      },
    }),
  );
  await rig.skip(2);
  expect(calls().slice(1)).toEqual([
    expect.stringMatching(/needs you: rung 1\. 437 of \d+ orders .* more than 25 %/),
  ]);
  expect(pages()).toEqual(['oms/prod/OMS-1/1/rung-1 triggered']);
});

test('once; the next rung comes when it would have, and the end closes both pages', async () => {
  await rig.skip(10);
  expect(pages()).toHaveLength(1);
  expect(rig.slack.messages('#platform-eng')).toEqual([]);
  await rig.skip(8);
  expect(rig.slack.messages('#platform-eng')).toHaveLength(1);
  await rig.slack.as('URESPONDER').command('#orders-alerts', '/oms resolve OMS-1 all is well');
  await rig.app.idle();
  expect(pages()).toEqual(['oms/prod/OMS-1/1/rung-1 resolved', 'oms/prod/OMS-1/1/rung-2 resolved']);
  expect(rig.slack.problems).toEqual([]);
});
