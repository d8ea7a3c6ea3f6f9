import { type ReactNode, useId, useState } from 'react';
import { nameOf, useDesk } from '../desk.ts';
import type { FieldProps } from './field.tsx';
import { type Choice, choicesOf, isJson, type Json, listOf, wordsOf } from './json.ts';

/** So many lines are looked through without letters to type. */
const MANY = 12;

/** A menu of which one line is chosen. */
export function SelectMenu(props: FieldProps) {
  const { element, enter } = props;
  const choices = useChoices(element);
  const [chosen] = useKept(props);
  const groups = [...new Set(choices.map(({ group }) => group))];
  const lines = (group: string) =>
    choices
      .filter((choice) => choice.group === group)
      .map(({ value, text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ));
  return (
    <select
      id={props.id}
      className="field field-select"
      aria-label={props.name}
      aria-invalid={props.wrong === true}
      value={choices.some(({ value }) => value === chosen) ? (chosen ?? '') : ''}
      onChange={(event) => enter(event.target.value, true)}
    >
      <option value="" disabled>
        {wordsOf(element['placeholder']) || 'Choose…'}
      </option>
      {groups.map((group) =>
        group === '' ? (
          lines(group)
        ) : (
          <optgroup key={group} label={group}>
            {lines(group)}
          </optgroup>
        ),
      )}
    </select>
  );
}

/** One of a few. */
export function Radios(props: FieldProps) {
  const name = useId();
  const [chosen] = useKept(props);
  return (
    <div className="choices" role="radiogroup" aria-label={props.name}>
      {useChoices(props.element).map((choice) => (
        <Line key={choice.value} choice={choice}>
          {(id) => (
            <input
              id={id}
              type="radio"
              name={name}
              checked={chosen === choice.value}
              onChange={() => props.enter(choice.value, true)}
            />
          )}
        </Line>
      ))}
    </div>
  );
}

/** Several of some: boxes to tick, with letters to type when there are many. */
export function Boxes(props: FieldProps) {
  const choices = useChoices(props.element);
  const chosen = useKept(props);
  const [letters, setLetters] = useState('');
  const shown = choices.filter(({ text }) => text.toLowerCase().includes(letters.toLowerCase()));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll inside its border everywhere
    <div className="choices" role="group" aria-label={props.name}>
      {choices.length > MANY ? (
        <input
          className="field"
          placeholder="Type to find"
          aria-label={`Find in ${props.name}`}
          value={letters}
          onChange={(event) => setLetters(event.target.value)}
        />
      ) : null}
      {shown.map((choice) => (
        <Line key={choice.value} choice={choice}>
          {(id) => (
            <input
              id={id}
              type="checkbox"
              checked={chosen.includes(choice.value)}
              onChange={(event) => {
                const rest = chosen.filter((value) => value !== choice.value);
                props.enter(event.target.checked ? [...rest, choice.value] : rest, true);
              }}
            />
          )}
        </Line>
      ))}
    </div>
  );
}

function Line(props: { readonly choice: Choice; readonly children: (id: string) => ReactNode }) {
  const { text, hint } = props.choice;
  const id = useId();
  return (
    <label className="choice" htmlFor={id}>
      {props.children(id)}
      <span>
        {text}
        {hint === '' ? null : <span className="choice-hint">{hint}</span>}
      </span>
    </label>
  );
}

/** The element's own lines, or the workspace's people or channels. */
function useChoices(element: Json): readonly Choice[] {
  const { state } = useDesk();
  const type = String(element['type']);
  const plain = { hint: '', group: '', url: null };
  if (type.endsWith('users_select'))
    return state.users.map(({ id }) => ({ ...plain, value: id, text: nameOf(state, id) }));
  if (type.endsWith('channels_select') || type.endsWith('conversations_select'))
    return state.channels
      .filter(({ kind }) => kind !== 'im')
      .map(({ id, name }) => ({ ...plain, value: id, text: `#${name}` }));
  return choicesOf(element);
}

/** The values that are chosen now. */
function useKept({ element, blockId, surface }: FieldProps): readonly string[] {
  const value = surface.keptOf?.(blockId, String(element['action_id'])) ?? initial(element);
  if (!isJson(value)) return [];
  const options = [...listOf(value['selected_options']), value['selected_option']].filter(isJson);
  const ids = ['users', 'channels', 'conversations'].flatMap((kind) => value[`selected_${kind}`] ?? []);
  const one = [value['selected_user'], value['selected_channel'], value['selected_conversation']];
  return [...options.map((option) => option['value']), ...ids, ...one]
    .filter((each) => each != null)
    .map(String);
}

function initial(element: Json): Json {
  return Object.fromEntries(
    Object.entries(element)
      .filter(([name]) => name.startsWith('initial_'))
      .map(([name, value]) => [name.replace('initial_', 'selected_'), value]),
  );
}
