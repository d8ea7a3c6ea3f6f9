import * as z from 'zod';
import { SystemError } from '../../ports/system-error.ts';
import { readQuantity } from './quantity.ts';

// Only the fields that we read. The API leaves out what is zero, empty or false.

export const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const Count = z.number().int().nonnegative().default(0);
/** The metadata of a list: where its next page begins. */
export const Page = z.object({ continue: z.string().nullish() });

const Terminated = z.object({
  reason: z.string().max(100).default('Unknown'),
  exitCode: z.number().int(),
  finishedAt: Time.nullish(),
});

const ContainerStatus = z.object({
  name: z.string(),
  restartCount: Count,
  state: z
    .object({
      waiting: z.object({ reason: z.string().max(100).optional() }).nullish(),
      running: z.object({ startedAt: Time.nullish() }).nullish(),
    })
    .default({}),
  lastState: z.object({ terminated: Terminated.nullish() }).default({}),
});

/** `4Gi`, `1500m`: in whole units, as bytes, or in thousandths. */
export const quantity = (unit: 'whole' | 'thousandths') =>
  z.string().transform((text, context) => {
    const value = readQuantity(text, unit);
    if (value !== null) return value;
    context.addIssue('no quantity');
    return z.NEVER;
  });

const Amounts = z.object({ memory: quantity('whole').optional() }).nullish();
export const Resources = z.object({ limits: Amounts, requests: Amounts }).nullish();

/** Kubernetes' own defaults where the probe says nothing. */
const LivenessProbe = z.object({
  periodSeconds: z.number().positive().default(10),
  failureThreshold: z.number().int().positive().default(3),
  timeoutSeconds: z.number().positive().default(1),
  tcpSocket: z.unknown().optional(),
});

const Container = z.object({
  name: z.string(),
  resources: Resources,
  image: z.string().default(''),
  restartPolicy: z.string().optional(),
  livenessProbe: LivenessProbe.nullish(),
});

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: Time,
    deletionTimestamp: z.string().nullish(),
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
  }),
  spec: z.object({
    nodeName: z.string().nullish(),
    containers: z.array(Container),
    initContainers: z.array(Container).default([]),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().max(100).optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().max(100).nullish() }))
        .default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
    })
    .default({ conditions: [], containerStatuses: [], initContainerStatuses: [] }),
});
export type Pod = z.infer<typeof Pod>;

export const PodList = z.object({
  kind: z.literal('PodList'),
  metadata: Page,
  items: z.array(Pod),
});

export const Texts = z.record(z.string(), z.string()).nullish();

/** What the fields of an entry are decides whether it touched the data; their names are key names, never values. */
const ManagedField = z.object({
  time: Time.nullish(),
  fieldsV1: z.record(z.string(), z.unknown()).nullish(),
});

const ManagedFields = z
  .array(ManagedField)
  .default([])
  .transform((fields) =>
    fields.map(({ time, fieldsV1 }) => ({
      time: time ?? null,
      data: fieldsV1 !== null && fieldsV1 !== undefined && 'f:data' in fieldsV1,
    })),
  );

/** What the API server tells of a secret when only its metadata are asked for. */
export const SecretMetadata = z.object({
  kind: z.literal('PartialObjectMetadata'),
  metadata: z.object({ managedFields: ManagedFields }),
});

/** Drops every value while it parses: what comes out holds key names only. */
export const Secret = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({
    creationTimestamp: Time,
    annotations: Texts,
    managedFields: ManagedFields,
  }),
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => Object.keys(data ?? {}).sort()),
});

const Status = z.object({ kind: z.literal('Status'), message: z.string() });

/** The API server's own words in an error, if it has any; without the whole object that it quotes before them. */
export function statusMessage(body: unknown): string | null {
  const message = Status.safeParse(body).data?.message ?? null;
  return (
    message?.replace(/^.* is invalid: patch: Invalid value: [\s\S]*": /, 'The patch is invalid: ') ?? null
  );
}

/** @throws SystemError *not understood*; it quotes where the shape differs, never what stands there */
export function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new SystemError(
    'Kubernetes',
    'not understood',
    `Kubernetes answered in a shape that is not known (at ${where.slice(0, 120) || 'the top'}).`,
    { sent: 'maybe', mayRetry: false },
  );
}
