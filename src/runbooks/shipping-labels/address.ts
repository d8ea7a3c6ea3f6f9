import { broken, healthy } from '../../domain/finding.ts';
import type { Field } from '../../domain/offer.ts';
import type { Question } from '../define-runbook.ts';
import { curl } from '../names.ts';
import type { ShippingData } from './checks.ts';

/** Characters; nobody lives behind a longer line. */
const LONGEST = 120;
const COUNTRY = /^[A-Za-z]{2}$/;

const NEEDED = [
  ['street', 'Street and number'],
  ['city', 'City'],
  ['state', 'State or region'],
  ['zip', 'ZIP or postal code'],
] as const;

/** R32: a POST that asks. What is typed goes to the service and is kept nowhere. */
export const validateAddress: Question<ShippingData> = {
  step: 'R32',
  title: 'Validate an address',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/validate-address \\\n  -d \'{"street": "123 Main St", "city": "San Francisco", "state": "CA", "zip": "94105"}\'',
  equivalent: (names) =>
    curl(
      names,
      names.paths.validateAddress,
      `-X POST -d '{"street": "<street>", "city": "<city>", "state": "<state>", "zip": "<zip>"}' `,
    ),
  parameters: ['street', 'city', 'state', 'zip', 'country'],
  preview: () => [
    'The order service checks one address; no label is made and no order is changed.',
    'What you type goes to the order service only: it is neither kept nor logged here.',
  ],
  fields: () => [
    ...NEEDED.map(
      ([name, label]): Field => ({ name, label, kind: 'text', minLength: 1, maxLength: LONGEST }),
    ),
    {
      name: 'country',
      label: 'Country, two letters',
      kind: 'text',
      maxLength: 2,
      optional: true,
      hint: 'Left empty, the service takes its own.',
    },
  ],
  notWhile: () => null,
  validate(answers) {
    const missing = NEEDED.filter(([name]) => {
      const text = (answers[name] ?? '').trim();
      return text === '' || text.length > LONGEST;
    });
    const country = (answers['country'] ?? '').trim();
    return {
      ...Object.fromEntries(
        missing.map(([name, label]) => [name, `${label}: write 1 to ${LONGEST} characters.`]),
      ),
      ...(country === '' || COUNTRY.test(country) ? {} : { country: 'Write two letters, as in US.' }),
    };
  },
  async ask(answers, { levers, signal }) {
    const text = (name: string) => (answers[name] ?? '').trim();
    const { valid, wrong } = await levers.orderService.validateAddress(
      {
        street: text('street'),
        city: text('city'),
        state: text('state'),
        zip: text('zip'),
        country: text('country').toUpperCase(),
      },
      signal,
    );
    if (valid) return healthy('The address that was asked about is valid.', null);
    const where = wrong.length === 0 ? '' : `: look at ${wrong.join(', ')}`;
    return broken(`The address that was asked about is not valid${where}.`, null);
  },
};
