import type { Json, JsonObject } from '../world/cluster.ts';

/** An answer other than success, in the API server's own words. */
export class Refusal extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | null;

  constructor(code: number, reason: string, message: string, details: JsonObject | null = null) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** `deployments.apps`; the core group has no suffix. */
export function qualified(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function notFound(group: string, resource: string, name: string): Refusal {
  return new Refusal(404, 'NotFound', `${qualified(group, resource)} "${name}" not found`, {
    name,
    ...(group === '' ? {} : { group }),
    kind: resource,
  });
}

export function noSuchPath(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

/** The value of a field is not allowed; `kind` is `Deployment.apps`. */
export function invalid(kind: string, name: string, field: string, said: string): Refusal {
  return new Refusal(422, 'Invalid', `${kind} "${name}" is invalid: ${field}: ${said}`, {
    name,
    group: 'apps',
    kind: 'Deployment',
    causes: [{ reason: 'FieldValueInvalid', message: said, field }],
  });
}

export function unavailable(message: string): Refusal {
  return new Refusal(503, 'ServiceUnavailable', message);
}

export function statusResponse(refusal: Refusal): Response {
  return Response.json(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: refusal.message,
      reason: refusal.reason,
      ...(refusal.details === null ? {} : { details: refusal.details }),
      code: refusal.code,
    },
    { status: refusal.code },
  );
}

export function answer(body: Json, status = 200): Response {
  return Response.json(body, { status });
}

/** To the second, as the API writes times. */
export function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
