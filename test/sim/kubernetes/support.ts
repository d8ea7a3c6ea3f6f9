import type { AccessRule } from '../../../sim/kubernetes/access.ts';
import { type Kubernetes, startKubernetes } from '../../../sim/kubernetes/kubernetes.ts';
import type { PodHttp } from '../../../sim/kubernetes/proxy.ts';
import type { Deployment } from '../../../sim/world/cluster.ts';
import { type CompanyNames, RUNBOOK_COMPANY } from '../../../sim/world/names.ts';
import { type TestWorld, testWorld } from '../world/support.ts';

export const PODS = '/api/v1/namespaces/default/pods';
export const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/order-service';
export const SECRET = '/api/v1/namespaces/default/secrets/payment-gateway-credentials';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';

export interface Answer {
  readonly status: number;
  // A test says in its expectations what it takes the answer for.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a foreign shape
  readonly json: any;
  readonly text: string;
}

export interface TestCluster extends TestWorld {
  readonly kubernetes: Kubernetes;
  call(
    method: string,
    path: string,
    more?: { readonly body?: unknown; readonly type?: string; readonly token?: string },
  ): Promise<Answer>;
  /** Story time in steps of a second, so that each change is looked at on its way. */
  pass(seconds: number, each?: () => Promise<void>): Promise<void>;
  deployment<T>(look: (deployment: Deployment) => T): Promise<T>;
}

/** The runbook's company with everything in another namespace. */
function allIn(namespace: string): CompanyNames {
  const apps = Object.entries(RUNBOOK_COMPANY.apps).map(([app, names]) => [app, { ...names, namespace }]);
  return { ...RUNBOOK_COMPANY, apps: Object.fromEntries(apps) };
}

export async function testCluster(
  options: {
    readonly podHttp?: PodHttp;
    readonly allowed?: readonly AccessRule[];
    readonly namespace?: string;
  } = {},
): Promise<TestCluster> {
  const { namespace, ...others } = options;
  const here = await testWorld(
    undefined,
    undefined,
    null,
    namespace === undefined ? undefined : allIn(namespace),
  );
  const kubernetes = await startKubernetes({ world: here.world, ...others });
  return {
    ...here,
    kubernetes,
    async call(method, path, more = {}) {
      const response = await fetch(kubernetes.url + path, {
        method,
        headers: {
          authorization: `Bearer ${more.token ?? kubernetes.token}`,
          ...(more.type === undefined ? {} : { 'content-type': more.type }),
        },
        ...(more.body === undefined
          ? {}
          : { body: typeof more.body === 'string' ? more.body : JSON.stringify(more.body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, text, json: isJson ? JSON.parse(text) : null };
    },
    async pass(seconds, each) {
      for (let second = 0; second < seconds; second += 1) {
        here.skip(1_000);
        await here.world.settle();
        await each?.();
      }
    },
    deployment: async (look) =>
      await here.world.change((state) => {
        const found = state.cluster.deployments.get('order-service');
        if (found === undefined) throw new Error('no deployment');
        return look(found);
      }),
    async stop() {
      await kubernetes.stop();
      await here.stop();
    },
  };
}

/** A second container in the template that the pods of now come from. */
export async function addSidecar(cluster: TestCluster): Promise<void> {
  await cluster.deployment(({ sets, spec }) => {
    for (const template of [sets[0]?.template, spec['template']]) {
      const containers = (template as { spec: { containers: unknown[] } }).spec.containers;
      containers.push({ name: 'log-shipper', image: 'registry.example.com/oms/log-shipper:1.0.0' });
    }
  });
}
