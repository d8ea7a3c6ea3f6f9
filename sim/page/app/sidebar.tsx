import { Avatar } from './avatar.tsx';
import { nameOf, useDesk } from './desk.ts';

/** Who I am, and where something was said. */
export function Sidebar(props: {
  readonly channel: string;
  readonly onChannel: (id: string) => void;
  readonly onPerson: (id: string) => void;
}) {
  const { channel, onChannel, onPerson } = props;
  const { state } = useDesk();
  const rooms = state.channels.filter(({ kind }) => kind !== 'im');
  const direct = state.channels.filter(({ kind }) => kind === 'im');
  const row = (id: string, name: string, unread: number) => (
    <li key={id}>
      <button
        type="button"
        className={unread > 0 ? 'place place-unread' : 'place'}
        aria-current={id === channel ? 'page' : undefined}
        onClick={() => onChannel(id)}
      >
        <span className="place-name">{name}</span>
        {unread > 0 ? (
          <span className="unread">
            {unread}
            <span className="hidden-words"> unread</span>
          </span>
        ) : null}
      </button>
    </li>
  );
  return (
    <nav className="pane pane-channels" aria-label="Channels and people">
      <header className="workspace">
        <strong>The Shop</strong>
        <span>a pretend company</span>
      </header>
      <section>
        <h2 id="who">Who I am</h2>
        <ul className="people" aria-labelledby="who">
          {state.personas.map(({ id, role }) => (
            <li key={id}>
              <button
                type="button"
                className="person"
                aria-pressed={id === state.me}
                onClick={() => onPerson(id)}
              >
                <Avatar name={nameOf(state, id)} small />
                <span>
                  <strong>{nameOf(state, id)}</strong>
                  <span className="role">{role}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Channels</h2>
        <ul>{rooms.map(({ id, name, unread }) => row(id, `# ${name}`, unread))}</ul>
      </section>
      <section>
        <h2>Apps</h2>
        {direct.length === 0 ? (
          <p className="sidebar-note">{state.app.name} has written to nobody directly.</p>
        ) : (
          <ul>{direct.map(({ id, unread }) => row(id, state.app.name, unread))}</ul>
        )}
      </section>
    </nav>
  );
}
