import * as z from 'zod';
import { readQuantity } from './quantity.ts';
import { Texts, Time } from './schema.ts';

const Page = z.object({ continue: z.string().nullish() });

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

export const ReplicaSet = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: Time,
    labels: Texts,
    annotations: Texts,
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
    managedFields: Writers,
  }),
  spec: z.object({ template: Template }),
});
export type ReplicaSet = z.infer<typeof ReplicaSet>;

export const ReplicaSetList = z.object({
  kind: z.literal('ReplicaSetList'),
  metadata: Page,
  items: z.array(ReplicaSet),
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
