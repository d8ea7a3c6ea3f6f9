import { type Message, message, section } from './kit.ts';
import { shortened, words } from './words.ts';

/** Of the trouble’s own words, characters: what to do next must have room beside them. */
const WHY = 300;

/** What came in and could not be worked on, however often it was tried: said where the cards stand. */
export function givenUp(
  source: 'slack' | 'alertmanager' | 'pagerduty',
  tries: number,
  because: string,
): Message {
  const { what, next } = {
    alertmanager: {
      what: words`An alert from Alertmanager was not taken`,
      next: words`Look in Alertmanager: no card may stand for what fires there.`,
    },
    pagerduty: {
      what: words`What somebody did in PagerDuty was not taken`,
      next: words`Do it here: acknowledge or resolve the incident on its card.`,
    },
    slack: {
      what: words`A message, a command or a press in Slack was not worked on`,
      next: words`Do it again; whoever ran something sees on its card whether it began.`,
    },
  }[source];
  const line = words`${what}: it failed ${tries} times, the last time with “${shortened(words`${because}`, WHY)}”.`;
  return message(words`${line} ${next}`, [section([line, next])]);
}
