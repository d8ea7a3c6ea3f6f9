import type { JsonObject } from '../world/cluster.ts';

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
}

/**
 * Resource versions over a world that keeps none: whoever looks hands in all objects of a kind, and what differs from
 * the last look gets a new version.
 */
export interface Revisions {
  /** The newest version given so far. */
  newest(): number;
  /** The same objects with `metadata.resourceVersion`, in the order of their names. */
  stamp(kind: string, objects: readonly JsonObject[]): readonly JsonObject[];
  /** Changes of a kind behind that version, oldest first; null where they are forgotten. */
  since(kind: string, version: number): readonly Change[] | null;
}

const KEEP = 2_000;
const FIRST = 48_211;

export function createRevisions(): Revisions {
  let newest = FIRST;
  const kinds = new Map<string, Map<string, { text: string; object: JsonObject }>>();
  const history = new Map<string, Change[]>();
  let forgotten = 0;

  function note(kind: string, type: Change['type'], object: JsonObject): JsonObject {
    newest += 1;
    const stamped = withVersion(object, newest);
    const changes = history.get(kind) ?? [];
    history.set(kind, changes);
    changes.push({ version: newest, type, object: stamped });
    if (changes.length > KEEP) forgotten = Math.max(forgotten, changes.shift()?.version ?? 0);
    return stamped;
  }

  return {
    newest: () => newest,
    stamp(kind, objects) {
      const known = kinds.get(kind) ?? new Map<string, { text: string; object: JsonObject }>();
      kinds.set(kind, known);
      const names = new Set<string>();
      for (const object of objects) {
        const name = nameOf(object);
        names.add(name);
        const text = JSON.stringify(object);
        const before = known.get(name);
        if (before?.text === text) continue;
        // A copy: the world's own documents change under us.
        const copy: JsonObject = JSON.parse(text);
        known.set(name, { text, object: note(kind, before === undefined ? 'ADDED' : 'MODIFIED', copy) });
      }
      for (const [name, { object }] of [...known]) {
        if (names.has(name)) continue;
        known.delete(name);
        note(kind, 'DELETED', object);
      }
      return [...known.entries()]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, { object }]) => object);
    },
    since(kind, version) {
      if (version < Math.max(forgotten, FIRST)) return null;
      return (history.get(kind) ?? []).filter((change) => change.version > version);
    },
  };
}

export function nameOf(object: JsonObject): string {
  const metadata = object['metadata'];
  return typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
    ? String(metadata['name'])
    : '';
}

function withVersion(object: JsonObject, version: number): JsonObject {
  const metadata = object['metadata'];
  return {
    ...object,
    metadata: { ...(typeof metadata === 'object' ? metadata : {}), resourceVersion: String(version) },
  };
}
