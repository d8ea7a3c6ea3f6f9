import { useCallback, useEffect, useRef, useState } from 'react';
import type { PageState } from '../shapes.ts';
import { stateOf } from './api.ts';

/** The state as this person sees it, always the newest; and what keeps it from coming. */
export function usePage(as: string): { readonly state: PageState | null; readonly trouble: string | null } {
  const [state, setState] = useState<PageState | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const asking = useRef({ busy: false, again: false });

  const ask = useCallback(async () => {
    const turn = asking.current;
    if (turn.busy) {
      turn.again = true;
      return;
    }
    turn.busy = true;
    try {
      do {
        turn.again = false;
        setState(await stateOf(as));
        setTrouble(null);
      } while (turn.again);
    } catch (err) {
      setTrouble(err instanceof TypeError ? 'The demo does not answer.' : String(err));
    } finally {
      turn.busy = false;
    }
  }, [as]);

  useEffect(() => {
    asking.current = { busy: false, again: false };
    void ask();
    const events = new EventSource('/events');
    events.addEventListener('changed', () => void ask());
    events.addEventListener('error', () => setTrouble('The connection is lost; trying again.'));
    return () => events.close();
  }, [ask]);

  // What belongs to somebody else is never shown, not even for a moment.
  return { state: as === '' || state?.me === as ? state : null, trouble };
}
