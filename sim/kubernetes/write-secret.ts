import { isObject, type JsonObject, objectIn, type Secret } from '../world/cluster.ts';
import { applyPatch, equal } from './patch.ts';
import { badRequest, Refusal } from './status.ts';
import type { Patch } from './write.ts';

const MOST_BYTES = 1_048_576;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * A patch of a Secret, given as the API shows it. Returns what it would be.
 * @throws Refusal when the patch, or what it makes, is not acceptable; then nothing has changed
 */
export function patchSecret(secret: Secret, shown: JsonObject, patch: Patch, at: number): JsonObject {
  const after = applyPatch(shown, patch.contentType, patch.body);
  const metadata = objectIn(after, 'metadata') ?? {};
  const version = objectIn(shown, 'metadata')?.['resourceVersion'];
  if (metadata['resourceVersion'] !== version)
    throw new Refusal(
      409,
      'Conflict',
      `Operation cannot be fulfilled on secrets "${secret.name}": the object has been modified; please apply your changes to the latest version and try again`,
      { name: secret.name, kind: 'secrets' },
    );
  if (metadata['name'] !== secret.name) throw badRequest('the name of the object does not match the URL');
  const annotations = texts(metadata['annotations'] ?? {});
  const data = texts(after['data'] ?? {});
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key))
      throw wrong(secret.name, `data[${key}]`, 'a valid config key must consist of alphanumeric characters');
    if (!BASE64.test(value)) throw badRequest('illegal base64 data at input byte 0');
    bytes += Buffer.from(value, 'base64').length;
  }
  if (bytes > MOST_BYTES)
    throw wrong(secret.name, 'data', `Too long: may not be more than ${MOST_BYTES} bytes`);
  const touched = !equal(secret.data, data);
  if (patch.dryRun || (!touched && equal(secret.annotations, annotations))) return after;
  secret.annotations = annotations;
  secret.data = data;
  secret.writes.push({ manager: patch.manager, at, data: touched });
  return after;
}

function texts(map: unknown): Record<string, string> {
  if (!isObject(map as JsonObject)) throw badRequest('json: cannot unmarshal into Go value of type map');
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(map as JsonObject)) {
    if (typeof value !== 'string') throw badRequest('json: cannot unmarshal into Go value of type string');
    found[key] = value;
  }
  return found;
}

function wrong(name: string, field: string, said: string): Refusal {
  return new Refusal(422, 'Invalid', `Secret "${name}" is invalid: ${field}: ${said}`, {
    name,
    kind: 'Secret',
    causes: [{ reason: 'FieldValueInvalid', message: said, field }],
  });
}
