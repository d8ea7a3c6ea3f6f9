import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectKafka, type KafkaConnection } from '../../src/adapters/kafka/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type ProxyMode, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { outcome, patient } from '../support/trouble.ts';
import { KAFKA } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { finished } from '../systems/install.ts';
import { type RealKafka, startKafka } from '../systems/kafka.ts';
import { type Seed, seed } from '../systems/kafka-seed.ts';

const CHANGE = [{ topic: 'orders', partition: 0, from: 1, to: 3 }];
const FIRST = { topic: 'orders', partition: 0, offset: 0 };
/** Kafka's numbers of the requests that change something. */
const [PRODUCE, OFFSET_COMMIT] = [0, 8];

/** What comes out of each way to misbehave; `done`: whether a change is made when it begins with the change itself. */
const TABLE: readonly {
  readonly mode: Exclude<ProxyMode, 'open'>;
  readonly fault: string;
  readonly mayRetry: boolean;
  readonly done: boolean;
}[] = [
  { mode: 'down', fault: 'unreachable', mayRetry: true, done: false },
  { mode: 'silent', fault: 'too slow', mayRetry: true, done: false },
  { mode: 'garbage', fault: 'not understood', mayRetry: false, done: true },
  { mode: 'cut', fault: 'unreachable', mayRetry: true, done: true },
];

(await describeOn(KAFKA))('a Kafka that', () => {
  let kafka: RealKafka;
  let wire: TcpProxy;
  let seeds: Seed;
  let connection: KafkaConnection;
  const open = (brokers: readonly string[]) =>
    connectKafka({ brokers, tls: false, sasl: null, policy: plainPolicy, bootstrap: 'kafka:9092' });
  beforeAll(async () => {
    // A client goes where the broker says: all of its connections lead through the wire.
    kafka = await startKafka({
      advertised: async (port) => {
        wire = await startTcpProxy({ host: '127.0.0.1', port });
        return wire.port;
      },
    });
    seeds = seed(kafka);
    await seeds.topics({ orders: 1, parked: 1 });
    await seeds.produce('orders', 0, ['a', 'b', 'c']);
  }, 60_000);
  afterAll(async () => {
    wire.mode = 'open';
    await seeds?.close();
    await kafka?.stop();
    await wire?.stop();
  });
  beforeEach(async () => {
    wire.mode = 'open';
    wire.onRequest = () => undefined;
    await seeds.commit('labels', { orders: [1] });
    connection = open(kafka.brokers);
    return () => connection.close();
  });

  function misbehave(mode: ProxyMode): void {
    wire.mode = mode;
    if (mode === 'down') wire.drop();
  }
  /** From the first request of this kind on; what is silent then is waited for a little longer. */
  function misbehaveAt(request: number, mode: ProxyMode): AbortSignal {
    const deadline = new AbortController();
    wire.onRequest = (bytes) => {
      if (bytes.length <= 6 || bytes.readInt16BE(4) !== request) return;
      misbehave(mode);
      if (mode === 'silent') setTimeout(() => deadline.abort(), 100);
    };
    return deadline.signal;
  }
  const patience = (mode: ProxyMode) => (mode === 'silent' ? AbortSignal.timeout(500) : patient());
  const standing = async () => {
    wire.mode = 'open';
    wire.onRequest = () => undefined;
    const { groups } = await open(kafka.brokers).probe.groups(['labels'], patient());
    return groups[0]?.partitions[0]?.committed;
  };

  describe.each(TABLE)('is $mode', ({ mode, fault, mayRetry, done }) => {
    test.each(['before we come', 'while we are connected'])(
      '%s, is told of by every question',
      async (when) => {
        if (when !== 'before we come') await connection.probe.topic('orders', patient());
        misbehave(mode);
        const { probe } = connection;
        const signal = patience(mode);
        const asked = [
          probe.groups('all', signal),
          probe.topic('orders', signal),
          probe.orderEvents(
            { topic: 'orders', orders: [{ order: 'ord_abc', from: 0 }], mostMessages: 10 },
            signal,
          ),
          probe.deadLetters('orders', 'labels', signal),
          probe.message('orders', 0, 0, signal),
          probe.span('orders', 0, 0, 3, signal),
        ];
        for (const said of await Promise.all(asked.map(outcome))) {
          expect(said).toMatchObject({ fault, sent: 'no', mayRetry });
          expect(JSON.stringify(said)).not.toContain('<html>');
        }
      },
    );

    test('before offsets are set: nothing was sent', async () => {
      misbehave(mode);
      const call = connection.lever.setOffsets('labels', CHANGE, patience(mode));
      expect(await outcome(call)).toMatchObject({ fault, sent: 'no' });
      expect(await standing()).toBe(1);
    });

    test('once they are on their way: they may be set', async () => {
      const signal = misbehaveAt(OFFSET_COMMIT, mode);
      const call = connection.lever.setOffsets('labels', CHANGE, signal);
      expect(await outcome(call)).toMatchObject({ fault, sent: 'maybe' });
      expect(await standing()).toBe(done ? 3 : 1);
    });

    test('once a copy is on its way: it may be there, and the next try finds it', async () => {
      const signal = misbehaveAt(PRODUCE, mode);
      const key = `run-${mode}`;
      const call = connection.lever.park(FIRST, 'parked', key, signal);
      expect(await outcome(call)).toMatchObject({ fault, sent: 'maybe' });
      wire.onRequest = () => undefined;
      wire.mode = 'open';
      const again = await connection.lever.park(FIRST, 'parked', key, patient());
      expect(again).toContain(done ? 'was copied before' : 'is copied');
    });

    test('is well again for the next call', async () => {
      misbehave(mode);
      await outcome(connection.probe.topic('orders', patience(mode)));
      wire.mode = 'open';
      expect(await connection.probe.topic('orders', patient())).toMatchObject({ partitions: 1 });
    });
  });

  test('lets a connection die in silence is connected to anew after the call that noticed', async () => {
    await connection.probe.topic('orders', patient());
    wire.stall();
    const noticed = await outcome(connection.probe.topic('orders', AbortSignal.timeout(300)));
    expect(noticed).toMatchObject({ fault: 'too slow' });
    expect(await connection.probe.topic('orders', patient())).toMatchObject({ partitions: 1 });
    // Ours was not the only one that stood.
    wire.drop();
  });

  test('is silent at one of its addresses is asked at the other', async () => {
    const silent = await startTcpProxy({ host: '127.0.0.1', port: 1 });
    silent.mode = 'silent';
    const { probe, close } = open([`127.0.0.1:${silent.port}`, ...kafka.brokers]);
    expect(await probe.topic('orders', patient())).toMatchObject({ partitions: 1 });
    close();
    await silent.stop();
  });

  test('is not there was surely not reached', async () => {
    const gone = await startTcpProxy({ host: '127.0.0.1', port: 1 });
    await gone.stop();
    const { probe, lever, close } = open([`127.0.0.1:${gone.port}`]);
    const says = {
      fault: 'unreachable',
      sent: 'no',
      mayRetry: true,
      message: expect.stringContaining('ECONNREFUSED'),
    };
    expect(await outcome(probe.groups('all', patient()))).toMatchObject(says);
    expect(await outcome(lever.setOffsets('labels', CHANGE, patient()))).toMatchObject(says);
    close();
  });

  test('answers while we hang up: a call that runs fails, and the next connects again', async () => {
    misbehave('silent');
    const call = outcome(connection.probe.topic('orders', patient()));
    await expect.poll(() => wire.connections).toBeGreaterThan(0);
    connection.close();
    expect(await call).toMatchObject({ sent: 'no' });
    wire.mode = 'open';
    expect(await connection.probe.topic('orders', patient())).toMatchObject({ partitions: 1 });
  });

  test('says nothing keeps no process alive', async () => {
    misbehave('silent');
    const script = `
      const { connectKafka } = await import(${JSON.stringify(new URL('../../src/adapters/kafka/connect.ts', import.meta.url))});
      const policy = { repeatable: (work) => work() };
      const kafka = connectKafka({ brokers: ${JSON.stringify(kafka.brokers)}, tls: false, sasl: null, policy, bootstrap: '' });
      await kafka.probe.topic('orders', AbortSignal.timeout(300)).catch((err) => console.log(err.message));
      kafka.close();`;
    const said = await finished(process.execPath, ['--input-type=module', '--eval', script]);
    expect(said).toContain('did not answer in time');
  });

  test.each(['kafka', 'kafka:', 'http://kafka:9092', ' '])('is written %j is refused at once', (broker) => {
    expect(() => open([broker])).toThrow(/KAFKA_BROKERS: .* is not written host:port/);
  });
});
