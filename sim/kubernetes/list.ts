import { type JsonObject, objectIn } from '../world/cluster.ts';
import { nameOf } from './revisions.ts';
import { fieldTest, labelTest } from './selectors.ts';
import { badRequest, Refusal } from './status.ts';

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: ['metadata.name', 'metadata.namespace', 'status.phase', 'spec.nodeName', 'spec.restartPolicy'],
  events: ['metadata.name', 'involvedObject.name', 'involvedObject.kind', 'reason', 'type'],
};

/** Whether an object is asked for, by the query's selectors. @throws Refusal 400 */
export function selected(resource: string, query: URLSearchParams): (item: JsonObject) => boolean {
  const byLabel = labelTest(query.get('labelSelector') ?? '');
  const byField = fieldTest(query.get('fieldSelector') ?? '', FIELDS[resource] ?? ['metadata.name']);
  return (item) => byLabel(objectIn(objectIn(item, 'metadata'), 'labels') ?? {}) && byField(item);
}

/**
 * One page. A later page shows the objects of now behind the name where the page before ended.
 * @throws Refusal 400 for a limit or a token that is none
 */
export function listPage(
  kind: string,
  apiVersion: string,
  items: readonly JsonObject[],
  query: URLSearchParams,
  version: number,
): JsonObject {
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isInteger(limit)) {
    throw badRequest(`strconv.ParseInt: parsing "${query.get('limit') ?? ''}": invalid syntax`);
  }
  const token = query.get('continue') ?? '';
  const from = token === '' ? null : readToken(token);
  const rest = from === null ? items : items.filter((item) => nameOf(item) > from.after);
  const page = limit <= 0 ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const listVersion = from?.version ?? version;
  const more = page.length < rest.length && last !== undefined;
  return {
    kind,
    apiVersion,
    metadata: {
      resourceVersion: String(listVersion),
      ...(more
        ? {
            continue: writeToken({ version: listVersion, after: nameOf(last) }),
            remainingItemCount: rest.length - page.length,
          }
        : {}),
    },
    // Items of a list carry neither kind nor version.
    items: page.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
  };
}

interface Token {
  readonly version: number;
  readonly after: string;
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string): Token {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (
      typeof token === 'object' &&
      token !== null &&
      'version' in token &&
      typeof token.version === 'number' &&
      'after' in token &&
      typeof token.after === 'string'
    )
      return { version: token.version, after: token.after };
  } catch {
    // The same answer as for a token of another kind.
  }
  throw new Refusal(
    400,
    'BadRequest',
    'invalid continue token: continue key is not valid: illegal base64 data',
  );
}
