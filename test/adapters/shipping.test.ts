import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OrderId } from '../../src/domain/ids.ts';
import { outcome, patient } from '../support/trouble.ts';
import { type Admin, adminOf, LICENCE } from './admin.ts';

const NOBODY = OrderId.parse('ord_nobody000');
const WAITING = { status: 'ready_to_ship', olderThanMinutes: 30, limit: 50, cursor: null };
const CARRIERS = /test-connection$/;
const ADDRESS = { street: '123 Main St', city: 'San Francisco', state: 'CA', zip: '94105', country: '' };

let here: Admin;
beforeAll(async () => {
  here = await adminOf('carrier-down');
});
afterEach(() => here.service.faults.clear());
afterAll(async () => await here.stop());

async function waiting(place = 0): Promise<OrderId> {
  const { orders } = await here.hands().probe.stuckOrders(WAITING, patient());
  const found = orders[place];
  if (found === undefined) throw new Error('No order waits.');
  return found.id;
}

describe('carriers', () => {
  const ask = async () => await here.hands().probe.carriers(patient());

  test('are told with their own words', async () => {
    expect(await ask()).toEqual([{ carrier: 'swiftpost', status: 'down', words: 'connect ETIMEDOUT' }]);
  });

  test.each<[string, unknown, string]>([
    ['a word', { name: 'a', status: 'OK' }, 'up'],
    ['our key', { carrier: 'a', status: 'unauthorized' }, 'unauthorised'],
    ['our key by its number', { carrier: 'a', status: 403 }, 'unauthorised'],
    ['throttled', { carrier: 'a', status: 429 }, 'degraded'],
    ['slow', { carrier: 'a', status: 'slow' }, 'degraded'],
    ['no way', { carrier: 'a', status: 'unreachable' }, 'down'],
    ['broken by its number', { carrier: 'a', status: 502 }, 'down'],
    ['well by its number', { carrier: 'a', status: 200 }, 'up'],
  ])('%s', async (_what, carrier, status) => {
    here.answers(CARRIERS, { carriers: [carrier] });
    expect(await ask()).toMatchObject([{ carrier: 'a', status }]);
  });

  test.each<[string, unknown]>([
    ['a word that nobody knows', { carriers: [{ carrier: 'a', status: 'purple' }] }],
    // What HTTP clients say where there was no answer at all.
    ['no answer, as a number', { carriers: [{ carrier: 'a', status: 0 }] }],
    ['a number that is no status', { carriers: [{ carrier: 'a', status: -1 }] }],
    ['no name', { carriers: [{ status: 'up' }] }],
    ['no list', { status: 'up' }],
  ])('%s is not understood', async (_what, body) => {
    here.answers(CARRIERS, body);
    expect(await outcome(ask())).toMatchObject({ fault: 'not understood' });
  });
});

describe('a parcel', () => {
  test('is told without its address', async () => {
    expect(await here.hands().probe.shipment(await waiting(), patient())).toEqual({
      size: true,
      weight: true,
      country: 'US',
      addressChangedAt: null,
      label: false,
      labelError: { code: expect.stringMatching(/_/), at: expect.any(Number) },
    });
  });

  test('of an order that the service does not know is null', async () => {
    expect(await here.hands().probe.shipment(NOBODY, patient())).toBeNull();
  });

  test.each<[string, object, object]>([
    ['nothing is set', {}, { size: false, weight: false, country: null, label: false, labelError: null }],
    ['flags', { dimensions: true, weight: false, label: true }, { size: true, weight: false, label: true }],
    ['numbers', { dimensions: '30x20x10', weight: 0 }, { size: true, weight: false }],
    ['a country in small letters', { country: 'de' }, { country: 'DE' }],
  ])('%s', async (_what, change, expected) => {
    const shipment = { dimensions: null, weight: null, label: null, ...change };
    here.answers(/admin\/orders\/ord_\w+$/, { id: 'ord_abc123', street: 'Elm 1', shipment });
    const said = await here.hands().probe.shipment(NOBODY, patient());
    expect(said).toMatchObject(expected);
    expect(JSON.stringify(said)).not.toContain('Elm');
  });

  test.each<[string, object]>([
    ['nothing of parcels', {}],
    ['nothing of a label: nobody knows whether one was bought', { shipment: { dimensions: 1, weight: 1 } }],
    ['nothing of a weight: it need not be missing', { shipment: { dimensions: 1, label: null } }],
  ])('of a service that tells %s is not understood', async (_what, more) => {
    here.answers(/admin\/orders\/ord_\w+$/, { id: 'ord_abc123', ...more });
    expect(await outcome(here.hands().probe.shipment(NOBODY, patient()))).toMatchObject({
      fault: 'not understood',
    });
  });
});

describe('a new label', () => {
  test('is asked for once, also when the answer is lost', async () => {
    const id = await waiting(1);
    here.service.faults.add({ match: { path: /regenerate-label$/ }, fault: { mode: 'lost' } });
    const asked = here.hands().lever.regenerateLabel(id, LICENCE, patient());
    expect(await outcome(asked)).toMatchObject({ sent: 'maybe' });
    expect(here.service.count('POST', /regenerate-label$/)).toBe(1);
    expect((await here.world.order(id))?.attempts).toMatchObject([{ by: LICENCE.by }]);
  });

  test('is taken; for one that waits for none it is refused, surely not done', async () => {
    const { lever } = here.hands();
    expect(await lever.regenerateLabel(await waiting(), LICENCE, patient())).toBe('Taken by the service.');
    const shipped = await here.world.read(({ orders }) =>
      [...orders.values()].find((one) => one.status === 'shipped'),
    );
    const again = lever.regenerateLabel(OrderId.parse(shipped?.id), LICENCE, patient());
    expect(await outcome(again)).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(await outcome(lever.regenerateLabel(NOBODY, LICENCE, patient()))).toMatchObject({
      fault: 'not found',
      sent: 'no',
    });
  });
});

describe('an address', () => {
  const ask = async (change: Partial<typeof ADDRESS> = {}) =>
    await here.hands().lever.validateAddress({ ...ADDRESS, ...change }, patient());

  test.each<[string, Partial<typeof ADDRESS>, object]>([
    ['the runbook’s own', {}, { valid: true, wrong: [] }],
    ['a wrong zip and state', { zip: '9410', state: 'Calif' }, { valid: false, wrong: ['zip', 'state'] }],
    ['another country', { country: 'DE', zip: '10115' }, { valid: true, wrong: [] }],
  ])('%s', async (_what, change, expected) => {
    expect(await ask(change)).toEqual(expected);
  });

  test('comes back in no answer: only names of fields are taken', async () => {
    here.answers(/validate-address$/, { valid: false, errors: ['zip', { field: 'street' }] });
    expect(await ask()).toEqual({ valid: false, wrong: ['zip', 'street'] });
    here.answers(/validate-address$/, { valid: false, errors: ['123 Main St is unknown'] });
    expect(await outcome(ask())).toEqual({
      fault: 'not understood',
      sent: 'maybe',
      mayRetry: false,
      message: 'The order service did not check the address (not understood).',
    });
  });

  test('comes back in no error: the service’s words may quote it', async () => {
    here.answers(/validate-address$/, { error: { message: '“123 Main St” is too short' } }, 400);
    const said = await outcome(ask());
    expect(said).toMatchObject({ fault: 'refused', message: expect.stringContaining('(refused)') });
    expect(JSON.stringify(said)).not.toContain('Main');
  });

  test('is sent without a country where none was given', async () => {
    await ask();
    const sent = here.service.requests.filter(({ path }) => path.endsWith('validate-address')).at(-1);
    expect(JSON.stringify(sent)).not.toContain('country');
  });
});
