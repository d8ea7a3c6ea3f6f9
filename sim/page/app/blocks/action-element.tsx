import { useState } from 'react';
import { useDesk } from '../desk.ts';
import { Confirm } from './confirm.tsx';
import { Field } from './field.tsx';
import { isJson, type Json, wordsOf } from './json.ts';
import { Overflow } from './overflow.tsx';
import { Undrawable } from './shown.tsx';
import { type Entry, type Surface, shownAs } from './surface.ts';

/** What can be pressed or chosen outside of a form's inputs. The app hears of it at once. */
export function ActionElement(props: {
  readonly element: Json;
  readonly blockId: string;
  readonly surface: Surface;
}) {
  const { element, blockId, surface } = props;
  const { run } = useDesk();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [asking, setAsking] = useState<{ readonly option: Entry | undefined } | null>(null);
  const [chosen, setChosen] = useState<Entry | undefined>(undefined);
  const { confirm } = element;

  async function send(option: Entry | undefined, confirmed: boolean): Promise<void> {
    setBusy(true);
    const done = await run({
      do: 'click',
      target: surface.target,
      blockId,
      actionId: String(element['action_id']),
      ...(option === undefined ? {} : { option }),
      ...(confirmed ? { confirm: true } : {}),
    });
    setBusy(false);
    setFailed(done.ok && isJson(done.result) && done.result['shown'] === 'failed');
    if (done.ok) setChosen(option);
  }

  function use(option?: Entry): void {
    if (isJson(confirm)) setAsking({ option });
    else void send(option, false);
  }

  function answered(yes: boolean): void {
    const asked = asking;
    setAsking(null);
    if (yes && asked !== null) void send(asked.option, true);
  }

  return (
    <span className="action-element">
      <Control
        element={element}
        blockId={blockId}
        surface={surface.keptOf === undefined ? remembering(surface, chosen) : surface}
        busy={busy}
        use={use}
      />
      {failed ? (
        <span className="failed-mark" role="alert">
          We had some trouble connecting. Try again?
        </span>
      ) : null}
      {asking !== null && isJson(confirm) ? <Confirm confirm={confirm} onAnswer={answered} /> : null}
    </span>
  );
}

/** A message does not say what somebody chose in it, so its control shows what was chosen last. */
function remembering(surface: Surface, chosen: Entry | undefined): Surface {
  return chosen === undefined ? surface : { ...surface, keptOf: () => shownAs(chosen) };
}

function Control(props: {
  readonly element: Json;
  readonly blockId: string;
  readonly surface: Surface;
  readonly busy: boolean;
  readonly use: (option?: Entry) => void;
}) {
  const { element, blockId, surface, busy, use } = props;
  switch (element['type']) {
    case 'button':
    case 'workflow_button':
      return <Press element={element} busy={busy} use={use} />;
    case 'icon_button':
      return (
        <button type="button" className="button" disabled={busy} onClick={() => use()}>
          {wordsOf(element['text'])}
        </button>
      );
    case 'overflow':
      return <Overflow element={element} busy={busy} choose={use} />;
    case 'image':
    case 'feedback_buttons':
    case 'file_input':
    case 'rich_text_input':
      return <Undrawable what="control" type={String(element['type'])} />;
    default:
      return (
        <Field
          element={element}
          blockId={blockId}
          surface={surface}
          name={wordsOf(element['placeholder']) || 'Choose'}
          enter={(entry, settled) => (settled ? use(entry) : undefined)}
        />
      );
  }
}

function Press(props: { readonly element: Json; readonly busy: boolean; readonly use: () => void }) {
  const { element, busy, use } = props;
  const { style, url } = element;
  const look = style === 'primary' || style === 'danger' ? `button button-${style}` : 'button';
  const label = wordsOf(element['accessibility_label']);
  return (
    <button
      type="button"
      className={look}
      aria-busy={busy}
      disabled={busy}
      {...(label === '' ? {} : { 'aria-label': label })}
      onClick={() => {
        if (typeof url === 'string') window.open(url, '_blank', 'noopener');
        use();
      }}
    >
      {wordsOf(element['text'])}
    </button>
  );
}
