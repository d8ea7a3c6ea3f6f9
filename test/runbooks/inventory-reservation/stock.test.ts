import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import { productsIn } from '../../../src/runbooks/inventory-reservation/products.ts';
import { type StockSeen, stock } from '../../../src/runbooks/inventory-reservation/stock.ts';
import { type Names, RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { withoutPeople } from '../../../src/runbooks/shared/log-lines.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident } from '../../support/incidents.ts';
import { aLog, fakeProbes, MINUTE, NOW, seen, silent, times } from '../../support/runbooks.ts';
import { logCounts, someStock } from './support.ts';

const NAMES: Names = {
  ...RUNBOOK_NAMES,
  catalog: { url: 'http://catalog:8080/', stockPath: '/api/products/{id}/stock' },
  paths: { ...RUNBOOK_NAMES.paths, inventoryItem: '/admin/inventory/items/{id}' },
};
type Count = number | null | 'silent';

/** X7 of these products, each with one line: what the catalog and the order service say. */
async function look(
  products: readonly (readonly [product: string, catalog: Count, ours: Count])[],
  more: {
    readonly names?: Names;
    readonly before?: StockSeen;
    /** What R10 read a look before. */
    readonly read?: readonly (readonly [product: string, failed: number])[];
    /** It did not read all. */
    readonly partly?: true;
    /** Why a container's lines could not be read. */
    readonly problem?: string;
  } = {},
) {
  const asked: string[] = [];
  const say = (side: 1 | 2) => async (id: string) => {
    asked.push(id);
    const said = products.find(([product]) => product === id)?.[side];
    if (said === 'silent' || said === undefined) throw silent();
    return said;
  };
  const lines = products.map(([product]) => `code=INVENTORY_UNAVAILABLE sku=${product} available=0`);
  const found = await stock.look({
    probes: fakeProbes({
      ...(more.read === undefined || more.partly
        ? { kubernetes: { logs: async () => [{ ...aLog(lines), problem: more.problem ?? null }] } }
        : {}),
      catalog: { stock: say(1) },
      orderService: { inventoryItem: say(2) },
    }),
    ids: NO_IDS,
    history: async () => [],
    histories: async () => ({}),
    thresholds: DEFAULT_THRESHOLDS,
    names: more.names ?? NAMES,
    now: NOW,
    previous: {
      ...(more.before === undefined ? {} : { stock: seen('unknown', more.before) }),
      ...(more.read === undefined
        ? {}
        : { logs: seen('broken', logCounts({}, { products: more.read, whole: more.partly !== true })) }),
    },
    incident: anIncident([]),
    signal: new AbortController().signal,
  });
  return { ...found, asked };
}

describe('which products fail', () => {
  test.each<[string, readonly string[]]>([
    ['code=INVENTORY_UNAVAILABLE sku=sku-104 available=0', ['sku-104']],
    ['code=OVERSOLD_PRODUCT product_id: "A.17_b", left', ['A.17_b']],
    ['{"code":"INVENTORY_UNAVAILABLE","productId":"77812"}', ['77812']],
    [String.raw`msg="{\"variant_id\":\"v-9\"}"`, ['v-9']],
    ['item=X1', ['X1']],
    ['product="Bike lock, red"', []],
    ['sku=../admin/orders', []],
    ['sku=..', []],
    ['available=0 requested=1', []],
    ['customer_name="sku=9" available=0', []],
  ])('%s', (line, products) => {
    expect(productsIn([withoutPeople(line)]).map(([product]) => product)).toEqual(products);
  });

  test('the most failing first, each counted', () => {
    const lines = [...times(2, 'sku=b'), ...times(3, 'sku=c'), ...times(2, 'sku=a'), 'no product'];
    expect(productsIn(lines)).toEqual([
      ['c', 3],
      ['a', 2],
      ['b', 2],
    ]);
  });
});

describe('X7', () => {
  const differ = someStock([['a', 60, 0, 60]]);
  test.each<[string, Parameters<typeof look>[0], StockSeen | undefined, string, string]>([
    [
      'they agree',
      [
        ['a', 5, 5],
        ['b', 9, 9],
      ],
      undefined,
      'healthy',
      'Catalog and order service agree on all 2 products that failed in 30 min.',
    ],
    [
      'really sold out',
      [
        ['a', 0, 0],
        ['b', 9, 9],
      ],
      undefined,
      'healthy',
      'Catalog and order service agree on all 2 products that failed in 30 min. Really sold out: a.',
    ],
    [
      'sold more than there was',
      [['a', -2, -2]],
      undefined,
      'healthy',
      'Catalog and order service agree on the one product that failed in 30 min. Really sold out: a.',
    ],
    [
      'they differ, seen once',
      [
        ['a', 60, 0],
        ['b', 9, 9],
      ],
      undefined,
      'unknown',
      'The counts of 1 of 2 failing products differ, seen once (a: catalog 60, order service 0); an order on its way could be why.',
    ],
    [
      'they differ, seen 59 s ago',
      [['a', 60, 0]],
      someStock([['a', 60, 0, 59]]),
      'unknown',
      'The counts of 1 of 1 failing products differ, seen once (a: catalog 60, order service 0); an order on its way could be why.',
    ],
    [
      'they differ, seen 60 s ago too, whatever the counts were',
      [['a', 58, 0]],
      differ,
      'broken',
      'The counts of 1 of 1 failing products have differed for 1 min (a: catalog 58, order service 0).',
    ],
    [
      'agreed in between: the row begins anew',
      [['a', 60, 0]],
      someStock([['a', 60, 60]]),
      'unknown',
      'The counts of 1 of 1 failing products differ, seen once (a: catalog 60, order service 0); an order on its way could be why.',
    ],
    [
      'one side does not know it',
      [['a', null, 4]],
      someStock([['a', 60, 0, 90]]),
      'broken',
      'The counts of 1 of 1 failing products have differed for 2 min (a: catalog unknown, order service 4).',
    ],
    [
      'a side is silent on one',
      [
        ['a', 5, 5],
        ['b', 'silent', 9],
      ],
      undefined,
      'unknown',
      'Catalog and order service agree on 1 of 2 failing products. The catalog said nothing of 1.',
    ],
    [
      'a side is silent on one, another differs for long',
      [
        ['a', 60, 0],
        ['b', 9, 'silent'],
      ],
      differ,
      'broken',
      'The counts of 1 of 1 failing products have differed for 1 min (a: catalog 60, order service 0). The order service said nothing of 1.',
    ],
    [
      'nothing fails',
      [],
      undefined,
      'healthy',
      'No failed reservation in 30 min names a product, so nothing is held against the catalog.',
    ],
  ])('%s', async (_what, products, before, verdict, line) => {
    const found = await look(products, before === undefined ? {} : { before });
    expect(found).toMatchObject({ verdict, line });
  });

  test('what is kept names each product with both counts', async () => {
    const { data } = await look(
      [
        ['a', 60, 0],
        ['b', 0, 0],
        ['c', 'silent', 1],
      ],
      { before: differ },
    );
    expect(data).toEqual({
      products: [
        { product: 'a', failed: 1, catalog: 60, ours: 0, differsSince: NOW - MINUTE },
        { product: 'b', failed: 1, catalog: 0, ours: 0, differsSince: null },
      ],
      differing: ['a'],
      soldOut: ['b'],
      silent: { catalog: 1, ours: 0 },
    });
  });

  test('no product is known to fail, and not every line could be read: nobody knows', async () => {
    expect(await look([], { problem: 'Kubernetes answered 410.' })).toMatchObject({
      verdict: 'unknown',
      line: 'Which products fail is not known: not every log line could be read.',
    });
  });

  test('what R10 could read in part only is read anew', async () => {
    const { data } = await look([['b', 5, 5]], { read: [['a', 17]], partly: true });
    expect(data?.products.map(({ product }) => product)).toEqual(['b']);
  });

  test('what R10 read a look before is not read again', async () => {
    const { data } = await look([['a', 5, 5]], { read: [['a', 17]] });
    expect(data?.products).toEqual([{ product: 'a', failed: 17, catalog: 5, ours: 5, differsSince: null }]);
  });

  test('not more than twenty are asked about, on each side', async () => {
    const many = Array.from({ length: 30 }, (_, place) => [`p${place}`, 1, 1] as const);
    const { asked, data } = await look(many);
    expect(asked).toHaveLength(40);
    expect(data?.products).toHaveLength(20);
  });

  test.each<[string, Partial<Names>, string]>([
    ['no catalog', { catalog: null }, '`catalog.url`'],
    ['no count of the service', { paths: RUNBOOK_NAMES.paths }, '`admin.inventoryItem`'],
  ])('%s: skipped, with the key', async (_what, change, key) => {
    const found = await look([['a', 1, 1]], { names: { ...NAMES, ...change } });
    expect(found).toMatchObject({ verdict: 'skipped', line: expect.stringContaining(key), asked: [] });
  });

  test('the commands to type ask both sides', () => {
    expect(stock.equivalent(NAMES)).toBe(
      `curl -s 'http://catalog:8080/api/products/<product>/stock'; kubectl -n default exec deployment/order-service -- curl "localhost:8080/admin/inventory/items/<product>"`,
    );
  });
});
