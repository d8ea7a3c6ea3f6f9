import { expect } from 'vitest';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a foreign shape
  readonly json: any;
  readonly text: string;
}

/**
 * An API server that one may ask anything, with a Deployment `order-service` of three pods with one container of that
 * name, and nothing else in its namespace that `app=order-service` selects.
 */
export interface Wire {
  readonly namespace: string;
  /** One of its pods; it answers on port 8080 with the request's path and query, and then its headers as JSON. */
  readonly pod: string;
  call(
    method: string,
    path: string,
    more?: { readonly body?: unknown; readonly type?: string; readonly token?: string },
  ): Promise<Answer>;
  stop(): Promise<void>;
}

export const JSON_PATCH = 'application/json-patch+json';
export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';

export function deploymentOf({ namespace }: Wire): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/order-service`;
}

export async function generationOf(here: Wire): Promise<number> {
  return (await here.call('GET', deploymentOf(here))).json.metadata.generation;
}

export async function patch(
  here: Wire,
  body: unknown,
  type: string,
  path = deploymentOf(here),
): Promise<Answer> {
  return await here.call('PATCH', path, { body, type });
}

/** A patch of the one container of the template. */
export function container(more: object): object {
  return { spec: { template: { spec: { containers: [{ name: 'order-service', ...more }] } } } };
}

/** @param reason undefined: the API server gives none */
export function refusal(status: number, reason: string | undefined, message: string | RegExp): object {
  return {
    status,
    json: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code: status,
      ...(reason === undefined ? {} : { reason }),
      message: expect.stringMatching(message),
    },
  };
}
