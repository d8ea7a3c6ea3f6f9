import type { Advice } from '../define-runbook.ts';
import { pointsToDatabase } from '../shared/points-to.ts';
import { quieter } from '../shared/quiet-hours.ts';
import { stands } from './causes.ts';
import type { ExportData } from './checks.ts';

/** What the runbook says of exports at its moment. */
export const advice: readonly Advice<ExportData>[] = [
  pointsToDatabase(),
  {
    id: '10.B2',
    shown: 'while an export failed or may be cancelled',
    say({ findings }) {
      const some = (findings.jobs.data?.jobs ?? []).some(
        ({ status }) => status === 'failed' || status === 'processing',
      );
      return some ? 'A half-made file goes away by itself; nobody has to tidy up.' : null;
    },
  },
  {
    id: '10.N3',
    shown: 'while the export is above the size limit (10.C2)',
    say: (judging) =>
      stands(judging, '10.C2')
        ? `More than ${judging.thresholds.exportRows} orders in one file are only made by hand, streamed row by row.`
        : null,
  },
  {
    id: '10.N4',
    shown: 'outside quiet hours, while the export is large or the database slow (10.C2, 10.C5)',
    say(judging) {
      const then = quieter(judging.now, judging.names);
      const large = stands(judging, '10.C2') || stands(judging, '10.C5');
      return large && then !== null ? `A large export had better wait for ${then}.` : null;
    },
  },
];
