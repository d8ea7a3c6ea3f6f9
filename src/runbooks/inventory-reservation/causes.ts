import type { Cause, Judging } from '../define-runbook.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { messages } from '../shared/lag.ts';
import { goesOn, logsSay } from '../shared/log-classes.ts';
import { open, ruledOut, type Said, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { InventoryData } from './checks.ts';
import { RESERVATION_CLASSES, type ReservationClass } from './logs.ts';
import { syncedAt } from './sync.ts';

const MINUTE = 60_000;

function say(judging: Judging<InventoryData>, name: ReservationClass): ReturnType<typeof logsSay> {
  return logsSay(judging.findings.logs.data, name, RESERVATION_CLASSES, judging);
}

function lines({ findings }: Judging<InventoryData>, name: ReservationClass): number {
  return findings.logs.data?.classes[name].lines ?? 0;
}

/** What is missing to say more about a class of lines. */
function unclear({ findings }: Judging<InventoryData>): Said {
  return open(
    findings.logs.data === null ? 'The logs could not be read.' : 'The logs do not say it clearly.',
  );
}

const race: Cause<InventoryData> = {
  id: '2.C1',
  title: 'Updates race each other',
  outside: false,
  rule: (thresholds) => ({
    supported: `Lost races dominate the failed reservations (R10: ${dominating(thresholds)}), or there are at least ${thresholds.dominatesLines} of them while ${thresholds.spikeFactor} × as many orders come as last week at this time (X6).`,
    ruledOut: `They are absent (${absent(thresholds)}), and at least ${thresholds.successPercent} % of reservations succeed (R15).`,
  }),
  judge(judging) {
    const { findings, thresholds } = judging;
    const minutes = thresholds.logWindowMinutes;
    const says = say(judging, 'race');
    if (says === 'dominates')
      return supported(`${lines(judging, 'race')} reservations lost a race in ${minutes} min.`);
    if (says === 'quiet' && findings.rate.verdict === 'healthy')
      return ruledOut('No reservation loses a race, and nearly all of them succeed.');
    const races = findings.logs.data?.classes.race;
    if (
      races !== undefined &&
      races.lines >= thresholds.dominatesLines &&
      goesOn(races, judging.now, thresholds)
    ) {
      const is = findings.orders.data?.is ?? null;
      if (is === 'spike')
        return supported(
          `${races.lines} reservations lost a race in ${minutes} min, in a crowd of orders (X6).`,
        );
      return open(
        is === null
          ? 'Some lost a race; whether a crowd of orders came (X6) could not be told.'
          : 'Some lost a race, and no crowd of orders came (X6).',
      );
    }
    return says === 'quiet' ? open('No reservation loses a race, and still many fail.') : unclear(judging);
  },
};

const syncLag: Cause<InventoryData> = {
  id: '2.C2',
  title: 'Stock comes late from the catalog',
  outside: false,
  rule: ({ syncMissedMinutes, syncEveryMinutes, lagMessages }) => ({
    supported: `The last good sync ended over ${syncMissedMinutes} min ago (R9), or the stock events are at least ${lagMessages} messages behind and rising (R11).`,
    ruledOut: `The last good sync ended at most ${syncEveryMinutes} min ago (R9), and fewer than ${lagMessages} messages are behind (R11).`,
  }),
  judge({ findings, now, thresholds }) {
    const { sync, lag } = findings;
    const group = lag.data?.groups[0] ?? null;
    const limit = thresholds.lagMessages;
    const lastAt = sync.data === null ? null : syncedAt(sync.data, now);
    if (lastAt !== null && now - lastAt > thresholds.syncMissedMinutes * MINUTE)
      return supported(
        `The last good sync ended ${spell(now - lastAt)} ago; one is due every ${thresholds.syncEveryMinutes} min.`,
      );
    if (group !== null && group.lag >= limit && group.trend === 'rising')
      return supported(`${group.group} is ${messages(group.lag)} behind, rising.`);
    if (lastAt === null) return open('When the last sync ended could not be learned.');
    if (group === null) return open('How far the stock events lag (R11) could not be looked at.');
    if (group.lag >= limit)
      return open(`${group.group} is ${messages(group.lag)} behind and does not rise, as far as was seen.`);
    if (lag.data?.whole !== true) return open('Not all of the stock events’ lag (R11) could be read.');
    if (now - lastAt > thresholds.syncEveryMinutes * MINUTE)
      return open('The automatic sync is overdue, by less than a whole one.');
    return ruledOut(`The last sync ended ${spell(now - lastAt)} ago, and no stock event lags.`);
  },
};

const locks: Cause<InventoryData> = {
  id: '2.C3',
  title: 'Locks outlive their owners',
  outside: false,
  rule: (thresholds) => ({
    supported: `A lock is older than ${thresholds.staleLockMinutes} min (R12), failures at a lock dominate (R10: ${dominating(thresholds)}), or Redis does not answer while reservations fail at a lock.`,
    ruledOut: `No lock is older, the age of each is known, and no reservation fails at one (${absent(thresholds)}).`,
  }),
  judge(judging) {
    const { findings, thresholds, now } = judging;
    const found = findings.locks.data;
    const { staleLockMinutes: minutes, reservationSeconds } = thresholds;
    if (found !== null && found.stale > 0)
      return supported(
        `${found.stale} ${found.stale === 1 ? 'lock is' : 'locks are'} older than ${minutes} min; a reservation has ${reservationSeconds} s.`,
      );
    const says = say(judging, 'lock');
    if (says === 'dominates')
      return supported(
        `${lines(judging, 'lock')} reservations failed at a lock in ${thresholds.logWindowMinutes} min.`,
      );
    const waits = findings.logs.data?.classes.lock;
    const present = waits !== undefined && waits.lines > 0 && goesOn(waits, now, thresholds);
    if (findings.locks.verdict === 'unknown' && found === null && present)
      return supported('Redis does not answer, and reservations fail at a lock.');
    if (found === null) return open('The locks (R12) could not be looked at.');
    if (found.untold > 0) return open(`The age of ${found.untold} of ${found.total} locks cannot be told.`);
    return says === 'quiet'
      ? ruledOut(`No lock is older than ${minutes} min, and no reservation fails at one.`)
      : unclear(judging);
  },
};

const timeout: Cause<InventoryData> = {
  id: '2.C4',
  title: 'Reservations run out of time',
  outside: false,
  rule: (thresholds) => ({
    supported: `Reservations that ran out of their ${thresholds.reservationSeconds} s dominate (R10: ${dominating(thresholds)}).`,
    ruledOut: `They are absent (${absent(thresholds)}).`,
  }),
  judge(judging) {
    const { reservationSeconds, logWindowMinutes } = judging.thresholds;
    const says = say(judging, 'timeout');
    if (says === 'dominates')
      return supported(
        `${lines(judging, 'timeout')} reservations ran out of their ${reservationSeconds} s in ${logWindowMinutes} min.`,
      );
    if (says === 'quiet') return ruledOut('No reservation runs out of time without waiting for a lock.');
    return unclear(judging);
  },
};

const correction: Cause<InventoryData> = {
  id: '2.C5',
  title: 'A correction of the stock that no sync took over',
  outside: false,
  rule: ({ stockDiffersSeconds }) => ({
    supported: `Catalog and order service count a failing product differently in two looks ${stockDiffersSeconds} s apart (X7), while the sync (R9) and the stock events (R11) are on time.`,
    ruledOut: 'Both count the same of all failing products after a sync that ended (X7, R9).',
  }),
  judge({ findings: { stock, sync, lag } }) {
    if (stock.data === null) return open('The two counts of stock (X7) could not be held side by side.');
    const { differing, products } = stock.data;
    if (differing.length > 0)
      return sync.verdict === 'healthy' && lag.verdict === 'healthy'
        ? supported(
            `The two counts of ${differing.length} products differ (${differing[0]}), though the sync is on time and no stock event lags.`,
          )
        : open('The two counts differ; whether sync and stock events are on time is not sure.');
    if (products.length === 0) return open('No failed reservation names a product to compare (X7).');
    if (stock.verdict !== 'healthy') return open('Not every product’s two counts agree for sure (X7).');
    return sync.data !== null && sync.data.lastSyncAt !== null && !sync.data.running
      ? ruledOut(`Both sides count the same of all ${products.length} failing products.`)
      : open('Both sides count the same; no sync is known to have ended.');
  },
};

/** 2.C1 to 2.C5. */
export const causes: readonly Cause<InventoryData>[] = [race, syncLag, locks, timeout, correction];

export const { stands, why } = verdictsOf(causes);
