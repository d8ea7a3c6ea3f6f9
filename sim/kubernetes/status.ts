import type { Json, JsonObject } from '../world/cluster.ts';

/** An answer other than success, in the API server's own words. */
export class Refusal extends Error {
  readonly code: number;
  /** Null where the API server gives none. */
  readonly reason: string | null;
  readonly details: JsonObject | null;

  constructor(code: number, reason: string | null, message: string, details: JsonObject | null = null) {
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

/** A value of a type that its field does not take. */
export class Mistyped extends Error {
  /** What the API server says of it in a strategic merge patch. */
  readonly ofStrategic: string;

  constructor(said: string, ofStrategic: string) {
    super(said);
    this.ofStrategic = ofStrategic;
  }
}

/** @param field `DeploymentSpec.spec.replicas` @param type Go's name of what it takes */
export function mistyped(value: unknown, field: string, type: string): Mistyped {
  const fraction = typeof value === 'number' && !Number.isInteger(value);
  const json = Array.isArray(value) ? 'array' : value === true || value === false ? 'bool' : typeof value;
  const go =
    { number: fraction ? 'float64' : 'int64', boolean: 'bool' }[typeof value as 'number'] ?? typeof value;
  return new Mistyped(
    `json: cannot unmarshal ${json}${fraction ? ` ${value}` : ''} into Go struct field ${field} of type ${type}`,
    type === 'int32' && typeof value === 'string'
      ? `unrecognized type: ${type}`
      : `cannot convert ${go} to ${type}`,
  );
}

/** What such a patch is answered with: it quotes all that could not be read, whatever stands in it. */
export function unreadablePatch(quoted: string, said: string): Refusal {
  const message = `Invalid value: ${JSON.stringify(quoted)}: ${said}`;
  return new Refusal(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
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
      ...(refusal.reason === null ? {} : { reason: refusal.reason }),
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
