import * as z from 'zod';
import type { AdminChanges, AdminQuestions, CarrierAnswer, Shipment } from '../../ports/order-service.ts';
import { SystemError } from '../../ports/system-error.ts';
import { clean } from '../http.ts';
import { callKnown, callService, ORDER_SERVICE, type OrderServiceSettings, post } from './client.ts';
import { Accepted, Time, WORDS_OF } from './schema.ts';

/** The carriers that are listed one by one; more are no list of carriers. */
const MOST = 50;
const REFUSED = new Set(['unauthorized', 'unauthorised', 'forbidden', 'expired']);
const DEGRADED = new Set(['degraded', 'slow', 'throttled', 'rate-limited', 'rate_limited', 'warn']);

/** Some name a status, some only the carrier's own HTTP answer. */
const Carrier = z
  .object({
    carrier: z.string().max(60).optional(),
    name: z.string().max(60).optional(),
    status: z.union([z.string().max(40), z.number().int()]),
    error: z.string().max(2_000).nullish(),
  })
  .refine(({ carrier, name }) => (carrier ?? name) !== undefined, 'neither carrier nor name is there')
  .transform(({ carrier, name, status, error }): CarrierAnswer | null => {
    const said = statusOf(status);
    const words = error == null ? null : clean(error);
    return said === null ? null : { carrier: carrier ?? name ?? '', status: said, words };
  });

const Carriers = z
  .object({ carriers: z.array(Carrier).max(MOST) })
  .refine(({ carriers }) => carriers.every((one) => one !== null), 'a status that is not known')
  .transform(({ carriers }) => carriers.filter((one) => one !== null));

function statusOf(status: string | number): CarrierAnswer['status'] | null {
  if (typeof status === 'number') return ofHttp(status);
  const said = status.toLowerCase();
  if (WORDS_OF.up.has(said)) return 'up';
  if (REFUSED.has(said)) return 'unauthorised';
  if (DEGRADED.has(said)) return 'degraded';
  return WORDS_OF.down.has(said) ? 'down' : null;
}

/** 401 and 403 are about our key, not about the carrier. 0 is what clients say where nobody answered, and no status. */
function ofHttp(status: number): CarrierAnswer['status'] | null {
  if (status < 100 || status > 599) return null;
  if (status === 401 || status === 403) return 'unauthorised';
  if (status === 429) return 'degraded';
  return status < 500 ? 'up' : 'down';
}

const Country = z.string().regex(/^[A-Za-z]{2}$/);

/**
 * X10 without a word of the address. What is set reads as anything but nothing; what is not told at all is not *missing*, and
 * no label may be bought on the strength of it.
 */
const Parcel = z.object({
  shipment: z.object({
    dimensions: z.unknown(),
    weight: z.unknown(),
    country: Country.nullish().transform((country) => country?.toUpperCase() ?? null),
    addressUpdatedAt: Time.nullish().transform((at) => at ?? null),
    label: z.unknown(),
    labelError: z
      .object({ code: z.string().max(80), at: Time })
      .nullish()
      .transform((error) => error ?? null),
  }),
});

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== '' && value !== 0;

function shipmentOf({ shipment }: z.infer<typeof Parcel>): Shipment {
  const { country, addressUpdatedAt, labelError } = shipment;
  return {
    size: isSet(shipment.dimensions),
    weight: isSet(shipment.weight),
    country,
    addressChangedAt: addressUpdatedAt,
    label: isSet(shipment.label),
    labelError,
  };
}

/** Names of fields only: whatever else a service says of an address may hold a part of it. */
const FieldName = z.string().regex(/^[A-Za-z][\w.-]{0,30}$/);
const Validated = z
  .object({
    valid: z.boolean(),
    errors: z.array(z.union([FieldName, z.object({ field: FieldName })])).nullish(),
  })
  .transform(({ valid, errors }) => ({
    valid,
    wrong: (errors ?? []).slice(0, 10).map((error) => (typeof error === 'string' ? error : error.field)),
  }));

/** R31, X10. */
export function shippingQuestions(
  settings: OrderServiceSettings,
): Pick<AdminQuestions, 'carriers' | 'shipment'> {
  return {
    carriers: async (signal) =>
      await callService(settings, Carriers, { method: 'GET', path: settings.paths.carriers, signal }),

    async shipment(order, signal) {
      const path = settings.paths.order.replace('{id}', order);
      const known = await callKnown(settings, Parcel, { method: 'GET', path, signal });
      return known === null ? null : shipmentOf(known);
    },
  };
}

/** R34, R32. */
export function shippingChanges(
  settings: OrderServiceSettings,
): Pick<AdminChanges, 'regenerateLabel' | 'validateAddress'> {
  return {
    async regenerateLabel(order, licence, signal) {
      await post(settings, Accepted, settings.paths.regenerateLabel.replace('{id}', order), licence, signal);
      return 'Taken by the service.';
    },

    async validateAddress({ country, ...address }, signal) {
      try {
        return await callService(settings, Validated, {
          method: 'POST',
          path: settings.paths.validateAddress,
          // The runbook's own request names no country.
          body: JSON.stringify(country === '' ? address : { ...address, country }),
          signal,
        });
      } catch (err) {
        throw err instanceof SystemError ? withoutWords(err) : err;
      }
    },
  };
}

/** What a service says of a refused address may quote it, and an error's words are shown and kept. */
function withoutWords({ fault, sent, mayRetry }: SystemError): SystemError {
  const words = `${ORDER_SERVICE} did not check the address (${fault}).`;
  return new SystemError(ORDER_SERVICE, fault, words, { sent, mayRetry });
}
