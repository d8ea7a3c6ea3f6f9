import type { SimulatedSlack } from '../../sim/slack/slack.ts';
import type { Change } from '../../sim/slack/state/types.ts';

const WITHIN_MS = 60_000;

/** Resolves with the moment (`performance.now()`) at which the `count`-th change of that kind is on the screen. */
export async function shown(
  slack: SimulatedSlack,
  what: (change: Change) => boolean,
  count = 1,
): Promise<number> {
  let left = count;
  return await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      end();
      reject(
        new Error(`Slack never showed it within ${WITHIN_MS} ms; it refused: ${slack.problems.join(' | ')}`),
      );
    }, WITHIN_MS);
    const end = slack.events.subscribe((change) => {
      if (!what(change)) return;
      left -= 1;
      if (left > 0) return;
      clearTimeout(late);
      end();
      resolve(performance.now());
    });
  });
}

/** An incident's card as it is posted the first time. */
export function isCard(change: Change): boolean {
  if (change.kind !== 'message posted') return false;
  const key = change.message.metadata?.event_payload['key'];
  return typeof key === 'string' && key.startsWith('card/');
}

/** The next new card with its diagnosis, whether it was posted so or edited. One question of its own for each card. */
export function newCardDiagnosed(): (change: Change) => boolean {
  let ts: string | null = null;
  return (change) => {
    if (change.kind !== 'message posted' && change.kind !== 'message changed') return false;
    if (isCard(change)) ts = change.message.ts;
    return change.message.ts === ts && !change.message.text.includes(': looking');
  };
}
