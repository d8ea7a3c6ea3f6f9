import { useCallback, useEffect, useState } from 'react';

/** What is open on the screen. It stands in the address, so that a reload shows the same. */
export interface Place {
  readonly as: string;
  readonly channel: string;
  /** The ts of the thread's head; empty: none is open. */
  readonly thread: string;
  /** Which pane a narrow screen shows. */
  readonly pane: Pane;
}

export type Pane = 'channels' | 'messages' | 'world';

export function usePlace(): readonly [Place, (change: Partial<Place>) => void] {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const back = () => setPlace(read());
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);
  const go = useCallback((change: Partial<Place>) => {
    setPlace((before) => {
      const next = { ...before, ...change };
      const query = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ''));
      window.history.replaceState(null, '', `?${query}`);
      return next;
    });
  }, []);
  return [place, go];
}

function read(): Place {
  const query = new URLSearchParams(window.location.search);
  const pane = query.get('pane');
  return {
    as: query.get('as') ?? '',
    channel: query.get('channel') ?? '',
    thread: query.get('thread') ?? '',
    pane: pane === 'channels' || pane === 'world' ? pane : 'messages',
  };
}
