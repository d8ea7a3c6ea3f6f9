import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Connected, connected, failure, QUESTION, SECRET, soon, WORKLOAD } from './support.ts';

const POD = 'order-service-7c9f6d5b8-4kx2p';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

describe('a right that is missing', () => {
  const connection = () => here.connection;
  test.each([
    ['list pods', { resource: 'pods', verb: 'list' }, () => connection().probe.pods(WORKLOAD, soon())],
    [
      'get pods/log',
      { resource: 'pods', subresource: 'log' },
      () => connection().probe.logs(QUESTION, soon()),
    ],
    [
      'get secrets',
      { resource: 'secrets' },
      () => connection().probe.secret('default', SECRET, null, soon()),
    ],
    [
      'get deployments.apps',
      { resource: 'deployments', verb: 'get' },
      () => connection().probe.deployment(WORKLOAD, soon()),
    ],
    ['list events', { resource: 'events' }, () => connection().probe.events(WORKLOAD, soon())],
    ['list replicasets.apps', { resource: 'replicasets' }, () => connection().probe.events(WORKLOAD, soon())],
    [
      'get statefulsets.apps',
      { resource: 'statefulsets' },
      () => connection().probe.changes({ ...WORKLOAD, kind: 'StatefulSet' }, 0, soon()),
    ],
    ['list pods', { resource: 'pods' }, () => connection().probe.containers(WORKLOAD, soon())],
    [
      'get deployments.apps',
      { resource: 'deployments' },
      () => connection().probe.settings(WORKLOAD, [], soon()),
    ],
    [
      'patch deployments.apps',
      { resource: 'deployments', verb: 'patch' },
      () => connection().lever.scale(WORKLOAD, 1, 6, soon()),
    ],
    [
      'patch deployments.apps',
      { resource: 'deployments', verb: 'patch' },
      () => connection().lever.restart(WORKLOAD, 1, 'x', soon()),
    ],
    [
      'get pods/proxy',
      { resource: 'pods', subresource: 'proxy' },
      () => connection().podHttp(WORKLOAD, 8080).get(POD, '/health', soon()),
    ],
  ])('is named: %s', async (right, rule, ask) => {
    here.kubernetes.forbid(rule);
    const error = await failure(ask());
    expect(error).toMatchObject({ fault: 'forbidden', sent: 'no', mayRetry: false });
    expect(error.message).toContain(`may not ${right}.`);
    expect(error.message).toContain('It says:');
  });

  test('is not taken for a token that is not known', async () => {
    here.kubernetes.faults.add({
      fault: { mode: 'status', status: 401, body: { kind: 'Status', message: 'Unauthorized' } },
    });
    const error = await failure(here.connection.probe.pods(WORKLOAD, soon()));
    expect(error).toMatchObject({ fault: 'forbidden' });
    expect(error.message).toBe('Kubernetes answered 401. It says: Unauthorized');
  });
});

test('a StatefulSet’s revisions that may not be listed are named, and the rest is told', async () => {
  here.kubernetes.forbid({ resource: 'controllerrevisions' });
  const kafka = { namespace: 'default', name: 'kafka', kind: 'StatefulSet', selector: 'app=kafka' } as const;
  const found = await here.connection.probe.changes(kafka, 0, soon());
  expect(found?.changes).toEqual([]);
  expect(found?.unread).toEqual([expect.stringContaining('may not list controllerrevisions.apps.')]);
});

describe('pods', () => {
  test('come of all pages', async () => {
    await here.world.change((state) => {
      const [first] = state.pods;
      if (first === undefined) throw new Error('no pod');
      for (let number = 0; number < 230; number += 1) {
        state.pods.push({ ...first, name: `order-service-more-${number}` });
      }
    });
    const pods = await here.connection.probe.pods(WORKLOAD, soon());
    expect(new Set(pods.map(({ name }) => name)).size).toBe(233);
    expect(here.kubernetes.count('GET', /pods$/)).toBe(3);
  });

  test('say why they wait and how they ended', async () => {
    const at = here.world.now() - 60_000;
    await here.world.change((state) => {
      const [crashed, leaving] = state.pods;
      if (crashed === undefined || leaving === undefined) throw new Error('no pods');
      crashed.ready = false;
      crashed.restarts = 4;
      crashed.waiting = { reason: 'CrashLoopBackOff', message: '' };
      crashed.lastTermination = { reason: 'OOMKilled', exitCode: 137, at };
      leaving.deletedAt = at;
    });
    const [crashed, leaving, well] = await here.connection.probe.pods(WORKLOAD, soon());
    expect(crashed).toMatchObject({
      ready: false,
      restarts: 4,
      waiting: 'CrashLoopBackOff',
      lastTermination: { reason: 'OOMKilled', exitCode: 137, at },
    });
    expect(leaving).toMatchObject({ ready: false, waiting: 'Terminating' });
    expect(well).toMatchObject({ ready: true, restarts: 0, waiting: null, lastTermination: null });
  });

  test('share connections', async () => {
    let opened = 0;
    here.kubernetes.server.on('connection', () => {
      opened += 1;
    });
    for (let call = 0; call < 10; call += 1) await here.connection.probe.pods(WORKLOAD, soon());
    expect(opened).toBeLessThanOrEqual(2);
  });
});

describe('a rollout', () => {
  test('that is stuck says so', async () => {
    await here.world.change((state) => {
      state.cluster.pullsFail = true;
    });
    await here.connection.lever.restart(WORKLOAD, 1, 'x', soon());
    here.skip(620_000);
    const state = await here.connection.probe.deployment(WORKLOAD, soon());
    expect(state).toMatchObject({ rollout: 'stuck', ready: 3, updated: 1 });
    expect(state?.line).toContain('has timed out progressing');
  });

  test('tells its line at each step', async () => {
    await here.connection.lever.restart(WORKLOAD, 1, 'x', soon());
    const lines = new Set<string>();
    await here.pass(90, async () => {
      const state = await here.connection.probe.deployment(WORKLOAD, soon());
      lines.add(state?.line ?? '');
    });
    expect([...lines]).toEqual([
      '1 of 3 pods are new, 3 pods ready in all.',
      '2 of 3 pods are new, 3 pods ready in all.',
      'All 3 new pods exist, 1 old still to end.',
      'All 3 pods are new and available.',
    ]);
  });

  test('is not what a pod that is killed begins', async () => {
    await here.world.change((state) => {
      for (const pod of state.pods.filter(({ app }) => app === WORKLOAD.name).slice(0, 1)) pod.ready = false;
    });
    expect(await here.connection.probe.deployment(WORKLOAD, soon())).toMatchObject({ ready: 2, ended: true });
    await here.connection.lever.restart(WORKLOAD, 1, 'x', soon());
    expect((await here.connection.probe.deployment(WORKLOAD, soon()))?.ended).toBeUndefined();
  });

  test('does not begin on a paused Deployment, which stays as it is', async () => {
    await here.deployment((deployment) => {
      deployment.spec = { ...deployment.spec, paused: true };
    });
    const error = await failure(here.connection.lever.restart(WORKLOAD, 1, 'x', soon()));
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(here.kubernetes.count('PATCH', /./)).toBe(0);
  });

  test('is refused where the generation moves between the look and the patch', async () => {
    here.kubernetes.faults.add({ match: { method: 'PATCH' }, fault: { mode: 'late', ms: 400 }, times: 1 });
    const restart = failure(here.connection.lever.restart(WORKLOAD, 1, 'x', soon()));
    while (here.kubernetes.count('PATCH', /./) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await here.deployment((deployment) => {
      deployment.generation = 2;
    });
    expect(await restart).toMatchObject({ fault: 'refused', sent: 'no' });
    expect((await here.connection.probe.deployment(WORKLOAD, soon()))?.restartedAt).toBeNull();
  });
});

describe('a secret', () => {
  test('shows no value in any result or error, whole or broken', async () => {
    const values = await here.world.read((state) =>
      Object.values(state.cluster.secrets.get(SECRET)?.data ?? {}),
    );
    expect(values).toHaveLength(3);
    const ask = async (): Promise<unknown> =>
      await here.connection.probe
        .secret('default', SECRET, 'oms.example.com/expires-at', soon())
        .catch((err: unknown) => err);
    const seen = [await ask()];
    const whole = { kind: 'Secret', metadata: {}, data: Object.fromEntries(values.map((v) => ['k', v])) };
    for (const body of [whole, { ...whole, data: values }, { ...whole, kind: values[0] }, values]) {
      const undo = here.kubernetes.faults.add({ fault: { mode: 'status', status: 200, body } });
      seen.push(await ask());
      undo();
    }
    const text = inspect(seen, { depth: 20 });
    for (const value of values) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });

  test('has only the configured annotation read, and none that is no date', async () => {
    await here.world.change((state) => {
      const secret = state.cluster.secrets.get(SECRET);
      if (secret !== undefined) secret.annotations = { good: '2026-06-01T00:00:00Z', bad: 'soon' };
    });
    const ask = async (annotation: string) =>
      (await here.connection.probe.secret('default', SECRET, annotation, soon()))?.expiresAt;
    expect(await ask('good')).toBe(Date.parse('2026-06-01T00:00:00Z'));
    expect(await ask('bad')).toBeNull();
    expect(await ask('other')).toBeNull();
  });

  test('changed last when its data did, not when its annotations did', async () => {
    const writes = await here.world.read((state) => state.cluster.secrets.get(SECRET)?.writes ?? []);
    const facts = await here.connection.probe.secret('default', SECRET, null, soon());
    expect(facts?.changedAt).toBe(writes[1]?.at);
    const later = (writes[1]?.at ?? 0) + 60_000;
    await here.world.change((state) => {
      state.cluster.secrets.get(SECRET)?.writes.push({ manager: 'secret-rotation', at: later, data: false });
    });
    const annotated = await here.connection.probe.secret('default', SECRET, null, soon());
    expect(annotated?.changedAt).toBe(later);
    await here.world.change((state) => {
      const secret = state.cluster.secrets.get(SECRET);
      if (secret !== undefined)
        secret.writes = secret.writes.filter(({ manager }) => !/create|rotation/.test(manager));
    });
    const silent = await here.connection.probe.secret('default', SECRET, null, soon());
    expect(silent?.changedAt).toBeNull();
  });
});

describe('HTTP to a pod', () => {
  const http = () => here.connection.podHttp(WORKLOAD, 8080);

  test('goes to that pod, also with a query', async () => {
    expect(await http().get(POD, '/health', soon())).toEqual({ status: 200, body: `${POD} /health` });
    const before = here.kubernetes.requests.length;
    await http().get(POD, '/metrics?name=a%20b', soon());
    expect(here.kubernetes.requests[before]).toMatchObject({
      path: expect.stringMatching(/:8080\/proxy\/metrics$/),
      query: { name: 'a b' },
    });
  });

  test.each(['/../../../secrets/x', '..%2f', '/a/../../..', '/%2e%2e/%2e%2e/x'])(
    'never leaves it by %s',
    async (path) => {
      await http()
        .get(POD, path, soon())
        .catch(() => null);
      for (const request of here.kubernetes.requests) expect(request.path).toContain(`${POD}:8080/proxy/`);
    },
  );

  test('that is not ready throws; a bad answer of its own resolves', async () => {
    here.kubernetes.faults.add({
      match: { path: /proxy/ },
      fault: { mode: 'status', status: 503, body: { status: 'DOWN' } },
      times: 1,
    });
    expect(await http().get(POD, '/health', soon())).toEqual({ status: 503, body: '{"status":"DOWN"}' });
    await here.world.change((state) => {
      for (const pod of state.pods) pod.ready = false;
    });
    expect(await http().readyPods(soon())).toEqual([]);
    const error = await failure(http().get(POD, '/health', soon()));
    expect(error).toMatchObject({ fault: 'failed', mayRetry: true });
    expect(error.message).toContain('error trying to reach service');
  });

  test('reads at most 2 MB', async () => {
    here.kubernetes.faults.add({
      match: { path: /proxy/ },
      fault: { mode: 'status', status: 200, body: 'x'.repeat(3_000_000) },
    });
    expect((await http().get(POD, '/big', soon())).body).toHaveLength(2_000_000);
  });
});
