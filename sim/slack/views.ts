import { randomInt } from 'node:crypto';
import { Refusal, refuseWith } from './api/refusal.ts';
import { isTooLarge, validateView } from './blocks/validate.ts';
import { keptValues } from './people/values.ts';
import { newId } from './state/ids.ts';
import { storedBlocks, storedText } from './state/normalise.ts';
import type { FormValues, Json, OpenView } from './state/types.ts';
import { OWN, type Workspace } from './state/workspace.ts';

/** A root modal and two more on top of it. */
const MOST_IN_STACK = 3;

/** The modals of every person, lowest first, and their home views. */
export function createViews(workspace: Workspace) {
  function stack(user: string): readonly OpenView[] {
    return workspace.views.filter((view) => view.user === user && view.kind === 'modal');
  }

  function find(id: string): OpenView | null {
    return workspace.views.find((view) => view.id === id) ?? null;
  }

  /** @throws Refusal when Slack would not show this */
  function accept(raw: unknown, kind: 'modal' | 'home', except: string | null): Json {
    if (isTooLarge(raw)) throw new Refusal('view_too_large');
    const said = validateView(raw);
    if (said.length > 0) throw refuseWith('invalid_arguments', said);
    const view = storedView(raw);
    if (view['type'] !== kind)
      throw refuseWith('invalid_arguments', [
        `unsupported type: ${String(view['type'])} [json-pointer:/view/type]`,
      ]);
    const external = view['external_id'];
    const twin = workspace.views.find((one) => one.view['external_id'] === external && one.id !== except);
    if (external !== undefined && external !== '' && twin !== undefined)
      throw new Refusal('duplicate_external_id');
    return view;
  }

  function add(user: string, kind: 'modal' | 'home', view: Json, below: OpenView | null): OpenView {
    const id = newId('V');
    const opened: OpenView = {
      id,
      user,
      kind,
      hash: newHash(),
      rootId: below?.rootId ?? id,
      previousId: below?.id ?? null,
      view,
      values: keptValues(blocksOf(view), {}),
      errors: {},
    };
    workspace.views.push(opened);
    workspace.tell({ kind: 'view opened', view: opened });
    return opened;
  }

  function replace(before: OpenView, next: Partial<OpenView>): OpenView {
    const view: OpenView = { ...before, ...next };
    const place = workspace.views.findIndex(({ id }) => id === before.id);
    if (place >= 0) workspace.views[place] = view;
    workspace.tell({ kind: 'view changed', view });
    return view;
  }

  function close(view: OpenView): void {
    const place = workspace.views.findIndex(({ id }) => id === view.id);
    if (place < 0) return;
    workspace.views.splice(place, 1);
    workspace.tell({ kind: 'view closed', view });
  }

  return {
    stack,
    find,
    close,
    findExternal: (id: string) => workspace.views.find(({ view }) => view['external_id'] === id) ?? null,
    home: (user: string) =>
      workspace.views.find((view) => view.user === user && view.kind === 'home') ?? null,
    /** A new root modal; what was open before is gone. */
    open(user: string, raw: unknown): OpenView {
      const view = accept(raw, 'modal', null);
      for (const old of [...stack(user)].reverse()) close(old);
      return add(user, 'modal', view, null);
    },
    push(user: string, raw: unknown): OpenView {
      const view = accept(raw, 'modal', null);
      const top = stack(user).at(-1);
      if (top === undefined) throw new Refusal('not_found');
      if (stack(user).length >= MOST_IN_STACK) throw new Refusal('push_limit_reached');
      return add(user, 'modal', view, top);
    },
    /** Values of inputs stay when block_id, action_id and type stay. */
    update(before: OpenView, raw: unknown, hash: string | null): OpenView {
      if (hash !== null && hash !== before.hash) throw new Refusal('hash_conflict');
      const view = accept(raw, before.kind, before.id);
      const values = keptValues(blocksOf(view), before.values);
      return replace(before, { view, values, hash: newHash(), errors: {} });
    },
    publish(user: string, raw: unknown, hash: string | null): OpenView {
      const before = this.home(user);
      if (before !== null) return this.update(before, raw, hash);
      return add(user, 'home', accept(raw, 'home', null), null);
    },
    fill: (view: OpenView, values: FormValues): OpenView => replace(view, { values, errors: {} }),
    complain: (view: OpenView, errors: Readonly<Record<string, string>>): OpenView =>
      replace(view, { errors }),
  };
}
export type Views = ReturnType<typeof createViews>;

export function blocksOf(view: Json): readonly Json[] {
  const blocks = view['blocks'];
  return Array.isArray(blocks) ? blocks : [];
}

/** A view as Slack returns it. */
export function wireView({ id, hash, rootId, previousId, view, values, kind }: OpenView): Json {
  return {
    id,
    team_id: OWN.team,
    app_id: OWN.app,
    app_installed_team_id: OWN.team,
    bot_id: OWN.bot,
    callback_id: '',
    external_id: '',
    private_metadata: '',
    ...(kind === 'modal' ? { submit: null, close: null, clear_on_close: false, notify_on_close: false } : {}),
    ...view,
    hash,
    root_view_id: rootId,
    previous_view_id: previousId,
    state: { values },
  };
}

function storedView(raw: unknown): Json {
  const view = typeof raw === 'object' && raw !== null ? Object.fromEntries(Object.entries(raw)) : {};
  const stored = Object.entries(view).map(([key, value]) => {
    if (key === 'blocks') return [key, Array.isArray(value) ? storedBlocks(value) : []] as const;
    return [key, ['title', 'submit', 'close'].includes(key) ? storedText(value) : value] as const;
  });
  return Object.fromEntries(stored);
}

function newHash(): string {
  return `${Math.floor(Date.now() / 1_000)}.${randomInt(0x10000000, 0x7fffffff).toString(16)}`;
}
