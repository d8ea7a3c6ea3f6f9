import type * as z from 'zod';
import type { Licence } from '../../ports/levers.ts';
import type { PodHttp } from '../../ports/pod-http.ts';
import { SystemError } from '../../ports/system-error.ts';
import { type Ask, askJson, below } from '../http.ts';
import type { Way } from '../kubernetes/service-http.ts';
import type { Policy } from '../resilience.ts';
import { misfit } from '../shape.ts';
import { headersOf, problemOf } from './schema.ts';

export const ORDER_SERVICE = 'The order service';

export interface OrderServiceSettings {
  /** `http://host:port`, without a path; or a way through somebody who hands requests on. */
  readonly at: string | Way;
  /** Reads the token anew each time: it is rotated under us. Null: none is sent. */
  readonly token: () => Promise<string | null>;
  /** The API server strips `Authorization`, so the header's name can be another. */
  readonly tokenHeader: string;
  /** Shared by all calls to this service. */
  readonly policy: Policy;
  /** Of questions that the service passes on to the payment gateway; absent: one of its own. */
  readonly gatewayPolicy?: Policy;
  readonly paths: Readonly<
    Record<
      | 'stuckOrders'
      | 'order'
      | 'retryWorkflow'
      | 'republishEvents'
      | 'status'
      | 'gatewayHealth'
      | 'metrics'
      | 'retryPayments'
      | 'refunds'
      | 'refundStatus'
      | 'testRefund'
      | 'retryRefund'
      | 'payment'
      | 'storeCredit'
      | 'returns'
      | 'fraudScore'
      | 'returnEligibility'
      | 'approveReturn'
      | 'retryReturn'
      | 'extendWindow'
      | 'inventorySync'
      | 'inventoryResync'
      | 'carriers'
      | 'validateAddress'
      | 'regenerateLabel'
      | 'republishFailed'
      | 'export'
      | 'retryExport'
      | 'createExport',
      string
    >
  > & {
    /** Null or undefined: not configured. */
    readonly failedEvents?: string | null | undefined;
    readonly exports?: string | null | undefined;
    readonly inventoryItem?: string | null | undefined;
    readonly return?: string | null | undefined;
  };
  /** Where single pods can be asked; null: no cluster is configured. */
  readonly pods: PodHttp | null;
}

type ServiceCall = Pick<Ask, 'method' | 'body' | 'signal' | 'headers'> & { readonly path: string };

/** One call with the token, parsed. A GET may be repeated; everything else is sent once. @throws SystemError */
export async function callService<T>(
  settings: OrderServiceSettings,
  schema: z.ZodType<T>,
  ask: ServiceCall,
): Promise<T> {
  const { repeatable, once } = settings.policy;
  const answer = await (ask.method === 'GET' ? repeatable : once)(
    async () => await callOnce(settings, ask),
    ask.signal,
  );
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new SystemError(
    ORDER_SERVICE,
    'not understood',
    `${ORDER_SERVICE} answered in a shape that is not known (${misfit(read.error)}).`,
    { sent: 'maybe', mayRetry: false },
  );
}

/** As `callService`; null where the service does not know that id. */
export async function callKnown<T>(
  settings: OrderServiceSettings,
  schema: z.ZodType<T>,
  ask: ServiceCall,
): Promise<T | null> {
  try {
    return await callService(settings, schema, ask);
  } catch (err) {
    if (err instanceof SystemError && err.fault === 'not found') return null;
    throw err;
  }
}

/** A POST under its licence, sent once. @throws SystemError */
export async function post<T>(
  settings: OrderServiceSettings,
  schema: z.ZodType<T>,
  path: string,
  licence: Licence,
  signal: AbortSignal,
  body?: object,
): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return await callService(settings, schema, {
    method: 'POST',
    path,
    ...sent,
    headers: headersOf(licence),
    signal,
  });
}

async function callOnce(settings: OrderServiceSettings, ask: ServiceCall): Promise<unknown> {
  const token = await settings.token().catch((cause: unknown) => {
    const words = `${ORDER_SERVICE} was not asked: the file with its token cannot be read.`;
    throw new SystemError(ORDER_SERVICE, 'forbidden', words, { sent: 'no', mayRetry: false, cause });
  });
  const headers = {
    ...(token === null ? {} : { [settings.tokenHeader]: `Bearer ${token}` }),
    ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...ask.headers,
  };
  const answer = askJson(ORDER_SERVICE, {
    method: ask.method,
    ...(await wayOf(settings, { ...ask, headers })),
    ...(ask.body === undefined ? {} : { body: ask.body }),
    signal: ask.signal,
    problem: problemOf,
  });
  return await answer.catch((err: unknown) => {
    if (!(err instanceof SystemError) || err.system !== ORDER_SERVICE) throw err;
    if (err.fault === 'forbidden') throw named(err);
    throw err.fault === 'not found' ? placed(err, ask.path) : err;
  });
}

/** Where a request goes, and what goes along. @throws SystemError with `sent: 'no'` */
export async function wayOf(
  { at }: Pick<OrderServiceSettings, 'at'>,
  ask: Parameters<Way>[0],
): ReturnType<Way> {
  return typeof at === 'string' ? { url: below(at, ask.path), headers: ask.headers ?? {} } : await at(ask);
}

/** A page that is not there is mostly one that is called otherwise. */
function placed({ message, sent, mayRetry }: SystemError, path: string): SystemError {
  const page = path.split('?')[0];
  const words = `${message} It was asked for ${page}; \`admin\` in oms.yaml names its pages.`;
  return new SystemError(ORDER_SERVICE, 'not found', words, { sent, mayRetry });
}

/** Whoever reads it has to know whose right is missing. */
function named({ message, sent, mayRetry }: SystemError): SystemError {
  const said = /[.!?]$/.test(message) ? message : `${message}.`;
  const words = `${said} The token in ORDER_SERVICE_TOKEN_FILE lacks the right.`;
  return new SystemError(ORDER_SERVICE, 'forbidden', words, { sent, mayRetry });
}
