import type { Advice } from '../define-runbook.ts';
import { recommends } from '../shared/moment.ts';
import { pointsToDatabase } from '../shared/points-to.ts';
import { spell } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { InventoryData } from './checks.ts';
import { clearLocks } from './clear-locks.ts';

const MINUTE = 60_000;

/** What runbook 2 says at its moment. */
export const advice: readonly Advice<InventoryData>[] = [
  pointsToDatabase(),
  {
    id: '2.B1',
    shown: 'while reservations run out of time (2.C4)',
    say: (judging) =>
      stands(judging, '2.C4')
        ? `A reservation that failed frees itself after its ${judging.thresholds.reservationSeconds} s; there is nothing to clean up.`
        : null,
  },
  {
    id: '2.B2',
    shown: 'while stock comes late or a correction is missing (2.C2, 2.C5), and the sync is not overdue (R9)',
    say(judging) {
      const { findings, thresholds, now } = judging;
      const lastAt = findings.sync.data?.lastSyncAt ?? null;
      if (lastAt === null || findings.sync.data?.running === true) return null;
      const left = lastAt + thresholds.syncEveryMinutes * MINUTE - now;
      return left > 0 && (stands(judging, '2.C2') || stands(judging, '2.C5'))
        ? `The next automatic sync is due in ${spell(left)}.`
        : null;
    },
  },
  {
    id: '2.B3',
    shown: 'while clearing stale locks (R14) is recommended',
    say: (judging) =>
      recommends(clearLocks, judging)
        ? 'Only stale locks go, never a reservation; nothing is to be tidied up afterwards.'
        : null,
  },
  {
    id: '2.N4',
    shown: 'while many more orders come than last week at this time (X6)',
    say: ({ findings }) =>
      findings.orders.data?.is === 'spike'
        ? 'A crowd of orders makes reservations fail for a while; that may pass by itself.'
        : null,
  },
];
