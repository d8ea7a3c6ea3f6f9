import { expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { ACME, ACME_YAML, acmeLabels } from '../support/acme.ts';
import { verdictOf } from '../support/verdict.ts';

const company = { names: ACME, yaml: ACME_YAML, labels: acmeLabels };

/** They are told by how much came in the hours before, which nobody kept here. */
const BY_WHAT_IS_USUAL = ['small-pool', 'traffic-jumped', 'wasteful-route', 'leaky-release'];
const told = scenarios.filter(({ id }) => !BY_WHAT_IS_USUAL.includes(id));

/** What is looked for in logs, metrics, lists and topics is found by the company's own names, in every story. */
test.each(told)('$id: $causes, in a company with names of its own', async (story) => {
  const { causes, look } = await verdictOf([story], { company });
  const said = causes.map(({ id, verdict, because }) => `${id} ${verdict}: ${because}`);
  const supported = causes.flatMap(({ id, verdict }) => (verdict === 'supported' ? [id] : []));
  const found = look.findings.map(({ step, verdict, line }) => `${step} ${verdict}: ${line}`);
  expect(supported, [...said, ...found].join('\n')).toEqual(story.causes);
});
