import type { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/domain/incident.ts';
import type { Parts } from '../../src/pipeline/parts.ts';
import type { VoiceStore } from '../../src/ports/voice.ts';
import { createAnnouncer } from '../../src/slack/announcer.ts';
import type { Channels } from '../../src/slack/channels.ts';
import { findOwn } from '../../src/slack/post.ts';
import { createReach } from '../../src/slack/reach.ts';
import { aRules } from '../support/builders.ts';
import { aFinding, anIncident, OPENED } from '../support/incidents.ts';

interface Standing {
  readonly ts: string;
  readonly metadata?: unknown;
  readonly edits: string[];
}

/** The voice with one incident whose card stands already; each round edits it. */
function aVoice(incident: Incident) {
  const clock = { now: 0 };
  const shown: unknown[] = [];
  const thread: Standing[] = [];
  const client = {
    chat: {
      postMessage: async (message: { metadata: unknown; text: string }) => {
        const ts = `2.${thread.length}`;
        thread.push({ ts, metadata: message.metadata, edits: [message.text] });
        return { ts };
      },
      update: async ({ ts, text }: { ts: string; text: string }) =>
        thread.find((one) => one.ts === ts)?.edits.push(text),
    },
    conversations: { replies: async () => ({ messages: thread }) },
  } as unknown as WebClient;
  const voice = {
    staleCards: async () => [{ incident, ts: '1.1', afterMark: null }],
    heads: async () => [],
    cardShown: async (_incident: string, _channel: string, _ts: string, version: unknown) =>
      shown.push(version),
  } as unknown as VoiceStore;
  const parts = {
    journal: { now: async () => OPENED + 60_000 },
    clock: { now: () => clock.now },
    log: { warn: () => undefined, error: () => undefined },
    step: async (_name: string, work: () => unknown) => await work(),
    rules: aRules(),
  } as unknown as Parts;
  const channels = { idOf: async () => 'C1' } as unknown as Channels;
  const { speak, lost } = createAnnouncer({
    parts,
    voice,
    client,
    channels,
    reach: createReach(),
    links: [],
    paceMs: 0,
  });
  return { speak, lost, thread, clock, shown };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => aFinding('broken', `Fact ${n}: ${'x'.repeat(200)}`));

describe('what a card has no room for', () => {
  test('stands in its thread once, and is edited as the card is', async () => {
    const { speak, thread } = aVoice(anIncident(many(50)));
    await speak(() => true);
    const count = thread.length;
    await speak(() => true);
    expect(count).toBeGreaterThan(0);
    expect(thread.map(({ edits }) => edits.length)).toEqual(Array.from({ length: count }, () => 2));
    expect(thread[0]?.edits[0]).toContain('What the card of OMS-1 had no room for');
  });

  test('is nothing for a card with room', async () => {
    const { speak, thread } = aVoice(anIncident(many(3)));
    await speak(() => true);
    expect(thread).toEqual([]);
  });
});

test('a post is found on the last page of a long thread, and one that came twice is taken away', async () => {
  const own = { event_type: 'oms_message', event_payload: { key: 'k' } };
  const pages = [
    [{ ts: '1.1' }],
    [{ ts: '1.2' }],
    [
      { ts: '1.4', metadata: own },
      { ts: '1.3', metadata: own },
    ],
  ];
  const deleted: string[] = [];
  const client = {
    chat: { delete: async ({ ts }: { ts: string }) => deleted.push(ts) },
    conversations: {
      replies: async ({ cursor = '0' }: { cursor?: string }) => ({
        messages: pages[Number(cursor)],
        response_metadata: { next_cursor: Number(cursor) < 2 ? String(Number(cursor) + 1) : '' },
      }),
    },
  } as unknown as WebClient;
  expect(await findOwn(client, { channel: 'C1', threadTs: '1.0' }, 'k', '1.0')).toBe('1.3');
  expect(deleted).toEqual(['1.4']);
  expect(await findOwn(client, { channel: 'C1', threadTs: '1.0' }, 'other', '1.0')).toBeNull();
});

test('what is edited just after the voice was taken over is edited once more: an older edit may have come late', async () => {
  const { speak, lost, clock, shown } = aVoice(anIncident([]));
  const at = async (seconds: number) => {
    clock.now = seconds * 1_000;
    const before = shown.length;
    await speak(() => true);
    return shown.slice(before).map((version) => version !== null);
  };
  expect(await at(0)).toEqual([true]);
  expect(await at(12)).toEqual([true]);
  expect(await at(31)).toEqual([false, true]);
  expect(await at(45)).toEqual([true]);
  lost();
  expect(await at(50)).toEqual([true]);
  expect(await at(81)).toEqual([false, true]);
});
