import type { Fault, Faults } from '../../sim/lib/faults.ts';
import { between, type Chance, createChance } from '../../sim/world/chance.ts';
import type { WorldState } from '../../sim/world/state.ts';
import type { Pretend } from '../../test/support/judged.ts';
import type { Disturb } from '../../test/support/verdict.ts';

const MINUTE = 60_000;
/** So far back there was noise before anybody looked. */
const BEFORE_MS = 40 * MINUTE;
/** Lines a minute of each pod: some 1,500 in a log window of 30 min. */
const LINES_A_MINUTE = 50;
/** Of a hundred of those so many are errors that have nothing to do with any runbook's causes. */
const ERRORS = 6;
/** So often, of all looks, one kind of question meets trouble. */
const TROUBLED = 0.08;

/** What every pod writes all day. */
const ORDINARY = [
  'http GET /orders/{id} status=200 took_ms=41',
  'http POST /orders status=201 took_ms=120',
  'cache hit ratio=0.93 size=48211',
  'scheduler heartbeat ok',
  'feature flag checkout-banner=on',
  'session opened locale=de-DE',
  'gc pause took_ms=12 young',
  'config reloaded in 3 ms',
] as const;

/** Errors of other parts of the company; some use the words of a runbook and mean nothing by them. */
const UNRELATED = [
  'recommendations: upstream answered 502, falling back to bestsellers',
  'mail: smtp 421 try again later, message queued',
  'search: query timed out after 800 ms, partial results shown',
  'analytics: batch of 200 rejected, invalid schema',
  'image-proxy: connect ETIMEDOUT 203.0.113.9:443',
  'loyalty: customer has no card, nothing to book',
  'session: token expired, signed out',
  'sitemap: upload of 3 files failed, retried',
  'java.lang.IllegalStateException: cart is empty',
  '    at com.shop.web.CartController.show(CartController.java:88)',
  'rate limiter of the public API: 429 for client 7781',
  'coupon: optimistic lock failed, read again',
] as const;

/** Questions of the bot, by what they ask of whom. */
const ASKED = [
  ['service', /^\/admin\/orders/],
  ['service', /^\/admin\/(?!orders)/],
  ['kubernetes', /\/pods$/],
  ['kubernetes', /\/log$/],
  ['kubernetes', /\/pods\/[^/]+\/proxy\//],
  ['kubernetes', /\/exec$/],
  ['kubernetes', /\/(?:deployments|replicasets|statefulsets|secrets|events|horizontalpodautoscalers)/],
  ['kubernetes', /metrics\.k8s\.io/],
  ['catalog', /./],
  ['s3', /./],
  ['statusPage', /./],
] as const;

/**
 * A noisy world: each pod logs much that has nothing to do with the story, errors among it, and now and then an answer is slow,
 * refused, cut off, garbage or lost. Some go well when they are asked again; of some questions nothing is answered at that look.
 * @param seed the same one disturbs the same story in the same places
 */
export function noise(seed: number, story: string): Disturb {
  const any = createChance(seed);
  const chance: Chance = (...labels) => any(story, ...labels);
  let written = 0;
  let back: readonly (() => void)[] = [];
  return async ({ pretend }, round) => {
    for (const takeBack of back) takeBack();
    await pretend.world.change((state, now) => {
      writeLines(state, chance, written === 0 ? now - BEFORE_MS : written, now);
      written = now;
    });
    back = ASKED.flatMap(([system, path], place) => {
      if (chance('troubled', round, place) >= TROUBLED) return [];
      const faults = faultsOf(pretend, system);
      const fault = faultOf(chance('fault', round, place), chance('slow', round, place));
      // One in three lasts longer than the bot asks again.
      const times = chance('times', round, place) < 1 / 3 ? {} : { times: 1 };
      return [faults.add({ match: { path }, fault, ...times })];
    });
  };
}

function faultsOf(pretend: Pretend, system: (typeof ASKED)[number][0]): Faults {
  return system === 'statusPage' ? pretend.statusPages.gateway.faults : pretend[system].faults;
}

function writeLines(state: WorldState, chance: Chance, from: number, to: number): void {
  for (const pod of state.pods) {
    for (let at = Math.max(from, pod.startedAt); at < to; at += MINUTE / LINES_A_MINUTE) {
      const is = chance('line', pod.name, at - to) * 100;
      const bad = is < ERRORS;
      const words = bad ? UNRELATED : ORDINARY;
      const line = words[Math.floor(chance('words', pod.name, at - to) * words.length)] ?? '';
      state.logs.write(Math.round(at), pod.name, bad ? 'ERROR' : 'INFO', line);
    }
  }
}

function faultOf(which: number, share: number): Fault {
  if (which < 0.4) return { mode: 'slow', ms: between(200, 1_500, share) };
  if (which < 0.6) return { mode: 'status', status: share < 0.5 ? 500 : 503 };
  if (which < 0.8) return { mode: 'cut' };
  return which < 0.9 ? { mode: 'lost' } : { mode: 'garbage' };
}
