/** Powers of ten and of two by their suffix; an `e` or `E` with digits behind it is an exponent. */
const TENS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const TWOS: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const QUANTITY = /^\+?(\d+\.?\d*|\.\d+)([numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,2})$/;

/**
 * A quantity as Kubernetes writes it (`4Gi`, `512Mi`, `1500m`, `1e3`), in whole units or in thousandths, exactly and
 * rounded up, as Kubernetes itself rounds. The packages for it on npm count in floating point or know no exponents.
 * @returns null for what is no quantity, is negative, or is larger than a number holds exactly
 */
export function readQuantity(text: string, unit: 'whole' | 'thousandths'): number | null {
  const found = QUANTITY.exec(text);
  if (found === null) return null;
  const [, digits = '', suffix = ''] = found;
  const [before = '', behind = ''] = digits.split('.');
  const twos = TWOS[suffix] ?? 0;
  const exponent = TENS[suffix] ?? (twos > 0 ? 0 : Number(suffix.slice(1)));
  const tens = exponent - behind.length + (unit === 'thousandths' ? 3 : 0);
  const value = BigInt(before + behind) << BigInt(twos);
  const scaled = tens >= 0 ? value * 10n ** BigInt(tens) : up(value, 10n ** BigInt(-tens));
  return scaled <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(scaled) : null;
}

function up(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Bytes as Kubernetes would write them, exactly: `4Gi`, `1500Mi`, `1000000000`. */
export function writeBytes(bytes: number): string {
  let [value, unit] = [bytes, ''];
  for (const larger of ['Ki', 'Mi', 'Gi', 'Ti']) {
    if (value === 0 || value % 1024 !== 0) break;
    [value, unit] = [value / 1024, larger];
  }
  return `${value}${unit}`;
}
