import type { KafkaLever, KafkaProbe } from '../../src/ports/kafka.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import { type CompanyNames, meant, type Words, writerOf } from '../world/names.ts';

export interface KafkaPort {
  readonly probe: KafkaProbe;
  readonly lever: KafkaLever;
}

/** The same Kafka, whose topics, groups and events are called as the company calls them. */
export function inWordsOf(names: CompanyNames, { probe, lever }: KafkaPort): KafkaPort {
  const write = writerOf(names);
  const topicOf = (said: string) => worldsWord(names.topics, said);
  const groupOf = (said: string) => worldsWord(names.groups, said);

  async function told<T>(work: Promise<T>): Promise<T> {
    try {
      return inWords(await work, write);
    } catch (err) {
      if (!(err instanceof SystemError)) throw err;
      const { sent, mayRetry } = err;
      throw new SystemError(err.system, err.fault, write(err.message), { sent, mayRetry });
    }
  }

  return {
    probe: {
      groups: async (wanted, signal) =>
        await told(probe.groups(wanted === 'all' ? wanted : wanted.map(groupOf), signal)),
      topic: async (name, signal) => await told(probe.topic(topicOf(name), signal)),
      orderEvents: async (question, signal) =>
        await told(probe.orderEvents({ ...question, topic: topicOf(question.topic) }, signal)),
      deadLetters: async (topic, group, signal) =>
        await told(probe.deadLetters(topicOf(topic), group === null ? null : groupOf(group), signal)),
      message: async (topic, partition, offset, signal) =>
        await told(probe.message(topicOf(topic), partition, offset, signal)),
      span: async (topic, partition, from, to, signal) =>
        await told(probe.span(topicOf(topic), partition, from, to, signal)),
    },
    lever: {
      setOffsets: async (group, changes, signal) =>
        await told(
          lever.setOffsets(
            groupOf(group),
            changes.map((change) => ({ ...change, topic: topicOf(change.topic) })),
            signal,
          ),
        ),
      park: async (from, to, key, signal) =>
        await told(lever.park({ ...from, topic: topicOf(from.topic) }, topicOf(to), key, signal)),
    },
  };
}

/** What is called otherwise here is asked for as what nobody has. */
function worldsWord(words: Words, said: string): string {
  return meant(words, said) ?? `${said} (unknown here)`;
}

function inWords<T>(value: T, write: (text: string) => string): T;
function inWords(value: unknown, write: (text: string) => string): unknown {
  if (typeof value === 'string') return write(value);
  if (Array.isArray(value)) return value.map((each) => inWords(each, write));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inWords(each, write)]));
}
