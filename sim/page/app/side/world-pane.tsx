import { useDesk } from '../desk.ts';
import { ClockCard } from './clock-card.tsx';
import { Pages } from './pages.tsx';
import { Scenarios } from './scenarios.tsx';
import { Systems } from './systems.tsx';

/** The side that no real Slack has: time, stories, PagerDuty, the systems. */
export function WorldPane() {
  const { state } = useDesk();
  return (
    <aside className="pane pane-world" aria-label="World">
      <div className="scroll">
        <ClockCard />
        <Scenarios />
        <Pages />
        <Systems />
        {state.problems.length === 0 ? null : (
          <section className="side-card">
            <h2>Refused by Slack</h2>
            <ul className="problems">
              {state.problems.slice(-5).map((problem, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the same line may come twice
                <li key={place}>{problem}</li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </aside>
  );
}
