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
    kafka = await startKafka({ secure: { port, keystore, password } });
    const add = `SCRAM-SHA-512=[password=${SASL.password}]`;
    const user = ['--entity-type', 'users', '--entity-name', SASL.username];
    await kafkaCli(kafka, 'configs', ['--alter', '--add-config', add, ...user]);
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
  const trusting = () => setDefaultCACertificates([...usual, readFileSync(join(folder, 'ca.pem'), 'utf8')]);

  test('is not spoken to while its certificate is not trusted', async () => {
    expect(await ask({ tls: true, sasl: SASL })).toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining('certificate'),
    });
  });

  test('answers who knows both', async () => {
    trusting();
    expect(await ask({ tls: true, sasl: SASL })).toBe('done');
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
