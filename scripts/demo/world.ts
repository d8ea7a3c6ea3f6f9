import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startCatalog } from '../../sim/catalog/catalog.ts';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { startOrderService } from '../../sim/order-service/order-service.ts';
import type { PageParts } from '../../sim/page/parts.ts';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import { bucketOfExports, startS3 } from '../../sim/s3/s3.ts';
import { startSlack } from '../../sim/slack/slack.ts';
import { startStatusPages } from '../../sim/status-page/status-page.ts';
import { findScenario } from '../../sim/world/scenarios/catalogue.ts';
import { createWorld } from '../../sim/world/world.ts';
import { USAGE } from '../../src/intake/command.ts';
import { createAlertmanager } from './alertmanager.ts';
import { startBot } from './bot.ts';
import { createDemoClock } from './clock.ts';
import { type Closers, createClosers } from './closers.ts';
import { botAccess, openPool, serviceAccess, startDatabases } from './databases.ts';
import { furnish, PERSONAS, YAML } from './people.ts';
import { STORIES } from './stories.ts';

/** The pretend systems let happen what is due so often, ms. */
const LIVE_MS = 2_000;
const ENVIRONMENT = 'prod';
const REGION = 'eu-central-1';
const ACCESS_KEY = 'AKIAPRETEND';
const TEAMS = ['', '_ORDERS', '_PAYMENTS', '_CATALOG', '_PLATFORM'];

/** The pretend company with the bot in it. */
export interface DemoWorld extends PageParts {
  /** Ends everything that was started, in reverse order. */
  stop(): Promise<void>;
}

/**
 * Starts everything that the page shows: databases, the world, its systems, the bot.
 * @param progress told before each part, one word or two
 */
export async function startDemoWorld(progress: (part: string) => void): Promise<DemoWorld> {
  const closers = createClosers();
  try {
    return { ...(await start(closers, progress)), stop: closers.close };
  } catch (err) {
    await closers.close();
    throw err;
  }
}

async function start(closers: Closers, progress: (part: string) => void): Promise<PageParts> {
  progress('database');
  const databases = await startDatabases(closers);
  const clock = createDemoClock(openPool(databases.owner, closers));
  progress('world');
  const pool = openPool(databases.orders, closers);
  const database = await serviceAccess(databases.orders);
  const world = await createWorld({ pool, now: clock.now, ordersPerHour: 80, database });
  closers.add(world.close);
  const live = setInterval(() => void world.settle().catch(() => undefined), LIVE_MS);
  closers.add(async () => clearInterval(live));
  progress('order service');
  const adminToken = secret();
  const service = await startOrderService({ world, token: adminToken });
  closers.add(service.stop);
  progress('Kubernetes');
  const kubernetes = await startKubernetes({ world, podHttp: service.forPod });
  closers.add(kubernetes.stop);
  progress('Slack');
  const slack = await startSlack({
    manifest: fileURLToPath(new URL('../../manifest.yml', import.meta.url)),
  });
  closers.add(slack.stop);
  furnish(slack);
  progress('PagerDuty');
  const keys = TEAMS.map((team) => ({ team, key: randomBytes(16).toString('hex') }));
  const webhookSecret = secret();
  let botPort = 0;
  const pagerduty = await startPagerDuty({
    routingKeys: Object.fromEntries(keys.map(({ team, key }) => [key, serviceOf(team)])),
    webhook: {
      get url() {
        return `http://127.0.0.1:${botPort}/pagerduty/webhook`;
      },
      secret: webhookSecret,
    },
  });
  closers.add(pagerduty.stop);
  progress('S3');
  const s3Secret = secret();
  const s3 = await startS3({
    region: REGION,
    buckets: bucketOfExports(world, { name: 'ecommerce-exports', region: REGION }),
    accessKeys: new Map([[ACCESS_KEY, { secret: s3Secret }]]),
  });
  closers.add(s3.stop);
  progress('status pages');
  const statusPages = await startStatusPages(world);
  closers.add(statusPages.stop);
  progress('catalog');
  const catalog = await startCatalog(world);
  closers.add(catalog.stop);
  progress('bot');
  const alertToken = secret();
  const bot = await startBot(
    {
      yaml: `${YAML}${statusPages.yaml}${catalog.yaml}`,
      adminToken,
      kubeconfig: kubernetes.kubeconfig(),
      redis: pretendRedis(world),
      kafka: pretendKafka(world),
      env: {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.apiUrl,
        DATABASE_URL: databases.bot,
        ORDERS_DATABASE_URL: await botAccess(databases.orders),
        ORDER_SERVICE_URL: service.url,
        PAGERDUTY_EVENTS_URL: `${pagerduty.url}/v2/enqueue`,
        PAGERDUTY_WEBHOOK_SECRET: webhookSecret,
        ALERT_WEBHOOK_TOKEN: alertToken,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ACCESS_KEY_ID: ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: s3Secret,
        ...Object.fromEntries(keys.map(({ team, key }) => [`PAGERDUTY_ROUTING_KEY${team}`, key])),
      },
    },
    closers,
  );
  botPort = bot.port();
  clock.wire({
    settle: world.settle,
    wakeBot: bot.wake,
    async botIsDone() {
      const { inbox, deadlines, looks, runs } = await bot.journal.backlog(bot.alerts);
      return [inbox, deadlines, looks, runs].every((count) => (count ?? 0) === 0);
    },
  });
  const alertmanager = createAlertmanager({
    url: () => `http://127.0.0.1:${botPort}/alerts/alertmanager`,
    token: alertToken,
    environment: ENVIRONMENT,
    now: clock.now,
  });
  return {
    slack,
    pagerduty,
    world,
    clock,
    personas: PERSONAS,
    usage: Object.values(USAGE),
    stories: {
      all: STORIES,
      async start(id) {
        const scenario = known(id);
        await world.start(scenario);
        await alertmanager.fire(scenario);
      },
      async end(id) {
        const scenario = known(id);
        await world.end(scenario);
        await alertmanager.resolve(scenario);
      },
    },
  };
}

function known(id: string) {
  const scenario = findScenario(id);
  if (scenario === null) throw new Error(`There is no scenario ${id}.`);
  return scenario;
}

function serviceOf(team: string): string {
  return team === '' ? 'order-management-service' : `${team.slice(1).toLowerCase()} team`;
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}
