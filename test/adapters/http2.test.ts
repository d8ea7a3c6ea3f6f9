import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { askJson } from '../../src/adapters/http.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const PEM = readFileSync(new URL('../support/localhost.pem', import.meta.url), 'utf8');
const trusted = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...trusted, PEM]));
afterAll(() => setDefaultCACertificates(trusted));

let server: Http2SecureServer;
let versions: string[];
let wire: TcpProxy;
beforeEach(async () => {
  versions = [];
  server = createSecureServer({ key: PEM, cert: PEM, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire = await startTcpProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  await wire.stop();
  await new Promise((resolve) => server.close(resolve));
});

const ask = async (ms: number) =>
  await askJson('The thing', {
    method: 'GET',
    url: `https://127.0.0.1:${wire.port}/`,
    signal: AbortSignal.timeout(ms),
  }).then(
    () => 'seen',
    (err) => err.fault,
  );

test('a server that offers HTTP/2 is spoken to in HTTP/1.1', async () => {
  expect(await Promise.all([ask(20_000), ask(20_000)])).toEqual(['seen', 'seen']);
  expect(versions).toEqual(['1.1', '1.1']);
});

test('a path that goes silent costs the calls that are on it, and later ones take another', async () => {
  expect(await Promise.all([ask(20_000), ask(20_000)])).toEqual(['seen', 'seen']);
  const before = wire.connections;
  wire.stall();
  // The connections that were there fail one by one at the worst; then none is left that could be tried.
  const outcomes = [await ask(2_000)];
  while (outcomes.at(-1) !== 'seen' && outcomes.length < 8) outcomes.push(await ask(2_000));
  expect(outcomes.at(-1)).toBe('seen');
  expect(wire.connections).toBeGreaterThan(before);
});
