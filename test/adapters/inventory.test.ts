import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { outcome, patient } from '../support/trouble.ts';
import { type Admin, adminOf, LICENCE } from './admin.ts';

const MINUTE = 60_000;
const STATUS = /inventory\/sync-status$/;
const RESYNC = /inventory\/resync$/;

let here: Admin;
beforeAll(async () => {
  here = await adminOf('inventory-sync-stopped');
});
afterEach(() => here.service.faults.clear());
afterAll(async () => await here.stop());

const ask = async () => await here.hands().probe.inventorySync(patient());
const resync = async () => await here.hands().lever.resyncInventory(LICENCE, patient());

test('a page that is not there is named, with who may name another', async () => {
  here.service.faults.add({ match: { path: STATUS }, fault: { mode: 'status', status: 404 }, times: 1 });
  expect(await outcome(ask())).toMatchObject({
    fault: 'not found',
    message: expect.stringMatching(
      /^The order service answered 404\..* It was asked for \/admin\/inventory\/sync-status; `admin` in oms\.yaml names its pages\.$/,
    ),
  });
});

describe('how the sync stands', () => {
  test('tells when the last good one ended and why the next did not', async () => {
    expect(await ask()).toEqual({
      running: false,
      lastSyncAt: here.world.now() - 38 * MINUTE,
      words: 'schedule suspended after 3 failures',
      catalogUp: true,
    });
  });

  test.each<[string, object, object]>([
    ['a status instead of a flag', { status: 'SYNCING' }, { running: true }],
    ['another status', { status: 'idle' }, { running: false }],
    ['the flag wins', { status: 'running', running: false }, { running: false }],
    ['never synced', { running: false, lastSyncAt: null }, { lastSyncAt: null }],
    [
      'a zone of its own',
      { running: false, lastSyncAt: '2026-03-10T04:00:00+01:00' },
      { lastSyncAt: Date.parse('2026-03-10T03:00:00Z') },
    ],
    ['an error on one line', { running: false, error: 'disk\nfull' }, { words: 'disk full' }],
    ['a status that says no, without an error', { status: 'FAILED' }, { running: false, words: 'FAILED' }],
    ['the catalog down', { running: false, catalog: 'Unreachable' }, { catalogUp: false }],
    ['the catalog in a word of its own', { running: false, catalog: 'purple' }, { catalogUp: null }],
  ])('%s', async (_what, body, expected) => {
    here.answers(STATUS, body);
    expect(await ask()).toMatchObject(expected);
  });

  test.each<[string, unknown]>([
    ['neither a flag nor a status', { lastSyncAt: '2026-03-10T03:00:00Z' }],
    ['no time', { running: false, lastSyncAt: 'yesterday' }],
    ['a list', []],
  ])('%s is not understood', async (_what, body) => {
    here.answers(STATUS, body);
    expect(await outcome(ask())).toMatchObject({ fault: 'not understood' });
  });
});

describe('the service’s own count of a product', () => {
  const ITEM = /inventory\/items\//;
  const item = async (product: string) => await here.hands().probe.inventoryItem(product, patient());

  test('is what it believes since the last sync; of another product it has none', async () => {
    // The story: sold out here, delivered anew in the catalog.
    expect(await item('sku-104')).toBe(0);
    expect(await item('../sync-status')).toBeNull();
    expect(await item('nobody-sells-this')).toBeNull();
  });

  test('in a shape of its own is not understood', async () => {
    here.answers(ITEM, { sku: 'sku-104' });
    expect(await outcome(item('sku-104'))).toMatchObject({ fault: 'not understood' });
  });

  test('without a path the key is named', async () => {
    const { probe } = here.hands('a-token', { ...here.paths, inventoryItem: null });
    await expect(probe.inventoryItem('sku-104', patient())).rejects.toThrow(
      'The service’s count of a product is not configured (`admin.inventoryItem`).',
    );
  });
});

describe('a resync', () => {
  test('without the right token nothing is done', async () => {
    const stranger = here.hands('another').lever.resyncInventory(LICENCE, patient());
    expect(await outcome(stranger)).toMatchObject({ fault: 'forbidden', sent: 'no' });
    expect(await ask()).toMatchObject({ running: false });
  });

  test('answered 503 is sent once and may have been done', async () => {
    here.service.faults.add({ match: { path: new RegExp(RESYNC) }, fault: { mode: 'status', status: 503 } });
    const before = here.service.count('POST', new RegExp(RESYNC));
    expect(await outcome(resync())).toMatchObject({ fault: 'failed', sent: 'maybe' });
    expect(here.service.count('POST', new RegExp(RESYNC))).toBe(before + 1);
  });

  test('runs; a second one is refused in the service’s words, surely not done', async () => {
    expect(await resync()).toBe('Taken by the service.');
    expect(await ask()).toMatchObject({ running: true });
    expect(await outcome(resync())).toMatchObject({
      fault: 'refused',
      sent: 'no',
      message: expect.stringContaining('a sync of the inventory is under way'),
    });
    here.skip(MINUTE);
    expect(await ask()).toMatchObject({ running: false, words: null });
    expect((await ask()).lastSyncAt).toBeGreaterThan(here.world.now() - MINUTE);
  });
});
