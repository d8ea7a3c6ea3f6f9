import { useState } from 'react';
import type { OpenView } from '../../slack/state/types.ts';
import { Blocks } from './blocks/blocks.tsx';
import { isJson, listOf, wordsOf } from './blocks/json.ts';
import { type Entry, type Surface, shownAs } from './blocks/surface.ts';
import { useDesk } from './desk.ts';
import { Dialog } from './dialog.tsx';

/** Slack's own words for an app that did not answer. */
const TROUBLE = 'We had some trouble connecting. Try again?';

/** The form on top of this person's screen. */
export function Modal({ view }: { readonly view: OpenView }) {
  const { run } = useDesk();
  const [entered, setEntered] = useState<Readonly<Record<string, Entry>>>({});
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const { submit, close } = view.view;

  const surface: Surface = {
    target: { viewId: view.id },
    keptOf: (blockId, actionId) => {
      const fresh = entered[blockId];
      if (fresh !== undefined) return shownAs(fresh);
      const kept = view.values[blockId]?.[actionId];
      return kept === undefined || !isJson(kept) ? undefined : kept;
    },
    errorOf: (blockId) => view.errors[blockId],
    enter(blockId, _actionId, entry, settled) {
      setEntered((before) => ({ ...before, [blockId]: entry }));
      // What is entered lies on the server too, so that a reload loses nothing.
      if (settled) void run({ do: 'fill', viewId: view.id, entries: { [blockId]: entry } });
    },
  };

  async function send(): Promise<void> {
    setBusy(true);
    const done = await run({ do: 'submit', viewId: view.id, entries: entered });
    setBusy(false);
    setFailed(!done.ok ? done.because : done.result === 'failed' ? TROUBLE : null);
    setEntered({});
  }

  const cancel = (all: boolean) => void run({ do: 'close', viewId: view.id, all });
  return (
    <Dialog title={wordsOf(view.view['title'])} onClose={() => cancel(true)}>
      <form
        className="modal-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className="dialog-body">
          <Blocks blocks={listOf(view.view['blocks'])} surface={surface} />
        </div>
        {failed !== null ? (
          <p className="modal-failed" role="alert">
            {failed}
          </p>
        ) : null}
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={() => cancel(false)}>
            {isJson(close) ? wordsOf(close) : 'Cancel'}
          </button>
          {isJson(submit) ? (
            <button type="submit" className="button button-primary" disabled={busy} aria-busy={busy}>
              {wordsOf(submit)}
            </button>
          ) : null}
        </footer>
      </form>
    </Dialog>
  );
}
