import type { JsonObject } from '../world/cluster.ts';
import { type Change, nameOf } from './revisions.ts';

/** What a watch asks: all objects of now, and the changes behind a version (null: forgotten). */
export interface Watched {
  look(): Promise<{ readonly version: number; readonly items: readonly JsonObject[] }>;
  since(version: number): readonly Change[] | null;
  matches(object: JsonObject): boolean;
}

const LOOK_MS = 50;

/**
 * A stream of JSON lines. From version 0 or none, the objects of now come first, each as ADDED.
 * An object that no longer matches is DELETED for this watcher.
 * @param seconds real time until it ends by itself; null: never
 */
export function watch(
  watched: Watched,
  from: number | null,
  seconds: number | null,
  signal: AbortSignal,
): Response {
  const known = new Set<string>();
  let version = from ?? 0;
  let begun = version > 0;
  const end = seconds === null ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1_000;
  const lines: string[] = [];

  function tell(type: string, object: JsonObject): void {
    lines.push(`${JSON.stringify({ type, object })}\n`);
  }

  function follow(change: Change): void {
    const name = nameOf(change.object);
    const had = known.has(name);
    const has = change.type !== 'DELETED' && watched.matches(change.object);
    if (has) known.add(name);
    else known.delete(name);
    // One that was there before a watch from a version on is known to the watcher, not to us.
    if (has) tell(change.type === 'MODIFIED' && !had && from === null ? 'ADDED' : change.type, change.object);
    else if (had || (from !== null && watched.matches(change.object))) tell('DELETED', change.object);
  }

  async function next(): Promise<boolean> {
    const { version: newest, items } = await watched.look();
    if (!begun) {
      begun = true;
      version = newest;
      for (const item of items.filter((each) => watched.matches(each))) {
        known.add(nameOf(item));
        tell('ADDED', item);
      }
      return true;
    }
    const changes = watched.since(version);
    if (changes === null) {
      tell('ERROR', {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `too old resource version: ${version} (${newest})`,
        reason: 'Expired',
        code: 410,
      });
      return false;
    }
    for (const change of changes) follow(change);
    version = newest;
    return true;
  }

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let goesOn = true;
      while (goesOn && lines.length === 0 && !signal.aborted && performance.now() < end) {
        goesOn = await next().catch(() => false);
        if (goesOn && lines.length === 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      if (lines.length > 0) controller.enqueue(new TextEncoder().encode(lines.splice(0).join('')));
      if (!goesOn || signal.aborted || performance.now() >= end) controller.close();
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'application/json' },
  });
}
