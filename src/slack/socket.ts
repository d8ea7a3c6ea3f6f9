import type { SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** Waits before each new try, ms; the last one for all that follow. */
const BACKOFF_MS = [0, 500, 1_000, 2_000, 5_000, 10_000];

/**
 * Keeps one Socket Mode connection, however long Slack is away. The library's own reconnecting gives up after its
 * client's retries and rejects into nowhere, which would end the process (measured, socket-mode 3).
 */
export function keepConnected(client: SocketModeReceiver['client'], clock: Clock, log: Log) {
  const over = new AbortController();
  let connected = false;
  let trying = false;

  async function reconnect(): Promise<void> {
    if (trying) return;
    trying = true;
    for (let tries = 0; !over.signal.aborted; tries += 1) {
      await clock.sleep(BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)] ?? 0, over.signal);
      if (over.signal.aborted) break;
      try {
        await client.start();
        break;
      } catch (err) {
        log.warn(
          { tries, err: err instanceof Error ? err.message : 'closed' },
          'Slack cannot be reached; it is tried again',
        );
      }
    }
    trying = false;
  }

  client.on('connected', () => {
    connected = true;
  });
  client.on('disconnected', () => {
    connected = false;
    if (!over.signal.aborted) void reconnect();
  });

  return {
    connected: () => connected,
    /** @throws the library's error when the first connection cannot be made: a wrong token must not be tried for ever */
    async start(): Promise<void> {
      trying = true;
      try {
        await client.start();
      } finally {
        trying = false;
      }
    },
    async stop(): Promise<void> {
      over.abort();
      await client.disconnect().catch(() => undefined);
    },
  };
}
