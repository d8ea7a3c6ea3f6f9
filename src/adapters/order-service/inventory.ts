import * as z from 'zod';
import type { AdminChanges, AdminQuestions } from '../../ports/order-service.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import { clean } from '../http.ts';
import { Stock } from '../stock.ts';
import { callKnown, callService, type OrderServiceSettings, post } from './client.ts';
import { Accepted, Time, WORDS_OF } from './schema.ts';

const Word = z.string().max(40).nullish();

/** How services name a job that is under way. */
const RUNNING = new Set(['running', 'in_progress', 'in-progress', 'syncing', 'started']);

/** How they name one that went wrong; without an error of its own it is all that is said of it. */
const WENT_WRONG = /fail|error|abort|timed?[ _-]?out/i;

/** R9. Some say `running`, some name the status; one of the two has to be there. */
const SyncStatus = z
  .object({
    running: z.boolean().nullish(),
    status: Word,
    lastSyncAt: Time.nullish(),
    error: z.string().max(2_000).nullish(),
    catalog: Word,
  })
  .refine(({ running, status }) => running != null || status != null, 'neither running nor status is there')
  .transform(({ running, status, lastSyncAt, error, catalog }) => ({
    running: running ?? RUNNING.has(status?.toLowerCase() ?? ''),
    lastSyncAt: lastSyncAt ?? null,
    words: error != null ? clean(error) : status != null && WENT_WRONG.test(status) ? clean(status) : null,
    catalogUp: upOf(catalog ?? null),
  }));

/** A word that we do not know says nothing. */
function upOf(word: string | null): boolean | null {
  const said = word?.toLowerCase() ?? '';
  if (WORDS_OF.up.has(said)) return true;
  return WORDS_OF.down.has(said) ? false : null;
}

/** R9, X7. */
export function inventoryQuestions(
  settings: OrderServiceSettings,
): Pick<AdminQuestions, 'inventorySync' | 'inventoryItem'> {
  return {
    async inventoryItem(product, signal) {
      const path = settings.paths.inventoryItem?.replaceAll('{id}', encodeURIComponent(product));
      if (path === undefined)
        throw new AbsentSystem('The service’s count of a product is not configured (`admin.inventoryItem`).');
      return await callKnown(settings, Stock, { method: 'GET', path, signal });
    },
    inventorySync: async (signal) =>
      await callService(settings, SyncStatus, {
        method: 'GET',
        path: settings.paths.inventorySync,
        signal,
      }),
  };
}

/** R13. */
export function inventoryChanges(settings: OrderServiceSettings): Pick<AdminChanges, 'resyncInventory'> {
  return {
    async resyncInventory(licence, signal) {
      await post(settings, Accepted, settings.paths.inventoryResync, licence, signal);
      return 'Taken by the service.';
    },
  };
}
