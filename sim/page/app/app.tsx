import { useCallback, useEffect, useState } from 'react';
import type { Act } from '../acts.ts';
import type { Acted, PageState } from '../shapes.ts';
import { act } from './api.ts';
import { ChannelPane, ThreadPane } from './channel.tsx';
import { DeskProvider } from './desk.ts';
import { Modal } from './modal.tsx';
import { WorldPane } from './side/world-pane.tsx';
import { Sidebar } from './sidebar.tsx';
import { usePage } from './use-page.ts';
import { type Pane, type Place, usePlace } from './use-place.ts';

/** Words of something that went wrong stay so long, ms. */
const SHOWN_MS = 12_000;

/** The whole page. */
export function App() {
  const [place, go] = usePlace();
  const { state, trouble } = usePage(place.as);
  if (state === null)
    return (
      <p className="loading" role="status">
        {trouble ?? 'The Shop is opening…'}
      </p>
    );
  return <Open key={state.me} state={state} place={place} go={go} trouble={trouble} />;
}

function Open(props: {
  readonly state: PageState;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
  readonly trouble: string | null;
}) {
  const { state, place, go, trouble } = props;
  const [said, setSaid] = useState<string | null>(null);
  const run = useCallback(
    async (doing: Act): Promise<Acted> => {
      const done = await act(state.me, doing);
      if (!done.ok) setSaid(done.because);
      return done;
    },
    [state.me],
  );
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const channel =
    state.channels.find(({ id, name }) => id === place.channel || name === place.channel) ??
    state.channels[0];
  const id = channel?.id ?? '';
  const modal = state.modals.at(-1);
  const threadOpen = place.thread !== '';
  return (
    <DeskProvider value={{ state, run }}>
      <div className={`page show-${place.pane}${threadOpen ? ' with-thread' : ''}`}>
        <Sidebar
          channel={id}
          onChannel={(next) => go({ channel: next, thread: '', pane: 'messages' })}
          onPerson={(as) => go({ as, thread: '' })}
        />
        <ChannelPane channel={id} onThread={(thread) => go({ channel: id, thread })} />
        {threadOpen ? <ThreadPane channel={id} ts={place.thread} onClose={() => go({ thread: '' })} /> : null}
        <WorldPane />
        <Tabs
          pane={place.pane}
          unread={state.channels.reduce((sum, { unread }) => sum + unread, 0)}
          onPane={(pane) => go({ pane, ...(pane === place.pane ? { thread: '' } : {}) })}
        />
      </div>
      {modal === undefined ? null : <Modal key={modal.id} view={modal} />}
      <div className="notices" aria-live="assertive">
        {said === null ? null : (
          <p className="notice">
            <span>{said}</span>
            <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => setSaid(null)}>
              ✕
            </button>
          </p>
        )}
        {trouble === null ? null : <p className="notice">{trouble}</p>}
      </div>
    </DeskProvider>
  );
}

const TABS: readonly { readonly pane: Pane; readonly name: string }[] = [
  { pane: 'channels', name: 'Channels' },
  { pane: 'messages', name: 'Messages' },
  { pane: 'world', name: 'World' },
];

function Tabs(props: {
  readonly pane: Pane;
  readonly unread: number;
  readonly onPane: (pane: Pane) => void;
}) {
  return (
    <nav className="tabs" aria-label="Panes">
      {TABS.map(({ pane, name }) => (
        <button
          key={pane}
          type="button"
          aria-current={pane === props.pane ? 'page' : undefined}
          onClick={() => props.onPane(pane)}
        >
          {name}
          {pane === 'channels' && props.unread > 0 ? <span className="unread">{props.unread}</span> : null}
        </button>
      ))}
    </nav>
  );
}
