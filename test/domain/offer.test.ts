import { expect, test } from 'vitest';
import { waitsNow } from '../../src/domain/offer.ts';
import { anOffer } from '../support/incidents.ts';

const asked = anOffer({ id: 'asked', requestedBy: 'URESPONDER' });
const standing = (waits: string | null, targets = asked.targets) => anOffer({ waits, targets });

test.each([
  ['nobody looked at it again', [], null],
  ['nothing has come up', [standing(null)], null],
  ['something has', [standing('the gateway is down')], 'the gateway is down'],
  ['of something else', [standing('the gateway is down', ['ord_ccc333'])], null],
  ['of one of two that are alike', [standing('the brokers come first'), standing(null)], null],
] as const)('what was asked for waits for what came up since: %s', (_what, others, because) => {
  expect(waitsNow(asked, [asked, ...others])).toBe(because);
});
