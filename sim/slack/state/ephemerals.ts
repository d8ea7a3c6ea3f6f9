import { newId } from './ids.ts';
import type { Ephemeral } from './types.ts';
import type { Workspace } from './workspace.ts';

/** Shows something to one person only. It is gone with the workspace's memory, and no history has it. */
export function showEphemeral(workspace: Workspace, words: Omit<Ephemeral, 'id' | 'ts'>): Ephemeral {
  const ephemeral = { ...words, id: newId('E'), ts: workspace.nextTs() };
  workspace.ephemerals.push(ephemeral);
  workspace.tell({ kind: 'ephemeral shown', ephemeral });
  return ephemeral;
}

export function changeEphemeral(
  workspace: Workspace,
  before: Ephemeral,
  words: Partial<Ephemeral>,
): Ephemeral {
  const ephemeral = { ...before, ...words, id: before.id, ts: before.ts };
  const place = workspace.ephemerals.findIndex(({ id }) => id === before.id);
  if (place < 0) return ephemeral;
  workspace.ephemerals[place] = ephemeral;
  workspace.tell({ kind: 'ephemeral changed', ephemeral });
  return ephemeral;
}

export function removeEphemeral(workspace: Workspace, id: string): void {
  const place = workspace.ephemerals.findIndex((one) => one.id === id);
  const [ephemeral] = place < 0 ? [] : workspace.ephemerals.splice(place, 1);
  if (ephemeral !== undefined) workspace.tell({ kind: 'ephemeral removed', ephemeral });
}
