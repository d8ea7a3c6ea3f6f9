import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containersOf, type JsonObject } from '../../sim/world/cluster.ts';
import { type Connected, connected, failure, soon, WORKLOAD } from './support.ts';

const POD = 'order-service-7c9f6d5b8-4kx2p';
const FILE = '/tmp/heap-1767225600000.hprof';
const GIB = 1024 ** 3;

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});
const heap = async () => await here.connection.probe.heap(WORKLOAD, POD, soon());
const size = async (file = FILE) => await here.connection.probe.fileSize(WORKLOAD, POD, file, soon());
const dump = async (file = FILE, pod = POD) =>
  await here.connection.lever.dumpHeap(WORKLOAD, pod, file, soon());

describe('before a dump', () => {
  test('a JVM tells its heap, and its disk what is free', async () => {
    const { jvm, heap: bytes, freeDisk } = await heap();
    expect(jvm).toBe(true);
    expect(bytes).toBeGreaterThan(200 * 1024 ** 2);
    expect(bytes).toBeLessThan(GIB);
    expect(freeDisk).toBe(8 * GIB);
  });

  test('nothing attaches to a process that is no JVM', async () => {
    await here.world.change(({ cluster }) => void cluster.jvms.clear());
    expect(await heap()).toEqual({ jvm: false, heap: null, freeDisk: 8 * GIB, livenessMs: null });
    const commands = here.kubernetes.requests.flatMap(({ path, query }) =>
      path.endsWith('/exec') ? [query['command']] : [],
    );
    expect(commands).toHaveLength(2);
  });

  test('a JVM without its tools cannot be told to dump', async () => {
    await here.world.change(({ cluster }) => void cluster.tools.delete('jcmd'));
    expect(await heap()).toMatchObject({ jvm: false, heap: null });
  });

  test('a container without the small tools says what it can', async () => {
    await here.world.change(({ cluster }) => {
      cluster.tools.delete('cat');
      cluster.tools.delete('df');
    });
    expect(await heap()).toMatchObject({ jvm: true, freeDisk: null });
  });

  test.each<[string, JsonObject | null, number | null]>([
    ['no probe', null, null],
    ['a probe with the defaults of Kubernetes', { httpGet: { path: '/live', port: 8080 } }, 21_000],
    [
      'a strict one',
      { httpGet: { path: '/live', port: 8080 }, periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 3 },
      8_000,
    ],
    ['one that only opens a port', { tcpSocket: { port: 8080 } }, null],
  ])('%s: the pod may stand still for so long', async (_what, livenessProbe, livenessMs) => {
    await here.world.change(({ cluster }) => {
      const templates = [...cluster.deployments.values()].flatMap(({ sets }) =>
        sets.map(({ template }) => template),
      );
      for (const container of templates.flatMap(containersOf))
        if (livenessProbe !== null) container['livenessProbe'] = livenessProbe;
    });
    expect(await heap()).toMatchObject({ livenessMs });
  });

  test('a pod that is gone is not found', async () => {
    const error = await failure(here.connection.probe.heap(WORKLOAD, 'nobody', soon()));
    expect(error).toMatchObject({ fault: 'not found' });
  });
});

describe('a dump', () => {
  test('lies where it was told, the pod stands still for a while, and its size is read back', async () => {
    expect(await size()).toBeNull();
    expect(await dump()).toBe(FILE);
    const bytes = await size();
    expect(bytes).toBeGreaterThan(100 * 1024 ** 2);
    expect((await heap()).freeDisk).toBe(8 * GIB - (bytes ?? 0));
    const ready = async () =>
      (await here.connection.probe.pods(WORKLOAD, soon())).filter((pod) => pod.ready).length;
    expect(await ready()).toBe(2);
    await here.pass(30);
    expect(await ready()).toBe(3);
  });

  test('is never written over', async () => {
    await dump();
    const error = await failure(dump());
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(error.message).toBe(`${FILE} is in ${POD} already.`);
  });

  test('onto a full disk fails, and what is there of it is known', async () => {
    await here.world.change(({ cluster }) => {
      cluster.diskBytes = 4_096;
    });
    const error = await failure(dump());
    expect(error).toMatchObject({ fault: 'failed', sent: 'maybe' });
    expect(error.message).toContain('No space left on device');
    expect(await size()).toBe(4_096);
  });

  test('without jmap is surely not begun', async () => {
    await here.world.change(({ cluster }) => void cluster.tools.delete('jmap'));
    expect(await failure(dump())).toMatchObject({ fault: 'refused', sent: 'no' });
  });

  test('in a pod that is gone is surely not begun', async () => {
    expect(await failure(dump(FILE, 'nobody'))).toMatchObject({ fault: 'not found', sent: 'no' });
  });

  test.each([
    '/tmp/heap.hprof',
    '/etc/heap-1.hprof',
    '/tmp/heap-1.hprof,gz=9',
    '/tmp/heap-../../etc/x.hprof',
    '/tmp/heap-1.hprof /etc/passwd',
    '-F',
    '',
  ])('to “%s” is refused: the place is ours', async (file) => {
    expect(await failure(dump(file))).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(await failure(size(file))).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(here.kubernetes.requests).toHaveLength(0);
  });

  test('needs the right, which is named', async () => {
    here.kubernetes.forbid({ resource: 'pods', subresource: 'exec' });
    const error = await failure(dump());
    expect(error).toMatchObject({ fault: 'forbidden', sent: 'no' });
    expect(error.message).toContain('may not get pods/exec.');
  });
});
