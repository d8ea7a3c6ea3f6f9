import { useState } from 'react';
import { useDesk } from '../desk.ts';

/** The stories that can be started and ended. */
export function Scenarios() {
  const { state } = useDesk();
  return (
    <section className="side-card">
      <h2>Scenarios</h2>
      <ul className="stories">
        {state.scenarios.map((scenario) => (
          <Story key={scenario.id} {...scenario} />
        ))}
      </ul>
    </section>
  );
}

function Story(props: { readonly id: string; readonly title: string; readonly running: boolean }) {
  const { id, title, running } = props;
  const { run } = useDesk();
  const [busy, setBusy] = useState(false);
  const name = id.replaceAll('-', ' ');
  async function press(): Promise<void> {
    setBusy(true);
    await run(running ? { do: 'end', scenario: id } : { do: 'start', scenario: id });
    setBusy(false);
  }
  return (
    <li className={running ? 'story story-running' : 'story'}>
      <div>
        <strong>{name.charAt(0).toUpperCase() + name.slice(1)}</strong>
        <p>{title}</p>
      </div>
      <button
        type="button"
        className="button"
        disabled={busy}
        aria-label={`${running ? 'End' : 'Start'} ${name}`}
        onClick={() => void press()}
      >
        {running ? 'End' : 'Start'}
      </button>
    </li>
  );
}
