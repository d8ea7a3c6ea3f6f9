import { unprepared } from './config/warnings.ts';
import type { Config } from './config.ts';
import { createDrift } from './drift.ts';
import { createHttp } from './http/server.ts';
import { readAlertmanager } from './intake/alertmanager.ts';
import { readPagerDuty } from './intake/pagerduty.ts';
import type { IntakeRules } from './intake/rules.ts';
import { dailyJobs } from './pipeline/daily.ts';
import { createDatabaseWatch, type DatabaseWatch } from './pipeline/database-outage.ts';
import { decideDue } from './pipeline/escalate.ts';
import { inboxOnce, workingOn } from './pipeline/inbox.ts';
import { underLease } from './pipeline/lease.ts';
import { lookOnce } from './pipeline/look.ts';
import { hearPagerDuty } from './pipeline/pagerduty.ts';
import type { Parts } from './pipeline/parts.ts';
import { receive } from './pipeline/receive.ts';
import type { Timing } from './pipeline/rules.ts';
import { runOnce } from './pipeline/run.ts';
import { createSampler } from './pipeline/sampler.ts';
import { createSlackWatch } from './pipeline/slack-outage.ts';
import { loop, pageOnce } from './pipeline/workers.ts';
import type { Clock, Ids, Step } from './ports/clock.ts';
import type { Delivery, Journal } from './ports/journal.ts';
import type { Levers } from './ports/levers.ts';
import type { Log } from './ports/log.ts';
import type { Pager } from './ports/pager.ts';
import type { Probes } from './ports/probes.ts';
import type { Samples } from './ports/samples.ts';
import type { Scheduler } from './ports/schedule.ts';
import type { VoiceStore } from './ports/voice.ts';
import { intakeRulesOf, rulesOf } from './rules-of.ts';
import { CARD_LINKS } from './runbooks/links.ts';
import { createAnnouncer } from './slack/announcer.ts';
import { createBot, type SlackSettings } from './slack/bot.ts';
import { createChannels } from './slack/channels.ts';
import { workOn } from './slack/inbox.ts';
import { listen } from './slack/listeners.ts';
import { slackPeople } from './slack/people.ts';
import { createReach } from './slack/reach.ts';
import { listenWithoutDatabase, sayDatabaseGone } from './slack/without-database.ts';

/** Deliveries that are worked on at once: a command that waits for a slow system keeps no alert waiting. */
const INBOX_HANDS = 3;
/** Incidents that are looked at at once: one whose systems are slow keeps no other from its first card. */
const LOOK_HANDS = 3;

export interface AppParts {
  readonly config: Config;
  readonly journal: Journal;
  readonly voice: VoiceStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly slack: SlackSettings;
  readonly probes: Probes;
  readonly levers: Levers;
  readonly samples: Samples;
  readonly pager: Pager | null;
  readonly step: Step;
  /** Keeps every configured figure once a minute; off unless told. */
  readonly sampling?: boolean;
  /** Reads `oms.yaml` anew, to notice that it was changed; without it nothing is noticed. Throws ConfigError. */
  readonly reread?: () => Config;
  /** The clock on the wall; without it nothing is done by the calendar. */
  readonly scheduler?: Scheduler;
  /** Real time between two posts in one channel, ms. */
  readonly paceMs?: number;
  readonly timing?: Timing;
}

/** Which loops take what is left to do, where they are not called after it. */
const HANDS: Readonly<Record<string, readonly string[]>> = { outbox: ['voice', 'pages'], cards: ['voice'] };

/** What is left to do after a round of a loop, where that is not anything. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = { deadlines: ['outbox', 'cards'] };

/** The whole bot, wired; nothing runs before `start`. */
export async function createApp(given: AppParts) {
  const { config, journal, voice, clock, log, pager } = given;
  let wake: (kinds?: readonly string[]) => void = () => undefined;
  const stored = () => wake();
  let databaseWatch: DatabaseWatch | null = null;
  const gone = async () => (await databaseWatch?.gone()) ?? false;
  const rules = rulesOf(config, pager !== null, given.timing);
  const callMs = rules.timing.slackCallMs;
  const bot = await createBot({ settings: given.slack, callMs, journal, clock, log, stored, gone });
  const channels = createChannels(bot.background);
  const parts: Parts = {
    journal,
    clock,
    ids: given.ids,
    log,
    people: slackPeople(bot.app.client, clock),
    probes: given.probes,
    levers: given.levers,
    samples: given.samples,
    step: given.step,
    rules,
  };
  const intake = intakeRulesOf(config, bot.own);
  const { reread } = given;
  const drift = reread === undefined ? null : createDrift({ running: config, read: reread, clock, log });
  const drifted = () => [drift?.now() ?? null].filter((line) => line !== null);
  const watch = createDatabaseWatch({
    parts,
    pager,
    say: async (since) =>
      await channels
        .idOf(rules.channels.alerts)
        .then(async (id) => await sayDatabaseGone(bot.background, id, since))
        .catch(() => null),
  });
  databaseWatch = watch;
  listenWithoutDatabase(bot.app, parts, watch);
  listen(bot.app, {
    parts,
    rules: () => intake,
    alertsChannel: async () => await channels.idOf(rules.channels.alerts),
  });
  const links = CARD_LINKS.flatMap((label) => {
    const url = config.oms.links[label];
    return url === undefined ? [] : [{ label, url }];
  });
  const reach = createReach();
  const slackWatch = createSlackWatch(parts, reach);
  const announcer = createAnnouncer({
    parts,
    voice,
    client: bot.background,
    channels,
    reach,
    links,
    paceMs: given.paceMs ?? 1_100,
  });
  const http = createHttp({
    port: config.env.PORT,
    host: config.env.LISTEN_ADDRESS,
    alertToken: config.env.ALERT_WEBHOOK_TOKEN ?? null,
    readAlerts: (body) => readAlertmanager(body, intake),
    pagerDutySecret: config.env.PAGERDUTY_WEBHOOK_SECRET ?? null,
    journal,
    log,
    stored,
    notes: drifted,
    notReady: () => [
      ...(bot.connected() ? [] : ['Slack is not connected.']),
      ...(watch.since() === null ? [] : ['The database does not answer.']),
    ],
  });

  /** Deliveries that are worked on: the commit that decides is their end, and the answer comes after it. */
  let inHand = 0;
  const inbox = async () =>
    await inboxOnce(parts, async (delivery) => {
      inHand += 1;
      await workOnDelivery(parts, bot.app, intake, delivery).finally(() => {
        inHand -= 1;
      });
    });

  async function voiceOnce(): Promise<boolean> {
    let ours = false;
    const said = await underLease({ parts, voice, name: 'voice' }, async (held) => {
      ours = true;
      return await announcer.speak(held);
    });
    if (!ours) {
      reach.forget();
      announcer.lost();
    }
    return said;
  }

  /** Apart from the voice: a Slack that hangs must not keep a page waiting. */
  async function pagesOnce(): Promise<boolean> {
    await slackWatch.look();
    if (pager === null) return false;
    return await underLease(
      { parts, voice, name: 'pages' },
      async (held) => await pageOnce(parts, voice, pager, held),
    );
  }

  const jobs = dailyJobs(parts, () => [...drifted(), ...unprepared(config.oms)]);
  const stops: (() => Promise<void>)[] = [];
  return {
    parts,
    jobs,
    port: http.port,
    own: bot.own,

    async start(): Promise<void> {
      // Joining the alerts channel comes first: without it no alert is heard.
      await channels.idOf(rules.channels.alerts);
      await http.start();
      stops.push(http.stop);
      await bot.start();
      stops.push(bot.stop);
      // What one loop has done is often work for another: a card follows its diagnosis at once.
      const work = {
        inbox,
        deadlines: async () => (await decideDue(parts)) > 0,
        looks: async () => await lookOnce(parts),
        runs: async () => await runOnce(parts),
      };
      const doing = (waits: keyof typeof work, name: string = waits) =>
        loop(parts, name, work[waits], { waits, worked: () => wake(FOLLOWS[waits]) });
      const loops = [
        ...Array.from({ length: INBOX_HANDS }, (_, hand) => doing('inbox', `inbox ${hand}`)),
        doing('deadlines'),
        ...Array.from({ length: LOOK_HANDS }, (_, hand) => doing('looks', `looks ${hand}`)),
        doing('runs'),
        loop(parts, 'voice', voiceOnce, { waits: 'leases', until: announcer.restsFor }),
        loop(parts, 'pages', pagesOnce, { waits: 'leases' }),
        loop(parts, 'database watch', watch.round),
        ...(drift === null ? [] : [loop(parts, 'configuration', drift.round)]),
        ...(given.sampling === true ? [loop(parts, 'samples', createSampler(parts))] : []),
      ];
      wake = (kinds) => {
        for (const { name, wake: wakeOne } of loops)
          if (
            kinds === undefined ||
            kinds.some((kind) => HANDS[kind]?.includes(name) ?? name.startsWith(kind))
          )
            wakeOne();
      };
      stops.push(...loops.map((one) => one.stop));
      if (given.scheduler !== undefined) stops.push(given.scheduler.start(jobs, config.oms.timeZone));
    },

    /** Takes nothing more in, finishes what is in hand, then ends. */
    async stop(): Promise<void> {
      for (const end of stops.reverse()) await end();
    },

    wake: () => wake(),

    /** Resolves when nothing is left to do or in hand now: inbox, outbox, looks, runs, deadlines and cards. */
    async idle(withinMs = 20_000): Promise<void> {
      const until = clock.now() + withinMs;
      wake();
      let before: Readonly<Record<string, number>> = {};
      for (;;) {
        const left = await journal.backlog(rules.channels.alerts);
        if (inHand === 0 && Object.values(left).every((count) => count === 0)) return;
        // What was there before has woken its loops.
        wake(Object.keys(left).filter((kind) => (left[kind] ?? 0) > (before[kind] ?? 0)));
        before = left;
        if (clock.now() > until) throw new Error(`Still to do after ${withinMs} ms: ${JSON.stringify(left)}`);
        await clock.sleep(20);
      }
    },
  };
}

async function workOnDelivery(
  parts: Parts,
  app: Parameters<typeof workOn>[0],
  intake: IntakeRules,
  delivery: Delivery,
): Promise<void> {
  if (delivery.source === 'alertmanager') {
    await receive(parts, readAlertmanager(delivery.payload, intake), delivery);
    return;
  }
  if (delivery.source === 'pagerduty') {
    await hearPagerDuty(workingOn(parts, delivery), readPagerDuty(delivery.payload), delivery);
    return;
  }
  await workOn(app, delivery);
  await parts.journal.transact('delivery done', async (tx) => await tx.done(delivery));
}
