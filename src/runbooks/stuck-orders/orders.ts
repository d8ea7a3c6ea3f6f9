import { OrderId } from '../../domain/ids.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { OrderSummary } from '../../ports/probes.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Proving, StillHolds } from '../define-runbook.ts';

const MINUTE = 60_000;

/** Orders that are asked at once. */
const AT_ONCE = 10;

type Asked = { readonly target: string; readonly order: OrderSummary | null };

/** Each order as it is now; null where nobody could say, also where the service does not know it. */
export async function ordersOf(proving: Proving, targets: readonly string[]): Promise<readonly Asked[]> {
  const found: Asked[] = [];
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    const group = targets.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(group.map(async (target) => await ask(proving, target)))));
  }
  return found;
}

async function ask({ probes, signal }: Proving, target: string): Promise<Asked> {
  try {
    return { target, order: await probes.orderService.order(OrderId.parse(target), signal) };
  } catch (err) {
    if (err instanceof SystemError) return { target, order: null };
    throw err;
  }
}

type Standing = { readonly target: string; readonly status: string | null };

/** The present status of each order; null as in `ordersOf`. */
export async function statusesOf(proving: Proving, targets: readonly string[]): Promise<readonly Standing[]> {
  return (await ordersOf(proving, targets)).map(({ target, order }) => ({
    target,
    status: order?.status ?? null,
  }));
}

/** *Subset*: of the orders shown, those that are still in *processing*. Could not look is a no. */
export function stillProcessing(proving: Proving, asked: readonly Asked[]): StillHolds {
  const found = asked.map(({ target, order }) => ({ target, status: order?.status ?? null }));
  const blind = found.filter(({ status }) => status === null);
  if (blind.length > 0)
    return { changed: `the status of ${blind.length} of ${asked.length} orders could not be read first` };
  const { processing } = proving.names.statuses;
  return {
    targets: found.filter(({ status }) => status === processing).map(({ target }) => target),
    dropped: found
      .filter(({ status }) => status !== processing)
      .map(({ target, status }) => ({ target, because: `it is ${status} by now` })),
  };
}

/** R20's proof: which orders have left *processing* (the list of stuck orders would not tell: a retry may renew their age). */
export async function leftProcessing(proving: Proving): Promise<Omit<ProofSample, 'at'>> {
  const { run, names, now } = proving;
  const found = await statusesOf(proving, run.targets);
  const moved = found.filter(({ status }) => status !== null && status !== names.statuses.processing);
  const unknown = found.filter(({ status }) => status === null);
  const blind = unknown.length === 0 ? '' : ` ${unknown.length} could not be read.`;
  const minutes = Math.round((now - (run.proof?.since ?? now)) / MINUTE);
  return {
    moved: moved.map(({ target }) => target),
    unknown: unknown.map(({ target }) => target),
    line:
      run.targets.length === 1
        ? alone(found[0], minutes)
        : `${minutes} min have passed; normal is 5–15 min.${blind}`,
    value: moved.length,
    worse: false,
  };
}

function alone(standing: Standing | undefined, minutes: number): string {
  if (standing === undefined || standing.status === null) return 'The order could not be read.';
  return `The order is ${standing.status} after ${minutes} min; normal is 5–15 min.`;
}
