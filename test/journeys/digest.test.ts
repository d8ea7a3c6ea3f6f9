import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBot } from '../support/bot.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
let second: Awaited<ReturnType<typeof startBot>>;
beforeAll(async () => {
  rig = await startRig();
  second = await startBot(rig.address);
  await rig.alert({}, { region: 'eu' });
  await rig.alert({ fingerprint: 'f2' }, { region: 'us' });
  await rig.alert({ fingerprint: 'f3' }, { alertname: 'DiskFull', code: 'DISK_FULL' });
  await rig.alert({ fingerprint: 'f4' }, { environment: 'stage' });
  await rig.app.idle();
  await rig.slack.as('URESPONDER').command(ALERTS, '/oms resolve OMS-1 the parcel was found');
  await rig.app.idle();
});
afterAll(async () => {
  await second.stop();
  await rig.stop();
});

const digests = () => rig.slack.messages(ALERTS).filter(({ text }) => text.startsWith('Good morning.'));

/** A slot of the schedule as every replica sees it. */
async function slot(name: string, at: string): Promise<void> {
  const both = [rig.app, second.app].flatMap(({ jobs }) => jobs.filter((job) => job.name === name));
  expect(both).toHaveLength(2);
  await Promise.all(both.map((job) => job.run(at)));
  await rig.app.idle();
}

describe('what the clock on the wall asks for', () => {
  test('the digest comes once, whoever does it', async () => {
    await slot('digest', '2026-01-02T09:00');
    expect(digests()).toHaveLength(1);
    expect(digests()[0]?.text).toContain('1 open, 1 resolved since yesterday, 0 owed.');
    const blocks = JSON.stringify(digests()[0]?.blocks);
    expect(blocks).toContain('*OMS-2* Orders stuck in processing');
    expect(blocks).toContain('*OMS-1* Orders stuck in processing: the parcel was found');
    expect(blocks).toContain('2 alerts were not taken since yesterday: other environment 1, unknown code 1.');
    expect(blocks).toContain('No second payment processor is configured (payments.backup)');
  });

  test('it names a row of the chain and its hash', async () => {
    const found = /row (\d+), hash `([0-9a-f]{64})`/.exec(JSON.stringify(digests()[0]?.blocks));
    const row = await rig.store.owner.query<{ hash: string }>(
      `select encode(hash, 'hex') as hash from journal where seq = $1`,
      [found?.[1]],
    );
    expect(row.rows[0]?.hash).toBe(found?.[2]);
  });

  test('the next day has its own, without what ended before yesterday', async () => {
    await rig.skip(25 * 60);
    await slot('digest', '2026-01-03T09:00');
    expect(digests()).toHaveLength(2);
    expect(digests()[1]?.text).toContain('0 resolved since yesterday');
  });

  test('old deliveries and messages are swept, newer and unsent ones stay', async () => {
    const { owner } = rig.store;
    const count = async (table: string) =>
      (await owner.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? 0;
    const [inbox, outbox] = [await count('inbox'), await count('outbox')];
    await owner.query(
      `insert into inbox (source, delivery_id, payload, done_at) values
         ('slack', 'old', '{}', clock_timestamp() - interval '9 days'), ('slack', 'new', '{}', clock_timestamp() - interval '7 days')`,
    );
    await owner.query(
      `insert into outbox (stream, seq, key, kind, payload, state, sent_at) values
         ('old', 1, 'old', 'slack post', '{}', 'sent', clock_timestamp() - interval '31 days'),
         ('new', 1, 'new', 'slack post', '{}', 'sent', clock_timestamp() - interval '29 days')`,
    );
    await slot('sweep', '2026-01-03T04:30');
    expect(await count('inbox')).toBe(inbox + 1);
    expect(await count('outbox')).toBe(outbox + 1);
    expect(rig.slack.problems).toEqual([]);
  });
});
