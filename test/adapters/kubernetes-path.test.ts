import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Connected, connected, failure, soon, WORKLOAD } from './support.ts';

const HTTP = { kind: 'http', url: 'https://api.stripe.com/v1/charges' } as const;
const TCP = { kind: 'tcp', host: 'kafka-0.kafka-headless', port: 9092 } as const;

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});
const path = async (target: Parameters<typeof here.connection.probe.path>[1] = HTTP) =>
  await here.connection.probe.path(WORKLOAD, target, soon());
const first = async () => await here.world.read(({ pods }) => pods[0]?.name ?? '');

describe('a provider over HTTP', () => {
  test('is open from every ready pod, whatever it answers', async () => {
    for (const gateway of ['up', 'down'] as const) {
      await here.world.change((state) => {
        state.conditions.gateway = gateway;
      });
      const found = await path();
      expect(found).toHaveLength(3);
      for (const each of found)
        expect(each).toEqual({ pod: each.pod, value: { result: 'open', words: null }, problem: null });
    }
  });

  test.each([
    ['dns', 'dns failure', 'curl: (6) Could not resolve host: api.stripe.com'],
    [
      'refused',
      'refused',
      'curl: (7) Failed to connect to api.stripe.com port 443 after 3 ms: Connection refused',
    ],
    ['timeout', 'timed out', 'curl: (28) Connection timed out after 3001 milliseconds'],
    ['tls', 'tls failure', 'curl: (60) SSL certificate problem: unable to get local issuer certificate'],
  ] as const)('that one pod does not reach: %s', async (pathTrouble, result, words) => {
    const pod = await first();
    await here.world.change(({ conditions }) => {
      Object.assign(conditions, { pathTrouble, gatewayCutOffFrom: [pod] });
    });
    const found = await path();
    expect(found.find((each) => each.pod === pod)).toEqual({ pod, value: { result, words }, problem: null });
    expect(found.filter(({ value }) => value?.result === 'open')).toHaveLength(2);
  });

  test('is asked by one fixed argument list, in the container of the service', async () => {
    await path();
    const asked = here.kubernetes.requests.filter(({ path: each }) => each.endsWith('/exec'));
    expect(asked).toHaveLength(3);
    for (const { method, query, status, headers } of asked) {
      expect([method, status, query['container'], query['stdin'], query['tty']]).toEqual([
        'GET',
        101,
        'order-service',
        undefined,
        undefined,
      ]);
      expect(headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
    }
  });

  test('cannot be tried without a tool', async () => {
    await here.world.change(({ cluster }) => void cluster.tools.delete('curl'));
    for (const { value } of await path()) {
      expect(value).toMatchObject({ result: 'no tool', words: expect.stringContaining('not found') });
    }
  });

  test('is not asked from pods that are not ready', async () => {
    await here.world.change((state) => {
      const pod = state.pods.find(({ app }) => app === 'order-service');
      if (pod !== undefined) pod.ready = false;
    });
    expect(await path()).toHaveLength(2);
  });

  test('where the role may not run anything, names what it lacks', async () => {
    for (const verb of ['get', 'create']) {
      const give = here.kubernetes.forbid({ resource: 'pods', subresource: 'exec', verb });
      const error = await failure(path());
      expect(error).toMatchObject({ fault: 'forbidden', sent: 'no', mayRetry: false });
      expect(error.message).toContain(`may not ${verb} pods/exec.`);
      give();
    }
  });

  test('a node that is lost is a problem of its pod only', async () => {
    const pod = await first();
    here.kubernetes.faults.add({ match: { path: new RegExp(`${pod}/exec$`) }, fault: { mode: 'down' } });
    const found = await path();
    expect(found.find((each) => each.pod === pod)).toMatchObject({
      value: null,
      problem: 'Kubernetes ended the connection without an answer.',
    });
    expect(found.filter(({ value }) => value?.result === 'open')).toHaveLength(2);
  });
});

describe('a broker over TCP', () => {
  test('is open, cut off, closed or unknown', async () => {
    expect((await path(TCP)).map(({ value }) => value?.result)).toEqual(['open', 'open', 'open']);
    const pod = await first();
    await here.world.change(({ kafka }) => {
      kafka.cutOffFrom = [pod];
    });
    expect((await path(TCP)).find((each) => each.pod === pod)?.value).toMatchObject({ result: 'timed out' });
    await here.world.change((state) => {
      state.kafka.cutOffFrom = [];
      const broker = state.pods.find(({ name }) => name === 'kafka-0');
      if (broker !== undefined) broker.ready = false;
    });
    expect((await path(TCP)).map(({ value }) => value?.result)).toEqual(Array(3).fill('refused'));
    const nobody = await path({ ...TCP, host: 'nobody.kafka-headless' });
    expect(nobody.map(({ value }) => value?.result)).toEqual(Array(3).fill('dns failure'));
  });
});

describe('an address that a program could take for an option', () => {
  test.each([
    { kind: 'http', url: '-o/etc/passwd' },
    { kind: 'http', url: 'file:///etc/passwd' },
    { kind: 'http', url: 'https://a b' },
    { kind: 'tcp', host: '-e/bin/sh', port: 9092 },
    { kind: 'tcp', host: '--exec', port: 9092 },
    { kind: 'tcp', host: 'a b', port: 9092 },
    { kind: 'tcp', host: '', port: 9092 },
    { kind: 'tcp', host: 'kafka', port: 0 },
    { kind: 'tcp', host: 'kafka', port: 1.5 },
    { kind: 'tcp', host: 'kafka', port: 65_536 },
  ] as const)('is not tried: %o', async (target) => {
    const error = await failure(path(target));
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(here.kubernetes.requests).toHaveLength(0);
  });
});
