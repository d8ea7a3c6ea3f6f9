import { broken, healthy, type Seen, skipped, unknown } from '../../domain/finding.ts';
import { findIds } from '../../domain/ids.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { curl, orderWorkload, shellWord } from '../names.ts';
import { aboutEach } from '../shared/batch.ts';
import { withoutPeople } from '../shared/log-lines.ts';
import { spell } from '../shared/spell.ts';
import { INVENTORY_CODES, type ReservationLogs } from './logs.ts';
import { productIn, productsIn } from './products.ts';

const SECOND = 1_000;
/** Orders that are left out of the impact by their ids. */
const MOST_SOLD_OUT = 2_000;

/** One product as both sides count it. */
export interface StockOf {
  readonly product: string;
  /** Failed reservations of it in the log window. */
  readonly failed: number;
  /** Null: that side knows no such product. */
  readonly catalog: number | null;
  readonly ours: number | null;
  /** When the row of looks began that saw different counts, epoch ms; null: they agree. */
  readonly differsSince: number | null;
}

export interface StockSeen {
  /** Those that both sides were asked about and answered, the most failing first. */
  readonly products: readonly StockOf[];
  /** Differ in two looks, so far apart that no order on its way explains it. */
  readonly differing: readonly string[];
  /** Neither side has any left: nothing is wrong but that the product is gone. */
  readonly soldOut: readonly string[];
  /** Failing products of which a side said nothing. */
  readonly silent: { readonly catalog: number; readonly ours: number };
}

/** X7. */
export const stock: Check<StockSeen> = {
  step: 'X7',
  title: 'Do catalog and order service count the same?',
  system: 'The catalog',
  source: null,
  equivalent(names) {
    const { catalog, paths } = names;
    const address =
      catalog === null
        ? 'catalog.url/catalog.stockPath'
        : `${catalog.url.replace(/\/+$/, '')}${catalog.stockPath.replaceAll('{id}', '<product>')}`;
    const ours = (paths.inventoryItem ?? '/admin.inventoryItem').replaceAll('{id}', '<product>');
    return `curl -s ${shellWord(address)}; ${curl(names, ours)}`;
  },
  parameters: ['product'],
  deadlineMs: 4_500,
  async look(ask) {
    const { names, thresholds } = ask;
    if (names.catalog === null)
      return skipped('The catalog is not configured (`catalog.url`, `catalog.stockPath`).');
    if (names.paths.inventoryItem === null)
      return skipped('The order service’s count of a product is not configured (`admin.inventoryItem`).');
    // What the look before read, if it read all, need not be read again, nor waited for: half an hour of lines hardly changes in a minute.
    const known = ask.previous?.['logs']?.data as ReservationLogs | null | undefined;
    const { products, whole } = known?.whole === true ? known : await failingProducts(ask);
    const failing = products.slice(0, thresholds.comparedProducts);
    if (failing.length === 0 && !whole)
      return unknown('Which products fail is not known: not every log line could be read.');
    const before = (ask.previous?.['stock']?.data as StockSeen | null | undefined)?.products ?? [];
    return judged(await compared(ask, failing, before, ask.now), ask);
  },
};

/** What the comparison needs, in a look and in a proof. */
type Comparing = Pick<Asking, 'probes' | 'names' | 'thresholds' | 'signal'>;

/**
 * Both counts of the failing products once more, for a proof; null: they cannot be compared here.
 * @throws SystemError where the lines of the failed reservations cannot be read
 */
export async function countsNow(
  ask: Comparing,
): Promise<{ readonly differ: readonly StockOf[]; readonly silent: boolean; readonly asked: number } | null> {
  if (ask.names.catalog === null || ask.names.paths.inventoryItem === null) return null;
  try {
    const failing = (await failingProducts(ask)).products.slice(0, ask.thresholds.comparedProducts);
    const { asked, products } = await compared(ask, failing, [], 0);
    const differ = products.filter(({ differsSince }) => differsSince !== null);
    return { asked, differ, silent: products.length < asked };
  } catch (err) {
    if (err instanceof AbsentSystem) return null;
    throw err;
  }
}

/** Orders whose product is really gone: they were refused rightly. Without the lines none is known to be. */
export async function ordersSoldOut(ask: Comparing, soldOut: readonly string[]): Promise<readonly string[]> {
  if (soldOut.length === 0) return [];
  try {
    const lines = (await failureLines(ask)).lines.filter(
      (line) => line.includes('INVENTORY_UNAVAILABLE') && soldOut.includes(productIn(line) ?? ''),
    );
    return [...new Set(lines.flatMap((line) => findIds('order', line)))].slice(0, MOST_SOLD_OUT);
  } catch (err) {
    if (err instanceof AbsentSystem || err instanceof SystemError) return [];
    throw err;
  }
}

async function failingProducts(ask: Comparing) {
  const { lines, whole } = await failureLines(ask);
  return { products: productsIn(lines), whole };
}

/** `whole`: no container's lines are missing. */
async function failureLines({ probes, names, thresholds, signal }: Comparing) {
  const logs = await probes.kubernetes.logs(
    {
      workload: orderWorkload(names),
      containing: INVENTORY_CODES,
      windowMinutes: thresholds.logWindowMinutes,
      bytesPerContainer: thresholds.logKilobytes * 1024,
    },
    signal,
  );
  return {
    lines: logs.flatMap(({ lines }) => lines.map(withoutPeople)),
    whole: logs.every(({ truncated, problem }) => !truncated && problem === null),
  };
}

/** Both sides of each product, several at once; a product of which one side says nothing is left out. */
async function compared(
  { probes, signal }: Comparing,
  failing: readonly (readonly [string, number])[],
  before: readonly StockOf[],
  now: number,
): Promise<Compared> {
  const ids = failing.map(([product]) => product);
  const { catalog, orderService } = probes;
  const [theirs, ours] = await Promise.all([
    aboutEach(ids, async (id) => ({ count: await catalog.stock(id, signal) })),
    aboutEach(ids, async (id) => ({ count: await orderService.inventoryItem(id, signal) })),
  ]);
  const products = failing.flatMap(([product, failed], place) => {
    const [left, right] = [theirs[place]?.said ?? null, ours[place]?.said ?? null];
    if (left === null || right === null) return [];
    const since = before.find((one) => one.product === product)?.differsSince ?? now;
    const differsSince = left.count === right.count ? null : since;
    return [{ product, failed, catalog: left.count, ours: right.count, differsSince }];
  });
  const nothing = (side: typeof theirs) => side.filter(({ said }) => said === null).length;
  return { asked: ids.length, products, silent: { catalog: nothing(theirs), ours: nothing(ours) } };
}

interface Compared extends Pick<StockSeen, 'products' | 'silent'> {
  readonly asked: number;
}

function judged({ products, silent, asked }: Compared, { now, thresholds }: Asking): Seen<StockSeen> {
  const apart = products.filter(({ differsSince }) => differsSince !== null);
  const standing = apart.filter(
    ({ differsSince }) => now - (differsSince ?? now) >= thresholds.stockDiffersSeconds * SECOND,
  );
  const gone = products.filter(
    ({ catalog, ours }) => catalog !== null && catalog <= 0 && ours !== null && ours <= 0,
  );
  const seen: StockSeen = {
    products,
    differing: standing.map(({ product }) => product),
    soldOut: gone.map(({ product }) => product),
    silent,
  };
  const evidence = products.map(
    ({ product, catalog, ours, failed }) =>
      `${product}  catalog ${catalog ?? 'unknown'}  order service ${ours ?? 'unknown'}  failed ${failed}`,
  );
  const window = `in ${thresholds.logWindowMinutes} min`;
  if (asked === 0)
    return healthy(
      `No failed reservation ${window} names a product, so nothing is held against the catalog.`,
      seen,
    );
  const dark = [
    silent.catalog === 0 ? '' : ` The catalog said nothing of ${silent.catalog}.`,
    silent.ours === 0 ? '' : ` The order service said nothing of ${silent.ours}.`,
  ].join('');
  const sold = gone.length === 0 ? '' : ` Really sold out: ${named(seen.soldOut)}.`;
  if (standing.length > 0) {
    const since = spell(now - Math.min(...standing.map(({ differsSince }) => differsSince ?? now)));
    return broken(
      `The counts of ${standing.length} of ${products.length} failing products have differed for ${since} (${first(standing)}).${sold}${dark}`,
      seen,
      evidence,
    );
  }
  if (apart.length > 0)
    return unknown(
      `The counts of ${apart.length} of ${products.length} failing products differ, seen once (${first(apart)}); an order on its way could be why.${sold}${dark}`,
      seen,
      evidence,
    );
  if (products.length < asked)
    return unknown(
      `Catalog and order service agree on ${products.length} of ${asked} failing products.${sold}${dark}`,
      seen,
      evidence,
    );
  return healthy(
    `Catalog and order service agree on ${asked === 1 ? 'the one product' : `all ${asked} products`} that failed ${window}.${sold}`,
    seen,
    evidence,
  );
}

/** *sku-104: catalog 60, order service 0*, of the first. */
export function first([one]: readonly StockOf[]): string {
  return one === undefined
    ? ''
    : `${one.product}: catalog ${one.catalog ?? 'unknown'}, order service ${one.ours ?? 'unknown'}`;
}

function named(products: readonly string[]): string {
  return products.length <= 3
    ? products.join(', ')
    : `${products.slice(0, 3).join(', ')} and ${products.length - 3} more`;
}
