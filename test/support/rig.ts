import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startOrderService } from '../../sim/order-service/order-service.ts';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { startSlack } from '../../sim/slack/slack.ts';
import { createWorld } from '../../sim/world/world.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { pagerDuty } from '../../src/adapters/pagerduty/pager.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { systemClock, systemIds } from '../../src/adapters/system/clock.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createVoiceStore } from '../../src/store/voice-store.ts';
import { freshDatabase } from './postgres.ts';
import { openStore, quiet, step } from './store.ts';

export const TOKEN = 'admin-token';
export const ALERTS = '#orders-alerts';
export const ROUTING_KEY = 'a'.repeat(32);
const WEBHOOK_SECRET = 'webhook-secret';

export const YAML = `
environment: prod
trustedSenders: [Alertmanager]
approvals:
  responders: [URESPONDER]
  approvers: [UAPPROVER]
`;

/** The whole bot in a pretend world, through its front doors: Slack, the webhook, the clock. */
export async function startRig(options: { readonly yaml?: string; readonly log?: typeof quiet } = {}) {
  const store = await openStore();
  const orders = await freshDatabase();
  const ordersPool = new pg.Pool({ connectionString: orders.url, max: 5 });
  let offset = 0;
  const now = () => Date.now() + offset;
  const world = await createWorld({ pool: ordersPool, now, seed: 7 });
  const service = await startOrderService({ world, token: TOKEN });
  const slack = await startSlack({
    manifest: fileURLToPath(new URL('../../manifest.yml', import.meta.url)),
    limits: {
      postsPerSecond: Number.POSITIVE_INFINITY,
      tier3PerMinute: Number.POSITIVE_INFINITY,
      eventRetryMs: [100, 200, 400],
    },
  });
  const people = ['URESPONDER', 'UAPPROVER', 'UBYSTANDER'];
  for (const name of ['orders-alerts', 'orders-team', 'payments', 'catalog-team', 'platform-eng'])
    slack.addChannel(name, people);
  const config = readConfig({
    env: { PORT: '0', ALERT_WEBHOOK_TOKEN: 'alert-token', PAGERDUTY_WEBHOOK_SECRET: WEBHOOK_SECRET },
    readFile: () => options.yaml ?? YAML,
  });
  const pagerduty = await startPagerDuty({ routingKeys: { [ROUTING_KEY]: 'orders' } });
  const settings = {
    url: service.url,
    token: async () => TOKEN,
    tokenHeader: 'authorization',
    paths: config.oms.admin,
  };
  const app = await createApp({
    config,
    journal: createJournal({ pool: store.pool, step, ids: systemIds }),
    voice: createVoiceStore({ pool: store.pool, ids: systemIds }),
    clock: systemClock,
    ids: systemIds,
    log: options.log ?? quiet,
    slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
    probes: {
      orderService: orderServiceProbe(settings),
      ordersDatabase: ordersDatabaseProbe(ordersPool, {
        table: 'orders',
        columns: { status: 'status', updatedAt: 'updated_at' },
      }),
    },
    levers: { orderService: orderServiceLever(settings) },
    pager: pagerDuty({
      url: `${pagerduty.url}/v2/enqueue`,
      routingKeys: { default: ROUTING_KEY },
      source: 'oms-bot',
    }),
    step,
    paceMs: 0,
  });
  await app.start();

  return {
    app,
    store,
    world,
    service,
    slack,
    pagerduty,
    url: () => `http://127.0.0.1:${app.port()}`,
    now,
    /** The card of the newest incident. */
    card() {
      const cards = slack
        .messages(ALERTS)
        .filter(({ bot_id, metadata }) => bot_id === 'B0BOT' && metadata !== undefined);
      const card = cards.at(-1);
      if (card === undefined) throw new Error('No card stands in the channel.');
      return card;
    },
    async skip(minutes: number) {
      offset += minutes * 60_000;
      await world.settle();
      await store.skip(minutes * 60_000);
      await app.idle();
    },
    async alert(change: object = {}, labels: Record<string, string> = {}, token = 'alert-token') {
      const alert = {
        status: 'firing',
        labels: { alertname: 'OrdersStuck', code: 'WORKFLOW_STUCK', environment: 'prod', ...labels },
        annotations: {},
        startsAt: new Date(now()).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus.example/graph',
        fingerprint: 'f1',
        ...change,
      };
      return await fetch(`http://127.0.0.1:${app.port()}/alerts/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          version: '4',
          status: 'firing',
          groupKey: 'g',
          receiver: 'oms',
          truncatedAlerts: 0,
          alerts: [alert],
        }),
      });
    },
    async stop() {
      await app.stop();
      await slack.stop();
      await service.stop();
      await pagerduty.stop();
      await ordersPool.end();
      await store.close();
      await orders.drop();
    },
  };
}
export type Rig = Awaited<ReturnType<typeof startRig>>;
