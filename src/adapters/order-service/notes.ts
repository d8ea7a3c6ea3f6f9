import * as z from 'zod';
import type { NoteSought } from '../../ports/order-service.ts';
import { callKnown, type OrderServiceSettings } from './client.ts';
import { Time } from './schema.ts';

/** The notes of an order or a return: what people wrote, so they are looked through and go no further. */
const Noted = z.object({ notes: z.array(z.looseObject({ at: Time })).nullish() });

/** Whether what this page shows has such a note; null: it shows no notes, or the service does not know that id. */
export async function notedAt(
  settings: OrderServiceSettings,
  path: string,
  { text, since }: NoteSought,
  signal: AbortSignal,
): Promise<boolean | null> {
  const page = await callKnown(settings, Noted, { method: 'GET', path, signal });
  return page?.notes?.some((note) => note.at >= since && holds(note, text)) ?? null;
}

/** Whatever the service calls a note's text. */
function holds(note: object, text: string): boolean {
  return Object.values(note).some((value) => typeof value === 'string' && value.includes(text.trim()));
}
