import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sim/slack/blocks/validate.ts';
import { begin, evolve } from '../../src/domain/evolve.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { masked } from '../../src/domain/secrets.ts';
import { endQuery } from '../../src/runbooks/database-pool/terminate.ts';
import { escalation } from '../../src/views/calls.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import { evidence } from '../../src/views/kit.ts';
import { stuckList } from '../../src/views/stuck-list.ts';
import { quoted } from '../../src/views/words.ts';
import { blocking, given, judged } from '../runbooks/database-pool/support.ts';
import { anOpened } from '../support/builders.ts';
import { anIncident, anOffer, aRun } from '../support/incidents.ts';
import { HOSTILE, textsOf } from './hostile.ts';

function hostileIncident(): Incident {
  const opened = anOpened();
  const at = opened.at;
  const finding = {
    step: 'R16',
    verdict: 'broken',
    line: HOSTILE,
    evidence: [HOSTILE],
    data: null,
    at,
    tookMs: 1,
  } as const;
  const offer = {
    id: 'o1',
    action: 'R20',
    title: 'Retry workflow',
    tier: 'safe',
    targets: Array.from({ length: 200 }, (_, n) => `ord_${n}abc`),
    parameters: {},
    preview: [HOSTILE],
    binding: { kind: 'none', words: 'x' },
    recommended: HOSTILE,
    waits: null,
    fields: [],
    equivalent: 'x',
    question: false,
    form: null,
    requestedBy: null,
    at,
    expiresAt: null,
  } as const;
  return evolve(begin(opened), {
    type: 'diagnosed',
    diagnosis: {
      round: 1,
      at,
      tookMs: 1,
      findings: Array.from({ length: 60 }, () => finding),
      causes: [],
      advice: [],
      byHand: [],
      atOnce: null,
    },
    lookAt: at,
    impact: { known: false, because: HOSTILE, at },
    offers: [offer],
    at,
  });
}

/** What a card with these offers reads, all blocks in a row. */
function readWith(offers: readonly ReturnType<typeof anOffer>[]): string {
  const card = incidentCard({ incident: anIncident([], { offers }), title: 'x', next: null, links: [] });
  return JSON.stringify(card.blocks);
}

describe('what may be pressed', () => {
  const wanted = anOffer({ id: 'o1', title: 'Retry workflow', recommended: 'orders are stuck' });

  test('nobody is urged to do what nothing speaks for, beside what is recommended', () => {
    const other = anOffer({ id: 'o2', action: 'R7', title: 'Restart the service', tier: 'disruptive' });
    expect(readWith([other, wanted])).toMatch(
      /\*Do now\*\\n• \*Retry workflow\*.*"\*Possible, not recommended now\*\\n• \*Restart the service\*/,
    );
  });

  test('what somebody asks for already is not offered a second time', () => {
    const asked = anOffer({ ...wanted, id: 'o3', tier: 'guarded', requestedBy: 'UONCALL' as never });
    const read = readWith([asked, anOffer({ ...wanted, tier: 'guarded' })]);
    expect(read.match(/• \*Retry workflow\*/g)).toHaveLength(1);
    expect(read).toContain('"Approve: Retry workflow"');
    const elsewhere = anOffer({ ...wanted, tier: 'guarded', targets: ['ord_bbb222'] });
    expect(readWith([asked, elsewhere]).match(/• \*Retry workflow\*/g)).toHaveLength(2);
  });

  test('what somebody asked for as the world was before is offered as it is now', () => {
    const at = (offset: number) =>
      ({ tier: 'guarded', binding: { kind: 'exact', expected: `orders-0@${offset}`, words: 'x' } }) as const;
    const asked = anOffer({ ...wanted, ...at(10), id: 'o3', requestedBy: 'UONCALL' as never });
    const lines = (offset: number) =>
      readWith([asked, anOffer({ ...wanted, ...at(offset) })]).match(/• \*Retry workflow\*/g);
    expect(lines(10)).toHaveLength(1);
    expect(lines(12)).toHaveLength(2);
  });
});

test('what a team is called for is said once', () => {
  const impact = {
    known: true,
    affected: 11,
    total: 42,
    windowMinutes: 30,
    source: 'orders table',
    means: 'x',
    at: 0,
  } as const;
  const incident = anIncident([], { impact });
  const said = (because: string) => JSON.stringify(escalation(incident, 'x', 1, because, null).blocks);
  expect(said('11 of 42 orders (26 %) are affected, more than 25 %.').match(/11 of 42/g)).toHaveLength(1);
  expect(said('The trouble has lasted 20 minutes.')).toContain('11 of 42 orders (26 %) affected.');
});

describe('what is shown', () => {
  test('stays within Slack’s limits, whatever was found', () => {
    const card = incidentCard({
      incident: hostileIncident(),
      title: 'Orders stuck in processing',
      next: null,
      links: [],
    });
    expect(validateBlocks(card.blocks, 'message')).toEqual([]);
  });

  test('of foreign words wakes nobody, links nowhere and names no secret', () => {
    const card = incidentCard({ incident: hostileIncident(), title: 'x', next: null, links: [] });
    const whole = JSON.stringify(card);
    for (const word of ['4242 4242', 'maria@example', 'xoxb-123456789', '\u202e'])
      expect(whole).not.toContain(word);
    const markup = [card.text, ...textsOf(card.blocks)];
    for (const word of ['<!channel>', '<https://evil']) expect(markup.join()).not.toContain(word);
  });

  test('keeps ids whole, so that they can be copied', () => {
    expect(quoted('ord_xyz789abc')).toBe('ord_xyz789abc');
  });

  test('of log lines is data, masked', () => {
    expect(JSON.stringify(evidence(['*card* 4242424242424242']))).toContain('*card* [card number]');
    expect(masked('Bearer abcdef123456')).toBe('[token]');
  });

  test('of a page of stuck orders is one that Slack takes', () => {
    const order = {
      id: 'ord_xyz789abc',
      status: 'processing',
      errorCode: HOSTILE,
      updatedAt: 0,
      lastEvent: null,
      attempts: [],
    };
    const page = stuckList({
      orders: Array.from({ length: 12 }, () => order),
      unread: 0,
      total: 40,
      status: 'processing',
      olderThanMinutes: 120,
      now: 9e6,
      cursor: null,
      next: 'c',
    });
    expect(validateBlocks(page.blocks, 'message')).toEqual([]);
  });
});

describe('the offers of a card', () => {
  const show = (offers: Incident['offers']) =>
    incidentCard({ incident: anIncident([], { offers }), title: 'x', next: null, links: [] }).blocks;
  const elements = (blocks: ReturnType<typeof show>) =>
    blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  const some = (count: number) =>
    Array.from({ length: count }, (_, n) => anOffer({ id: `o${n}`, title: `Do ${n}` }));

  test('beyond the third are in a menu, with the verb of a run and their ids', () => {
    const menus = elements(show(some(10))).filter(({ type }) => type === 'overflow');
    expect(menus).toMatchObject([
      { action_id: 'oms_run:3', options: ['o3', 'o4', 'o5', 'o6', 'o7'].map((value) => ({ value })) },
      { action_id: 'oms_run:4', options: [{ value: 'o8' }, { value: 'o9' }] },
    ]);
    expect(elements(show(some(3))).filter(({ type }) => type === 'overflow')).toEqual([]);
  });

  test('of one kind are told apart by what they change', () => {
    const twins = ['ord_a1', 'ord_b2'].map((target) => anOffer({ id: target, targets: [target] }));
    expect(JSON.stringify(elements(show(twins)))).toContain('Retry workflow: ord_b2');
  });

  test('for which the bot lacks a right have no button: the command stands there, exactly', () => {
    const lacks = 'the bot’s role may not patch deployments.apps order-service in default (x.yaml)';
    const equivalent = `kubectl -n default patch deployment/order-service -p '{"a_b_c": "*~*"}'`;
    const offer = anOffer({ title: 'Restart', recommended: 'old key', waits: lacks, lacks, equivalent });
    const possible = anOffer({ title: 'Scale', recommended: null, waits: lacks, lacks });
    const blocks = show([offer, possible]);
    const said = textsOf(blocks).join('\n');
    expect(said).toContain(
      '*To type: the bot may not do it*\n• *Restart*. Recommended: old key. The bot’s role may not',
    );
    expect(JSON.stringify(blocks)).toContain(JSON.stringify(equivalent).slice(1, -1));
    expect(said).toContain('Scale waits: the bot’s role may not patch');
    expect(said).not.toContain('Restart waits');
    expect(JSON.stringify(elements(blocks))).not.toContain('"text":"Restart"');
    const { text } = incidentCard({
      incident: anIncident([], { offers: [offer] }),
      title: 'x',
      next: null,
      links: [],
    });
    expect(text).toContain('Somebody has to type a command.');
  });

  test('ask with whole lines: what the runbook says first, what stands on the card where there is room', () => {
    const notes = ['Nothing brings it back.'];
    const long = anOffer({ tier: 'disruptive', notes, preview: ['Short.', 'x'.repeat(260), 'Also short.'] });
    const [run] = elements(show([long]));
    expect(run).toHaveProperty(
      'confirm.text.text',
      [
        'Short.',
        'Also short.',
        'Nothing brings it back.',
        long.binding.words,
        'The card says the rest.',
      ].join('\n'),
    );
  });

  test.each([50, 90, 120, 400])('say of a query of %i characters that its transaction is lost', (length) => {
    const [draft] = endQuery.draft(
      judged(given.sessions(blocking({ query: `select ${'x'.repeat(length)}` }))),
    );
    const offer = anOffer({ ...draft, tier: endQuery.tier, notes: endQuery.notes ?? [] });
    const [run] = elements(show([offer]));
    expect(JSON.stringify(run)).toContain('Its transaction is lost; whoever asked for it gets an error.');
  });

  test('ask before a refusal too', () => {
    const [refuse] = elements(show([anOffer({ requestedBy: 'U1' })])).filter(
      ({ action_id }) => action_id?.startsWith('oms_refuse') === true,
    );
    expect(refuse).toMatchObject({ confirm: { title: { text: 'Refuse “Retry workflow”?' } } });
  });
});

describe('a figure that a proof follows', () => {
  const shown = (values: readonly (number | null)[]) => {
    const { plan } = aRun({}, {}).proof ?? {};
    if (plan === undefined) throw new Error('no proof');
    const samples = values.map((value, minute) => ({
      at: minute * 60_000,
      moved: [],
      unknown: [],
      line: '',
      value,
      worse: false,
    }));
    const run = aRun({}, { plan: { ...plan, unit: '%' }, samples });
    const text = textsOf(
      incidentCard({ incident: { ...anIncident([]), runs: [run] }, title: 'x', next: null, links: [] })
        .blocks,
    ).join('\n');
    return / Minute by minute: (.*?)\.(?:$| |\n)/m.exec(text)?.[1] ?? null;
  };

  test.each([
    ['is drawn from its least to its most, beside its numbers', [62, 80.4, null, 99], '▁▄█ 62 → 80 → 99 %'],
    [
      'is drawn longer than it is written out',
      [10, 20, 30, 40, 50, 60, 70, 80],
      '▁▂▃▄▅▆▇█ 30 → 40 → 50 → 60 → 70 → 80 %',
    ],
    ['says nothing more where it stays as it is', [99, 99.2, 99], null],
    ['says nothing more after one look', [99], null],
  ])('%s', (_what, values, line) => {
    expect(shown(values)).toBe(line);
  });
});
