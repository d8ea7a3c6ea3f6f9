import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => await rig.stop());

test('a hold postpones the next rung once; a second one is refused and changes nothing', async () => {
  const person = rig.slack.as('URESPONDER');
  const hold = async (minutes: number) => {
    await person.command(ALERTS, `/oms hold OMS-1 ${minutes} the warehouse is calling back`);
    await rig.app.idle();
    return (await rig.app.parts.journal.incidentById('OMS-1'))?.hold ?? null;
  };
  expect(await hold(21)).toBeNull();
  const first = await hold(20);
  expect(first).not.toBeNull();
  expect(await hold(5)).toEqual(first);
  expect(person.ephemerals().at(-1)?.text).toBe('OMS-1 was held before; once is all there is.');
});
