import { containerItems, described, type Surroundings, selectorItems, where } from './discover-workloads.ts';
import { soon } from './examined.ts';
import { type Item, oneOf, someOf } from './first-file.ts';
import { wordsOf } from './likeness.ts';
import type { FoundWorkload } from './ports/discovery.ts';
import type { KafkaProbe } from './ports/kafka.ts';
import { RUNBOOK_NAMES } from './runbooks/names.ts';

const { ordersTopic, inventoryGroup } = RUNBOOK_NAMES.kafka;
const DEAD = ['dead', 'deadletter', 'deadletters', 'dlq', 'dlt'];
/** What names of groups and of what runs them have beside what they are called after. */
const GROUP = ['cg', 'consumer', 'consumers', 'group', 'service', 'svc'];

/** Topics by the groups that read them, `kafka.consumers` by what runs them. @throws SystemError, AbsentSystem */
export async function kafkaItems(
  probe: KafkaProbe,
  around: Surroundings | null,
  service: FoundWorkload | null,
): Promise<{ readonly items: readonly Item[]; readonly line: string }> {
  const [{ groups }, usual] = await Promise.all([
    probe.groups('all', soon()),
    probe.topic(ordersTopic, soon()),
  ]);
  const known = groups.map(({ group }) => group).sort();
  const read = (group: string) => [
    ...new Set(groups.find((one) => one.group === group)?.partitions.map(({ topic }) => topic)),
  ];
  const topics = [...new Set(known.flatMap(read))].sort();
  const dead = topics.filter((topic) => hasAny(topic, DEAD));
  const ofOrders = topics.filter((topic) => hasAny(topic, ['order', 'orders']) && !dead.includes(topic));
  const events = usual === null ? ofOrders : [ordersTopic];
  const ownDead = events.length === 1 ? dead.filter((topic) => topic.startsWith(events[0] ?? '')) : [];
  const inventory = known.filter((group) => hasAny(group, ['inventory', 'stock']));
  const followers = known.includes(inventoryGroup) ? [inventoryGroup] : inventory;
  const runs = known.filter(
    (group) => followers.includes(group) || read(group).some((one) => events.includes(one)),
  );
  return {
    line: `${known.length} consumer groups, which read ${topics.length} topics.`,
    items: [
      ...named(
        'ordersTopic',
        ordersTopic,
        events,
        `no topic that a group reads has “order” in its name; they read ${someOf(topics)}`,
      ),
      ...deadLetters(ownDead, dead, (topic) => known.filter((group) => read(group).includes(topic))),
      ...named(
        'inventoryGroup',
        inventoryGroup,
        followers,
        `no group has “inventory” or “stock” in its name; there are ${someOf(known)}`,
      ),
      ...consumerItems(runs, around, service),
    ],
  };
}

/** Nothing has to be there. One that is called after the orders' topic is theirs. */
function deadLetters(
  own: readonly string[],
  all: readonly string[],
  readersOf: (topic: string) => readonly string[],
): readonly Item[] {
  const [topic, ...more] = own;
  if (topic === undefined || more.length > 0) {
    const notes = ['a topic of dead letters, by its name; is it that of the orders?'];
    return (topic === undefined ? all : own).map((value): Item => {
      return { key: 'deadLetterTopic', off: true, value, notes };
    });
  }
  const readers = readersOf(topic);
  const [group] = readers;
  const notes = ['found: it reads that topic'];
  return [
    { key: 'deadLetterTopic', value: topic, notes: ['found, by its name'] },
    ...(readers.length > 1 || group === undefined
      ? oneOf('deadLetterGroup', readers)
      : [{ key: 'deadLetterGroup', value: group, notes }]),
  ];
}

/** One is taken, several are to choose from; of none the usual one stands there. */
function named(key: string, usual: string, found: readonly string[], none: string): readonly Item[] {
  const [first, ...more] = found;
  if (first === undefined)
    return [{ key, off: true, value: usual, notes: [`not found: there is no ${usual}, and ${none}`] }];
  if (more.length > 0) return oneOf(key, found);
  if (first === usual) return [{ key, notes: [`found: ${key} ${first}, as in the runbook`] }];
  return [{ key, value: first, notes: ['found, by its name'] }];
}

/** What is called like a group runs it; restarts of the order service need no group. */
function consumerItems(
  groups: readonly string[],
  around: Surroundings | null,
  service: FoundWorkload | null,
): readonly Item[] {
  if (around === null || groups.length === 0) return [];
  const value = groups.map((group): Item => {
    const words = wordsOf(group).filter((word) => !GROUP.includes(word));
    const near = around.all.filter((one) => one !== service && nearness(words, one) !== 'far');
    const same = near.filter((one) => nearness(words, one) === 'same');
    const [only, ...more] = same.length > 0 ? same : near;
    if (only === undefined)
      return {
        key: group,
        off: true,
        value: [
          { key: 'deployment', value: group },
          { key: 'selector', value: `app=${group}` },
        ],
        notes: [`no Deployment or StatefulSet is called like the group ${group}`],
      };
    const sure = more.length === 0 && same.length > 0;
    const said = [only, ...more].map(described).join('; or ');
    return {
      key: group,
      value: [
        ...where(only, around),
        { key: 'deployment', value: only.name },
        ...(only.kind === 'Deployment' ? [] : [{ key: 'kind', value: only.kind }]),
        ...selectorItems(only.selector, null),
        ...containerItems(only),
      ],
      notes: [sure ? `found: ${said}; named like the group` : `perhaps ${said}`],
      ...(sure ? {} : { off: true }),
    };
  });
  return [{ key: 'consumers', notes: ['What runs each group that reads them, to be restarted.'], value }];
}

function nearness(words: readonly string[], { name }: FoundWorkload): 'same' | 'near' | 'far' {
  const own = wordsOf(name).filter((word) => !GROUP.includes(word));
  const shared = words.filter((word) => own.includes(word)).length;
  if (shared === words.length && own.length === words.length) return 'same';
  return shared > 0 && (shared === own.length || shared === words.length) ? 'near' : 'far';
}

function hasAny(text: string, wanted: readonly string[]): boolean {
  return wordsOf(text).some((word) => wanted.includes(word));
}
