import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectKafka } from '../../src/adapters/kafka/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';
import { KAFKA } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { finished } from '../systems/install.ts';
import { type RealKafka, startKafka } from '../systems/kafka.ts';
import { kafkaCli } from '../systems/kafka-cli.ts';
import { seed } from '../systems/kafka-seed.ts';
import { freePort } from '../systems/server.ts';

const SASL = { username: 'oms-bot', password: 's3cret' };

(await describeOn(KAFKA))('a Kafka that wants TLS and a password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oms-access-'));
  const usual = getCACertificates('default');
  let kafka: RealKafka;
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    const [keystore, password] = [join(folder, 'keys.p12'), 'keystore'];
    const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', password, '-alias', 'kafka'];
    const made = ['-genkeypair', '-keyalg', 'EC', '-dname', 'CN=kafka', '-ext', 'SAN=IP:127.0.0.1'];
    await finished('keytool', [...made, ...store]);
    await finished('keytool', ['-exportcert', '-rfc', '-file', join(folder, 'ca.pem'), ...store]);
    kafka = await startKafka({
      secure: { port, keystore, password },
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        // Whoever comes by the port without a password: the broker itself, and the test.
        'super.users': 'User:ANONYMOUS',
      },
    });
    const add = `SCRAM-SHA-512=[password=${SASL.password}]`;
    const user = ['--entity-type', 'users', '--entity-name', SASL.username];
    await kafkaCli(kafka, 'configs', ['--alter', '--add-config', add, ...user]);
    const seeds = seed(kafka);
    await seeds.topics({ 'order-events': 1, parked: 1, secrets: 1 });
    await seeds.produce('order-events', 0, ['{}', '{}']);
    await seeds.produce('secrets', 0, ['{}']);
    await seeds.commit('labels', { 'order-events': [0] });
    await seeds.close();
  }, 60_000);
  afterAll(async () => {
    setDefaultCACertificates(usual);
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (access: { tls: boolean; sasl: typeof SASL | null }, to = port) => {
    const brokers = [`127.0.0.1:${to}`];
    const connection = connectKafka({ brokers, ...access, policy: plainPolicy, bootstrap: 'kafka:9092' });
    const said = await outcome(connection.probe.topic('nowhere', patient()));
    connection.close();
    return said;
  };
  const allow = async (what: readonly string[]) =>
    await kafkaCli(kafka, 'acls', ['--add', '--allow-principal', `User:${SASL.username}`, ...what]);
  const trusting = () => setDefaultCACertificates([...usual, readFileSync(join(folder, 'ca.pem'), 'utf8')]);

  test('is not spoken to while its certificate is not trusted', async () => {
    expect(await ask({ tls: true, sasl: SASL })).toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining('certificate'),
    });
  });

  test('answers who knows both', async () => {
    trusting();
    expect(await ask({ tls: true, sasl: SASL })).toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining('nowhere may not be used by the bot’s account'),
    });
  });

  test('lets who may look look, and who may change change', async () => {
    trusting();
    const brokers = [`127.0.0.1:${port}`];
    const { probe, lever, close } = connectKafka({
      brokers,
      tls: true,
      sasl: SASL,
      policy: plainPolicy,
      bootstrap: 'kafka:9092',
    });
    const questions = async () => [
      await outcome(probe.groups(['labels'], patient())),
      await outcome(probe.topic('order-events', patient())),
      await outcome(
        probe.orderEvents(
          { topic: 'order-events', orders: [{ order: 'ord_abc', from: 0 }], mostMessages: 9 },
          patient(),
        ),
      ),
      await outcome(probe.deadLetters('parked', 'labels', patient())),
    ];
    const change = [{ topic: 'order-events', partition: 0, from: 0, to: 1 }];
    const changes = async () => [
      await outcome(lever.setOffsets('labels', change, patient())),
      await outcome(
        lever.park({ topic: 'order-events', partition: 0, offset: 0 }, 'parked', 'run', patient()),
      ),
    ];
    // As docs/operations.md says.
    await allow(['--operation', 'Describe', '--topic', '*', '--group', '*']);
    await allow(['--operation', 'Read', '--topic', 'order-events', '--topic', 'parked']);
    expect(await questions()).toEqual(['done', 'done', 'done', 'done']);
    for (const said of await changes()) expect(said).toMatchObject({ fault: 'forbidden', sent: 'no' });
    await allow(['--operation', 'Read', '--group', '*']);
    await allow(['--operation', 'Write', '--topic', 'parked']);
    expect(await changes()).toEqual(['done', 'done']);
    expect(await outcome(probe.deadLetters('secrets', null, patient()))).toMatchObject({
      fault: 'failed',
      message: expect.stringContaining('may not be used by the bot’s account'),
    });
    close();
  });

  test.each([
    [
      'another password',
      { tls: true, sasl: { ...SASL, password: 'other' } },
      'forbidden',
      'KAFKA_SASL_PASSWORD',
    ],
    ['no password', { tls: true, sasl: null }, 'unreachable', 'KAFKA_SASL_USERNAME'],
    ['no TLS', { tls: false, sasl: SASL }, 'not understood', 'KAFKA_TLS'],
  ])('says what is wrong with %s', async (_what, access, fault, words) => {
    trusting();
    const said = await ask(access);
    expect(said).toMatchObject({ fault, sent: 'no', message: expect.stringContaining(words) });
    expect(JSON.stringify(said)).not.toContain(SASL.password);
  });

  test('says what is wrong with TLS to a port without', async () => {
    const plain = Number(kafka.brokers[0]?.split(':')[1]);
    expect(await ask({ tls: true, sasl: null }, plain)).toMatchObject({
      message: expect.stringContaining('KAFKA_TLS'),
    });
  });
});
