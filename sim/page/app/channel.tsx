import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Message } from '../../slack/state/types.ts';
import type { PageState } from '../shapes.ts';
import { Composer } from './composer.tsx';
import { msOf, useDesk } from './desk.ts';
import { EphemeralRow, FailureRow, MessageRow } from './message.tsx';

/** So near to its end a list counts as read to the end. */
const AT_END_PX = 60;

/** The open channel: its messages, what only this person sees in it, and the composer. */
export function ChannelPane(props: { readonly channel: string; readonly onThread: (ts: string) => void }) {
  const { channel: id, onThread } = props;
  const { state, run } = useDesk();
  const channel = state.channels.find((one) => one.id === id);
  const unread = channel?.unread ?? 0;
  const items = channel === undefined ? [] : itemsOf(state, channel.id, onThread);
  const scroll = useStayAtEnd(id);

  useEffect(() => {
    if (unread > 0 && document.visibilityState === 'visible') void run({ do: 'read', channel: id });
  }, [unread, id, run]);

  if (channel === undefined) return <main className="pane pane-messages" aria-label="Messages" />;
  const title = channel.kind === 'im' ? state.app.name : `# ${channel.name}`;
  return (
    <main className="pane pane-messages" aria-label={title}>
      <header className="pane-head">
        <h1>{title}</h1>
        {channel.kind === 'im' ? <span className="pane-note">Direct messages of the app</span> : null}
      </header>
      <div className="scroll" ref={scroll}>
        <div className="messages">
          {items.length === 0 ? <Empty name={title} alerts={channel.name === 'orders-alerts'} /> : null}
          {items.map(({ key, row }) => (
            <div key={key}>{row}</div>
          ))}
        </div>
      </div>
      <Composer key={id} channel={id} label={`Message ${title.replace('# ', '#')}`} />
    </main>
  );
}

/** The replies under one message, beside the channel. */
export function ThreadPane(props: {
  readonly channel: string;
  readonly ts: string;
  readonly onClose: () => void;
}) {
  const { channel: id, ts, onClose } = props;
  const { state } = useDesk();
  const all = state.messages[id] ?? [];
  const head = all.find((message) => message.ts === ts);
  const replies = repliesTo(all, ts);
  const only = state.ephemerals.filter((one) => one.channel === id && one.thread_ts === ts);
  const rows = [
    ...replies.map((message) => ({ key: message.ts, row: <MessageRow message={message} /> })),
    ...only.map((ephemeral) => ({ key: ephemeral.ts, row: <EphemeralRow ephemeral={ephemeral} /> })),
  ].sort((a, b) => Number(a.key) - Number(b.key));
  const scroll = useStayAtEnd(ts);
  return (
    <aside className="pane pane-thread" aria-label="Thread">
      <header className="pane-head">
        <h2>Thread</h2>
        <button type="button" className="icon-button" aria-label="Close thread" onClick={onClose}>
          ✕
        </button>
      </header>
      <div className="scroll" ref={scroll}>
        <div className="messages">
          {head === undefined ? (
            <p className="empty">This message is gone.</p>
          ) : (
            <MessageRow message={head} />
          )}
          <p className="thread-count">
            {rows.length} {rows.length === 1 ? 'reply' : 'replies'}
          </p>
          {rows.map(({ key, row }) => (
            <div key={key}>{row}</div>
          ))}
        </div>
      </div>
      <Composer key={ts} channel={id} threadTs={ts} label="Reply" />
    </aside>
  );
}

function Empty({ name, alerts }: { readonly name: string; readonly alerts: boolean }) {
  return (
    <div className="empty">
      <strong>Nothing was said in {name.replace('# ', '#')} yet.</strong>
      {alerts ? <p>Start a scenario on the World side: its alert becomes a card here.</p> : null}
    </div>
  );
}

function itemsOf(state: PageState, channel: string, onThread: (ts: string) => void) {
  const all = state.messages[channel] ?? [];
  const top = all.filter(
    ({ ts, thread_ts, subtype }) =>
      thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast',
  );
  return [
    ...top.map((message) => ({
      key: message.ts,
      at: msOf(message.ts),
      row: (
        <MessageRow
          message={message}
          replies={repliesTo(all, message.ts)}
          onThread={() => onThread(message.thread_ts ?? message.ts)}
        />
      ),
    })),
    ...state.ephemerals
      .filter((one) => one.channel === channel && one.thread_ts === null)
      .map((one) => ({ key: one.id, at: msOf(one.ts), row: <EphemeralRow ephemeral={one} /> })),
    ...state.failures
      .filter((one) => one.channel === channel)
      .map(({ id, text, at }) => ({ key: `failure ${id}`, at, row: <FailureRow text={text} at={at} /> })),
  ].sort((a, b) => a.at - b.at);
}

function repliesTo(all: readonly Message[], ts: string): readonly Message[] {
  return all.filter((message) => message.thread_ts === ts && message.ts !== ts);
}

/** Whoever stands at the end stays there when something new comes or a card grows. */
function useStayAtEnd(place: string) {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef({ place: '', atEnd: true });
  useEffect(() => {
    const shown = box.current;
    if (shown === null) return;
    const scrolled = () => {
      last.current.atEnd = shown.scrollHeight - shown.scrollTop - shown.clientHeight < AT_END_PX;
    };
    shown.addEventListener('scroll', scrolled, { passive: true });
    return () => shown.removeEventListener('scroll', scrolled);
  }, []);
  useLayoutEffect(() => {
    const shown = box.current;
    if (shown === null || (last.current.place === place && !last.current.atEnd)) return;
    shown.scrollTop = shown.scrollHeight;
    last.current = { place, atEnd: true };
  });
  return box;
}
