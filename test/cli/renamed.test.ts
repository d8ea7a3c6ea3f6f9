import { expect, test } from 'vitest';
import { rendered } from '../../src/cli/render.ts';
import { readConfig } from '../../src/config.ts';
import { namesOf } from '../../src/names-of.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { stepsIn } from '../../src/runbooks/listing.ts';
import { ACME_YAML } from '../support/acme.ts';
import { namesIn } from '../support/default-names.ts';

const { oms } = readConfig({ env: {}, readFile: () => ACME_YAML });

test.each(Object.entries(rendered(oms)))('%s names nothing as the runbook does', (_file, text) => {
  expect(namesIn(text)).toEqual([]);
});

test.each(
  CATALOGUE.flatMap((runbook) => stepsIn(runbook, namesOf(oms)).map((step) => [runbook.id, step] as const)),
)('%s: what is typed by hand for $step names nothing as the runbook does', (_runbook, { equivalent }) => {
  expect(namesIn(equivalent)).toEqual([]);
  expect(equivalent).not.toMatch(/-n default|-U orders|from orders|status=(?:pending|paid|shipped)/i);
});
