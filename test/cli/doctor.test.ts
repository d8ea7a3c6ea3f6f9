import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { oms } from '../support/oms.ts';
import { freshDatabase } from '../support/postgres.ts';
import { ordersReader, READ_ONLY } from '../support/read-only.ts';
import { startPretendWorld } from '../support/rig.ts';

let world: Awaited<ReturnType<typeof startPretendWorld>>;
const folder = temporaryFolder();
let env: Record<string, string>;

beforeAll(async () => {
  world = await startPretendWorld();
  world.slack.addUser({ id: 'UGONE', name: 'gone', left: true });
  world.slack.addUserGroup({ id: 'S0EMPTY', handle: 'empty', users: [] });
  const token = join(folder.path, 'token');
  writeFileSync(token, 'admin-token');
  const kubeconfig = join(folder.path, 'kubeconfig');
  writeFileSync(kubeconfig, world.address.kubeconfig);
  env = {
    SLACK_BOT_TOKEN: world.address.slack.botToken,
    SLACK_APP_TOKEN: world.address.slack.appToken,
    SLACK_API_URL: world.address.slack.apiUrl ?? '',
    ORDER_SERVICE_URL: world.address.service,
    ORDER_SERVICE_TOKEN_FILE: token,
    ORDERS_DATABASE_URL: world.address.orders,
    KUBECONFIG: kubeconfig,
  };
});
afterAll(async () => {
  await world.stop();
  folder.remove();
});

const GOOD = `
approvals: { responders: [URESPONDER], approvers: [UAPPROVER], managers: [UMANAGER] }
payments: { backup: Adyen }
orders:
  manualStatuses: [shipped]
  beforeProcessing: [pending_payment, paid]
`;

describe('oms doctor', () => {
  test('says of each system what is fine and what is skipped', async () => {
    const { said } = await oms(['doctor'], GOOD, env);
    expect(said).toMatch(/Slack: fine\n {2}fine {5}Slack knows us as /);
    expect(said).toContain('  fine     It lists orders (/admin/orders/stuck).');
    expect(said).toMatch(/workloads\.orderService: \d+ pods\./);
    expect(said).toMatch(/(\d+) of \1 rights are granted\./);
    expect(said).toContain('Kafka: skipped\n  skipped  Kafka is not configured (KAFKA_BROKERS).');
    expect(said).toMatch(/Orders of 7 days have the statuses .*processing/);
    expect(said).toContain('skipped  kafka.deadLetterTopic: X13; unset: skipped.');
  });

  test('says what nobody has made ready, and calls it no mistake', async () => {
    const approvals = 'approvals: { responders: [UA1], approvers: [UB1], managers: [UC1] }\n';
    const { code, said } = await oms(['doctor'], approvals, {});
    expect(said).toContain('  skipped  No second payment processor is configured (payments.backup)');
    expect(said).toContain('Nothing is wrong.');
    expect(code).toBe(0);
  });

  test('names whom Slack does not know any more, what no pod has, and what nobody is called', async () => {
    const wrong = `
approvals: { responders: [UGONE, S0EMPTY, U0NOBODY], approvers: [UAPPROVER], managers: [UMANAGER] }
people: { teamLead: nobody@example.com }
workloads:
  workflowEngine: { selector: app=nobody }
  kafka: { selector: "app in (order-service, kafka)" }
  postgres: { managed: true }
payments: { secret: no-such-secret }
metrics: { poolSize: no_such_metric }
orders: { readyToShip: packed_and_waiting }
`;
    const { code, said } = await oms(['config', 'check', '--live'], wrong, env);
    expect(code).toBe(1);
    for (const line of [
      'UGONE: has left Slack and can approve nothing.',
      'S0EMPTY: the group has no members, so nobody may approve by it.',
      'U0NOBODY: Slack knows nobody of that name.',
      'nobody@example.com: Slack knows nobody of that name.',
      'workloads.workflowEngine.selector (app=nobody) matches no pod in default.\n',
      'workloads.kafka.selector takes pods that workloads.orderService.selector takes as well.',
      'postgres is run by somebody else: its pods are not asked.',
      'payments.secret: there is no secret no-such-secret in default.',
      'No pod’s page of metrics has no_such_metric: see `metrics`.',
    ])
      expect(said).toContain(line);
    expect(said).toMatch(/No order of 7 days has the status .*packed_and_waiting/);
    expect(said).toMatch(/\d+ things are wrong\.\n$/);
  });

  test('tells a selector that takes pods of others, and one that takes none of its own', async () => {
    const of = (selector: string) => `workloads: { orderService: { selector: "${selector}" } }\n`;
    const { said: more } = await oms(['doctor'], of('app in (order-service, inventory-consumer)'), env);
    expect(more).toMatch(
      /skipped {2}\d+ of \d+ pods of workloads\.orderService\.selector are not order-service’s \(inventory-consumer-.*\): they are looked at, and neither restarted nor changed\./,
    );
    const { said: none } = await oms(['doctor'], of('app=inventory-consumer'), env);
    expect(none).toContain(
      'wrong    workloads.orderService.selector (app=inventory-consumer) takes no pod of Deployment order-service, which has app=order-service.',
    );
  });

  test('goes on past a secret that it may not read, and names who else may run Kafka', async () => {
    world.kubernetes.forbid({ verb: 'get', resource: 'secrets' });
    world.kubernetes.forbid({ verb: 'list', resource: 'horizontalpodautoscalers' });
    const { said } = await oms(['doctor'], `${GOOD}workloads: { kafka: { selector: app=nobody } }\n`, env);
    for (const line of [
      "skipped  payments.secret (payment-gateway-credentials) is not looked at. The bot's role may not get secrets.",
      'skipped  No right to list horizontalpodautoscalers.autoscaling: whether an autoscaler owns',
      'matches no pod in default. `workloads.kafka.managed: true` says that somebody else runs it.',
    ])
      expect(said).toContain(line);
    expect(said).toMatch(/\d+ of \d+ rights are granted\./);
  });

  test('says what each missing right costs', async () => {
    world.kubernetes.forbid({ verb: 'patch', resource: 'deployments' });
    world.kubernetes.forbid({ verb: 'get', resource: 'pods', subresource: 'exec' });
    const { said } = await oms(['doctor'], GOOD, env);
    expect(said).toContain(
      'No right to patch deployments.apps order-service: order-service is neither restarted nor changed.',
    );
    expect(said).toContain('No right to get pods/exec: R3, R48 and R57 are not run.');
  });

  test('asks by what clock times without a time zone are, where the database’s is not UTC', async () => {
    const database = await freshDatabase();
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(
      'create table orders (id text, status text, error_code text, created_at timestamp, updated_at timestamp)',
    );
    const about = { ...env, ORDERS_DATABASE_URL: `${database.url}?options=-c%20TimeZone%3DEurope/Berlin` };
    const asks = 'created_at and updated_at have no time zone and are read as Europe/Berlin';
    expect((await oms(['doctor'], GOOD, about)).said).toContain(asks);
    const told = GOOD.replace('orders:', 'orders:\n  timeZone: UTC');
    expect((await oms(['doctor'], told, about)).said).not.toContain(asks);
    await owner.end();
    await database.drop();
  });

  test('tells apart what the order service is asked, by which way, and what its pods are', async () => {
    world.kubernetes.forbid({ verb: 'get', resource: 'services', subresource: 'proxy' });
    const { ORDER_SERVICE_URL, KUBECONFIG, ...neither } = env as Record<string, string> & {
      [Name in 'ORDER_SERVICE_URL' | 'KUBECONFIG']: string;
    };
    const service = `${GOOD}workloads: { orderService: { service: "order-service:80" } }\n`;
    const [podsAlone, noCluster, both] = await Promise.all([
      oms(['doctor'], GOOD, { ...neither, KUBECONFIG }),
      oms(['doctor'], `${service}admin: { tokenHeader: x-token }\n`, neither),
      oms(['doctor'], service, { ...neither, KUBECONFIG, ORDER_SERVICE_URL }),
    ]);
    expect(podsAlone.said).toContain(
      'The order service: skipped\n  skipped  The order service is not configured (ORDER_SERVICE_URL, or `workloads.orderService.service`).',
    );
    // R1, R4, R8, R15, R37, X5 and X12 are asked of the pods.
    expect(podsAlone.said).toMatch(/neither looks nor acts there: R5, X4, R9, R13, R16, /);
    expect(podsAlone.said).toMatch(/The order service’s pods: fine\n.* pods’ pages have all \d+ metrics\./);
    expect(noCluster.said).toContain('`workloads.orderService.service` stands in a cluster');
    expect(noCluster.said).toContain(
      'Without it the bot neither looks nor acts there: R1, R4, R8, R15, R37, X5, X12.',
    );
    expect(both.said).toContain('It lists orders');
    expect(both.said).not.toContain('lists are not read');
  });

  test('says what a bot without Redis, with systems of a cloud and eyes only cannot do', async () => {
    world.kubernetes.allow(READ_ONLY);
    const owner = new pg.Pool({ connectionString: world.address.orders, max: 1 });
    const reader = await ordersReader(owner, world.address.orders);
    const yaml = `${GOOD}workloads: { kafka: { managed: true }, postgres: { managed: true } }\n`;
    const { said } = await oms(['config', 'check', '--live'], yaml, {
      ...env,
      ORDERS_DATABASE_URL: reader.url,
    });
    for (const line of [
      'No right to patch deployments.apps order-service: order-service is neither restarted nor changed.',
      'No right to create pods/exec: R3, R48 and R57 are not run.',
      'No right to patch secrets shipping-carrier-credentials: R35 promotes no key.',
      'kafka is run by somebody else: its pods are not asked.',
      'postgres is run by somebody else: its pods are not asked.',
      'Redis is not configured (REDIS_URL).',
      'Without it the bot neither looks nor acts there: R12, R14.',
      `Queries of others are not ended (R42): GRANT pg_signal_backend TO ${reader.name} is missing.`,
      'Whether its token may also change something is seen at the first approved action only',
    ])
      expect(said).toContain(`  skipped  ${line}`);
    await owner.query(`revoke pg_read_all_stats from ${reader.name}`);
    const blind = await oms(['doctor'], yaml, { ...env, ORDERS_DATABASE_URL: reader.url });
    expect(blind.said).toContain(
      'Sessions of others are not seen (R38, R39), nor ended (R42): GRANT pg_read_all_stats',
    );
    await owner.query(`drop owned by ${reader.name}`);
    await owner.end();
    await reader.drop();
  });
});
