import * as z from 'zod';
import { Count, Page, Resources, Texts } from './schema.ts';

/** A value that is empty is left out by the API; one with a source is set from elsewhere. */
const Variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.unknown().optional(),
});

const Container = z.object({
  name: z.string(),
  env: z.array(Variable).nullish(),
  resources: Resources,
});
export type Container = z.infer<typeof Container>;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});

/** Of pods: a number, or a per cent as text. */
const Amount = z.union([z.number(), z.string()]).nullish();

/** A Deployment or a StatefulSet: what we read and change of both is the same, but for how a rollout stands. */
export const Deployment = z.object({
  kind: z.enum(['Deployment', 'StatefulSet']),
  metadata: z.object({
    generation: z.number().int(),
    labels: Texts,
    annotations: Texts,
    managedFields: z.array(z.object({ manager: z.string().optional() })).default([]),
  }),
  spec: z.object({
    replicas: z.number().int().nonnegative().default(1),
    paused: z.boolean().default(false),
    strategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ maxSurge: Amount, maxUnavailable: Amount }).nullish(),
      })
      .nullish(),
    /** Of a StatefulSet. */
    updateStrategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ partition: z.number().int().nonnegative().nullish() }).nullish(),
      })
      .nullish(),
    template: z.object({
      metadata: z.object({ annotations: Texts }).nullish(),
      spec: z.object({ containers: z.array(Container) }),
    }),
  }),
  status: z.object({
    observedGeneration: Count,
    replicas: Count,
    updatedReplicas: Count,
    readyReplicas: Count,
    availableReplicas: Count,
    conditions: z.array(Condition).default([]),
    /** Of a StatefulSet: alike once all pods are new. */
    currentRevision: z.string().nullish(),
    updateRevision: z.string().nullish(),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

export const AutoscalerList = z.object({
  kind: z.literal('HorizontalPodAutoscalerList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
        minReplicas: z.number().int().nonnegative().default(1),
        maxReplicas: z.number().int().nonnegative(),
      }),
    }),
  ),
});

export const QuotaList = z.object({
  kind: z.literal('ResourceQuotaList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z
        .object({ scopes: z.array(z.string()).nullish(), scopeSelector: z.unknown().optional() })
        .default({}),
      status: z.object({ hard: Texts, used: Texts }).default({}),
    }),
  ),
});
