import type { Advice } from '../define-runbook.ts';
import { recommends } from '../shared/moment.ts';
import { raiseMemory } from './actions.ts';
import { causes, stands } from './causes.ts';
import type { MemoryData } from './checks.ts';

/** What the runbook says of memory at its moment. */
export const advice: readonly Advice<MemoryData>[] = [
  {
    id: '8.N1',
    shown: 'while a higher limit (R58) is recommended, and after it was raised until it is set back',
    say(judging) {
      if (judging.incident.owed.some(({ undo, done }) => undo === 'R58-undo' && done === null))
        return 'The pods have more memory for now; the cause is not cured.';
      return recommends(raiseMemory[0], judging) ? 'More memory buys time and cures nothing.' : null;
    },
  },
  {
    id: '8.N2',
    shown:
      'while memory is short, no cause is supported, and exports (8.C2) or a query (8.C5) are not ruled out',
    say(judging) {
      const { kills, usage } = judging.findings;
      const short = kills.verdict === 'broken' || usage.verdict === 'broken';
      const usual = causes.filter(({ id }) => id === '8.C2' || id === '8.C5');
      const looked = usual.every((cause) => cause.judge(judging).verdict === 'ruled out');
      return short && !looked && !causes.some(({ id }) => stands(judging, id))
        ? 'Exports and queries that load very much are the usual reasons; look at them first.'
        : null;
    },
  },
  {
    id: '8.N3',
    shown: 'while data is loaded wastefully (8.C3) or a query eats memory (8.C5)',
    say: (judging) =>
      stands(judging, '8.C3') || stands(judging, '8.C5') ? 'Large data is read in pages only.' : null,
  },
  {
    id: '8.N4',
    shown: 'while somebody exports very many orders (8.C2)',
    say: (judging) => (stands(judging, '8.C2') ? 'A batch job needs a memory limit of its own.' : null),
  },
];
