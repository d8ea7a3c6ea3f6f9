import parsePage from 'parse-prometheus-text-format';
import { notUnderstood } from './pods.ts';

/**
 * R4: the sum over all label sets of each wanted name on one pod's page; a name that is not there is left out.
 * @throws SystemError for another status, for a page that is none, and for one that was cut off: its last value may be
 * half a number
 */
export function metricsOf(
  { status, body }: { readonly status: number; readonly body: string },
  names: readonly string[],
): Readonly<Record<string, number>> {
  const families = readPage({ status, body: lineByLine(body, names) });
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = families
        .filter((family) => family.name === name)
        .flatMap(({ metrics }) => metrics.map(({ value }) => numberOf(value)));
      if (values.length === 0 || values.some(Number.isNaN)) return [];
      return [[name, values.reduce((sum, value) => sum + value, 0)] as const];
    }),
  );
}

const COUNT = /_(count|sum)$/;

/**
 * A timer counts on its own, as Micrometer's do: the library would hide `…_count` inside of its family. What has no type
 * it reads line by line.
 */
export function lineByLine(body: string, names: readonly string[]): string {
  const families = names.filter((name) => COUNT.test(name)).map((name) => name.replace(COUNT, ''));
  return families.reduce(
    (page, family) => page.replace(new RegExp(`^# TYPE ${family} (histogram|summary)\\s*?\\n`, 'm'), ''),
    body,
  );
}

/** @throws SystemError as `metricsOf` */
export function readPage({ status, body }: { readonly status: number; readonly body: string }) {
  if (status !== 200) throw notUnderstood(`The metrics page answered ${status}.`);
  if (!body.endsWith('\n')) throw notUnderstood('The metrics page was cut off.');
  const families = parsePage(body);
  if (families.length === 0) throw notUnderstood('The metrics page is not in Prometheus’ text format.');
  return families;
}

/** The library hands numbers over as text, an empty one for what it could not read. */
export function numberOf(value: string | undefined): number {
  return value === undefined || value === '' ? Number.NaN : Number(value);
}
