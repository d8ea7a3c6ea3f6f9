import { useEffect, useState } from 'react';
import { clockText, useDesk } from '../desk.ts';

/** The story's clock, and the way to make it go faster. */
export function ClockCard() {
  const { state, run } = useDesk();
  const { offsetMs, skipping } = state.clock;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const skipped = Math.round(offsetMs / 60_000);
  return (
    <section className="side-card" aria-label="Clock">
      <h2>Clock</h2>
      <p className="clock">
        <time>{clockText(now + offsetMs)}</time>
        <span>{skipped === 0 ? 'the real time' : `story, ${skipped} min ahead`}</span>
      </p>
      <div className="row">
        {[1, 20].map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="button"
            onClick={() => void run({ do: 'skip', minutes })}
          >
            {minutes === 1 ? 'Skip 1 minute' : `Skip ${minutes} minutes`}
          </button>
        ))}
      </div>
      <p className="side-note" aria-live="polite">
        {skipping ? 'Skipping, minute by minute…' : 'Everything lives through each skipped minute.'}
      </p>
    </section>
  );
}
