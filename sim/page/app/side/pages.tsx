import type { PagerDutyIncident } from '../../../pagerduty/incident.ts';
import { clockText, storyTime, useDesk } from '../desk.ts';

/** PagerDuty's incidents, newest first. */
export function Pages() {
  const { state } = useDesk();
  return (
    <section className="side-card" aria-label="PagerDuty">
      <h2>PagerDuty</h2>
      {state.pagerduty.length === 0 ? <p className="side-note">Nobody was paged.</p> : null}
      <ul className="pages">
        {state.pagerduty.toReversed().map((incident) => (
          <Paged key={incident.id} incident={incident} />
        ))}
      </ul>
    </section>
  );
}

function Paged({ incident }: { readonly incident: PagerDutyIncident }) {
  const { state, run } = useDesk();
  const { id, number, title, service, status, severity, history } = incident;
  const last = history.at(-1);
  const press = (to: 'acknowledged' | 'resolved') => void run({ do: 'pagerduty', incident: id, to });
  return (
    <li className={`paged paged-${status}`}>
      <p className="paged-head">
        <span className="status">{status}</span>
        <span>
          #{number} · {severity}
        </span>
      </p>
      <strong>{title}</strong>
      <p className="side-note">
        {service}
        {last === undefined
          ? ''
          : ` · ${last.what} by ${last.by}, ${clockText(storyTime(last.at, state.clock.jumps))}`}
      </p>
      {status === 'resolved' ? null : (
        <div className="row">
          {status === 'acknowledged' ? null : (
            <button
              type="button"
              className="button"
              aria-label={`Acknowledge page ${number}`}
              onClick={() => press('acknowledged')}
            >
              Acknowledge
            </button>
          )}
          <button
            type="button"
            className="button"
            aria-label={`Resolve page ${number}`}
            onClick={() => press('resolved')}
          >
            Resolve
          </button>
        </div>
      )}
    </li>
  );
}
