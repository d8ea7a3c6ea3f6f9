import { createHash } from 'node:crypto';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';

/** Sends a scenario's alert to the bot as Alertmanager would: firing when it begins, resolved when it ends. */
export interface Alertmanager {
  fire(scenario: Scenario): Promise<void>;
  resolve(scenario: Scenario): Promise<void>;
}

/**
 * @param options.url of the bot's webhook
 * @param options.now story time, epoch ms
 */
export function createAlertmanager(options: {
  readonly url: () => string;
  readonly token: string;
  readonly environment: string;
  readonly now: () => number;
}): Alertmanager {
  const began = new Map<string, number>();
  // What has resolved fires anew from now on: an alert that began before its own end is a repetition to the bot.
  const resolved = new Set<string>();

  async function send(scenario: Scenario, status: 'firing' | 'resolved'): Promise<void> {
    const { alertname, code, severity, summary, startsAgoMs } = scenario.alert;
    const labels = {
      alertname,
      code,
      severity,
      environment: options.environment,
      service: 'order-management-service',
    };
    // Alertmanager's own is a hash of the labels: one alert of one kind, however often it begins.
    const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
    if (status === 'firing')
      began.set(scenario.id, options.now() - (resolved.has(fingerprint) ? 0 : startsAgoMs));
    else resolved.add(fingerprint);
    const startsAt = began.get(scenario.id) ?? options.now();
    const alert = {
      status,
      labels,
      annotations: { summary },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(options.now()).toISOString(),
      generatorURL: `https://prometheus.example.com/graph?g0.expr=${alertname}`,
      fingerprint,
    };
    const response = await fetch(options.url(), {
      method: 'POST',
      headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        groupKey: `{}:{alertname="${labels.alertname}"}`,
        truncatedAlerts: 0,
        status,
        receiver: 'oms-bot',
        groupLabels: { alertname: labels.alertname },
        commonLabels: labels,
        commonAnnotations: alert.annotations,
        externalURL: 'https://alertmanager.example.com',
        alerts: [alert],
      }),
    });
    if (!response.ok) throw new Error(`The bot did not take the alert: ${await response.text()}`);
  }

  return {
    fire: async (scenario) => await send(scenario, 'firing'),
    resolve: async (scenario) => await send(scenario, 'resolved'),
  };
}
