import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricsText } from '../../sim/order-service/metrics.ts';
import { trafficOf } from '../../src/adapters/order-service/traffic.ts';
import { histogramQuantile } from '../../src/runbooks/shared/quantile.ts';
import { testWorld } from '../sim/world/support.ts';
import { PROMETHEUS } from './catalogue.ts';
import { describeOn } from './describe-on.ts';
import { type RealMonitor, startPrometheus } from './prometheus.ts';

const QUESTION = {
  requests: 'http_requests_total',
  routeLabel: 'route',
  statusLabel: 'status',
  duration: { name: 'http_request_duration_seconds', unit: 'seconds' },
} as const;

(await describeOn(PROMETHEUS))('the page of the order service, as a real Prometheus reads it', () => {
  let page = '';
  let prometheus: RealMonitor;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page);
  });
  beforeAll(async () => {
    const here = await testWorld();
    const { pods } = await here.world.snapshot();
    page = metricsText(await here.world.snapshot(), pods[0]?.name ?? '', here.world.names);
    await here.stop();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    prometheus = await startPrometheus(
      `
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: order-service, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`,
      '',
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    server.close();
  });

  async function asked(query: string): Promise<number | null> {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: readonly { value: [number, string] }[] } };
    const [found] = data.result;
    return found === undefined ? null : Number(found.value[1]);
  }

  test('its quantiles are ours', async () => {
    const { within, routes } = trafficOf({ status: 200, body: page }, QUESTION);
    await expect.poll(async () => await asked('sum(http_requests_total)')).not.toBeNull();
    expect(await asked('sum(http_requests_total)')).toBe(
      routes.reduce((sum, { requests }) => sum + requests, 0),
    );
    for (const share of [0.05, 0.5, 0.9, 0.95, 0.99, 0.999]) {
      const theirs = await asked(
        `histogram_quantile(${share}, sum by (le) (http_request_duration_seconds_bucket))`,
      );
      expect(histogramQuantile(share, within)).toBeCloseTo((theirs ?? Number.NaN) * 1_000, 6);
    }
  });
});
