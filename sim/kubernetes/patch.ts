import { isObject, type Json, type JsonObject } from '../world/cluster.ts';
import { badRequest, Refusal } from './status.ts';

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/** Which key tells the entries of a list apart when a strategic patch merges it. Other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
};

/**
 * The document after the patch; the given one stays as it is.
 * @throws Refusal 415 for an unknown type, 400 for a body that is no patch of that type, 422 where a JSON Patch fails,
 *   500 for a list of a strategic patch whose entry lacks its key
 */
export function applyPatch(document: JsonObject, contentType: string, body: string): JsonObject {
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (!(PATCH_TYPES as readonly string[]).includes(type)) {
    throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type');
  }
  const patch = parse(body);
  if (type === 'application/json-patch+json') return jsonPatch(document, patch);
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch)) {
    const had = Array.isArray(patch) ? 'array' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${had} into Go value of type map[string]interface {}`,
    );
  }
  const result = merge(document, patch, type === 'application/strategic-merge-patch+json');
  return isObject(result) ? result : {};
}

function parse(body: string): Json {
  try {
    return JSON.parse(body);
  } catch {
    throw badRequest('invalid JSON patch');
  }
}

/** RFC 7386; a strategic one also merges the lists that it knows. */
function merge(target: Json | undefined, patch: Json, strategic: boolean): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (strategic && Array.isArray(value) && MERGE_KEYS[key] !== undefined) {
      result[key] = mergeList(result[key], value, MERGE_KEYS[key]);
    } else result[key] = merge(result[key], value, strategic);
  }
  return result;
}

function mergeList(target: Json | undefined, patch: readonly Json[], by: string): Json[] {
  const list = Array.isArray(target) ? [...target] : [];
  // New entries stand where the patch has them: before all others, or behind the known one that it names before.
  let next = 0;
  for (const entry of patch) {
    if (!isObject(entry) || entry[by] === undefined) {
      throw new Refusal(500, null, `map: ${inGo(entry)} does not contain declared merge key: ${by}`);
    }
    const at = list.findIndex((other) => isObject(other) && other[by] === entry[by]);
    if (entry['$patch'] === 'delete') {
      if (at >= 0) list.splice(at, 1);
    } else if (at >= 0) {
      list[at] = merge(list[at], entry, true);
      next = at + 1;
    } else {
      list.splice(next, 0, entry);
      next += 1;
    }
  }
  return list;
}

/** RFC 6902, all or nothing. */
function jsonPatch(document: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${patch === null ? 'null' : typeof patch} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  const root: { document: Json } = { document: structuredClone(document) };
  for (const step of patch) {
    if (!isObject(step) || typeof step['op'] !== 'string' || typeof step['path'] !== 'string') throw failed();
    apply(root, step['op'], step['path'], step);
  }
  if (!isObject(root.document)) throw failed();
  return root.document;
}

function apply(root: { document: Json }, op: string, path: string, step: JsonObject): void {
  if (op === 'move' || op === 'copy') {
    const from = typeof step['from'] === 'string' ? step['from'] : fail();
    const value = structuredClone(read(root, from));
    if (op === 'move') place(root, from, 'remove', null);
    place(root, path, 'add', value);
    return;
  }
  if (op === 'remove') {
    place(root, path, 'remove', null);
    return;
  }
  // Nothing is null there, and nothing that is written to a field leaves it out.
  const value = step['value'] ?? null;
  if (op === 'test') {
    if (!equal(read(root, path), value)) throw failed();
  } else if (op === 'add' || op === 'replace') place(root, path, op, value);
  else throw failed();
}

function read(root: { document: Json }, path: string): Json {
  let here: Json | undefined = root.document;
  for (const key of keys(path)) {
    if (Array.isArray(here)) here = here[index(key, here.length - 1)];
    else here = isObject(here) && Object.hasOwn(here, key) ? here[key] : fail();
  }
  return here ?? null;
}

function place(root: { document: Json }, path: string, op: 'add' | 'replace' | 'remove', value: Json): void {
  const all = keys(path);
  const last = all.at(-1);
  if (last === undefined) {
    root.document = value;
    return;
  }
  const parent = read(root, path.slice(0, path.lastIndexOf('/')));
  if (Array.isArray(parent)) {
    if (op === 'add') {
      parent.splice(last === '-' ? parent.length : index(last, parent.length), 0, value);
    } else if (op === 'replace') parent[index(last, parent.length - 1)] = value;
    else parent.splice(index(last, parent.length - 1), 1);
    return;
  }
  if (!isObject(parent)) throw failed();
  if (op === 'remove' && !Object.hasOwn(parent, last)) throw failed();
  if (op === 'remove') delete parent[last];
  else parent[last] = value;
}

function keys(path: string): readonly string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw failed();
  return path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function index(key: string, highest: number): number {
  const at = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : fail();
  return at <= highest ? at : fail();
}

/** As Go prints a value that it could not read: `map[spec:map[replicas:x]]`. */
export function inGo(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(inGo).join(' ')}]`;
  if (!isObject(value)) return value === null || value === undefined ? '<nil>' : String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${inGo(value[key])}`).join(' ')}]`;
}

/** By value; the order of keys does not matter. */
export function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, at) => equal(value, other[at]));
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => equal(one[name], other[name]));
  }
  return one === other;
}

function fail(): never {
  throw failed();
}

/** The real server keeps what went wrong to itself. */
function failed(): Refusal {
  return new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
