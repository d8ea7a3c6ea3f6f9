import type { Action, Judging } from '../define-runbook.ts';

/** Whether a button for this action is recommended and does not wait: the moment of what the runbook says beside it. */
export function recommends<Data>(action: Action<Data>, judging: Judging<Data>): boolean {
  return action
    .draft(judging)
    .some((draft) => action.when(judging, draft) !== null && action.notWhile(judging, draft) === null);
}

/** Whether one of these actions left a duty with this owner that nobody has ticked off. */
export function owes(
  { incident }: Pick<Judging<unknown>, 'incident'>,
  owner: string,
  ...actions: readonly string[]
): boolean {
  const runs = new Set(incident.runs.filter(({ action }) => actions.includes(action)).map(({ id }) => id));
  return incident.owed.some(
    (duty) => duty.done === null && duty.owner === owner && duty.run !== null && runs.has(duty.run),
  );
}
