import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startCatalog } from '../../sim/catalog/catalog.ts';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { startOrderService } from '../../sim/order-service/order-service.ts';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import { bucketOfExports, startS3 } from '../../sim/s3/s3.ts';
import { NO_RATES, type SimulatedSlack, startSlack } from '../../sim/slack/slack.ts';
import { startStatusPages } from '../../sim/status-page/status-page.ts';
import type { CompanyNames } from '../../sim/world/names.ts';
import { createWorld } from '../../sim/world/world.ts';
import { loadLibrary } from '../../src/adapters/kubernetes/library.ts';
import { readConfig } from '../../src/config.ts';
import { type Address, ALERTS, ROUTING_KEY, S3_ACCESS, startBot, TOKEN, YAML } from './bot.ts';
import { type OrdersServer, startOrdersServer } from './orders-server.ts';
import { asBot, freshDatabase } from './postgres.ts';
import { ordersReader, READ_ONLY, readOnlyKafka } from './read-only.ts';
import { openStore } from './store.ts';

export { ALERTS, ROUTING_KEY } from './bot.ts';

/** The pretend world without a bot: Slack, the order service, PagerDuty, two databases, two clocks. */
export async function startPretendWorld(
  options: {
    readonly yaml?: string;
    readonly ordersPerHour?: number;
    /** Of the world: the same one gives the same world. */
    readonly seed?: number;
    readonly pagerduty?: string;
    /** The orders database on a server of its own, with the service's connections on it as real ones. */
    readonly ordersServer?: boolean;
    /** What the company calls things; the yaml has to say the same. */
    readonly names?: CompanyNames;
    /** The bot may look everywhere and change nothing anywhere; there is no Redis. */
    readonly readOnly?: boolean;
    /** A bot as `npm start` runs it takes no database whose clock was moved. */
    readonly realTime?: boolean;
  } = {},
) {
  const store = await openStore();
  const own: OrdersServer | null = options.ordersServer === true ? await startOrdersServer() : null;
  const orders = own ?? (await freshDatabase());
  const ordersPool = new pg.Pool({ connectionString: orders.url, max: 5 });
  // Dropping its database ends a pool's idle connections.
  ordersPool.on('error', () => undefined);
  let offset = options.realTime === true ? 0 : awayFromMidnight();
  if (offset > 0) await store.skip(offset);
  const now = () => Date.now() + offset;
  const world = await createWorld({
    pool: ordersPool,
    now,
    seed: options.seed ?? 7,
    ...(options.ordersPerHour === undefined ? {} : { ordersPerHour: options.ordersPerHour }),
    ...(own === null ? {} : { database: own.database }),
    ...(options.names === undefined ? {} : { names: options.names }),
  });
  const service = await startOrderService({ world, token: TOKEN });
  const kubernetes = await startKubernetes({ world, podHttp: service.forPod });
  const reader = options.readOnly === true ? await ordersReader(ordersPool, orders.url) : null;
  if (options.readOnly === true) {
    kubernetes.allow(READ_ONLY);
    service.readOnly = true;
  }
  const slack = await startSlack({
    manifest: fileURLToPath(new URL('../../manifest.yml', import.meta.url)),
    limits: {
      ...NO_RATES,
      eventRetryMs: [100, 200, 400],
    },
  });
  const yaml = options.yaml ?? YAML;
  const { channels, teams } = readConfig({ env: {}, readFile: () => yaml }).oms;
  for (const channel of new Set([
    ...Object.values(channels),
    ...Object.values(teams).map(({ channel }) => channel),
  ]))
    if (channel !== undefined)
      slack.addChannel(channel.slice(1), ['URESPONDER', 'UAPPROVER', 'UMANAGER', 'UBYSTANDER']);
  const pagerduty = await startPagerDuty({ routingKeys: { [ROUTING_KEY]: 'orders' } });
  const s3 = await startS3({
    region: S3_ACCESS.region,
    buckets: bucketOfExports(world, { name: world.names.bucket, region: S3_ACCESS.region }),
    accessKeys: new Map([
      [S3_ACCESS.credentials.accessKeyId, { secret: S3_ACCESS.credentials.secretAccessKey }],
    ]),
  });
  const statusPages = await startStatusPages(world);
  const catalog = await startCatalog(world);
  return {
    store,
    world,
    service,
    statusPages,
    catalog,
    kubernetes,
    slack,
    /** Where the cards stand. */
    alerts: channels.alerts,
    pagerduty,
    s3,
    now,
    /** What a bot needs to be told to live in this world; plain data, so that another process can be told too. */
    address: {
      yaml: `${yaml}${statusPages.yaml}${catalog.yaml}`,
      database: asBot(store.url),
      orders: reader?.url ?? orders.url,
      service: service.url,
      slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
      pagerduty: options.pagerduty ?? pagerduty.url,
      kubeconfig: kubernetes.kubeconfig(),
      s3: s3.url,
    } satisfies Address,
    async skipWorld(minutes: number) {
      offset += minutes * 60_000;
      await world.settle();
      await store.skip(minutes * 60_000);
    },
    async stop() {
      await slack.stop();
      await service.stop();
      await pagerduty.stop();
      await kubernetes.stop();
      await s3.stop();
      await statusPages.stop();
      await catalog.stop();
      await world.close();
      await ordersPool.end();
      await store.close();
      await orders.drop();
      await reader?.drop();
    },
  };
}

/** What holds until midnight would end, or have ended, in the middle of a story: those of the night are moved on by three hours. */
function awayFromMidnight(): number {
  const hour = new Date().getUTCHours();
  return hour >= 22 || hour < 1 ? 3 * 3_600_000 : 0;
}

/** The whole bot in a pretend world, through its front doors: Slack, the webhook, the clock. */
export async function startRig(
  options: {
    readonly yaml?: string;
    readonly ordersPerHour?: number;
    readonly pagerduty?: string;
    readonly ordersServer?: boolean;
    readonly names?: CompanyNames;
    readonly readOnly?: boolean;
  } & Parameters<typeof startBot>[1] = {},
) {
  const pretend = await startPretendWorld(options);
  // Loaded at the first call, it would take that call's time on a busy machine.
  await loadLibrary();
  const { slack, store } = pretend;
  const bot = await startBot(pretend.address, {
    ...(options.readOnly === true ? {} : { redis: pretendRedis(pretend.world) }),
    kafka: options.readOnly === true ? readOnlyKafka(pretend.world) : pretendKafka(pretend.world),
    ...options,
  });
  const { app } = bot;
  return {
    ...pretend,
    app,
    /** The card of the newest incident. */
    card: () => newestCard(slack, pretend.alerts),
    async skip(minutes: number) {
      await pretend.skipWorld(minutes);
      await app.idle();
    },
    alert: async (
      change: object = {},
      labels: Record<string, string> = {},
      token = 'alert-token',
      count = 1,
    ) => await sendAlert(app.port(), new Date(pretend.now()).toISOString(), change, labels, token, count),
    store,
    async stop() {
      await bot.stop();
      await pretend.stop();
    },
  };
}
export type Rig = Awaited<ReturnType<typeof startRig>>;

/** @throws Error when no card stands */
export function newestCard(slack: SimulatedSlack, channel: string = ALERTS) {
  const cards = slack
    .messages(channel)
    .filter(({ metadata }) => String(metadata?.event_payload['key']).startsWith('card/'));
  const card = cards.at(-1);
  if (card === undefined) throw new Error('No card stands in the channel.');
  return card;
}

export async function sendAlert(
  port: number,
  startsAt: string,
  change: object,
  labels: Record<string, string>,
  token: string,
  /** Alerts in one webhook, which differ in nothing but their fingerprint. */
  count = 1,
) {
  const alert = {
    status: 'firing',
    labels: { alertname: 'OrdersStuck', code: 'WORKFLOW_STUCK', environment: 'prod', ...labels },
    annotations: {},
    startsAt,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: 'f1',
    ...change,
  };
  return await fetch(`http://127.0.0.1:${port}/alerts/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      version: '4',
      status: 'firing',
      groupKey: 'g',
      receiver: 'oms',
      truncatedAlerts: 0,
      alerts: Array.from({ length: count }, (_, place) => ({
        ...alert,
        fingerprint: `${alert.fingerprint}${place === 0 ? '' : `-${place}`}`,
      })),
    }),
  });
}
