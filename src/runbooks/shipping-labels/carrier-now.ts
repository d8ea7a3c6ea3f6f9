import type { ProofSample } from '../../domain/run.ts';
import type { Proving } from '../define-runbook.ts';

/** R31 once more: what proves R35 and R36. */
export async function carrierNow(
  { probes, signal }: Proving,
  target: string,
): Promise<Omit<ProofSample, 'at'>> {
  const found = await probes.orderService.carriers(signal);
  const bad = found.find(({ status }) => status !== 'up');
  const well = found.length > 0 && bad === undefined;
  const line = well
    ? 'The carrier answers and takes our key.'
    : bad === undefined
      ? 'The service names no carrier.'
      : `The carrier ${bad.carrier} is ${bad.status}${bad.words === null ? '' : ` (${bad.words})`}.`;
  return { moved: well ? [target] : [], unknown: [], line, value: null, worse: false };
}
