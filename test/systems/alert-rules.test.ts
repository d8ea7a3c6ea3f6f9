import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROMETHEUS } from './catalogue.ts';
import { describeOn } from './describe-on.ts';
import { startPrometheus } from './prometheus.ts';

(await describeOn(PROMETHEUS))('the alert rules of deploy/', () => {
  test('are taken by Prometheus, each of them', async () => {
    const rules = readFileSync('deploy/alerts.yaml', 'utf8');
    const prometheus = await startPrometheus('rule_files: [rules.yml]\n', rules);
    try {
      const answer = await fetch(`${prometheus.url}/api/v1/rules`);
      const { data } = (await answer.json()) as { data: { groups: { rules: { name: string }[] }[] } };
      const taken = data.groups.flatMap((group) => group.rules.map(({ name }) => name));
      const written = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
      // It sorts groups by name.
      expect(taken.sort()).toEqual(written.sort());
      expect(taken.length).toBeGreaterThan(5);
    } finally {
      await prometheus.stop();
    }
  });
});
