import type { App } from '@slack/bolt';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import type { IntakeRules } from '../../src/intake/rules.ts';
import type { Parts } from '../../src/pipeline/parts.ts';
import type { Change } from '../../src/ports/journal.ts';
import { listen } from '../../src/slack/listeners.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import { aRules } from '../support/builders.ts';
import { anIncident, anOffer, OPENED } from '../support/incidents.ts';

type Listener = (given: object) => Promise<void>;

const form = [{ name: 'reason', label: 'Reason', kind: 'text' as const }];
/** Four safe ones go first, so that each of these is behind the three dots. */
const OFFERS = [
  ...[1, 2, 3, 4].map((n) => anOffer({ id: `safe${n}`, targets: [`ord_safe${n}`] })),
  anOffer({ id: 'disruptive', tier: 'disruptive', preview: ['2 pods → 4 pods'], targets: ['ord_many'] }),
  anOffer({ id: 'asks', tier: 'guarded', fields: form }),
];
const rules: IntakeRules = {
  environment: 'prod',
  environmentLabel: 'environment',
  scopeLabels: [],
  runbooks: [],
  labelRules: [],
  ownLabels: [],
  owners: [],
  trustedSenders: ['Alertmanager'],
  own: { userId: 'UBOT', botId: 'BBOT' },
};

let heard: Map<string, Listener>;
let opened: unknown[];
let answered: unknown[];
let posted: unknown[];
let journal: string[];
let postFails: boolean;

beforeEach(() => {
  heard = new Map();
  [opened, answered, posted, journal] = [[], [], [], []];
  postFails = false;
  let incident: Incident = anIncident([], { offers: OFFERS });
  const tx = {
    now: OPENED,
    incident: async () => incident,
    incidentOfOffer: async () => incident.id,
    frozen: async () => null,
    busyWith: async () => null,
    note: ({ type }: { type: string }) => journal.push(type),
    done: async () => undefined,
    save: ({ after, events }: Change) => {
      incident = after;
      journal.push(...events.map(({ type }) => type));
    },
  };
  const parts = {
    journal: { transact: async (_name: string, work: (one: typeof tx) => unknown) => await work(tx) },
    ids: { next: () => 'run-1' },
    log: { warn: () => undefined },
    people: { isOneOf: async () => 'yes' },
    rules: aRules(),
  } as unknown as Parts;
  const remember = (name: string) => (about: unknown, then: Listener) => {
    heard.set(typeof about === 'string' ? `${name} ${about}` : name, then);
  };
  const app = {
    command: remember('command'),
    action: remember('action'),
    shortcut: remember('shortcut'),
    view: remember('view'),
    event: remember('event'),
    error: () => undefined,
  } as unknown as App;
  listen(app, { parts, rules: () => rules, alertsChannel: async () => 'C1' });
});

const client = {
  views: { open: async ({ view }: { view: unknown }) => opened.push(view) },
  chat: {
    postMessage: async (message: unknown) => {
      if (postFails) throw new Error('ratelimited');
      return posted.push(message);
    },
  },
};

async function choose(offer: string): Promise<void> {
  const menus = incidentCard({
    incident: anIncident([], { offers: OFFERS }),
    title: 'x',
    next: null,
    links: [],
  })
    .blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .filter((element) => element.type === 'overflow');
  const menu = menus.find(({ options }) => options.some(({ value }) => value === offer));
  const action = {
    type: 'overflow',
    action_id: menu?.action_id,
    selected_option: menu?.options.find(({ value }) => value === offer),
  };
  const body = { user: { id: 'URESPONDER' }, trigger_id: 't' };
  await heard.get('action')?.({
    body,
    action,
    client,
    context: {},
    respond: async (said: unknown) => answered.push(said),
  });
}

describe('a line of the menu', () => {
  test('that is safe is approved like a button', async () => {
    await choose('safe4');
    expect(opened).toEqual([]);
    expect(answered).toMatchObject([{ text: '“Retry workflow” is approved and starts now.' }]);
    expect(journal).toEqual(['approved']);
  });

  test('that is disruptive first shows before → after, and runs only after a yes', async () => {
    await choose('disruptive');
    expect(JSON.stringify(opened)).toContain('2 pods → 4 pods');
    expect(journal).toEqual([]);
    const acknowledged: unknown[] = [];
    await heard.get('view oms_confirm')?.({
      ack: async (answer: unknown) => acknowledged.push(answer),
      body: { user: { id: 'URESPONDER' } },
      view: opened[0],
    });
    expect(journal).toEqual(['approved']);
    expect(acknowledged).toMatchObject([{ response_action: 'update' }]);
    expect(JSON.stringify(acknowledged)).toContain('is approved and starts now.');
  });

  test('that asks something opens its form', async () => {
    await choose('asks');
    expect(opened).toMatchObject([{ callback_id: 'oms_fields', private_metadata: 'asks' }]);
    expect(journal).toEqual([]);
  });
});

describe('an alert of a trusted bot that no runbook knows', () => {
  const event = { channel: 'C1', ts: '1.1', bot_id: 'B9', username: 'Alertmanager' };
  const say = async (text: string) =>
    await heard.get('event message')?.({ event: { ...event, text }, context: {}, client });

  test('is noted, and answered in its thread', async () => {
    await say('[FIRING:1] DISK_FULL');
    expect(journal).toEqual(['alert not taken']);
    expect(posted).toMatchObject([
      {
        channel: 'C1',
        thread_ts: '1.1',
        text: expect.stringContaining('No runbook knows the alert DISK_FULL.'),
      },
    ]);
  });

  test('is noted once even where the answer fails', async () => {
    postFails = true;
    await say('[FIRING:1] DISK_FULL');
    expect(journal).toEqual(['alert not taken']);
  });

  test('but is ordinary chatter is left alone', async () => {
    await say('Good morning.');
    expect([journal, posted]).toEqual([[], []]);
  });
});
