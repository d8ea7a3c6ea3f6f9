import type { JsonObject } from '../world/cluster.ts';
import { qualified, Refusal } from './status.ts';

/** What a request wants to do, in the words of RBAC. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | null;
  readonly name: string | null;
}

/** A missing field matches everything, except `subresource`: missing or null means the resource itself. `*` is any. */
export interface AccessRule {
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string | null;
  readonly name?: string;
}

/** The pretend role of the one user. Everything is allowed unless told otherwise. */
export interface Access {
  /** From now on only these; null: everything again. */
  allow(rules: readonly AccessRule[] | null): void;
  /** Takes one right away, whatever is allowed; the returned function gives it back. */
  forbid(rule: AccessRule): () => void;
  allows(attempt: Attempt): boolean;
}

export const USER = 'system:serviceaccount:oms:oms-bot';

export function createAccess(first: readonly AccessRule[] | null): Access {
  let allowed = first;
  const forbidden = new Set<AccessRule>();
  return {
    allow(rules) {
      allowed = rules;
    },
    forbid(rule) {
      forbidden.add(rule);
      return () => forbidden.delete(rule);
    },
    allows(attempt) {
      for (const rule of forbidden) if (covers(rule, attempt)) return false;
      return allowed?.some((rule) => covers(rule, attempt)) ?? true;
    },
  };
}

export function forbiddenError(attempt: Attempt, namespace: string): Refusal {
  const { verb, group, resource, subresource, name } = attempt;
  const whole = subresource === null ? resource : `${resource}/${subresource}`;
  const subject = name === null ? qualified(group, resource) : `${qualified(group, resource)} "${name}"`;
  return new Refusal(
    403,
    'Forbidden',
    `${subject} is forbidden: User "${USER}" cannot ${verb} resource "${whole}" in API group "${group}" in the namespace "${namespace}"`,
    { ...(name === null ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  );
}

/** The answer to a SelfSubjectAccessReview, by the same rules as the requests themselves. */
export function review(access: Access, body: JsonObject, namespaces: ReadonlySet<string>): JsonObject {
  const spec = body['spec'];
  const asked = isRecord(spec) ? spec['resourceAttributes'] : undefined;
  if (!isRecord(asked)) {
    const said =
      'spec: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw new Refusal(422, 'Invalid', `.authorization.k8s.io "" is invalid: ${said}`);
  }
  const text = (key: string) => (typeof asked[key] === 'string' ? asked[key] : '');
  const allowed =
    (namespaces.has(text('namespace')) || text('namespace') === '') &&
    access.allows({
      verb: text('verb'),
      group: text('group'),
      resource: text('resource'),
      subresource: text('subresource') || null,
      name: text('name') || null,
    });
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: isRecord(spec) ? spec : {},
    status: allowed ? { allowed, reason: 'RBAC: allowed by RoleBinding "oms-bot/oms"' } : { allowed },
  };
}

function covers(rule: AccessRule, attempt: Attempt): boolean {
  const same = (wanted: string | undefined, had: string | null) =>
    wanted === undefined || wanted === '*' || wanted === had;
  const sub = rule.subresource ?? null;
  return (
    same(rule.verb, attempt.verb) &&
    same(rule.group, attempt.group) &&
    same(rule.resource, attempt.resource) &&
    (sub === '*' || sub === attempt.subresource) &&
    same(rule.name, attempt.name)
  );
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
