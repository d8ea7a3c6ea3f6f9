import { describe, expect, test } from 'vitest';
import type { InventorySync } from '../../../src/ports/order-service.ts';
import { resyncInventory } from '../../../src/runbooks/inventory-reservation/resync.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { aRun } from '../../support/incidents.ts';
import {
  A_DRAFT,
  aJudging,
  aLog,
  aProving,
  fakeProbes,
  MINUTE,
  NOW,
  seen,
  silent,
} from '../../support/runbooks.ts';
import { aLag, aSync, findings } from './support.ts';

const late = { sync: seen('broken', aSync({ lastSyncAt: NOW - 38 * MINUTE })) };
const probesOf = (change: Partial<InventorySync>) =>
  fakeProbes({ orderService: { inventorySync: async () => aSync(change) } });

describe('when and when not', () => {
  test.each<[string, Parameters<typeof findings>[0], string | null, string | null]>([
    ['late', late, 'stock comes late from the catalog', null],
    ['in time', {}, null, null],
    ['one runs', { sync: seen('healthy', aSync({ running: true })) }, null, 'a sync is running, wait for it'],
    [
      'no source of truth',
      { sync: seen('broken', aSync({ catalogUp: false })) },
      null,
      'the catalog does not answer, and it is the source of truth',
    ],
    [
      'nobody reads',
      { ...late, lag: seen('broken', aLag({ members: 0, lag: 900 })) },
      'stock comes late from the catalog',
      'nobody reads the stock events, so nobody would take the counts over',
    ],
    [
      'members cannot be told',
      { ...late, lag: seen('healthy', aLag({ members: null })) },
      'stock comes late from the catalog',
      null,
    ],
  ])('%s', (_what, given, when, notWhile) => {
    const judging = aJudging(findings(given));
    expect([resyncInventory.when(judging, A_DRAFT), resyncInventory.notWhile(judging, A_DRAFT)]).toEqual([
      when,
      notWhile,
    ]);
  });

  test('is not drafted where nobody knows how the sync stands', () => {
    expect(resyncInventory.draft(aJudging(findings({ sync: seen('unknown', null) })))).toEqual([]);
  });

  test('says the same from look to look, so that its button stays', () => {
    const drafts = [38, 39].map((minutes) =>
      resyncInventory.draft(
        aJudging(findings({ sync: seen('broken', aSync({ lastSyncAt: NOW - minutes * MINUTE })) })),
      ),
    );
    expect(drafts[0]).toEqual(drafts[1]);
  });
});

test.each<[string, Partial<InventorySync>, object]>([
  ['notes the last one', {}, { targets: ['inventory'], noted: { synced: String(NOW - 2 * MINUTE) } }],
  ['none is known', { lastSyncAt: null }, { targets: ['inventory'], noted: {} }],
  ['somebody was quicker', { running: true }, { changed: 'a sync is running, wait for it' }],
])('just before: %s', async (_what, change, expected) => {
  const run = aRun({ action: 'R13', targets: ['inventory'] });
  expect(await resyncInventory.stillHolds(aProving(probesOf(change)), run)).toMatchObject(expected);
});

describe('afterwards', () => {
  const proving = (change: Partial<InventorySync>, synced: string | null = String(NOW - 9 * MINUTE)) =>
    aProving(probesOf(change), {
      run: aRun({ action: 'R13', targets: ['inventory'], parameters: synced === null ? {} : { synced } }),
    });

  test.each<[string, Partial<InventorySync>, string | null, string]>([
    ['it runs', { running: true, lastSyncAt: NOW - 9 * MINUTE }, String(NOW - 9 * MINUTE), 'done'],
    ['one has ended since', { lastSyncAt: NOW }, String(NOW - 9 * MINUTE), 'done'],
    ['the same as before', { lastSyncAt: NOW - 9 * MINUTE }, String(NOW - 9 * MINUTE), 'unknown'],
    ['none before, one now', { lastSyncAt: NOW }, null, 'done'],
    ['none at all', { lastSyncAt: null }, null, 'unknown'],
  ])('read back: %s', async (_what, change, synced, read) => {
    expect(await resyncInventory.readBack('inventory', {}, proving(change, synced))).toBe(read);
  });

  test.each<[string, Partial<InventorySync>, readonly string[], string]>([
    ['newer and fresh', { lastSyncAt: NOW - MINUTE }, ['inventory'], 'ended 1 min ago.'],
    [
      'the old one, which failed again',
      { lastSyncAt: NOW - 9 * MINUTE, words: 'catalog 503' },
      [],
      'It says: catalog 503.',
    ],
    ['newer and old again', { lastSyncAt: NOW - 6 * MINUTE }, [], 'ended 6 min ago.'],
    ['under way', { running: true, lastSyncAt: NOW - 9 * MINUTE }, [], 'One is running.'],
    ['none', { lastSyncAt: null }, [], 'No sync is known'],
  ])('proof: %s', async (_what, change, moved, words) => {
    expect(await resyncInventory.proof.sample(proving(change))).toMatchObject({
      moved,
      line: expect.stringContaining(words),
    });
  });

  describe('proof, where the two counts can be compared', () => {
    const names = {
      ...RUNBOOK_NAMES,
      catalog: { url: 'http://catalog', stockPath: '/stock/{id}' },
      paths: { ...RUNBOOK_NAMES.paths, inventoryItem: '/items/{id}' },
    };
    const sample = async (ours: number | 'silent', logs: 'read' | 'absent' = 'read', at = NOW - MINUTE) => {
      const asked: string[] = [];
      const probes = fakeProbes({
        orderService: {
          inventorySync: async () => aSync({ lastSyncAt: at }),
          async inventoryItem(id) {
            asked.push(id);
            if (ours === 'silent') throw silent();
            return ours;
          },
        },
        catalog: { stock: async () => 60 },
        ...(logs === 'absent' ? {} : { kubernetes: { logs: async () => [aLog(['sku=a available=0'])] } }),
      });
      const run = aRun({
        action: 'R13',
        targets: ['inventory'],
        parameters: { synced: String(NOW - 9 * MINUTE) },
      });
      return { ...(await resyncInventory.proof.sample(aProving(probes, { run, names }))), asked };
    };

    test.each<[string, Parameters<typeof sample>, object, string]>([
      [
        'they agree',
        [60],
        { moved: ['inventory'], unknown: [] },
        'Both sides count the same of all 1 failing',
      ],
      [
        'they still differ',
        [59],
        { moved: [], unknown: [] },
        'The counts of 1 of 1 failing products still differ (a: catalog 60, order service 59).',
      ],
      [
        'one side says nothing',
        ['silent'],
        { moved: [], unknown: ['inventory'] },
        'Not every failing product could be asked about',
      ],
      ['no logs, so no products to ask about', [0, 'absent'], { moved: ['inventory'] }, 'ended 1 min ago.'],
      [
        'no new sync: nobody is asked',
        [60, 'read', NOW - 9 * MINUTE],
        { moved: [], asked: [] },
        'ended 9 min ago.',
      ],
    ])('%s', async (_what, given, expected, words) => {
      expect(await sample(...given)).toMatchObject({ ...expected, line: expect.stringContaining(words) });
    });
  });
});
