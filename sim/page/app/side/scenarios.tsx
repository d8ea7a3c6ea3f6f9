import { useState } from 'react';
import type { PageScenario } from '../../shapes.ts';
import { useDesk } from '../desk.ts';

/** The stories that can be started and ended, by runbook; one that runs is never hidden. */
export function Scenarios() {
  const { state } = useDesk();
  const runbooks = [...new Set(state.scenarios.map(({ runbook }) => runbook))];
  return (
    <section className="side-card">
      <h2>Scenarios</h2>
      {runbooks.map((runbook) => (
        <Group key={runbook} runbook={runbook} all={state.scenarios} />
      ))}
    </section>
  );
}

function Group(props: { readonly runbook: string; readonly all: readonly PageScenario[] }) {
  const { runbook, all } = props;
  const own = all.filter((scenario) => scenario.runbook === runbook);
  const running = own.some((scenario) => scenario.running);
  const [open, setOpen] = useState(false);
  return (
    <details
      className="story-group"
      open={open || running}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{runbook}</summary>
      <ul className="stories">
        {own.map((scenario) => (
          <Story key={scenario.id} {...scenario} />
        ))}
      </ul>
    </details>
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
