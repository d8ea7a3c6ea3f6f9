import type { Climbed, Incident } from '../domain/incident.ts';
import { configured, type Words, words } from './words.ts';

/** Whom a rung calls: its channels and people, else its team. */
export function calledBy({ ladder }: Pick<Incident, 'ladder'>, number: Climbed['rung']): Words {
  const rung = ladder.find((one) => one.number === number);
  if (rung === undefined) return words`a team`;
  const whom = [...rung.channels, ...rung.people].join(', ');
  return configured(whom === '' ? `the ${rung.team} team` : whom);
}
