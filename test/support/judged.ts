import { keepPast } from '../../scripts/demo/past.ts';
import { YAML } from '../../scripts/demo/people.ts';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import type { CompanyNames } from '../../sim/world/names.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { begin, evolve } from '../../src/domain/evolve.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Run } from '../../src/domain/run.ts';
import { readAlertmanager } from '../../src/intake/alertmanager.ts';
import { diagnose, type Look, type Looking } from '../../src/pipeline/diagnose.ts';
import { sampleFigures } from '../../src/pipeline/sampler.ts';
import type { Samples } from '../../src/ports/samples.ts';
import { intakeRulesOf, rulesOf } from '../../src/rules-of.ts';
import { runbookById } from '../../src/runbooks/catalogue.ts';
import { handsIn } from './bot.ts';
import { startPretendWorld } from './rig.ts';

const MINUTE = 60_000;
/** Causes that are told by the sessions of a real database. */
const QUERIES = /^(6\.C\d|8\.C5|10\.C5)$/;

/** A company that calls things otherwise; by its labels the alert is known. */
export interface Company {
  readonly names: CompanyNames;
  readonly yaml: string;
  readonly labels: (runbook: Scenario['runbook']) => Readonly<Record<string, string>>;
}

export type Pretend = Awaited<ReturnType<typeof startPretendWorld>>;

/** A world in which stories run, and what the bot makes of it, look after look: no Slack and no journal. */
export interface Judged {
  readonly pretend: Pretend;
  readonly hands: Awaited<ReturnType<typeof handsIn>>;
  readonly parts: Looking;
  /** As the bot would keep it. */
  incident(): Incident;
  look(): Promise<Look>;
  /** A run was carried out and has ended. */
  ran(run: Run): void;
  /** So many minutes pass; the figures of each whole one are kept, as the bot's sampler keeps them. */
  pass(minutes: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stories in the demo's company, asked by the real adapters, with the demo's configuration and its figures of the
 * hours before. The bot is told of the first story's alert alone.
 * @param options.seed of the world; the same one gives the same world
 * @param options.company another one than the demo's
 */
export async function judgedWorld(
  stories: readonly [Scenario, ...Scenario[]],
  options: { readonly seed?: number; readonly company?: Company } = {},
): Promise<Judged> {
  const pretend = await startPretendWorld({
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    yaml: options.company?.yaml ?? YAML,
    ...(options.company === undefined ? {} : { names: options.company.names }),
    ordersPerHour: 80,
    ordersServer: stories.some(({ causes }) => causes.some((id) => QUERIES.test(id))),
  });
  const hands = await handsIn(pretend.address, {
    // The bot's own 8 s are over at the next look, 15 s later; here minutes pass in a moment.
    restMs: 1,
    redis: pretendRedis(pretend.world),
    kafka: pretendKafka(pretend.world),
  });
  const parts: Looking = {
    probes: hands.probes,
    samples: keptInMemory(),
    rules: rulesOf(hands.config, true),
    clock: systemClock,
    step: async (_name, work) => await work(),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: fail },
  };
  const stop = async () => {
    await hands.close();
    await pretend.stop();
  };
  try {
    await keepPast(
      parts.samples,
      async () => await sampleFigures(parts),
      pretend.now(),
      hands.config.oms.metrics.requests,
    );
    for (const story of stories) await pretend.world.start(story);
    let incident = opened(
      stories[0],
      hands.config,
      pretend.now(),
      options.company?.labels(stories[0].runbook),
    );
    let rounds = 0;
    return {
      pretend,
      hands,
      parts,
      stop,
      incident: () => incident,
      ran(run) {
        incident = { ...incident, runs: [...incident.runs, run] };
      },
      async look() {
        const now = pretend.now();
        await parts.samples.add(now, await sampleFigures(parts));
        const look = await diagnose(parts, incident, now, { open: [incident.runbook] });
        const { findings, causes, advice, byHand, atOnce, tookMs, impact } = look;
        rounds += 1;
        incident = evolve(incident, {
          type: 'diagnosed',
          diagnosis: { round: rounds, at: now, tookMs, findings, causes, advice, byHand, atOnce },
          lookAt: now + MINUTE,
          impact,
          offers: [],
          at: now,
        });
        return look;
      },
      async pass(minutes) {
        for (let left = minutes; left > 0; left -= 1) {
          await pretend.skipWorld(Math.min(1, left));
          if (left > 1) await parts.samples.add(pretend.now(), await sampleFigures(parts));
        }
      },
    };
  } catch (err) {
    await stop();
    throw err;
  }
}

/** Figures kept in memory, as the bot keeps them in its database. */
function keptInMemory(): Samples {
  const figures = new Map<string, { readonly at: number; readonly value: number }[]>();
  const within = (name: string, from: number, to: number) =>
    (figures.get(name) ?? []).filter(({ at }) => at >= from && at <= to);
  return {
    async add(at, values) {
      for (const [name, value] of Object.entries(values))
        figures.set(
          name,
          [...(figures.get(name) ?? []), { at, value }].sort((one, other) => one.at - other.at),
        );
    },
    since: async (name, from) => within(name, from, Number.POSITIVE_INFINITY),
    between: async (names, from, to) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const found = within(name, from, to);
          return found.length === 0 ? [] : [[name, found] as const];
        }),
      ),
  };
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
