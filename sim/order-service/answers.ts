import type { Context } from 'hono';
import type * as z from 'zod';

/** The pod that answers, where one is asked by name; else a random ready one does, as behind a Service. */
interface PodBinding {
  readonly pod?: string;
}

export type OrderServiceEnv = { Bindings: PodBinding; Variables: { pod: string } };

/** How the order service refuses. */
export function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 409 | 502 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status);
}

export function noPod(c: Context): Response {
  return refuse(c, 503, 'NO_READY_POD', 'no ready pod of order-service takes the request');
}

export function requestedBy(c: Context): string | null {
  return c.req.header('x-requested-by') ?? null;
}

/** Undefined when the body is no JSON, which no schema accepts. */
export async function jsonBody(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined;
  }
}

export function whatIsWrong(error: z.ZodError): string {
  return error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
}
