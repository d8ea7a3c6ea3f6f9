import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { absent } from '../../src/adapters/absent.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  // Without Kafka nobody looks at the events, and who sets a status says so.
  const because = 'Kafka is not configured (KAFKA_BROKERS).';
  rig = await startRig({ kafka: { probe: absent(because), lever: absent(because) } });
});
afterAll(async () => await rig.stop());

async function post(body: string, token = 'alert-token') {
  return await fetch(`http://127.0.0.1:${rig.app.port()}/alerts/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
}

describe('bad input gets a clear answer', () => {
  test.each([
    ['malformed JSON', '{', 400, 'The body is no JSON. Nothing was taken.'],
    ['another version', '{"version":"3"}', 400, 'version is "3"'],
    ['a body of 10 MB', `"${'x'.repeat(10_000_000)}"`, 413, 'larger than 2 MB'],
  ])('%s', async (_rule, body, status, error) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: string }).error).toContain(error);
  });

  test('a wrong token takes nothing', async () => {
    expect((await rig.alert({}, {}, 'wrong')).status).toBe(401);
  });

  test('an alert of another environment, an unknown code and a resolve for nothing open no incident', async () => {
    const said = async (answer: Promise<Response>) => await (await answer).json();
    expect(await said(rig.alert({ fingerprint: 'a' }, { environment: 'stage' }))).toMatchObject({
      status: 'stored',
      notTaken: 1,
      because: [{ fingerprint: 'a', because: expect.stringContaining('this bot serves prod') }],
    });
    const full = rig.alert({ fingerprint: 'b' }, { alertname: 'DiskFull', code: 'DISK_FULL' });
    expect(await said(full)).toMatchObject({ notTaken: 1, because: [{ fingerprint: 'b' }] });
    // What it would end is known only from the incidents.
    expect(await said(rig.alert({ fingerprint: 'c', status: 'resolved' }))).toEqual({ status: 'stored' });
    await rig.app.idle();
    expect(rig.slack.messages(ALERTS)).toEqual([]);
    const notes = await rig.store.owner.query(`select text from journal where text like '%alert not taken%'`);
    expect(notes.rowCount).toBe(3);
  });

  test('an alert’s words from a person ask before they open anything; a yes opens it', async () => {
    const person = rig.slack.as('UBYSTANDER');
    person.say(ALERTS, '[FIRING:1] WORKFLOW_STUCK');
    await rig.app.idle();
    await expect.poll(() => person.ephemerals().at(-1)?.text ?? '').toContain('is not a trusted sender');
    const question = person.ephemerals().at(-1);
    if (question === undefined) throw new Error('Nobody asked.');
    await person.click(question, 'Run the diagnosis');
    await rig.app.idle();
    expect(rig.card().text).toContain('OMS-1');
  });

  test('a trusted bot’s message joins the open incident', async () => {
    rig.slack.botSays(ALERTS, 'Alertmanager', {
      attachments: [{ title: '[FIRING:1] WORKFLOW_STUCK (prod)' }],
    });
    await expect.poll(async () => (await rig.app.parts.journal.openIncidents())[0]?.sources.length).toBe(2);
  });

  test.each([
    ['/oms stuk-orders', 'Did you mean `/oms stuck-orders'],
    ['/oms stuck-orders banana', '“banana” is no status of an order.'],
    ['/oms diagnose nonsense', 'No runbook is called “nonsense”.'],
    ['/oms show OMS-99', 'There is no OMS-99.'],
    ['/oms hold OMS-1 10 waiting', 'Only responders may hold an incident.'],
  ])('%s', async (line, answer) => {
    const person = rig.slack.as('UBYSTANDER');
    expect(await person.command(ALERTS, line)).toBe('ok');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain(answer);
  });

  test('an order service that answers HTML is “could not look”, never healthy', async () => {
    const heal = rig.service.faults.add({ fault: { mode: 'garbage' } });
    const person = rig.slack.as('UBYSTANDER');
    await person.command(ALERTS, '/oms stuck-orders');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain(
      'Could not look: The order service answered with something that is no JSON.',
    );
    await rig.skip(2);
    expect(rig.card().text).toContain('could not look everywhere');
    heal();
  });

  test('setting a status takes a reason, a tick and a second person, and only while the status is still so', async () => {
    await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
    await rig.skip(2);
    const responder = rig.slack.as('URESPONDER');
    await responder.click(rig.card(), 'Set status by hand…');
    await expect.poll(() => responder.modal()).not.toBeNull();
    expect(await responder.submit({ status: 'shipped', reason: 'too short' })).toMatchObject({ errors: {} });
    expect(JSON.stringify(rig.card().blocks)).toMatch(
      /R17[R\d, ]* Kafka is not configured \(KAFKA_BROKERS\)\./,
    );
    expect(
      await responder.submit({
        status: 'shipped',
        reason: 'warehouse confirmed the parcel',
        unchecked: 'yes',
      }),
    ).toBe('closed');
    await rig.app.idle();
    await responder.click(rig.card(), 'Approve: Set status by hand', { confirm: true });
    await rig.app.idle();
    expect(responder.ephemerals().at(-1)?.text).toContain('a second person has to approve it');
    expect(rig.service.count('PATCH', /status/)).toBe(0);
    await rig.slack.as('UAPPROVER').click(rig.card(), 'Approve: Set status by hand', { confirm: true });
    await rig.app.idle();
    expect(rig.service.count('PATCH', /status/)).toBe(1);
    await rig.skip(1);
    expect(JSON.stringify(rig.card().blocks)).toContain('The order reads shipped.');
  });

  test('a click on a button of yesterday starts nothing and says so', async () => {
    const old = {
      ...rig.card(),
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'oms_run:0',
              value: 'gone',
              text: { type: 'plain_text', text: 'Old' },
            },
          ],
        },
      ],
    };
    const person = rig.slack.as('URESPONDER');
    await person.click(old, 'Old');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain(
      'belongs to nothing that is known here. Nothing was started.',
    );
  });

  test('a group of several alerts opens what each means, and its thread says what was cut off', async () => {
    const alert = (fingerprint: string, code: string) => ({
      status: 'firing',
      labels: { alertname: code, code, environment: 'prod' },
      annotations: {},
      startsAt: new Date(rig.now()).toISOString(),
      fingerprint,
    });
    const alerts = [alert('g1', 'EXPORT_FAILED'), alert('g2', 'EXPORT_FAILED'), alert('g3', 'DISK_FULL')];
    const group = { version: '4', status: 'firing', groupKey: 'g', truncatedAlerts: 2, alerts };
    const cut = 'Alertmanager left out 2 more alerts of this group (max_alerts).';
    const answer = await post(JSON.stringify(group));
    expect(await answer.json()).toMatchObject({ notTaken: 1, remarks: [cut] });
    await rig.app.idle();
    const open = await rig.app.parts.journal.openIncidents();
    const sources = open.find(({ runbook }) => runbook === 'exports')?.sources;
    expect(sources?.map(({ key }) => key)).toEqual(['g1', 'g2']);
    const lines = () => rig.slack.thread(ALERTS, rig.card().ts).filter(({ text }) => text === cut);
    expect(lines()).toHaveLength(1);
    // Sent again as it was: nothing is new.
    await post(JSON.stringify({ ...group, receiver: 'again' }));
    await rig.app.idle();
    expect(lines()).toHaveLength(1);
  });

  test('a label of many kilobytes keeps nobody from being heard: its alerts are one incident', async () => {
    const region = randomBytes(6_000).toString('base64');
    await rig.alert({ fingerprint: 'long' }, { region });
    await rig.alert({ fingerprint: 'again' }, { region });
    await rig.app.idle();
    const heard = (await rig.app.parts.journal.openIncidents()).map(({ sources }) =>
      sources.map(({ key }) => key),
    );
    expect(heard).toContainEqual(['long', 'again']);
    expect(rig.slack.problems).toEqual([]);
  });
});
