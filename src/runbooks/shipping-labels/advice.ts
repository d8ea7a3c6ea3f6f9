import type { Advice, Judging } from '../define-runbook.ts';
import { stands } from './causes.ts';
import type { ShippingData } from './checks.ts';

/** Carriers that the company is known to have; null: nobody says. */
function carriersOf({ findings, names }: Judging<ShippingData>): number | null {
  const answers = findings.carriers.data?.carriers.length ?? 0;
  const configured = names.carrier.countries === null ? 0 : Object.keys(names.carrier.countries).length;
  const most = Math.max(answers, configured);
  return most === 0 ? null : most;
}

/** What runbook 5 says at its moment. */
export const advice: readonly Advice<ShippingData>[] = [
  {
    id: '5.N2',
    shown: 'while wrong addresses (5.C2) are supported',
    say: (judging) =>
      stands(judging, '5.C2')
        ? 'An address that was validated when it was entered rarely fails later; “Validate an address” asks about one.'
        : null,
  },
  {
    id: '5.N3',
    shown: 'while the carrier is in trouble (5.C1) and only one is known (R31, `carriers.countries`)',
    say: (judging) =>
      stands(judging, '5.C1') && carriersOf(judging) === 1
        ? 'Only one carrier is known (`carriers.countries`): have a second one ready for the next time.'
        : null,
  },
];
