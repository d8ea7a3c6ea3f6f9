import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import type { CompanyNames } from '../../sim/world/names.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { begin, evolve } from '../../src/domain/evolve.ts';
import type { JudgedCause } from '../../src/domain/finding.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { readAlertmanager } from '../../src/intake/alertmanager.ts';
import { diagnose, type Look, type Looking } from '../../src/pipeline/diagnose.ts';
import { sampleFigures } from '../../src/pipeline/sampler.ts';
import type { Sample } from '../../src/ports/samples.ts';
import { intakeRulesOf, rulesOf } from '../../src/rules-of.ts';
import { runbookById } from '../../src/runbooks/catalogue.ts';
import { handsIn } from './bot.ts';
import { startPretendWorld } from './rig.ts';

const MINUTE = 60_000;
/** A look and the two after it, min: *down* is said twice, a trend three times. */
const LOOKS_AT = [0, 0.5, 1.5] as const;
/** Causes that are told by the sessions of a real database. */
const QUERIES = /^(6\.C\d|8\.C5|10\.C5)$/;
/** Then a look every so often, until the story can be told, min. */
const LATER = 5;

/** What the bot makes of a world in which these stories run; it is told of the first one's alert alone. */
export interface Verdict {
  readonly causes: readonly JudgedCause[];
  readonly look: Look;
}

/**
 * Starts the stories in a world of their own and judges as the bot does: the real adapters, three looks, the figures of
 * the two hours before. No Slack and no journal, which have no part in it.
 * @param options.seed of the world; the same one gives the same world
 * @param options.noise done to the world before the looks
 */
export async function verdictOf(
  stories: readonly [Scenario, ...Scenario[]],
  options: {
    readonly seed?: number;
    /** What the company calls things; by its labels the alert is known. */
    readonly company?: {
      readonly names: CompanyNames;
      readonly yaml: string;
      readonly labels: (runbook: Scenario['runbook']) => Readonly<Record<string, string>>;
    };
    readonly noise?: (world: Awaited<ReturnType<typeof startPretendWorld>>) => Promise<void>;
  } = {},
): Promise<Verdict> {
  const pretend = await startPretendWorld({
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ordersPerHour: 80,
    ...(options.company === undefined ? {} : { names: options.company.names, yaml: options.company.yaml }),
    // Its sessions are real ones.
    ordersServer: stories.some(({ causes }) => causes.some((id) => QUERIES.test(id))),
  });
  const hands = await handsIn(pretend.address, {
    restMs: 200,
    redis: pretendRedis(pretend.world),
    kafka: pretendKafka(pretend.world),
  });
  const figures = new Map<string, Sample[]>();
  const parts: Looking = {
    probes: hands.probes,
    samples: {
      async add(at, values) {
        for (const [name, value] of Object.entries(values))
          figures.set(name, [...(figures.get(name) ?? []), { at, value }]);
      },
      since: async (name, from) => (figures.get(name) ?? []).filter(({ at }) => at >= from),
      between: async (names, from, to) =>
        Object.fromEntries(
          names.flatMap((name) => {
            const within = (figures.get(name) ?? []).filter(({ at }) => at >= from && at <= to);
            return within.length === 0 ? [] : [[name, within] as const];
          }),
        ),
    },
    rules: rulesOf(hands.config, true),
    clock: systemClock,
    step: async (_name, work) => await work(),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: fail },
  };
  try {
    for (const story of stories) await pretend.world.start(story);
    await options.noise?.(pretend);
    let incident = opened(
      stories[0],
      hands.config,
      pretend.now(),
      options.company?.labels(stories[0].runbook),
    );
    let last: Look | null = null;
    let waited = 0;
    const told = Math.max(...stories.map(({ toldAfterMinutes }) => toldAfterMinutes ?? 0));
    for (const [place, at] of looksUntil(told).entries()) {
      await pretend.skipWorld(at - waited);
      waited = at;
      const now = pretend.now();
      await parts.samples.add(now, await sampleFigures(parts));
      last = await diagnose(parts, incident, now, { open: [incident.runbook] });
      const { findings, causes, advice, byHand, atOnce, tookMs } = last;
      incident = evolve(incident, {
        type: 'diagnosed',
        diagnosis: { round: place + 1, at: now, tookMs, findings, causes, advice, byHand, atOnce },
        lookAt: now + MINUTE,
        impact: last.impact,
        offers: [],
        at: now,
      });
    }
    if (last === null) throw new Error('Nothing was looked at.');
    return { causes: last.causes, look: last };
  } finally {
    await hands.close();
    await pretend.stop();
  }
}

function looksUntil(minutes: number): readonly number[] {
  const later = Array.from({ length: Math.ceil(minutes / LATER) }, (_, place) => (place + 1) * LATER);
  return [...LOOKS_AT, ...later];
}

/** The incident that the story's own alert opens, read by intake with its ids. */
function opened(
  story: Scenario,
  config: Awaited<ReturnType<typeof handsIn>>['config'],
  now: number,
  labels?: Readonly<Record<string, string>>,
): Incident {
  const { alertname, code, summary, startsAgoMs } = story.alert;
  const startsAt = now - startsAgoMs;
  const payload = {
    version: '4',
    alerts: [
      {
        status: 'firing',
        labels: labels ?? { alertname, code, environment: config.oms.environment },
        annotations: { summary: labels === undefined ? summary : idsIn(summary) },
        startsAt: new Date(startsAt).toISOString(),
        fingerprint: story.id,
      },
    ],
  };
  const { alerts } = readAlertmanager(payload, intakeRulesOf(config, { userId: 'UBOT', botId: 'BBOT' }));
  const alert = alerts.find(({ runbook }) => runbook === story.runbook);
  if (alert === undefined) throw new Error(`The alert of ${story.id} means another runbook.`);
  const { severity } = runbookById(story.runbook);
  const { id, runbook, scope } = { id: 'OMS-1' as const, runbook: story.runbook, scope: '' };
  const event = { type: 'opened', id, runbook, scope, severity, environment: 'prod', ladder: [] } as const;
  return evolve(begin({ ...event, clockStartedAt: startsAt, at: now }), {
    type: 'alert joined',
    alert,
    at: now,
  });
}

/** Without the words that the runbook knows an alert by. */
function idsIn(summary: string): string {
  return (summary.match(/\b(?:ord|ref|ret|exp|pay)_\w+/g) ?? ['none']).join(' ');
}

function fail(facts: object, message: string): never {
  throw new Error(`${message}: ${JSON.stringify(facts)}`);
}
