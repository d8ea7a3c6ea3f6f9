import { useState } from 'react';
import { useDesk } from '../desk.ts';
import type { FieldProps } from './field.tsx';
import { isJson, listOf, wordsOf } from './json.ts';

/** A menu whose lines the app gives for the letters that are typed. */
export function ExternalMenu(props: FieldProps) {
  const { element, blockId, surface } = props;
  const { run } = useDesk();
  const actionId = String(element['action_id']);
  const [letters, setLetters] = useState('');
  const [lines, setLines] = useState<readonly string[]>([]);
  const value = surface.keptOf?.(blockId, actionId);
  const chosen = isJson(value)
    ? [value['selected_option'], ...listOf(value['selected_options'])].filter(isJson)
    : [];

  async function look(query: string): Promise<void> {
    setLetters(query);
    const got = await run({ do: 'suggestions', target: surface.target, blockId, actionId, query });
    if (got.ok && Array.isArray(got.result)) setLines(got.result.map(String));
  }

  async function choose(line: string): Promise<void> {
    setLines([]);
    setLetters('');
    // Only a press lets Slack ask the app for the line again; a plain fill would not know it.
    const option = element['type'] === 'multi_external_select' ? [line] : line;
    await run({ do: 'click', target: surface.target, blockId, actionId, option });
  }

  return (
    <div className="external-menu">
      {chosen.length === 0 ? null : (
        <div className="chosen">{chosen.map(({ text }) => wordsOf(text)).join(', ')}</div>
      )}
      <input
        id={props.id}
        className="field"
        aria-label={props.name}
        placeholder={wordsOf(element['placeholder']) || 'Type to find'}
        value={letters}
        onChange={(event) => void look(event.target.value)}
        onFocus={() => void look(letters)}
      />
      {lines.map((line) => (
        <button key={line} type="button" className="suggestion" onClick={() => void choose(line)}>
          {line}
        </button>
      ))}
    </div>
  );
}
