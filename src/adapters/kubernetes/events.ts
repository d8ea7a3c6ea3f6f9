import * as z from 'zod';
import type { ClusterEvent, Workload } from '../../ports/kubernetes.ts';
import type { KubernetesClient } from './client.ts';
import { listAll } from './pages.ts';
import { listPods } from './pods.ts';
import { Page, Time } from './schema.ts';

/** Two generations of writers: the older fills in the timestamps and the count, the newer `eventTime` and the series. */
const EventList = z.object({
  kind: z.literal('EventList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({ creationTimestamp: Time }),
      involvedObject: z.object({ kind: z.string().default(''), name: z.string().default('') }),
      type: z.string().default('Normal'),
      reason: z.string().default(''),
      message: z.string().default(''),
      lastTimestamp: Time.nullish(),
      eventTime: Time.nullish(),
      count: z.number().int().nonnegative().nullish(),
      series: z.object({ count: z.number().int().nullish(), lastObservedTime: Time.nullish() }).nullish(),
    }),
  ),
});
type Event = z.infer<typeof EventList>['items'][number];

const ReplicaSetList = z.object({
  kind: z.literal('ReplicaSetList'),
  metadata: Page,
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
      }),
    }),
  ),
});

/**
 * All of the namespace are listed and ours picked out: one list is less work for the API server than one for each
 * object, and pods that are gone are found too.
 * @throws SystemError
 */
export async function readEvents(
  client: KubernetesClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<readonly ClusterEvent[]> {
  const { namespace, name, selector, kind: owner = 'Deployment' } = workload;
  const space = encodeURIComponent(namespace);
  const [pods, sets, events] = await Promise.all([
    listPods(client, workload, signal),
    listAll(
      client,
      {
        resource: 'replicasets.apps',
        path: `/apis/apps/v1/namespaces/${space}/replicasets`,
        query: { labelSelector: selector },
        schema: ReplicaSetList,
      },
      signal,
    ),
    listAll(
      client,
      { resource: 'events', path: `/api/v1/namespaces/${space}/events`, schema: EventList },
      signal,
    ),
  ]);
  const podNames = new Set(pods.map(({ metadata }) => metadata.name));
  const setNames = new Set(
    sets.flatMap(({ metadata }) =>
      metadata.ownerReferences.some((owner) => owner.kind === 'Deployment' && owner.name === name)
        ? [metadata.name]
        : [],
    ),
  );
  const ours = ({ involvedObject: { kind, name: object } }: Event): boolean => {
    if (kind === owner) return object === name;
    // Pods of a StatefulSet are named after it, and come back under their name.
    if (owner === 'StatefulSet')
      return kind === 'Pod' && (podNames.has(object) || object.slice(0, object.lastIndexOf('-')) === name);
    if (kind === 'ReplicaSet') return setNames.has(object);
    // A pod that is gone was named after its replica set.
    return kind === 'Pod' && (podNames.has(object) || setNames.has(object.slice(0, object.lastIndexOf('-'))));
  };
  return events
    .filter(ours)
    .map(eventOf)
    .sort((one, other) => other.at - one.at);
}

function eventOf(event: Event): ClusterEvent {
  const { involvedObject: object, series } = event;
  return {
    at:
      series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
    object: `${object.kind}/${object.name}`,
    type: event.type.slice(0, 100),
    reason: event.reason.slice(0, 200),
    message: event.message.slice(0, 1_000),
    count: series?.count ?? event.count ?? 1,
  };
}
