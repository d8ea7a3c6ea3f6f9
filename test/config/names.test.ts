import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { namesOf } from '../../src/names-of.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { LINK_NAMES } from '../../src/runbooks/links.ts';
import { stepsIn } from '../../src/runbooks/listing.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';

const namesIn = (yaml: string) => namesOf(readConfig({ env: {}, readFile: () => yaml }).oms);

test('without a file the names are the runbook’s own', () => {
  expect(namesIn('')).toMatchObject(RUNBOOK_NAMES);
});

test('each workload has its own namespace, kind and container, else what holds for all', () => {
  const { orderService, workflowEngine, kafka, postgres, redis } = namesIn(`
workloads:
  namespace: shop
  orderService: { deployment: order-core, kind: StatefulSet, selector: "app=order-core,tier!=test", container: app }
  workflowEngine: { namespace: flows }
  postgres: { namespace: data }
kafka:
  consumers:
    mails: { deployment: mailer, selector: app=mailer, namespace: mail }
    stock: { deployment: stock, selector: "app in (stock, stock-old)" }
`);
  expect(orderService).toMatchObject({ namespace: 'shop', kind: 'StatefulSet', container: 'app' });
  expect(workflowEngine).toMatchObject({ namespace: 'flows', kind: 'Deployment', container: null });
  expect([kafka.namespace, postgres.namespace, redis.namespace]).toEqual(['shop', 'data', 'shop']);
  expect(kafka.consumers).toMatchObject({ mails: { namespace: 'mail' }, stock: { namespace: 'shop' } });
});

test('commands to type go to the namespace, the kind and the container that are configured', () => {
  const names = namesIn(
    'workloads:\n  namespace: shop\n  orderService: { kind: StatefulSet, deployment: orders, container: app }\n  redis: { managed: true }\n',
  );
  const typed = new Map(
    CATALOGUE.flatMap((runbook) => stepsIn(runbook, names).map((step) => [step.step, step.equivalent])),
  );
  expect(typed.get('R1')).toMatch(/^kubectl -n shop exec statefulset\/orders -c app -- curl /);
  expect(typed.get('R7')).toBe('kubectl -n shop rollout restart statefulset/orders');
  expect(typed.get('R12')).toContain('redis-cli -u "$REDIS_URL"');
  expect(typed.get('R12')).not.toContain('kubectl');
});

test('a selector with spaces stays one word in a shell, and a container is named wherever a pod has more than one', () => {
  const selector = 'app in (orders, checkout)';
  const names = namesIn(
    `workloads:\n  orderService: { deployment: orders, selector: "${selector}", container: app }\n  workflowEngine: { selector: "engine in (a, b)" }\n  postgres: { selector: "pg in (a, b)" }\n  kafka: { selector: "k in (a, b)" }\n`,
  );
  for (const runbook of CATALOGUE)
    for (const { step, equivalent } of stepsIn(runbook, names)) {
      const words = equivalent.replaceAll("'\\''", "'");
      for (const [, before] of words.matchAll(/(.{4})\w+ in \(/g)) expect(before, step).toBe("-l '");
      if (/ exec <pod>| set (env|resources) /.test(equivalent))
        expect(equivalent, step).toContain(' -c app ');
    }
});

test('what somebody else runs has no pods to ask by hand', () => {
  const names = namesIn('workloads: { postgres: { managed: true }, kafka: { managed: true } }\n');
  const typed = CATALOGUE.flatMap((runbook) => stepsIn(runbook, names));
  for (const step of ['R40', 'R45', 'R53'])
    expect(typed.find((one) => one.step === step)?.equivalent).toBe(
      '# not applicable: somebody else runs it',
    );
});

test('consumers are named by what runs them, each with its group', () => {
  const names = namesIn(
    'kafka:\n  consumers:\n    mails: { deployment: mailer, selector: app=mailer, namespace: mail, kind: StatefulSet }\n    stock: { deployment: stock, selector: app=stock }\n',
  );
  const typed = new Map(
    CATALOGUE.flatMap((runbook) =>
      stepsIn(runbook, names).map(({ title, equivalent }) => [title, equivalent]),
    ),
  );
  expect(typed.get('Restart the consumers')).toBe(
    'kubectl -n mail rollout restart statefulset/mailer  # runs mails\nkubectl -n default rollout restart deployment/stock  # runs stock',
  );
  expect(typed.get('Stop the consumers')).toContain(
    'kubectl -n mail scale statefulset/mailer --replicas=0  # runs mails',
  );
});

test('what is typed to an admin page carries the token where the bot has one', () => {
  const config = readConfig({
    env: { ORDER_SERVICE_TOKEN_FILE: '/run/token' },
    readFile: () => 'admin: { tokenHeader: X-Staff-Token }\n',
  });
  const typed = new Map(
    CATALOGUE.flatMap((runbook) =>
      stepsIn(runbook, namesOf(config.oms, config.env)).map(({ step, equivalent }) => [step, equivalent]),
    ),
  );
  expect(typed.get('R5')).toContain(
    'curl -X POST -H "X-Staff-Token: Bearer $ORDER_SERVICE_TOKEN" "localhost:8080/admin/retry-payments"',
  );
  for (const step of ['R1', 'R4', 'R8', 'R37'] as const) expect(typed.get(step)).not.toContain('TOKEN');
});

test('a table and columns that SQL has other words for stand in quotes, also within a shell', () => {
  const names = namesIn(
    'orders:\n  table: Vendas.order\n  columns: { createdAt: desc, errorCode: user }\nworkloads: { postgres: { managed: true } }\n',
  );
  const typed = new Map(
    CATALOGUE.flatMap((runbook) => stepsIn(runbook, names).map((step) => [step.step, step.equivalent])),
  );
  expect(typed.get('X8')).toBe(
    String.raw`psql "$ORDERS_DATABASE_URL" -c "SELECT * FROM \"Vendas\".\"order\" WHERE \"user\" = 'OVERSOLD_PRODUCT' ORDER BY \"desc\";"`,
  );
  expect(typed.get('X6')).toContain(String.raw`from \"Vendas\".\"order\";`);
  expect(typed.get('R72')).toContain(String.raw`FROM \"Vendas\".\"order\" WHERE \"desc\" >=`);
});

test('the lists ask for the company’s own word for what waits', () => {
  const names = namesIn('refunds: { pending: open }\nreturns: { pending: waiting }\n');
  const typed = CATALOGUE.flatMap((runbook) => stepsIn(runbook, names));
  expect(typed.find(({ step }) => step === 'R23')?.equivalent).toContain('status=open&');
  expect(typed.find(({ step }) => step === 'R62')?.equivalent).toContain('status=waiting&');
});

test('every link that a step by hand leads to can be configured', () => {
  const led = CATALOGUE.flatMap(({ byHand }) => byHand ?? []).flatMap(({ link }) => link ?? []);
  for (const link of led) expect(LINK_NAMES).toContain(link);
});

describe('a name that cannot be one', () => {
  test.each([
    ['a selector that takes everything', 'workloads: { kafka: { selector: "" } }', 'app=order-service'],
    ['one that only leaves out', 'workloads: { kafka: { selector: "tier!=web" } }', 'every other pod'],
    [
      'a consumer’s that takes everything',
      'kafka: { consumers: { mails: { deployment: mailer, selector: "" } } }',
      'app=order-service',
    ],
    ['one that is none', 'workloads: { kafka: { selector: "app = kafka" } }', 'app=order-service'],
    ['capitals in Kubernetes', 'payments: { secret: Stripe_Key }', 'small letters'],
    ['a path without its id', 'admin: { order: /orders }', '{id}'],
    ['a path with an id too many', 'admin: { refunds: "/refunds/{id}" }', 'no {…}'],
    ['a path with a question', 'admin: { returns: "/returns?all=1" }', 'no question'],
    ['a locks’ pattern of all keys', 'redis: { lockPattern: "*" }', 'three plain characters'],
    ['one that keeps Redis busy', 'redis: { lockPattern: "lock*a*b*c*d" }', 'three stars'],
    ['a text that is in every line', 'logPatterns: { returnLabel: "e" }', 'three characters'],
    ['a metric with a dash', 'metrics: { poolSize: pool-size }', 'a metric’s name'],
    ['a topic with a slash', 'kafka: { ordersTopic: a/b }', 'a topic’s name'],
    ['a misspelt link', 'links: { gatewaySuport: "https://x.example" }', 'Did you mean gatewaySupport?'],
    ['a link that is no address', 'links: { kafka: "javascript:alert(1)" }', 'https://host/path'],
    ['an hour that is none', 'quietHours: { from: "25:00" }', '22:00'],
  ])('%s is refused and says what would be right', (_what, yaml, right) => {
    const refused = () => readConfig({ env: {}, readFile: () => yaml });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(right);
    expect(refused).toThrow('oms.yaml:1: ');
  });

  test('a pattern that backtracks is a plain text, and is compared as one', () => {
    const { logPatterns } = namesIn('logPatterns: { returnLabel: "(a+)+$" }');
    expect(logPatterns.returnLabel).toBe('(a+)+$');
  });
});
