import type { Story } from '../../sim/page/parts.ts';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';

/** Every scenario under its runbook and its cause, in the order of the runbooks' numbers: so people look for them. */
export const STORIES: readonly Story[] = CATALOGUE.flatMap(({ id: of, number, title: name, causes }) => {
  const own = scenarios.filter(({ runbook }) => runbook === of);
  const named = causes.flatMap((cause) =>
    own
      .filter((scenario) => scenario.causes.includes(cause.id))
      .map((scenario) => [cause.title, scenario] as const),
  );
  const others = own.filter((scenario) => scenario.causes.length === 0);
  return [...named, ...others.map((scenario) => ['No cause that the runbook names', scenario] as const)].map(
    ([cause, { id, title }]) => ({ id, title, runbook: `${number} ${name}`, cause }),
  );
});
