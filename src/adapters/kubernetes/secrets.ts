import * as z from 'zod';
import type { SecretFacts, SecretPair } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { orNull } from './or-null.ts';
import { read, Secret, SecretMetadata, Texts } from './schema.ts';

/** The stamp of the last promotion, an annotation of the secret. */
export const PROMOTED_BY = 'oms-bot/promoted-by';
/** Before a key's name: the value that it had before the last promotion. */
export const KEPT = 'oms-bot.previous.';

/** With values, in base64: whoever holds one lets it go before it answers. */
const Values = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({ resourceVersion: z.string().min(1), annotations: Texts }),
  data: z
    .record(z.string(), z.string())
    .nullish()
    .transform((data) => data ?? {}),
});
export type SecretValues = z.infer<typeof Values>;

export function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
}

async function getSecret(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<unknown> {
  return await client.json({ verb: 'get', resource: 'secrets', path: secretPath(namespace, name), signal });
}

/** Null when there is none. @throws SystemError */
export async function readSecret(
  client: KubernetesClient,
  namespace: string,
  name: string,
  expiryAnnotation: string | null,
  signal: AbortSignal,
): Promise<SecretFacts | null> {
  return await orNull(async (): Promise<SecretFacts> => {
    const { metadata, data } = read(Secret, await getSecret(client, namespace, name, signal));
    const expiry = expiryAnnotation === null ? undefined : metadata.annotations?.[expiryAnnotation];
    const expiresAt = expiry === undefined ? Number.NaN : Date.parse(expiry);
    return {
      keys: data,
      createdAt: metadata.creationTimestamp,
      changedAt: newest(metadata.managedFields),
      expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
    };
  });
}

/** Without its values, which never leave the API server. Null when there is none. @throws SystemError */
export async function readSecretTime(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<number | null> {
  return await orNull(async () => {
    const path = secretPath(namespace, name);
    const answer = await client.json({ verb: 'get', resource: 'secrets', path, signal, metadataOnly: true });
    return newest(read(SecretMetadata, answer).metadata.managedFields);
  });
}

/** Null when there is none. @throws SystemError */
export async function readValues(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<SecretValues | null> {
  return await orNull(async () => read(Values, await getSecret(client, namespace, name, signal)));
}

/** @throws SystemError */
export async function readPair(
  client: KubernetesClient,
  namespace: string,
  names: { readonly secret: string; readonly staged: string },
  signal: AbortSignal,
): Promise<SecretPair> {
  const [secret, staged] = await Promise.all([
    readValues(client, namespace, names.secret, signal),
    readValues(client, namespace, names.staged, signal),
  ]);
  const promotedBy = secret?.metadata.annotations?.[PROMOTED_BY] ?? null;
  return {
    secret: secret?.metadata.resourceVersion ?? null,
    staged: staged?.metadata.resourceVersion ?? null,
    stagedKeys: Object.keys(staged?.data ?? {}).sort(),
    stagedEmpty: Object.values(staged?.data ?? {}).includes(''),
    same: secret !== null && staged !== null && areSame(present(secret), staged.data),
    promotedBy,
    revertable: promotedBy !== null && secret !== null && Object.keys(kept(secret)).length > 0,
  };
}

/** When the data were written the last time; null: nobody noted it. */
function newest(fields: readonly { readonly time: number | null; readonly data: boolean }[]): number | null {
  const times = fields.flatMap(({ time, data }) => (data && time !== null ? [time] : []));
  return times.length === 0 ? null : Math.max(...times);
}

type Data = Readonly<Record<string, string>>;

/** What the secret is for; without what we keep in it. */
export function present({ data }: SecretValues): Data {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith(KEPT)));
}

/** What it held before the last promotion, under its own names. */
export function kept({ data }: SecretValues): Data {
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) =>
      key.startsWith(KEPT) ? [[key.slice(KEPT.length), value] as const] : [],
    ),
  );
}

export function areSame(one: Data, other: Data): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
