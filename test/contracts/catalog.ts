import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogProbe } from '../../src/ports/catalog.ts';
import { outcome, patient } from '../support/trouble.ts';

export interface CatalogUnderTest {
  readonly probe: CatalogProbe;
  /** Sets how many there are of the one product that the catalog is sure to know. */
  set(count: number): Promise<void>;
  readonly product: string;
  stop(): Promise<void>;
}

/**
 * What every catalog behind `CatalogProbe` has to keep. A company's catalog is its own, so no real one is asked by these tests:
 * its path and the names of its field are what README asks for.
 */
export function catalogContract(name: string, open: () => Promise<CatalogUnderTest>): void {
  describe(`a catalog: ${name}`, () => {
    let here: CatalogUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here?.stop());

    test.each([60, 1, 0])('%i pieces are counted as they are now', async (count) => {
      await here.set(count);
      expect(await here.probe.stock(here.product, patient())).toBe(count);
    });

    test.each(['nobody-sells-this', 'a/b', 'a b?c=d#e'])(
      '%s is a product that it does not know',
      async (id) => {
        expect(await here.probe.stock(id, patient())).toBeNull();
      },
    );

    test('a call whose time is up before it begins asks nothing', async () => {
      expect(await outcome(here.probe.stock(here.product, AbortSignal.abort()))).toMatchObject({
        fault: 'too slow',
        sent: 'no',
      });
    });
  });
}
