import type { Parts } from '../pipeline/parts.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * What was sent and may yet arrive: Slack is asked once more, `slackDoubtMs` later. Real time; a process that dies
 * takes its doubts along.
 */
export function createDoubts({ clock, log, rules }: Parts) {
  const open: { readonly at: number; readonly again: () => Promise<void> }[] = [];
  const add = (again: () => Promise<void>) =>
    void open.push({ at: clock.now() + rules.timing.slackDoubtMs, again });
  return {
    add,
    async lookAgain(): Promise<void> {
      for (let first = open[0]; first !== undefined && first.at <= clock.now(); first = open[0]) {
        const { again } = first;
        open.shift();
        await again().catch((err) => {
          log.warn(
            { err: err instanceof Error ? err.message : 'unknown' },
            'a doubt could not be cleared up',
          );
          add(again);
        });
      }
    },
  };
}

/** What is left alone for a while, by name. Real time. */
export function createRests(clock: Clock) {
  const until = new Map<string, number>();
  return {
    add: (name: string, ms: number) => void until.set(name, clock.now() + ms),
    has(name: string): boolean {
      if ((until.get(name) ?? 0) > clock.now()) return true;
      until.delete(name);
      return false;
    },
    count(): number {
      for (const [name, at] of until) if (at <= clock.now()) until.delete(name);
      return until.size;
    },
  };
}
