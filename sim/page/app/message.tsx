import type { ReactNode } from 'react';
import type { Ephemeral, Message } from '../../slack/state/types.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks/blocks.tsx';
import { type Json, listOf, wordsOf } from './blocks/json.ts';
import { Overflow } from './blocks/overflow.tsx';
import { Words } from './blocks/shown.tsx';
import type { Surface } from './blocks/surface.ts';
import { clockText, msOf, nameOf, storyTime, useDesk } from './desk.ts';

/** One message with its thread's footer. */
export function MessageRow(props: {
  readonly message: Message;
  readonly replies?: readonly Message[];
  readonly onThread?: () => void;
}) {
  const { message, replies = [], onThread } = props;
  const { state } = useDesk();
  const broadcast = message.subtype === 'thread_broadcast';
  const surface: Surface = {
    target: {
      channel: message.channel,
      ts: message.ts,
      ...(message.blocks === undefined ? {} : { blocks: [...message.blocks] }),
      ...(message.attachments === undefined ? {} : { attachments: [...message.attachments] }),
    },
  };
  const last = replies.at(-1);
  return (
    <Row
      name={senderOf(state, message)}
      app={message.bot_id !== undefined}
      ts={message.ts}
      edited={message.edited !== undefined}
      faint={message.subtype === 'tombstone'}
      menu={message.subtype === 'tombstone' ? null : <Shortcuts message={message} />}
    >
      {broadcast && onThread !== undefined ? (
        <button type="button" className="link broadcast" onClick={onThread}>
          replied to a thread
        </button>
      ) : null}
      <Body
        text={message.text}
        blocks={message.blocks ?? []}
        attachments={message.attachments ?? []}
        surface={surface}
      />
      {onThread !== undefined && !broadcast ? (
        <button
          type="button"
          className={last === undefined ? 'thread-link thread-start' : 'thread-link'}
          onClick={onThread}
        >
          {last === undefined ? (
            'Reply in thread'
          ) : (
            <>
              <Avatar name={senderOf(state, last)} app={last.bot_id !== undefined} small />
              <strong>
                {replies.length} {replies.length === 1 ? 'reply' : 'replies'}
              </strong>
              <span className="thread-last">
                Last one {clockText(storyTime(msOf(last.ts), state.clock.jumps))}
              </span>
            </>
          )}
        </button>
      ) : null}
    </Row>
  );
}

/** The message's own menu: what apps offer to do with it. */
function Shortcuts({ message: { channel, ts } }: { readonly message: Message }) {
  const { state, run } = useDesk();
  const options = state.app.shortcuts.map(({ name, callbackId }) => ({
    text: { type: 'plain_text', text: name },
    value: callbackId,
  }));
  if (options.length === 0) return null;
  return (
    <Overflow
      label="More of this message"
      element={{ options }}
      busy={false}
      choose={(callbackId) => void run({ do: 'shortcut', callbackId, channel, ts })}
    />
  );
}

/** What only this person sees. */
export function EphemeralRow({ ephemeral }: { readonly ephemeral: Ephemeral }) {
  const { state } = useDesk();
  return (
    <Row name={state.app.name} app ts={ephemeral.ts} only>
      <Body
        text={ephemeral.text}
        blocks={ephemeral.blocks}
        attachments={ephemeral.attachments}
        surface={{ target: { ephemeralId: ephemeral.id } }}
      />
    </Row>
  );
}

/** Slack itself says that something did not work. */
export function FailureRow(props: { readonly text: string; readonly at: number }) {
  return (
    <Row name="Slackbot" app={false} ts={String(props.at / 1_000)} only>
      <p className="failure-text">{props.text}</p>
    </Row>
  );
}

function Row(props: {
  readonly name: string;
  readonly app: boolean;
  readonly ts: string;
  readonly edited?: boolean;
  readonly faint?: boolean;
  readonly only?: boolean;
  readonly menu?: ReactNode;
  readonly children: ReactNode;
}) {
  const { name, app, ts, edited = false, faint = false, only = false, menu, children } = props;
  const { state } = useDesk();
  const real = msOf(ts);
  const story = storyTime(real, state.clock.jumps);
  return (
    <article className={`message${only ? ' message-only' : ''}${faint ? ' message-faint' : ''}`} data-ts={ts}>
      <Avatar name={name} app={app} />
      <div className="message-main">
        {only ? <p className="only-you">Only visible to you</p> : null}
        <header className="message-head">
          <strong>{name}</strong>
          {app ? <span className="badge">APP</span> : null}
          <time
            dateTime={new Date(story).toISOString()}
            title={story === real ? undefined : `Story time. Really at ${clockText(real)}.`}
          >
            {clockText(story)}
          </time>
          {edited ? <span className="edited">(edited)</span> : null}
          {menu}
        </header>
        {children}
      </div>
    </article>
  );
}

function Body(props: {
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly surface: Surface;
}) {
  const { text, blocks, attachments, surface } = props;
  return (
    <>
      {blocks.length === 0 && text !== '' ? <Words text={text} /> : null}
      <Blocks blocks={blocks} surface={surface} />
      {attachments.map((attachment) => (
        <Attachment key={String(attachment['id'])} attachment={attachment} surface={surface} />
      ))}
    </>
  );
}

function Attachment({ attachment, surface }: { readonly attachment: Json; readonly surface: Surface }) {
  const colour = wordsOf(attachment['color']).replace(/^#?/, '#');
  const known: Readonly<Record<string, string>> = {
    '#good': '#2eb67d',
    '#warning': '#ecb22e',
    '#danger': '#e01e5a',
    '#': '#dddddd',
  };
  const lines = [attachment['pretext'], attachment['title'], attachment['text']].map((line) =>
    String(line ?? ''),
  );
  const fields = listOf(attachment['fields']).map(
    (field) => `*${String(field['title'] ?? '')}*\n${String(field['value'] ?? '')}`,
  );
  const words = [...lines, ...fields].filter((line) => line !== '').join('\n');
  const blocks = listOf(attachment['blocks']);
  return (
    <div className="attachment" style={{ borderColor: known[colour] ?? colour }}>
      {words === '' ? null : <Words text={words} />}
      {words === '' && blocks.length === 0 ? <Words text={String(attachment['fallback'] ?? '')} /> : null}
      <Blocks blocks={blocks} surface={surface} />
    </div>
  );
}

function senderOf(state: Parameters<typeof nameOf>[0], message: Message): string {
  const profile = message.bot_profile?.['name'];
  if (message.username !== undefined) return message.username;
  if (typeof profile === 'string') return profile;
  return message.user === undefined ? 'somebody' : nameOf(state, message.user);
}
