import * as z from 'zod';
import { readQuantity } from './quantity.ts';
import { Page, Texts, Time } from './schema.ts';

/** One page of a list. */
export interface PageOf<Item> {
  readonly metadata: z.infer<typeof Page>;
  readonly items: readonly Item[];
}

/** Who wrote which fields when; a time is that of the writer's last write, whatever it changed. */
const Writer = z.object({
  manager: z.string().default(''),
  subresource: z.string().default(''),
  time: Time.nullish(),
  fieldsV1: z.object({ 'f:spec': z.record(z.string(), z.unknown()).optional() }).nullish(),
});
export type Writer = z.infer<typeof Writer>;
export const Writers = z.array(Writer).default([]);

const amount = (unit: 'whole' | 'thousandths') =>
  z.string().transform((text) => readQuantity(text, unit) ?? undefined);
const Limits = z.looseObject({
  memory: amount('whole').optional(),
  cpu: amount('thousandths').optional(),
});

/** Fields that are not named here are kept: they are compared, and only their names are told. */
const Container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(z.looseObject({ name: z.string() })).nullish(),
  resources: z.looseObject({ limits: Limits.nullish() }).nullish(),
});
export type Container = z.infer<typeof Container>;

export const Template = z.looseObject({
  metadata: z.looseObject({ labels: Texts, annotations: Texts }).nullish(),
  spec: z.looseObject({ containers: z.array(Container) }),
});
export type Template = z.infer<typeof Template>;

const Metadata = z.object({
  name: z.string(),
  creationTimestamp: Time,
  labels: Texts,
  annotations: Texts,
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  managedFields: Writers,
});
export interface Owned {
  readonly metadata: z.infer<typeof Metadata>;
}

export const ReplicaSet = z.object({
  metadata: Metadata,
  spec: z.object({ template: Template }),
});
export type ReplicaSet = z.infer<typeof ReplicaSet>;

export const ReplicaSetList = z.object({
  kind: z.literal('ReplicaSetList'),
  metadata: Page,
  items: z.array(ReplicaSet),
});

/** Its data are the patch that would bring the template back. */
const ControllerRevision = z.object({
  metadata: Metadata,
  revision: z.number().int(),
  data: z.object({ spec: z.object({ template: Template }) }),
});
export type ControllerRevision = z.infer<typeof ControllerRevision>;

export const ControllerRevisionList = z.object({
  kind: z.literal('ControllerRevisionList'),
  metadata: Page,
  items: z.array(ControllerRevision),
});

export const Deployment = z.object({
  kind: z.enum(['Deployment', 'StatefulSet']),
  metadata: z.object({ creationTimestamp: Time, managedFields: Writers }),
  spec: z.object({ replicas: z.number().int().nonnegative().default(1) }),
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), lastUpdateTime: Time.nullish() })).default([]),
    })
    .default({ conditions: [] }),
});
export type Deployment = z.infer<typeof Deployment>;

export const AutoscalerList = z.object({
  kind: z.literal('HorizontalPodAutoscalerList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), creationTimestamp: Time, managedFields: Writers }),
      spec: z.object({
        scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
        minReplicas: z.number().int().nonnegative().default(1),
        maxReplicas: z.number().int().nonnegative(),
      }),
    }),
  ),
});

export const ScaleEventList = z.object({
  kind: z.literal('EventList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ creationTimestamp: Time }),
      message: z.string().default(''),
      firstTimestamp: Time.nullish(),
      lastTimestamp: Time.nullish(),
      eventTime: Time.nullish(),
    }),
  ),
});

/** The last write of the object itself, by those whose fields of `spec` fit; null: nobody noted one. */
export function newestOf(
  writers: readonly Writer[],
  fits: (fields: readonly string[]) => boolean,
): number | null {
  const times = writers.flatMap(({ subresource, time, fieldsV1 }) => {
    const fields = Object.keys(fieldsV1?.['f:spec'] ?? {});
    return time == null || subresource !== '' || !fits(fields) ? [] : [time];
  });
  return times.length === 0 ? null : Math.max(...times);
}
