import type { Action, Judging } from '../define-runbook.ts';

/** Whether a button for this action is recommended and does not wait: the moment of what the runbook says beside it. */
export function recommends<Data>(action: Action<Data>, judging: Judging<Data>): boolean {
  return action
    .draft(judging)
    .some((draft) => action.when(judging, draft) !== null && action.notWhile(judging, draft) === null);
}
