import type { KubernetesLever } from '../../ports/kubernetes.ts';
import { SystemError } from '../../ports/system-error.ts';
import { askedBefore, type PatchStep, pointer, refused } from './change.ts';
import { KUBERNETES, type KubernetesClient } from './client.ts';
import {
  areSame,
  KEPT,
  kept,
  PROMOTED_BY,
  present,
  readValues,
  type SecretValues,
  secretPath,
} from './secrets.ts';

/** Kubernetes' own limit of a key's name. */
const LONGEST_KEY = 253;

/**
 * R35. One patch of the one secret: its data become the staged ones, beside them what it held, its stamp says by which
 * run. Whatever breaks off, either all of it is so or nothing. No value leaves this call.
 */
export async function promoteSecret(
  client: KubernetesClient,
  namespace: string,
  change: Parameters<KubernetesLever['promoteSecret']>[1],
  signal: AbortSignal,
): Promise<string> {
  const { secret, staged, expected, stamp } = change;
  const next = await askedBefore(async () => await readValues(client, namespace, staged, signal));
  if (next === null) throw refused(`There is no secret ${staged} in ${namespace}.`);
  if (next.metadata.resourceVersion !== expected.staged) throw moved(staged);
  const before = await bound(client, namespace, secret, expected.secret, signal);
  const keys = Object.keys(next.data);
  if (keys.length === 0 || Object.values(next.data).includes(''))
    throw refused(`${staged} is empty, or one of its values is.`);
  if (keys.some((key) => key.startsWith(KEPT))) throw refused(`${staged} has keys that only the bot writes.`);
  const own = present(before);
  if (areSame(own, next.data)) throw refused(`${secret} holds what ${staged} does already.`);
  const was = Object.entries(own).map(([key, value]) => [`${KEPT}${key}`, value] as const);
  if (was.some(([key]) => key.length > LONGEST_KEY))
    throw refused(`A key’s name in ${secret} is too long for its value to be kept.`);
  const data = { ...next.data, ...Object.fromEntries(was) };
  await write(client, namespace, { secret, expected: expected.secret }, before, data, stamp, signal);
  return `${secret}: ${count(keys.length)} of ${staged} are in force, and what it held before is kept.`;
}

/** R35's undo. */
export async function revertSecret(
  client: KubernetesClient,
  namespace: string,
  change: Parameters<KubernetesLever['revertSecret']>[1],
  signal: AbortSignal,
): Promise<string> {
  const { secret, expected, stamp } = change;
  const before = await bound(client, namespace, secret, expected, signal);
  if (before.metadata.annotations?.[PROMOTED_BY] !== stamp)
    throw refused(`${secret} was promoted again since, or set back already.`);
  const data = kept(before);
  const many = Object.keys(data).length;
  if (many === 0) throw refused(`What ${secret} held before is not kept any more.`);
  await write(client, namespace, change, before, data, null, signal);
  return `${secret}: ${count(many)} from before the promotion are in force again.`;
}

function count(keys: number): string {
  return keys === 1 ? 'the value of 1 key' : `the values of ${keys} keys`;
}

async function bound(
  client: KubernetesClient,
  namespace: string,
  secret: string,
  expected: string,
  signal: AbortSignal,
): Promise<SecretValues> {
  const before = await askedBefore(async () => await readValues(client, namespace, secret, signal));
  if (before === null) throw refused(`There is no secret ${secret} in ${namespace}.`);
  if (before.metadata.resourceVersion !== expected) throw moved(secret);
  return before;
}

/** @param stamp null takes the old one away */
async function write(
  client: KubernetesClient,
  namespace: string,
  { secret, expected }: { readonly secret: string; readonly expected: string },
  before: SecretValues,
  data: Readonly<Record<string, string>>,
  stamp: string | null,
  signal: AbortSignal,
): Promise<void> {
  const patch: readonly PatchStep[] = [
    { op: 'test', path: '/metadata/resourceVersion', value: expected },
    { op: 'add', path: '/data', value: data },
    stampStep(before, stamp),
  ];
  const path = `${secretPath(namespace, secret)}?fieldManager=oms-bot`;
  const answer = await client
    .json({ verb: 'patch', resource: 'secrets', path, patch, signal })
    .catch(async (err: unknown) => {
      if (!(err instanceof SystemError) || err.fault !== 'refused') throw err;
      const now = await readValues(client, namespace, secret, signal).catch(() => null);
      throw now !== null && now.metadata.resourceVersion !== expected ? moved(secret) : err;
    });
  if (stampIn(answer) !== stamp)
    throw new SystemError(
      KUBERNETES,
      'not understood',
      `${KUBERNETES} took the change of ${secret}, but its answer does not show it.`,
      { sent: 'maybe', mayRetry: false },
    );
}

function stampStep({ metadata }: SecretValues, stamp: string | null): PatchStep {
  const { annotations } = metadata;
  const at = `/metadata/annotations/${pointer(PROMOTED_BY)}`;
  if (stamp === null) return { op: 'remove', path: at };
  // JSON Patch adds into what exists only.
  return annotations === null || annotations === undefined
    ? { op: 'add', path: '/metadata/annotations', value: { [PROMOTED_BY]: stamp } }
    : { op: 'add', path: at, value: stamp };
}

/** Undefined: it is no secret at all. */
function stampIn(answer: unknown): string | null | undefined {
  const metadata = fieldOf(answer, 'metadata');
  if (fieldOf(answer, 'kind') !== 'Secret' || metadata === undefined) return undefined;
  const stamp = fieldOf(fieldOf(metadata, 'annotations'), PROMOTED_BY);
  return typeof stamp === 'string' ? stamp : null;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function moved(name: string): SystemError {
  return refused(`${name} has been changed since it was looked at. No secret was changed.`);
}
