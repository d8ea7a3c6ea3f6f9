import { describe, test } from 'vitest';
import type { System } from './catalogue.ts';
import { locate } from './locate.ts';
import { noteLeftOut } from './notes.ts';

/**
 * `describe` for tests of real systems. Where one cannot be had they are skipped and the run's last lines say why;
 * with `CI=true` they fail.
 */
export async function describeOn(
  ...systems: readonly System[]
): Promise<(name: string, tests: () => void) => void> {
  const missing: string[] = [];
  for (const system of systems) {
    const found = await locate(system);
    if (!('missing' in found)) continue;
    missing.push(`${system.name}: ${found.missing}`);
    noteLeftOut(system, found.missing);
  }
  if (missing.length === 0) return (name, tests) => describe(name, tests);
  if (process.env['CI'] !== 'true') return (name, tests) => describe.skip(name, tests);
  return (name) =>
    describe(name, () => {
      test('has its real systems, since CI=true', () => {
        throw new Error(missing.join('\n'));
      });
    });
}
