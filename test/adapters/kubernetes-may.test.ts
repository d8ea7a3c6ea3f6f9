import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connected, connected, soon } from './support.ts';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => await here.stop());

const may = async (verb: string) =>
  await here.connection.probe.may(
    { namespace: 'default', verb, resource: 'deployments.apps', name: 'order-service' },
    soon(),
  );
const asked = () => here.kubernetes.count('POST', /selfsubjectaccessreviews$/);

test('a right that was granted is not asked for at each look; one that is missing is, until somebody grants it', async () => {
  expect([await may('patch'), await may('patch')]).toEqual([true, true]);
  expect(asked()).toBe(1);
  here.kubernetes.allow([]);
  expect([await may('get'), await may('get')]).toEqual([false, false]);
  expect(asked()).toBe(3);
  here.kubernetes.allow(null);
  expect(await may('get')).toBe(true);
});
