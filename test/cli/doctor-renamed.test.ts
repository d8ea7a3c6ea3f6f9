import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACME, ACME_YAML } from '../support/acme.ts';
import { namesIn } from '../support/default-names.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oms } from '../support/oms.ts';
import { startPretendWorld } from '../support/rig.ts';

test('oms doctor finds everything of a company with names of its own', async () => {
  const world = await startPretendWorld({ yaml: ACME_YAML, names: ACME });
  const folder = temporaryFolder();
  try {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    // The admin pages are asked through the API server (`workloads.orderService.service`).
    const { said } = await oms(['doctor'], world.address.yaml, {
      ORDER_SERVICE_TOKEN_FILE: file('token', 'admin-token'),
      ORDERS_DATABASE_URL: world.address.orders,
      KUBECONFIG: file('kubeconfig', world.address.kubeconfig),
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_S3: world.address.s3,
      AWS_ACCESS_KEY_ID: 'AKIAPRETEND',
      AWS_SECRET_ACCESS_KEY: 'a-secret',
    });
    expect(said).toContain('It lists orders (/intern/stuck-orders-seite).');
    expect(said).toContain(`The bucket ${ACME.bucket} can be reached.`);
    expect(said).toMatch(/(\d+) of \1 rights are granted\./);
    expect(said).toMatch(/pods’ pages have all \d+ metrics\./);
    const wrong = said.split('\n').filter((line) => line.startsWith('  wrong'));
    // In a quiet shop no order waits for money or a label.
    const quiet = /Only one carrier is configured|No order of 7 days has the status awaiting_money, /;
    expect(wrong.filter((line) => !quiet.test(line))).toEqual([]);
    // The page of what is not configured tells of the runbook's own words.
    expect(namesIn(said.split('Not configured: skipped')[0] ?? '')).toEqual([]);
  } finally {
    folder.remove();
    await world.stop();
  }
});
