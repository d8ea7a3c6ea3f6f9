import { type KeyboardEvent, useRef, useState } from 'react';
import { type Completion, completionsFor } from './completion.ts';
import { useDesk } from './desk.ts';

/** Where a person types: words for the channel, or a command with its completion. */
export function Composer(props: {
  readonly channel: string;
  readonly label: string;
  readonly threadTs?: string;
}) {
  const { channel, label, threadTs } = props;
  const { state, run } = useDesk();
  const [text, setText] = useState('');
  const [broadcast, setBroadcast] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const offered = completionsFor(text, state.app);

  async function send(): Promise<void> {
    const line = text.trim();
    if (line === '') return;
    setText('');
    const where = { channel, ...(threadTs === undefined ? {} : { threadTs }) };
    const done = line.startsWith('/')
      ? await run({ do: 'command', line, ...where })
      : await run({ do: 'say', text: line, ...where, ...(broadcast ? { broadcast } : {}) });
    if (!done.ok) setText(line);
  }

  function take({ insert }: Completion): void {
    setText(insert);
    field.current?.focus();
  }

  function typed(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
    if (event.key === 'ArrowUp' && offered.length > 0) {
      event.preventDefault();
      list.current?.querySelector<HTMLElement>('li:last-child button')?.focus();
    }
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {offered.length === 0 ? null : (
        <ul className="completions" ref={list} aria-label="Commands">
          {offered.map((one) => (
            <li key={one.line}>
              <button type="button" onClick={() => take(one)} onKeyDown={moveInList}>
                <strong>{one.line}</strong>
                <span>{one.hint}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="composer-box">
        <textarea
          ref={field}
          rows={1}
          aria-label={label}
          placeholder={label}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={typed}
        />
        <button type="submit" className="button button-send" disabled={text.trim() === ''}>
          Send
        </button>
      </div>
      {threadTs === undefined ? null : (
        <label className="broadcast-choice">
          <input
            type="checkbox"
            checked={broadcast}
            onChange={(event) => setBroadcast(event.target.checked)}
          />
          Also send to the channel
        </label>
      )}
    </form>
  );
}

function moveInList(event: KeyboardEvent<HTMLButtonElement>): void {
  const item = event.currentTarget.parentElement;
  const next = event.key === 'ArrowDown' ? item?.nextElementSibling : item?.previousElementSibling;
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  next?.querySelector('button')?.focus();
}
