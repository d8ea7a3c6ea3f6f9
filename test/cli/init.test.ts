import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { containersOf, type JsonObject, objectIn } from '../../sim/world/cluster.ts';
import type { WorldState } from '../../sim/world/state.ts';
import { readConfig } from '../../src/config.ts';
import { type TestCluster, testCluster } from '../sim/kubernetes/support.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oms } from '../support/oms.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
let cluster: TestCluster | null = null;
afterEach(async () => {
  await cluster?.stop();
  cluster = null;
});

/** A cluster whose names are these: what is called `from` is called `to`. */
async function renamed(
  names: Readonly<Record<string, string>>,
  options: { readonly namespace?: string } = {},
  more: (state: WorldState) => void = () => {},
) {
  cluster = await testCluster(options);
  await cluster.world.change((state) => {
    for (const [from, to] of Object.entries(names)) rename(state, from, to);
    more(state);
  });
  const kubeconfig = join(folder.path, `kubeconfig-${Math.trunc(performance.now())}`);
  writeFileSync(kubeconfig, cluster.kubernetes.kubeconfig());
  return { KUBECONFIG: kubeconfig };
}

function rename({ cluster: { deployments, statefulSets } }: WorldState, from: string, to: string): void {
  for (const map of [deployments, statefulSets] as Map<string, { name: string; spec: JsonObject }>[]) {
    const found = map.get(from);
    if (found === undefined) continue;
    map.delete(from);
    const spec: JsonObject = JSON.parse(JSON.stringify(found.spec).replaceAll(`"${from}"`, `"${to}"`));
    map.set(to, { ...found, name: to, labels: { app: to }, spec } as never);
  }
}

let file = '';
let count = 0;
const init = async (env: Record<string, string>, ...args: string[]) => {
  count += 1;
  file = join(folder.path, `oms-${count}.yaml`);
  return await oms(['config', 'init', file, ...args], '', env);
};
const text = () => readFileSync(file, 'utf8');
/** What the bot would make of it. */
const read = () => readConfig({ env: {}, readFile: text }).oms;

/** A Deployment beside those that are there. */
function add({ cluster: { deployments } }: WorldState, like: string, name: string): void {
  const found = deployments.get(like);
  if (found === undefined) throw new Error(`no Deployment ${like}`);
  const spec: JsonObject = JSON.parse(JSON.stringify(found.spec).replaceAll(`"${like}"`, `"${name}"`));
  deployments.set(name, { ...found, name, labels: { app: name }, spec } as never);
}

describe('oms config init', () => {
  test('names what there is where nothing is called like the order service, and what may be somebody else’s', async () => {
    const { code } = await init(await renamed({ 'order-service': 'pedido-api', 'workflow-engine': 'motor' }));
    expect(code).toBe(0);
    expect(text()).toMatch(
      /nothing there is named or labelled like orderService\n {2}# there are .*default\/pedido-api.*\n {2}# orderService:/,
    );
    expect(text()).toMatch(
      /like redis\n.*\n {2}# {3}pod: redis-0\n.*somebody else runs it\n {2}# {3}managed: true/,
    );
  });

  test('where all is called as in the runbook, writes the namespace and says what is what', async () => {
    const { code, said } = await init(await renamed({}));
    expect(code).toBe(0);
    expect(said).toContain('Kubernetes: 4 Deployments, 2 StatefulSets in namespace default.');
    expect(said).toContain('Kafka: not looked at. Kafka is not configured (KAFKA_BROKERS).');
    expect(said).toContain('Left to you, with what is known beside it: workloads.redis,');
    expect(parse(text())).toEqual({ workloads: { namespace: 'default' } });
    for (const line of [
      '# found: Deployment default/order-service, 3 replicas, app=order-service; by its name, as in the runbook',
      '# found: StatefulSet default/kafka, 3 replicas, app=kafka; by its name, as in the runbook',
      '# not found in namespace default: nothing there is named or labelled like redis',
      '# found: payments.secret, default/payment-gateway-credentials',
      '# Kafka: not looked at. Kafka is not configured (KAFKA_BROKERS).',
    ])
      expect(text()).toContain(line);
    expect(read()).toEqual({ ...readConfig({ env: {}, readFile: () => null }).oms });
  });

  test('finds what is called otherwise by its name, and in another namespace', async () => {
    const names = {
      'order-service': 'orders-api',
      'workflow-engine': 'saga-orchestrator',
      kafka: 'shop-kafka',
      postgres: 'orders-pg',
    };
    const env = await renamed(names, { namespace: 'shop' }, ({ cluster: { deployments } }) => {
      const { spec } = deployments.get('orders-api') ?? { spec: {} };
      const [container] = containersOf(objectIn(spec, 'template'));
      Object.assign(container ?? {}, {
        name: 'main',
        ports: [{ containerPort: 9000 }],
        env: [{ name: 'HIKARI_MAX_POOL_SIZE', value: 'not-for-anybody' }],
      });
      const pod = objectIn(objectIn(spec, 'template'), 'spec') ?? {};
      pod['containers'] = [{ name: 'istio-proxy', image: 'x' }, container ?? {}];
    });
    expect(await init(env)).toMatchObject({ code: 0 });
    expect(parse(text())).toEqual({
      workloads: {
        namespace: 'shop',
        orderService: { deployment: 'orders-api', selector: 'app=orders-api', container: 'main', port: 9000 },
        workflowEngine: { deployment: 'saga-orchestrator', selector: 'app=saga-orchestrator' },
        kafka: { selector: 'app=shop-kafka' },
        postgres: { selector: 'app=orders-pg' },
      },
      database: { poolSizeEnv: 'HIKARI_MAX_POOL_SIZE' },
    });
    expect(text()).toContain(
      '# found: Deployment shop/orders-api, 3 replicas, app=orders-api; by its name (orders, api)',
    );
    expect(text()).not.toContain('not-for-anybody');
    expect(read().workloads.orderService).toMatchObject({ deployment: 'orders-api', port: 9000 });
    // The same cluster, where nothing is.
    const elsewhere = await init(env, '--namespace', 'default');
    expect(elsewhere).toMatchObject({ code: 1 });
    expect(elsewhere.said).toContain('namespace default has no Deployment and no StatefulSet');
    // What is not in the home is in the other.
    expect(await init(env, '--namespace', 'default', '--namespace', 'shop')).toMatchObject({ code: 0 });
    expect(read().workloads).toMatchObject({
      namespace: 'default',
      orderService: { namespace: 'shop', deployment: 'orders-api' },
    });
  });

  test('takes neither of two that fit, and nothing that is only like it', async () => {
    const env = await renamed(
      { 'order-service': 'orders-api', 'workflow-engine': 'temporal' },
      {},
      (state) => {
        add(state, 'orders-api', 'orders-core');
        add(state, 'orders-api', 'orders-worker');
      },
    );
    expect(await init(env)).toMatchObject({ code: 0 });
    expect(parse(text())).toEqual({ workloads: { namespace: 'default' } });
    expect(text()).toContain(`
  # 2 fit orderService. Take one:
  # Deployment default/orders-api, 3 replicas, app=orders-api; by its name (orders, api)
  # orderService:
  #   deployment: orders-api
  #   selector: app=orders-api
  # or Deployment default/orders-core, 3 replicas, app=orders-core; by its name (orders, core)
  # orderService:
  #   deployment: orders-core
`);
    expect(text()).not.toContain('orders-worker');
    expect(text()).toContain('not found in namespace default: nothing is surely workflowEngine. Perhaps:');
    // Each comment, taken in, is what it says.
    const chosen = text().replace(
      /^( +)# (orderService:\n) +# ( +deployment: orders-core\n) +# ( +selector: .+\n)/m,
      '$1$2$1$3$1$4',
    );
    const { oms: taken } = readConfig({ env: {}, readFile: () => chosen });
    expect(taken.workloads.orderService.deployment).toBe('orders-core');
  });

  test('says what it had no right to look at, and guesses nothing there', async () => {
    const env = await renamed({});
    cluster?.kubernetes.forbid({ resource: 'statefulsets' });
    cluster?.kubernetes.forbid({ resource: 'secrets' });
    const partly = await init(env);
    expect(partly.code).toBe(0);
    const unread = `StatefulSets of default not looked at. The bot's role may not list statefulsets.apps.`;
    expect(partly.said).toContain(`Kubernetes: 4 Deployments in namespace default. ${unread}`);
    expect(text()).toContain(`  # ${unread}\n  # redis:`);
    expect(text()).toContain('# found: 3 pods in default with the label app=kafka');
    expect(text()).toContain(`not looked at. The bot's role may not get secrets.`);
    cluster?.kubernetes.forbid({ resource: 'deployments' });
    const nothing = await init(env);
    expect(nothing.code).toBe(1);
    expect(nothing.said).toContain(
      `Kubernetes: not looked at. The bot's role may not list deployments.apps.`,
    );
    expect(nothing.said).toContain('There was nothing to see, and nothing was written.');
    expect(existsSync(file)).toBe(false);
  });

  test('without a cluster and all else writes nothing, and says how to show it one', async () => {
    const { code, said } = await init({});
    expect(code).toBe(1);
    expect(said).toContain('Kubernetes: not looked at. Kubernetes is not configured (KUBECONFIG).');
    expect(said).toContain('`export KUBECONFIG=~/.kube/config` shows it your cluster.');
    expect(existsSync(file)).toBe(false);
    const broken = await init({ KUBECONFIG: join(folder.path, 'no-such-file') });
    expect(broken.code).toBe(1);
    expect(broken.said).toContain('The kubeconfig cannot be read.');
  });

  test('writes over nothing; forced, it keeps what was there', async () => {
    const env = await renamed({});
    const path = join(folder.path, 'ours.yaml');
    writeFileSync(path, 'environment: prod # ours\n');
    const refused = await oms(['config', 'init', path], '', env);
    expect(refused.code).toBe(1);
    expect(refused.said).toContain(`${path} is there already, and is left as it is.`);
    expect(readFileSync(path, 'utf8')).toBe('environment: prod # ours\n');
    for (const kept of [`${path}.bak`, `${path}.bak2`]) {
      const before = readFileSync(path, 'utf8');
      const forced = await oms(['config', 'init', path, '--force'], '', env);
      expect(forced).toMatchObject({ code: 0, said: expect.stringContaining(`${path} is kept as ${kept}.`) });
      expect(readFileSync(kept, 'utf8')).toBe(before);
    }
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('environment: prod # ours\n');
    const printed = await oms(['config', 'init', '--stdout'], '', env);
    expect(printed.code).toBe(0);
    expect(printed.said).toContain('workloads:\n  namespace: default\n');
    // Into a folder's own oms.yaml, which `oms` had made.
    expect((await oms(['config', 'init'], '', env)).said).toContain('oms.yaml is there already');
  });

  test('what it wrote is accepted by oms config check', async () => {
    const env = await renamed({ 'order-service': 'orders-api' });
    await init(env);
    const checked = await oms(['config', 'check'], text(), {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
    });
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.said).toContain('oms.yaml and the environment are ready.');
  });
});

test.each([
  [
    'is not there',
    '/nowhere/config',
    /^ {2}- KUBECONFIG names \/nowhere\/config\. The kubeconfig cannot be read\. ENOENT.*\.$/m,
  ],
  [
    'is no kubeconfig',
    resolve('package.json'),
    /^ {2}- KUBECONFIG names .*\. The kubeconfig names no current cluster\.$/m,
  ],
])('a kubeconfig that %s is named, by init and by the doctor', async (_what, path, words) => {
  for (const { code, said } of [
    await init({ KUBECONFIG: path }),
    await oms(['doctor'], '', { KUBECONFIG: path }),
  ]) {
    expect(said).toMatch(words);
    expect(said).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
  }
});
