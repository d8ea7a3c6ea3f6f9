import type { Provider, StatusPageProbe } from '../../ports/status-page.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import { askJson, below } from '../http.ts';
import { type Policy, policyFor } from '../resilience.ts';
import { misfit } from '../shape.ts';
import { Summary } from './schema.ts';

/** How the pages are called in messages. */
export const STATUS_PAGES: Readonly<Record<Provider, string>> = {
  gateway: 'The payment gateway’s status page',
  carrier: 'The carrier’s status page',
};

/** Where the page of each provider is, without `/api/v2/…`; undefined: not configured. */
export type StatusPageSettings = Readonly<Partial<Record<Provider, { readonly url: string } | undefined>>>;

/** X3. Two providers are two systems: one that is away rests alone. */
export function statusPageProbe(
  pages: StatusPageSettings,
  policyOf: (system: string) => Policy = policyFor,
): StatusPageProbe {
  const policies = {
    gateway: policyOf(STATUS_PAGES.gateway),
    carrier: policyOf(STATUS_PAGES.carrier),
  } satisfies Record<Provider, Policy>;
  return {
    async summary(provider, signal) {
      const [system, page] = [STATUS_PAGES[provider], pages[provider]];
      if (page === undefined)
        throw new AbsentSystem(`${system} is not configured (\`statusPages.${provider}\`).`);
      const url = below(page.url, '/api/v2/summary.json');
      const answer = await policies[provider].repeatable(
        async () => await askJson(system, { method: 'GET', url, signal }),
        signal,
      );
      const read = Summary.safeParse(answer);
      if (read.success) return read.data;
      const words = `${system} answered in a shape that is not known (${misfit(read.error)}).`;
      throw new SystemError(system, 'not understood', words, { sent: 'maybe', mayRetry: false });
    },
  };
}
