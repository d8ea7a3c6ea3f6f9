import { Component, type ReactNode } from 'react';
import { type Block, Message } from 'slack-blocks-to-jsx';
import { clockText, nameOf, useDesk } from '../desk.ts';
import { isJson, type Json } from './json.ts';

/** What the library can draw. Anything else it would leave out without a word. */
const DRAWN = new Set([
  'alert',
  'card',
  'context',
  'data_visualization',
  'divider',
  'file',
  'header',
  'image',
  'markdown',
  'plan',
  'rich_text',
  'section',
  'table',
  'task_card',
  'video',
]);

/** A block that is only looked at. */
export function Shown({ block }: { readonly block: Json }) {
  const { state } = useDesk();
  const type = String(block['type']);
  if (!DRAWN.has(type)) return <Undrawable what="block" type={type} />;
  return (
    <Guard type={type}>
      <Message
        blocks={[formatted(block) as unknown as Block]}
        logo=""
        name=""
        theme="light"
        withoutWrapper
        data={{
          users: state.users.map(({ id }) => ({ id, name: nameOf(state, id) })),
          channels: state.channels.map(({ id, name }) => ({ id, name })),
        }}
        hooks={{ date: ({ timestamp, format }) => dateText(Number(timestamp) * 1_000, format) }}
      />
    </Guard>
  );
}

/**
 * Slack formats verbatim text all the same and only leaves bare names and addresses alone; the library would show it
 * raw. What was posted carries its links in brackets already.
 */
function formatted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formatted);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'verbatim' ? [] : [[key, formatted(inner)]])),
  );
}

/** mrkdwn without a block around it. */
export function Words({ text }: { readonly text: string }) {
  return <Shown block={{ type: 'section', text: { type: 'mrkdwn', text: text === '' ? ' ' : text } }} />;
}

/** Says that something stands here and could not be drawn. */
export function Undrawable(props: {
  readonly what: string;
  readonly type: string;
  readonly because?: string;
}) {
  const { what, type, because } = props;
  return (
    <div className="undrawable" role="alert">
      This page cannot draw a {what} of the type <code>{type}</code>
      {because === undefined ? '.' : `: ${because}`}
    </div>
  );
}

/** Keeps a block that fails while it is drawn from taking the page with it. */
export class Guard extends Component<
  { readonly type: string; readonly children: ReactNode },
  { readonly because: string | null }
> {
  override state = { because: null };

  static getDerivedStateFromError(err: unknown) {
    return { because: err instanceof Error ? err.message : 'it failed.' };
  }

  override render() {
    const { because } = this.state;
    if (because !== null) return <Undrawable what="block" type={this.props.type} because={because} />;
    return this.props.children;
  }
}

/** Slack's date tokens in the reader's own time. */
function dateText(at: number, format: string): string {
  const date = new Date(at);
  const day = (options: Intl.DateTimeFormatOptions) => date.toLocaleDateString('en-GB', options);
  const long = day({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const words: Readonly<Record<string, string>> = {
    date_num: date.toISOString().slice(0, 10),
    date: day({ day: 'numeric', month: 'long', year: 'numeric' }),
    date_pretty: day({ day: 'numeric', month: 'long', year: 'numeric' }),
    date_short: day({ day: 'numeric', month: 'short', year: 'numeric' }),
    date_short_pretty: day({ day: 'numeric', month: 'short', year: 'numeric' }),
    date_long: long,
    date_long_pretty: long,
    time: clockText(at),
    time_secs: date.toLocaleTimeString('en-GB'),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}
