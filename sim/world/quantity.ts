const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A quantity of a template or a quota, as far as anybody writes them here; null: it is none. */
export function quantityOf(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)(m|[kMGT]?|[KMGT]i)$/.exec(text);
  const unit = UNITS[found?.[2] ?? ''];
  return found === null || unit === undefined ? null : Math.ceil(Number(found[1]) * unit);
}
