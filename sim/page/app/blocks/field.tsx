import { useState } from 'react';
import { ExternalMenu } from './external-menu.tsx';
import { isJson, type Json, wordsOf } from './json.ts';
import { Boxes, Radios, SelectMenu } from './menus.tsx';
import { Undrawable } from './shown.tsx';
import type { Entry, Surface } from './surface.ts';

export interface FieldProps {
  readonly element: Json;
  readonly blockId: string;
  readonly surface: Surface;
  readonly id?: string;
  /** For a screen reader. */
  readonly name: string;
  readonly wrong?: boolean;
  readonly enter: (entry: Entry, settled: boolean) => void;
}

/** Anything of Block Kit that keeps a value. */
export function Field(props: FieldProps) {
  const { element } = props;
  const type = String(element['type']);
  switch (type) {
    case 'plain_text_input':
      return <TextField {...props} html={element['multiline'] === true ? 'textarea' : 'text'} />;
    case 'email_text_input':
      return <TextField {...props} html="email" />;
    case 'url_text_input':
      return <TextField {...props} html="url" />;
    case 'number_input':
      return <TextField {...props} html="number" />;
    case 'datepicker':
      return <TextField {...props} html="date" />;
    case 'timepicker':
      return <TextField {...props} html="time" />;
    case 'datetimepicker':
      return <TextField {...props} html="datetime-local" />;
    case 'radio_buttons':
      return <Radios {...props} />;
    case 'checkboxes':
    case 'multi_static_select':
    case 'multi_users_select':
    case 'multi_channels_select':
    case 'multi_conversations_select':
      return <Boxes {...props} />;
    case 'static_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return <SelectMenu {...props} />;
    case 'external_select':
    case 'multi_external_select':
      return <ExternalMenu {...props} />;
    default:
      return <Undrawable what="control" type={type} />;
  }
}

type Html = 'text' | 'textarea' | 'email' | 'url' | 'number' | 'date' | 'time' | 'datetime-local';

function TextField(props: FieldProps & { readonly html: Html }) {
  const { element, html, enter } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const kept = keptText(props);
  const least = element['min_length'];
  const shared = {
    id: props.id,
    className: 'field',
    'aria-label': props.name,
    'aria-invalid': props.wrong === true,
    placeholder: wordsOf(element['placeholder']),
    value: typed ?? kept,
    onChange(event: { readonly target: { readonly value: string } }) {
      setTyped(event.target.value);
      enter(entryOf(html, event.target.value), false);
    },
    onBlur() {
      if (typed === null) return;
      enter(entryOf(html, typed), true);
      setTyped(null);
    },
  };
  return (
    <>
      {html === 'textarea' ? <textarea rows={4} {...shared} /> : <input type={html} step="any" {...shared} />}
      {typeof least === 'number' ? <div className="input-hint">At least {least} characters.</div> : null}
    </>
  );
}

/** What the server holds for this input, as its control shows it. */
function keptText({ element, blockId, surface }: FieldProps): string {
  const actionId = String(element['action_id']);
  const value = surface.keptOf?.(blockId, actionId);
  if (!isJson(value)) return '';
  const seconds = value['selected_date_time'];
  if (typeof seconds === 'number') {
    const date = new Date(seconds * 1_000);
    return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  return String(value['value'] ?? value['selected_date'] ?? value['selected_time'] ?? '');
}

function entryOf(html: Html, text: string): Entry {
  return html === 'datetime-local' && text !== '' ? Math.floor(new Date(text).getTime() / 1_000) : text;
}
