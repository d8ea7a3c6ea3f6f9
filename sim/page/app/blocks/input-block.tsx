import { useId } from 'react';
import { useDesk } from '../desk.ts';
import { Field } from './field.tsx';
import { isJson, type Json, wordsOf } from './json.ts';
import { Undrawable } from './shown.tsx';
import type { Surface } from './surface.ts';

const GROUPS = new Set(['checkboxes', 'radio_buttons']);

/** One input of a form with its label, its hint and what is wrong with it. */
export function InputBlock({ block, surface }: { readonly block: Json; readonly surface: Surface }) {
  const { run } = useDesk();
  const id = useId();
  const { element } = block;
  if (!isJson(element)) return <Undrawable what="block" type="input" because="it has no element." />;
  const blockId = String(block['block_id']);
  const actionId = String(element['action_id']);
  const error = surface.errorOf?.(blockId);
  const hint = wordsOf(block['hint']);
  const group = GROUPS.has(String(element['type'])) || String(element['type']).startsWith('multi_');
  const label = (
    <>
      {wordsOf(block['label'])}
      {block['optional'] === true ? <span className="optional"> (optional)</span> : null}
    </>
  );
  return (
    <div className={error === undefined ? 'input-block' : 'input-block input-wrong'}>
      {group ? (
        <div className="input-label" id={`${id}-label`}>
          {label}
        </div>
      ) : (
        <label className="input-label" htmlFor={id}>
          {label}
        </label>
      )}
      <Field
        element={element}
        blockId={blockId}
        surface={surface}
        id={id}
        name={wordsOf(block['label'])}
        wrong={error !== undefined}
        enter={(entry, settled) => {
          // A form in a message or an input that dispatches tells the app at once.
          const dispatches = block['dispatch_action'] === true || surface.enter === undefined;
          surface.enter?.(blockId, actionId, entry, settled);
          if (dispatches && settled)
            void run({ do: 'click', target: surface.target, blockId, actionId, option: entry });
        }}
      />
      {hint === '' ? null : <div className="input-hint">{hint}</div>}
      {error === undefined ? null : (
        <div className="input-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
