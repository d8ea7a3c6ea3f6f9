const MINUTE = 60_000;

/** *41 d*, *2 h 40 min*, *35 min*, *20 s*: an age or a duration in ms, for people. */
export function spell(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / 1000))} s`;
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 48 * 60) return `${Math.round(minutes / 1_440)} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** *4 GiB*, *1.5 GiB*, *512 MiB*, *1000000000 bytes*: an amount that somebody set, never rounded. */
export function spellBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const)
    if (bytes >= size && Number.isInteger((bytes / size) * 4)) return `${bytes / size} ${unit}`;
  return `${bytes} bytes`;
}

/** *1.2 GiB*, *640 MiB*: what was measured, for people. */
export function spellRoughly(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${Number(gib.toFixed(1))} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
}

/** *2024-03-10 02:30 UTC*: a moment that stands in a text which must not change with every look. */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
