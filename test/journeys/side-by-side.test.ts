import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rig, startRig } from '../support/rig.ts';

const REGIONS = ['eu', 'us', 'asia'];

let rig: Rig;
let looking = 0;
let release: () => void = () => undefined;
const allLook = new Promise<void>((resolve) => {
  release = resolve;
});

beforeAll(async () => {
  rig = await startRig({
    step: async (name, work) => {
      if (name === 'look R16') {
        looking += 1;
        if (looking === REGIONS.length) release();
        await allLook;
      }
      return await work();
    },
  });
});
afterAll(async () => await rig.stop());

test('three incidents are looked at at once: none waits until another’s slow systems have answered', async () => {
  await Promise.all(REGIONS.map(async (region) => await rig.alert({ fingerprint: region }, { region })));
  await rig.app.idle();
  const incidents = await rig.app.parts.journal.openIncidents();
  const asked = incidents.map(({ diagnosis }) => diagnosis?.findings.find(({ step }) => step === 'R16'));
  expect(asked.map((finding) => finding?.verdict)).toEqual(REGIONS.map(() => 'healthy'));
});
