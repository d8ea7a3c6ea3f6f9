import { expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { ACME, ACME_YAML, acmeLabels } from '../support/acme.ts';
import { saidOf, supportedIn, verdictOf } from '../support/verdict.ts';

const company = { names: ACME, yaml: ACME_YAML, labels: acmeLabels };

/** What is looked for in logs, metrics, lists and topics is found by the company's own names, in every story. */
test.each(scenarios)('$id: $causes, in a company with names of its own', async (story) => {
  const look = await verdictOf([story], { company });
  const found = look.findings.map(({ step, verdict, line }) => `${step} ${verdict}: ${line}`);
  expect(supportedIn(look), [saidOf(look), ...found].join('\n')).toEqual(story.causes);
});
