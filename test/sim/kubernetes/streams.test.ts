import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOYMENT, PODS, STRATEGIC, type TestCluster, testCluster } from './support.ts';

const POD = 'order-service-7c9f6d5b8-4kx2p';
const asked: { pod: string; method: string; url: string; headers: Headers; body: string }[] = [];

let cluster: TestCluster;
beforeEach(async () => {
  asked.length = 0;
  cluster = await testCluster({
    async podHttp(pod, request) {
      asked.push({
        pod,
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await request.text(),
      });
      return new Response('from the pod', { status: 503 });
    },
  });
});
afterEach(async () => {
  await cluster.stop();
});

async function unready(app: string): Promise<void> {
  await cluster.world.change((state) => {
    for (const pod of state.pods.filter((each) => each.app === app)) pod.ready = false;
  });
}

describe('the proxy', () => {
  test('hands on method, path, query, headers and body, but no token', async () => {
    const response = await fetch(`${cluster.kubernetes.url}${PODS}/${POD}:9090/proxy/a/b?c=d`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cluster.kubernetes.token}`, 'x-own': 'kept' },
      body: 'hello',
    });
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('from the pod');
    expect(asked).toMatchObject([
      { pod: POD, method: 'POST', url: `http://${POD}:9090/a/b?c=d`, body: 'hello' },
    ]);
    expect(asked[0]?.headers.get('authorization')).toBeNull();
    expect(asked[0]?.headers.get('x-own')).toBe('kept');
  });

  test('takes the first port, and knows those of a service by name', async () => {
    await cluster.call('GET', `${PODS}/${POD}/proxy/health`);
    await cluster.call('GET', '/api/v1/namespaces/default/services/order-service:http/proxy/');
    expect(asked.map(({ url }) => url)).toEqual([`http://${POD}:8080/health`, `http://${POD}:8080/`]);
    expect((await cluster.call('GET', `${PODS}/${POD}:http/proxy/`)).status).toBe(500);
  });

  test('asks each method’s own right', async () => {
    cluster.kubernetes.forbid({ resource: 'pods', subresource: 'proxy', verb: 'create' });
    expect((await cluster.call('POST', `${PODS}/${POD}:8080/proxy/`)).status).toBe(403);
    expect((await cluster.call('GET', `${PODS}/${POD}:8080/proxy/`)).text).toBe('from the pod');
  });

  test('of a pod that is not ready, of none, and of a service without any', async () => {
    const services = '/api/v1/namespaces/default/services';
    expect((await cluster.call('GET', `${services}/order-service:8080/proxy/health`)).text).toBe(
      'from the pod',
    );
    await unready('order-service');
    expect(await cluster.call('GET', `${PODS}/${POD}:8080/proxy/`)).toMatchObject({
      status: 503,
      json: {
        reason: 'ServiceUnavailable',
        message: expect.stringContaining('error trying to reach service'),
      },
    });
    expect((await cluster.call('GET', `${PODS}/nobody:8080/proxy/`)).status).toBe(404);
    expect((await cluster.call('GET', `${services}/order-service:8080/proxy/`)).json.message).toBe(
      'no endpoints available for service "order-service"',
    );
  });
});

describe('a watch', () => {
  interface Event {
    readonly type: string;
    readonly object: { readonly metadata: { readonly name: string }; readonly code?: number };
  }

  async function follow(query: string, until: (events: readonly Event[]) => boolean) {
    const abort = new AbortController();
    const response = await fetch(`${cluster.kubernetes.url}${PODS}?watch=1&${query}`, {
      headers: { authorization: `Bearer ${cluster.kubernetes.token}` },
      signal: abort.signal,
    });
    const events: Event[] = [];
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      events.push(...lines.map((line) => JSON.parse(line)));
      if (until(events)) break;
    }
    abort.abort();
    return events;
  }

  test('tells a rollout from a version on: added, modified, deleted', async () => {
    const { resourceVersion } = (await cluster.call('GET', PODS)).json.metadata;
    await cluster.call('PATCH', DEPLOYMENT, {
      type: STRATEGIC,
      body: { spec: { template: { metadata: { annotations: { a: 'b' } } } } },
    });
    const timer = setInterval(() => cluster.skip(1_000), 20);
    const events = await follow(
      `resourceVersion=${resourceVersion}&labelSelector=app%3Dorder-service`,
      (all) => all.filter(({ type }) => type === 'DELETED').length === 3,
    );
    clearInterval(timer);
    const of = (type: string) => events.filter((event) => event.type === type);
    expect(of('ADDED')).toHaveLength(3);
    expect(of('DELETED').map(({ object }) => object.metadata.name)).toContain(POD);
    const added = new Set(of('ADDED').map(({ object }) => object.metadata.name));
    expect(of('MODIFIED').some(({ object }) => added.has(object.metadata.name))).toBe(true);
  });

  test('without a version begins with what is there, and ends when it is told to', async () => {
    const events = await follow('labelSelector=app%3Dworkflow-engine&timeoutSeconds=1', () => false);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED']);
  });

  test('from a forgotten version is told to begin anew', async () => {
    const events = await follow('resourceVersion=5', () => false);
    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
  });

  test('is a right of its own', async () => {
    cluster.kubernetes.forbid({ resource: 'pods', verb: 'watch' });
    expect((await cluster.call('GET', `${PODS}?watch=1`)).status).toBe(403);
    expect((await cluster.call('GET', PODS)).status).toBe(200);
  });
});
