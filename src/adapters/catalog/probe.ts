import type { CatalogProbe } from '../../ports/catalog.ts';
import { SystemError } from '../../ports/system-error.ts';
import { askJson, below } from '../http.ts';
import type { Policy } from '../resilience.ts';
import { misfit } from '../shape.ts';
import { Stock } from '../stock.ts';

export const CATALOG = 'The catalog';

export interface CatalogSettings {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** `{id}` stands for the product. */
  readonly stockPath: string;
  readonly policy: Policy;
}

/** X7's first half: one GET for each product. */
export function catalogProbe({ url, stockPath, policy }: CatalogSettings): CatalogProbe {
  return {
    async stock(product, signal) {
      const path = stockPath.replaceAll('{id}', encodeURIComponent(product));
      const ask = async () => await askJson(CATALOG, { method: 'GET', url: below(url, path), signal });
      let answer: unknown;
      try {
        answer = await policy.repeatable(ask, signal);
      } catch (err) {
        if (err instanceof SystemError && err.fault === 'not found') return null;
        throw err;
      }
      const read = Stock.safeParse(answer);
      if (read.success) return read.data;
      const words = `${CATALOG} answered in a shape that is not known (${misfit(read.error)}).`;
      throw new SystemError(CATALOG, 'not understood', words, { sent: 'maybe', mayRetry: false });
    },
  };
}
