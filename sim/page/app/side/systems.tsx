import { useDesk } from '../desk.ts';

/** What conditions read while nothing is wrong. */
const WELL: ReadonlySet<string> = new Set([
  'true',
  '200',
  '1',
  'up',
  'ok',
  'none',
  'master',
  'delivery',
  'null',
  '',
]);
/** The same of those whose words mean trouble elsewhere. */
const USUAL: Readonly<Record<string, string>> = { exportsHang: 'false', collisions: '0', pathTrouble: 'dns' };

/** A consumer group that is this far behind is in trouble, messages. */
const LAG = 100;

/** A pod that is this full is in trouble, % of its limit. */
const FULL = 95;

/** The pretend systems as they stand now. */
export function Systems() {
  const { state } = useDesk();
  const { now, orders, conditions, pods, inventory, poolsByPod, memory, refunds, returns, kafka, shipping } =
    state.world;
  const { exports, secrets } = state.world;
  const pools = Object.values(poolsByPod);
  const figures: readonly (readonly [string, number, boolean])[] = [
    ['stuck in processing', orders.stuck, orders.stuck > 0],
    ['workflows under way', orders.underWay, false],
    ...Object.entries(orders.byStatus)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([status, count]) => [status, count, false] as const),
    ['inventory locks', inventory.locks, false],
    ['stale locks', inventory.staleLocks, inventory.staleLocks > 0],
    [
      'database connections',
      pools.reduce((sum, { active }) => sum + active, 0),
      pools.some(({ active, size }) => active >= size * 0.9),
    ],
    ['size of a pod’s pool', Math.max(0, ...pools.map(({ size }) => size)), false],
    ['refunds on their way', refunds.settling, false],
    ['late refunds', refunds.late, refunds.late > 0],
    ['paid twice', refunds.paidTwice, refunds.paidTwice > 0],
    ['late returns', returns.late, returns.late > 0],
    ['products sold out', inventory.soldOut, inventory.soldOut > 0],
    ['labels bought twice', shipping.boughtTwice, shipping.boughtTwice > 0],
    ...kafka.groups.map(({ name, lag }) => [`${name} behind`, lag, lag >= LAG] as const),
    ['dead letters', kafka.deadLetters, kafka.deadLetters > 0],
    ['% of its memory, fullest pod', memory?.percent ?? 0, (memory?.percent ?? 0) >= FULL],
    ['MiB, its memory limit', memory?.limitMib ?? 0, false],
  ];
  return (
    <section className="side-card">
      <h2>Systems</h2>
      <dl className="figures">
        {figures.map(([name, value, bad]) => (
          <div key={name} className={bad ? 'figure figure-bad' : 'figure'}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>Conditions</h3>
      <ul className="states">
        {Object.entries(conditions).map(([name, value]) => (
          <State
            key={name}
            name={spaced(name)}
            value={String(value)}
            good={USUAL[name] === undefined ? WELL.has(String(value)) : USUAL[name] === String(value)}
          />
        ))}
      </ul>
      {exports.length === 0 ? null : <h3>Exports</h3>}
      <ul className="states">
        {exports.map(({ id, status, rows }) => (
          <State key={id} name={id} value={`${status}, ${rows} orders`} good={status !== 'failed'} />
        ))}
      </ul>
      <h3>Secrets</h3>
      <ul className="states">
        {secrets.map(({ name, version, writtenAt }) => (
          <State key={name} name={name} value={`v${version}, ${age(now - writtenAt)} old`} good />
        ))}
      </ul>
      <h3>Pods</h3>
      <ul className="states">
        {pods.map(({ name, ready, restarts }) => (
          <State
            key={name}
            name={name}
            value={`${ready ? 'ready' : 'not ready'}${restarts === 0 ? '' : `, ${restarts} restarts`}`}
            good={ready}
          />
        ))}
      </ul>
    </section>
  );
}

function State(props: { readonly name: string; readonly value: string; readonly good: boolean }) {
  const { name, value, good } = props;
  return (
    <li>
      <span className={good ? 'dot' : 'dot dot-bad'} aria-hidden="true" />
      <span className="state-name">{name}</span>
      <span className={good ? 'state-value' : 'state-value state-bad'}>{value}</span>
    </li>
  );
}

function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} d`;
}

/** `engineUp` → `engine up`. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
