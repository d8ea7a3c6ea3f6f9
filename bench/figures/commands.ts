import { NO_RATES, type SimulatedSlack } from '../../sim/slack/slack.ts';
import { type Bench, compared, type Figure, type Round } from '../figure.ts';
import { ALERTS, openSlack, RESPONDER, startBareBolt, startBot } from '../support/bot.ts';
import { startServer } from '../support/databases.ts';
import { shown } from '../support/shown.ts';

const ROUNDS = 5;
/** A round: so many commands one after the other, then so many bursts of 50. */
const ALONE = 100;
const BURSTS = 10;
const AT_ONCE = 50;
const WARM_UP = 60;
const MOST = 1.3;

/** Slash command → acknowledgement, against bare Bolt with one durable insert. */
export const commands: Bench = {
  name: 'commands',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    const server = await startServer(stack);
    const ours = await openSlack(stack, NO_RATES);
    const theirs = await openSlack(stack, NO_RATES);
    await startBot(stack, ours, await server.forBot('commands'));
    await startBareBolt(stack, theirs, await server.fresh('bare'));
    for (const slack of [ours, theirs]) {
      for (let count = 0; count < WARM_UP; count += 1) await burst(slack, 1);
      await burst(slack, AT_ONCE);
    }
    const alone: Round[] = [];
    const together: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      progress(`round ${round} of ${ROUNDS}`);
      alone.push(await inTurn(ours, theirs, ALONE, 1));
      together.push(await inTurn(ours, theirs, BURSTS, AT_ONCE));
    }
    return [
      ...figures(
        'one at a time',
        'Typed by one person; the next when the answer to the last has come.',
        alone,
      ),
      ...figures(
        `${AT_ONCE} at once`,
        `${AT_ONCE} typed at the same moment; the next burst when all are answered.`,
        together,
      ),
    ];
  },
};

function figures(name: string, how: string, rounds: readonly Round[]): Figure[] {
  return [0.5, 0.99].map((share) => {
    const { ours, theirs, range, samples } = compared(rounds, share);
    return {
      name: `command → ack, ${name}, p${share * 100}`,
      how,
      unit: 'ms',
      ours: { name: 'oms-bot', value: ours },
      beside: { name: 'bare Bolt + one durable insert', value: theirs },
      goal: { on: 'ratio', most: MOST },
      range,
      samples,
    };
  });
}

/** Both sides in turn, who begins alternates: noise of the machine hits both. */
async function inTurn(
  ours: SimulatedSlack,
  theirs: SimulatedSlack,
  times: number,
  size: number,
): Promise<Round> {
  const round = { ours: [] as number[], theirs: [] as number[] };
  for (let count = 0; count < times; count += 1) {
    for (const side of count % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const))
      round[side].push(...(await burst(side === 'ours' ? ours : theirs, size)));
  }
  return round;
}

/** ms from each command to its acknowledgement; returns when all of them are answered too. */
async function burst(slack: SimulatedSlack, size: number): Promise<number[]> {
  const answered = shown(slack, ({ kind }) => kind === 'ephemeral shown', size);
  const took = await Promise.all(
    Array.from({ length: size }, async () => {
      const began = performance.now();
      const result = await slack.as(RESPONDER).command(ALERTS, '/oms help');
      if (result !== 'ok') throw new Error(`A command was not acknowledged: ${result}.`);
      return performance.now() - began;
    }),
  );
  await answered;
  return took;
}
