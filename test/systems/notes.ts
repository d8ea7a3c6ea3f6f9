import { appendFileSync, existsSync, readFileSync } from 'node:fs';

interface Note {
  readonly name: string;
  readonly version: string;
  /** Null: it ran. */
  readonly leftOut: string | null;
}

/** Names the file in which every process of a test run notes what it ran on; unset: nobody asks. */
export const NOTES = 'OMS_TEST_SYSTEMS';

export function noteRan(name: string, version: string): void {
  note({ name, version, leftOut: null });
}

export function noteLeftOut(system: { name: string; version?: string }, why: string): void {
  note({ name: system.name, version: system.version ?? '', leftOut: why });
}

function note(what: Note): void {
  const file = process.env[NOTES];
  // One short append is one write: lines of several processes do not mix.
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(what)}\n`);
}

/** What ran in one line, then a line for each that was left out. */
export function closingLines(file: string): readonly string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const notes: readonly Note[] = lines.filter(Boolean).map((line) => JSON.parse(line));
  const ran = Map.groupBy(
    notes.filter(({ leftOut }) => leftOut === null),
    ({ name }) => name,
  );
  const shown = [...ran].sort().map(([name, its]) => {
    const versions = [...new Set(its.map(({ version }) => version))].sort().reverse();
    return `${name} ${versions.join(' and ')}`;
  });
  const leftOut = notes.flatMap(({ name, version, leftOut: why }) =>
    why === null ? [] : [`Left out: ${`${name} ${version}`.trim()}: ${why.split('\n').join(' ')}.`],
  );
  return [`Real systems: ${shown.join(', ') || 'none'}`, ...new Set(leftOut.sort())];
}
