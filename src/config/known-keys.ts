import type * as z from 'zod';
import { jsonSchema } from './json-schema.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** The keys that the schema knows below a path. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let node: Schema = jsonSchema();
  for (const part of path) {
    const next = node.properties?.[String(part)] ?? node.items ?? node.additionalProperties;
    if (typeof next !== 'object' || Array.isArray(next)) return [];
    node = next;
  }
  return Object.keys(node.properties ?? {});
}

/** Where keys of that very name stand, dotted; those next to the top only. */
export function pathsOf(key: string): readonly string[] {
  let level: readonly (readonly [path: readonly string[], schema: Schema])[] = [[[], jsonSchema()]];
  while (level.length > 0) {
    level = level.flatMap(([path, { properties = {} }]) =>
      Object.entries(properties).flatMap(([name, schema]) =>
        typeof schema === 'object' ? [[[...path, name], schema] as const] : [],
      ),
    );
    const found = level.filter(([path]) => path.at(-1) === key);
    if (found.length > 0) return found.map(([path]) => path.join('.'));
  }
  return [];
}
