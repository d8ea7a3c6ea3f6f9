import * as z from 'zod';
import type { PodHttp } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { type Ask, askJson } from '../http.ts';
import { problemOf } from './schema.ts';

export const ORDER_SERVICE = 'The order service';

export interface OrderServiceSettings {
  /** `http://host:port`, without a path. */
  readonly url: string;
  /** Reads the token anew each time: it is rotated under us. Null: none is sent. */
  readonly token: () => Promise<string | null>;
  /** The API server strips `Authorization`, so the header's name can be another. */
  readonly tokenHeader: string;
  readonly paths: Readonly<
    Record<
      | 'stuckOrders'
      | 'order'
      | 'retryWorkflow'
      | 'republishEvents'
      | 'status'
      | 'gatewayHealth'
      | 'metrics'
      | 'retryPayments',
      string
    >
  >;
  /** Where single pods can be asked; null: no cluster is configured. */
  readonly pods: PodHttp | null;
}

/** One call with the token, parsed. @throws SystemError */
export async function callService<T>(
  settings: OrderServiceSettings,
  schema: z.ZodType<T>,
  ask: Pick<Ask, 'method' | 'body' | 'signal'> & { path: string; headers?: Readonly<Record<string, string>> },
): Promise<T> {
  const token = await settings.token();
  const answer = await askJson(ORDER_SERVICE, {
    method: ask.method,
    url: new URL(ask.path, settings.url).href,
    headers: {
      ...(token === null ? {} : { [settings.tokenHeader]: `Bearer ${token}` }),
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...ask.headers,
    },
    ...(ask.body === undefined ? {} : { body: ask.body }),
    signal: ask.signal,
    problem: problemOf,
  });
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const first = z.prettifyError(read.error).split('\n')[0] ?? '';
  throw new SystemError(
    ORDER_SERVICE,
    'not understood',
    `${ORDER_SERVICE} answered in a shape that is not known (${first.slice(0, 120)}).`,
    {
      sent: 'maybe',
      mayRetry: false,
    },
  );
}
