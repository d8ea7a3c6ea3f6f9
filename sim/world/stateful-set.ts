import { isDeepStrictEqual } from 'node:util';
import { objectIn, type ReplicaSet, type StatefulSet } from './cluster.ts';
import { letters } from './cluster-pods.ts';
import type { WorldState } from './state.ts';

/** What the next pod that is deleted comes back as. */
export function newestOf({ revisions }: StatefulSet): ReplicaSet {
  return revisions.reduce((one, other) => (other.revision > one.revision ? other : one));
}

/**
 * Somebody writes a StatefulSet's spec. Its controller keeps one revision for each template: one that comes back gets the
 * next number, and nothing tells which numbers it had before.
 */
export function writeStatefulSet(
  state: WorldState,
  set: StatefulSet,
  spec: StatefulSet['spec'],
  manager: string,
  at: number,
): void {
  const changes = (key: string) => !isDeepStrictEqual(set.spec[key], spec[key]);
  set.writes.push({
    manager,
    at,
    through: 'object',
    template: changes('template'),
    replicas: changes('replicas'),
  });
  set.spec = spec;
  set.generation += 1;
  const template = objectIn(spec, 'template') ?? {};
  const { revision, ...newest } = newestOf(set);
  if (isDeepStrictEqual(newest.template, template)) return;
  const known = set.revisions.find((one) => isDeepStrictEqual(one.template, template));
  if (known !== undefined) {
    known.revision = revision + 1;
    known.writtenAt = at;
    return;
  }
  set.revisions.push({
    hash: letters(state, 9, 'hash', set.name, JSON.stringify(template)),
    template: structuredClone(template),
    createdAt: at,
    revision: revision + 1,
    writtenAt: at,
    earlier: [],
  });
}
