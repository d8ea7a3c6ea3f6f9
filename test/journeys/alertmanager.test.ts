import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { ALERTMANAGER, PROMETHEUS } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { type RealMonitor, startAlertmanager, startPrometheus } from '../systems/prometheus.ts';

/** Prometheus looks for its Alertmanagers every five seconds. */
const SLOWEST = { timeout: 25_000, interval: 100 };

let rig: Rig;
let alertmanager: RealMonitor;
const open = async () => (await rig.app.parts.journal.openIncidents())[0];

function start(): void {
  beforeAll(async () => {
    rig = await startRig();
    await rig.world.start(workflowEngineCrash);
    alertmanager = await startAlertmanager(`
route: { receiver: oms-bot, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: oms-bot
    webhook_configs:
      - url: http://127.0.0.1:${rig.app.port()}/alerts/alertmanager
        send_resolved: true
        http_config: { authorization: { credentials: alert-token } }
`);
  });
  afterAll(async () => {
    await alertmanager?.stop();
    await rig?.stop();
  });
}

/** After the alert's own source said that it is over. */
async function ended(): Promise<void> {
  await expect
    .poll(async () => (await open())?.sources.map(({ state }) => state), SLOWEST)
    .toEqual(['resolved']);
  for (let minute = 0; minute < 3; minute += 1) await rig.skip(1);
  expect(rig.card().text).toContain('resolved');
}

(await describeOn(ALERTMANAGER))('a real Alertmanager', () => {
  start();
  const labels = {
    alertname: 'OrdersStuck',
    code: 'WORKFLOW_STUCK',
    environment: 'prod',
    severity: 'medium',
  };
  const startsAt = new Date().toISOString();

  async function says(alert: object): Promise<void> {
    const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels, startsAt, ...alert }]),
    });
    expect(answer.status).toBe(200);
  }

  test('brings a card', async () => {
    await says({ annotations: { summary: '37 orders never left processing' } });
    await expect.poll(open, SLOWEST).toBeDefined();
    await rig.app.idle();
    expect(rig.card().text).toContain('OMS-1 · Orders stuck in processing: broken');
  });

  test('says that it is over, and the incident ends', async () => {
    await rig.world.end(workflowEngineCrash);
    await says({ endsAt: new Date().toISOString() });
    await ended();
  });
});

(await describeOn(ALERTMANAGER, PROMETHEUS))('a rule of a real Prometheus', () => {
  start();
  let prometheus: RealMonitor;
  beforeAll(async () => {
    prometheus = await startPrometheus(
      `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs: [{ job_name: order-service, static_configs: [{ targets: ['${new URL(rig.service.url).host}'] }] }]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager.url).host}'] }] }] }
`,
      `
groups:
  - name: orders
    rules:
      - alert: OrdersStuck
        expr: orders_stuck > 5
        labels: { code: WORKFLOW_STUCK, environment: prod }
        annotations: { summary: '{{ $value }} orders never left processing' }
`,
    );
  });
  afterAll(async () => await prometheus?.stop());

  test('about the service’s own metric brings a card', async () => {
    await expect.poll(open, SLOWEST).toBeDefined();
    await rig.app.idle();
    expect(rig.card().text).toContain('OMS-1 · Orders stuck in processing: broken');
  });

  test('no longer holds once the orders move, and the incident ends', async () => {
    await rig.world.end(workflowEngineCrash);
    await ended();
  });
});
