import type { Rollout } from '../../ports/changes.ts';
import { type ControllerRevision, newestOf } from './history-schema.ts';
import { differenceOf, marksOf } from './template-difference.ts';

/** The API server's times are whole seconds. */
const SAME_MS = 2_000;

/**
 * Every pod template that a StatefulSet still keeps. One that comes back keeps its controller revision, which is given the
 * next number and is written by nobody else: that write is when it came back. Which number it had before is not kept, so of
 * what followed it the first time *before* is not known.
 */
export function revisionsOf(revisions: readonly ControllerRevision[]): readonly Rollout[] {
  const newest = Math.max(0, ...revisions.map(({ revision }) => revision));
  return revisions.flatMap(({ metadata, revision, data: { spec } }): Rollout[] => {
    const made = metadata.creationTimestamp;
    const written = newestOf(metadata.managedFields, () => true);
    const back =
      (written !== null && written - made > SAME_MS) ||
      revisions.some((one) => one.revision < revision && one.metadata.creationTimestamp > made);
    const at = back ? written : made;
    // Where nobody noted the writes, nothing tells when it came back.
    if (at === null) return [];
    const before = revisions.find((one) => one.revision === revision - 1);
    return [
      {
        kind: 'rollout',
        at,
        revision,
        replicaSet: metadata.name,
        back,
        current: revision === newest,
        before: before === undefined ? null : { revision: before.revision, replicaSet: before.metadata.name },
        difference: before === undefined ? null : differenceOf(before.data.spec.template, spec.template),
        marks: marksOf(metadata, spec.template),
      },
    ];
  });
}
