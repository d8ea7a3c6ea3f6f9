import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';

/** A copy of a manifest without the named scope, event, command, shortcut or feature; gone when the test ends. */
export async function manifestWithout(path: string, ...names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const copy = join(folder, 'manifest.yml');
  await writeFile(copy, stringify(without(parse(await readFile(path, 'utf8')), names)));
  return copy;
}

function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return value.filter((one) => !names.includes(nameOf(one))).map((one: unknown) => without(one, names));
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !names.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner, names)]));
}

function nameOf(one: unknown): string {
  if (typeof one !== 'object' || one === null) return String(one);
  if ('command' in one) return String(one.command);
  return 'callback_id' in one ? String(one.callback_id) : '';
}
