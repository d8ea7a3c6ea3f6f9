import { isIP } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';

let here: TestNamespace;
beforeAll(async () => {
  here = await testNamespace();
});
afterAll(async () => {
  await here.stop();
});

let wire: TcpProxy;
let connection: KubernetesConnection;
beforeEach(async () => {
  const server = new URL(here.config.getCurrentCluster()?.server ?? '');
  wire = await startTcpProxy({ host: server.hostname, port: Number(server.port || 443) });
  const config = JSON.parse(here.kubeconfig());
  const [{ cluster }] = config.clusters;
  // It still is who it was.
  if (isIP(server.hostname) === 0) cluster['tls-server-name'] = server.hostname;
  cluster.server = `https://127.0.0.1:${wire.port}`;
  connection = await connectKubernetes({
    kubeconfig: { text: JSON.stringify(config) },
    policy: plainPolicy,
  });
});
afterEach(async () => {
  await connection.close();
  await wire.stop();
});

const look = async (ms: number) =>
  await connection.probe
    .pods({ namespace: here.name, name: 'x', selector: 'app=x' }, AbortSignal.timeout(ms))
    .then(
      () => 'seen',
      (err) => err.fault,
    );

test('a path that goes silent costs the calls that are on it, and later ones take another', async () => {
  expect(await Promise.all([look(20_000), look(20_000)])).toEqual(['seen', 'seen']);
  const before = wire.connections;
  wire.stall();
  // The connections that were there fail one by one at the worst; then none is left that could be tried.
  const outcomes = [await look(2_000)];
  while (outcomes.at(-1) !== 'seen' && outcomes.length < 8) outcomes.push(await look(2_000));
  expect(outcomes.at(-1)).toBe('seen');
  expect(wire.connections).toBeGreaterThan(before);
});

test('connections that the other side ends are made anew', async () => {
  expect(await look(20_000)).toBe('seen');
  wire.drop();
  await expect.poll(async () => await look(20_000)).toBe('seen');
});
