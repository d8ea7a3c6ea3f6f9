import { useState } from 'react';
import type { PageScenario } from '../../shapes.ts';
import { useDesk } from '../desk.ts';

/** A runbook is chosen, then one of its causes; one that runs is never hidden. */
export function Scenarios() {
  const { state } = useDesk();
  return (
    <section className="side-card">
      <h2>What goes wrong</h2>
      <p className="side-note">
        Choose a runbook, then the cause. The bot gets the alert alone; start a second cause for two at once.
      </p>
      {[...Map.groupBy(state.scenarios, ({ runbook }) => runbook)].map(([runbook, own]) => (
        <Runbook key={runbook} title={runbook} own={own} />
      ))}
    </section>
  );
}

function Runbook(props: { readonly title: string; readonly own: readonly PageScenario[] }) {
  const { title, own } = props;
  const running = own.some((scenario) => scenario.running);
  const [open, setOpen] = useState(false);
  return (
    <details
      className="story-group"
      open={open || running}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{title}</summary>
      <ul className="causes">
        {[...Map.groupBy(own, ({ cause }) => cause)].map(([cause, stories]) => (
          <li key={cause}>
            <h3>{cause}</h3>
            <ul className="stories">
              {stories.map((story) => (
                <Story key={story.id} {...story} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Story(props: { readonly id: string; readonly title: string; readonly running: boolean }) {
  const { id, title, running } = props;
  const { run } = useDesk();
  const [busy, setBusy] = useState(false);
  async function press(): Promise<void> {
    setBusy(true);
    await run(running ? { do: 'end', scenario: id } : { do: 'start', scenario: id });
    setBusy(false);
  }
  return (
    <li className={running ? 'story story-running' : 'story'}>
      <p>{title}</p>
      <button
        type="button"
        className="button"
        disabled={busy}
        aria-label={`${running ? 'End' : 'Start'} ${id.replaceAll('-', ' ')}`}
        onClick={() => void press()}
      >
        {running ? 'End' : 'Start'}
      </button>
    </li>
  );
}
