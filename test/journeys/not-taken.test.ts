import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await rig.stop();
});

const texts = () => rig.slack.messages(ALERTS).map(({ text }) => text);

describe('what the bot cannot get on with', () => {
  test('is said after the last try, with where to look meanwhile', async () => {
    const { owner } = rig.store;
    await owner.query(`
      create function refuse() returns trigger language plpgsql as
        $$ begin if new.scope = 'boom' then raise exception 'no room left'; end if; return new; end $$;
      create trigger refuse before insert on incidents for each row execute function refuse()`);
    const { status } = await rig.alert({}, { region: 'boom' });
    expect(status).toBe(202);
    const tries = async () =>
      Number((await owner.query('select max(attempts) as tries from inbox')).rows[0].tries);
    await expect.poll(tries).toBeGreaterThan(0);
    // Eight minutes of waiting.
    await owner.query(`update inbox set attempts = 9, not_before = now() where done_at is null`);
    await expect
      .poll(texts)
      .toContain(
        'An alert from Alertmanager was not taken: it failed 10 times, the last time with “no room left”. Look in Alertmanager: no card may stand for what fires there.',
      );
  });

  test('as Slack finds the layout wrong stands as its text alone, and is shown whole with the next change', async () => {
    rig.slack.faults.add({
      match: { path: /chat\.postMessage$/ },
      fault: { mode: 'status', status: 200, body: { ok: false, error: 'invalid_blocks' } },
      times: 1,
    });
    await rig.alert();
    // What it said, not what stands: the next change may have come already.
    await expect
      .poll(() => rig.slack.requests.map(({ ok, args }) => ok && args['text']))
      .toContainEqual(
        expect.stringMatching(
          /^.*OMS-1[\s\S]*\nThe rest is not shown: Slack refused its layout \(invalid_blocks\)\.$/,
        ),
      );
    await rig.skip(2);
    await rig.app.idle();
    expect(rig.card().text).not.toContain('The rest is not shown');
    expect(rig.card().blocks?.length).toBeGreaterThan(3);
  });
});

test('what the bot said itself comes back from Slack and is not taken in', async () => {
  await rig.alert();
  await rig.app.idle();
  expect(rig.card().text).toContain('OMS-1');
  const { rows } = await rig.store.owner.query('select source from inbox');
  expect(rows).toEqual([{ source: 'alertmanager' }]);
});
