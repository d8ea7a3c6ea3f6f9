import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaLever, KafkaProbe } from '../../src/ports/kafka.ts';
import { outcome, patient } from '../support/trouble.ts';
import { messagesContract } from './kafka-messages.ts';

export interface Written {
  readonly key?: string;
  /** Null: a tombstone. */
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Epoch ms; left out: now. */
  readonly at?: number;
}

export interface KafkaUnderTest {
  readonly probe: KafkaProbe;
  readonly lever: KafkaLever;
  /** @param partitions by topic */
  topics(partitions: Readonly<Record<string, number>>): Promise<void>;
  removeTopic(topic: string): Promise<void>;
  write(topic: string, partition: number, messages: readonly Written[]): Promise<void>;
  /** What a classic group has committed, by topic, one offset a partition; makes the group where there is none. */
  commit(group: string, offsets: Readonly<Record<string, readonly number[]>>): Promise<void>;
  /** One member, which gets every partition of the topic and commits nothing. Resolves when it has them, with its leaving. */
  join(group: string, topic: string): Promise<() => Promise<void>>;
  /** The same with a group of the new protocol (KIP-848); null: this Kafka has none. */
  readonly joinNew: KafkaUnderTest['join'] | null;
  stop(): Promise<void>;
}

/** Numbers that nobody counted on, so that no two tests meet. */
const three = ['a', 'b', 'c'].map((value) => ({ value }));

/** What every Kafka behind `KafkaProbe` and `KafkaLever` has to keep. It starts empty. */
export function kafkaContract(name: string, open: () => Promise<KafkaUnderTest>): void {
  describe(`Kafka: ${name}`, () => {
    let here: KafkaUnderTest;
    beforeAll(async () => {
      here = await open();
    }, 60_000);
    afterAll(async () => await here?.stop());

    const groups = async (...wanted: readonly string[]) => await here.probe.groups(wanted, patient());
    const only = async (group: string) => {
      const seen = await groups(group);
      expect(seen.groups.map((one) => one.group)).toEqual([group]);
      return seen.groups[0];
    };

    describe('groups', () => {
      test('are told to the message, the worst first', async () => {
        await here.topics({ parcels: 2, letters: 1 });
        await here.write('parcels', 0, three);
        await here.write('parcels', 1, [...three, ...three]);
        await here.write('letters', 0, three);
        await here.commit('near', { parcels: [3, 5] });
        await here.commit('far', { parcels: [1, 0], letters: [2] });
        const { groups: seen, problems } = await groups('near', 'far');
        expect(seen).toEqual([
          {
            group: 'far',
            kind: 'classic',
            state: 'Empty',
            members: 0,
            partitions: [
              { topic: 'letters', partition: 0, committed: 2, end: 3, lag: 1 },
              { topic: 'parcels', partition: 0, committed: 1, end: 3, lag: 2 },
              { topic: 'parcels', partition: 1, committed: 0, end: 6, lag: 6 },
            ],
            lag: 9,
          },
          {
            group: 'near',
            kind: 'classic',
            state: 'Empty',
            members: 0,
            partitions: [
              { topic: 'parcels', partition: 0, committed: 3, end: 3, lag: 0 },
              { topic: 'parcels', partition: 1, committed: 5, end: 6, lag: 1 },
            ],
            lag: 1,
          },
        ]);
        expect(problems).toEqual([]);
      });

      test('are all told when all are wanted, and one that is wanted alone', async () => {
        const { groups: all } = await here.probe.groups('all', patient());
        expect(all.map(({ group }) => group)).toEqual(expect.arrayContaining(['near', 'far']));
        await only('near');
      });

      test('that nobody knows are no problem, and no group', async () => {
        expect(await groups('nobody-at-all')).toMatchObject({ groups: [], problems: [] });
      });

      test('with a member say so, and what it has and never committed counts as a whole', async () => {
        await here.topics({ returns: 2 });
        await here.write('returns', 0, three);
        await here.write('returns', 1, three);
        const leave = await here.join('desk', 'returns');
        expect(await only('desk')).toMatchObject({
          kind: 'classic',
          state: 'Stable',
          members: 1,
          lag: 6,
          partitions: [
            { topic: 'returns', partition: 0, committed: null, end: 3, lag: 3 },
            { topic: 'returns', partition: 1, committed: null, end: 3, lag: 3 },
          ],
        });
        await leave();
      });

      test('that read a topic that is gone do not hide the others', async () => {
        await here.topics({ gone: 1, stays: 1 });
        await here.write('stays', 0, three);
        await here.commit('mourner', { gone: [0], stays: [1] });
        await here.removeTopic('gone');
        await expect
          .poll(async () => (await only('mourner'))?.partitions.map(({ topic }) => topic))
          .toEqual(['stays']);
        expect(await only('mourner')).toMatchObject({ lag: 2 });
      });

      test('of the new protocol are told as such, and never touched', async ({ skip }) => {
        if (here.joinNew === null) return skip('this Kafka has no groups of the new protocol');
        await here.topics({ scans: 1 });
        await here.write('scans', 0, three);
        await here.commit('scanner', { scans: [1] });
        const leave = await here.joinNew('scanner', 'scans');
        const told = { kind: 'new protocol', members: null, lag: 2 };
        expect(await only('scanner')).toMatchObject(told);
        const change = [{ topic: 'scans', partition: 0, from: 1, to: 3 }];
        const refusal = {
          fault: 'refused',
          sent: 'no',
          message: expect.stringMatching(
            /type: kafka-consumer-groups .*--group scanner --topic scans:0 --reset-offsets --to-offset 3 /,
          ),
        };
        expect(await outcome(here.lever.setOffsets('scanner', change, patient()))).toMatchObject(refusal);
        await leave();
        expect(await only('scanner')).toMatchObject(told);
        expect(await outcome(here.lever.setOffsets('scanner', change, patient()))).toMatchObject(refusal);
        expect(await only('scanner')).toMatchObject({ partitions: [{ committed: 1 }] });
      });
    });

    describe('a topic', () => {
      test('has its partitions and who leads them', async () => {
        await here.topics({ health: 3 });
        const seen = await here.probe.topic('health', patient());
        expect(seen).toMatchObject({ topic: 'health', partitions: 3, offline: [], underReplicated: [] });
        expect(seen?.brokers.reduce((sum, { leads }) => sum + leads, 0)).toBe(3);
        expect(seen?.brokers[0]).toMatchObject({
          id: expect.any(Number),
          address: expect.stringMatching(/:\d+$/),
        });
      });

      test('that is not there is none, and stays so', async () => {
        expect(await here.probe.topic('nowhere', patient())).toBeNull();
        expect(await here.probe.topic('nowhere', patient())).toBeNull();
      });
    });

    describe('offsets', () => {
      const at = async (group: string) => (await only(group))?.partitions.map(({ committed }) => committed);

      test('of a group without members are set as shown, and back', async () => {
        await here.topics({ refunds: 2 });
        await here.write('refunds', 0, three);
        await here.write('refunds', 1, three);
        await here.commit('payer', { refunds: [1, 2] });
        const there = [
          { topic: 'refunds', partition: 0, from: 1, to: 3 },
          { topic: 'refunds', partition: 1, from: 2, to: 3 },
        ];
        expect(await here.lever.setOffsets('payer', there, patient())).toContain('2 partitions of payer');
        expect(await at('payer')).toEqual([3, 3]);
        const back = there.map(({ from, to, ...spot }) => ({ ...spot, from: to, to: from }));
        await here.lever.setOffsets('payer', back, patient());
        expect(await at('payer')).toEqual([1, 2]);
      });

      test.each([
        [
          'that stand elsewhere by now',
          'payer',
          { partition: 0, from: 2, to: 3 },
          'refused',
          'stands at 1 now',
        ],
        ['beyond the end', 'payer', { partition: 0, from: 1, to: 4 }, 'refused', 'holds 0 to 3'],
        [
          'of a partition that is not there',
          'payer',
          { partition: 7, from: null, to: 0 },
          'failed',
          'is not there',
        ],
        [
          'of a group that is not there',
          'nobody',
          { partition: 0, from: null, to: 3 },
          'not found',
          'no group',
        ],
      ])('%s are not set', async (_what, group, change, fault, said) => {
        const two = [
          { topic: 'refunds', partition: 1, from: 2, to: 3 },
          { topic: 'refunds', ...change },
        ];
        const wanted = group === 'payer' ? two : two.slice(1);
        expect(await outcome(here.lever.setOffsets(group, wanted, patient()))).toMatchObject({
          fault,
          sent: 'no',
          message: expect.stringContaining(said),
        });
        expect(await at('payer')).toEqual([1, 2]);
      });

      test('of a group with a member are not set, and are once it has left', async () => {
        await here.commit('worker', { refunds: [1, 1] });
        const leave = await here.join('worker', 'refunds');
        const change = [{ topic: 'refunds', partition: 0, from: 1, to: 3 }];
        expect(await outcome(here.lever.setOffsets('worker', change, patient()))).toMatchObject({
          fault: 'refused',
          sent: 'no',
          message: expect.stringContaining('1 member'),
        });
        expect(await at('worker')).toEqual([1, 1]);
        await leave();
        await here.lever.setOffsets('worker', change, patient());
        expect(await at('worker')).toEqual([3, 1]);
      });
    });

    messagesContract(() => here);

    test('a call whose time is up before is not made', async () => {
      const late = AbortSignal.abort();
      const change = [{ topic: 'refunds', partition: 0, from: 1, to: 3 }];
      for (const call of [here.probe.groups('all', late), here.lever.setOffsets('payer', change, late)])
        expect(await outcome(call)).toMatchObject({ fault: 'too slow', sent: 'no' });
    });
  });
}
